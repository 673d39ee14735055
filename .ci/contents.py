"""Checks what is in the source archive and in the wheel: the files that git knows, and no other.

`python .ci/contents.py FOLDER`, where FOLDER holds one of each.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

ONLY_IN_THE_REPOSITORY = (".ci/", ".github/", ".git", ".pre-commit-config.yaml")
MUST_BE_IN_THE_WHEEL = {
    "nnlite/py.typed",
    "nnlite/exchange/page/page.js",
    "nnlite/exchange/page/words.json",
    "nnlite/plot/player.js",
    "nnlite/lessons/examples/__main__.py",
}
LARGEST_WHEEL = 2_000_000  # bytes


def known_to_git() -> set[str]:
    """Return the names of all files of the repository."""
    listed = subprocess.run(["git", "ls-files", "-z"], capture_output=True, check=True)
    return set(filter(None, listed.stdout.decode().split("\0")))


def expected_in_the_archive(files: set[str]) -> set[str]:
    """Return what a source archive holds, without its outermost folder."""
    archived = {name for name in files if not name.startswith(ONLY_IN_THE_REPOSITORY)}
    return archived | {".gitignore", "PKG-INFO"}  # hatchling adds both


def expected_in_the_wheel(files: set[str], version: str) -> set[str]:
    """Return what a wheel holds: the package, the lessons, and what describes them."""
    package = {name.removeprefix("src/") for name in files if name.startswith("src/nnlite/")}
    lessons = {f"nnlite/lessons/{name}" for name in files if name.startswith("examples/")}
    about = f"nnlite-{version}.dist-info"
    described = {"METADATA", "WHEEL", "RECORD", "licenses/LICENSE"}
    return package | lessons | {f"{about}/{name}" for name in described}


def differences(found: set[str], expected: set[str]) -> list[str]:
    """Return a line for each file too many or too few."""
    return [f"missing: {name}" for name in sorted(expected - found)] + [
        f"does not belong there: {name}" for name in sorted(found - expected)
    ]


def main(folder: Path) -> int:
    """Say what differs; return the exit status."""
    (archive,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    version = wheel.name.split("-")[1]
    with tarfile.open(archive) as opened:
        archived = {name.partition("/")[2] for name in opened.getnames()}
    with zipfile.ZipFile(wheel) as opened_wheel:
        packed = set(opened_wheel.namelist())
    files = known_to_git()
    problems = {
        archive.name: differences(archived, expected_in_the_archive(files)),
        wheel.name: differences(packed, expected_in_the_wheel(files, version))
        + [f"missing: {name}" for name in sorted(MUST_BE_IN_THE_WHEEL - packed)],
    }
    if wheel.stat().st_size > LARGEST_WHEEL:
        problems[wheel.name].append(f"larger than {LARGEST_WHEEL} bytes: {wheel.stat().st_size}")
    for name, lines in problems.items():
        for line in lines:
            print(f"{name}: {line}")
    if any(problems.values()):
        return 1
    print(f"{archive.name}: {len(archived)} files; {wheel.name}: {len(packed)} files, as expected.")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
