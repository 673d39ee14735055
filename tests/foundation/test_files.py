"""Paths that no system takes, and the files that are written whole."""

from __future__ import annotations

import errno
import os
import platform
import stat
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from nnlite import Sequential, load_model
from nnlite.callbacks import CSVLogger, ModelCheckpoint
from nnlite.datasets import house_prices
from nnlite.foundation.files import as_path, written_whole
from nnlite.layers import Dense

MODEL = Sequential([Dense(1, input_shape=(2,))])
LONG = 10_000 * "a"


@pytest.mark.parametrize("path", [LONG, Path(LONG), "a\0b.npz"], ids=["long", "path", "zero"])
@pytest.mark.parametrize(
    "use",
    [load_model, MODEL.save, MODEL.save_weights, MODEL.load_weights, CSVLogger, ModelCheckpoint],
    ids=lambda use: use.__name__,
)
def test_a_path_that_no_system_takes_is_told_in_short(use: Any, path: Any) -> None:
    with pytest.raises(OSError, match="The path must name a file") as caught:
        use(path)
    assert len(str(caught.value)) < 400


def test_a_long_path_of_a_table_is_told_in_short() -> None:
    with pytest.raises(FileNotFoundError, match="an existing CSV file") as caught:
        house_prices.load_data(LONG)
    assert len(str(caught.value)) < 600


def test_a_file_may_have_the_longest_name_there_is(tmp_path: Path) -> None:
    path = as_path(tmp_path / (251 * "a" + ".npz"))
    with written_whole(path) as file:
        file.write(b"1")
    assert path.read_bytes() == b"1"


def save(path: Path) -> None:
    with written_whole(path) as file:
        file.write(b"new")


def test_a_temporary_name_is_short(tmp_path: Path) -> None:
    with written_whole(tmp_path / (251 * "a" + ".npz")):
        (unfinished,) = os.listdir(tmp_path)
    assert unfinished.startswith(".nnlite-")
    assert len(unfinished) < 40


def test_a_link_stays_a_link_and_what_it_points_to_is_written(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    target, link, chain = (tmp_path / name for name in ("there/model.npz", "link", "chain"))
    target.write_bytes(b"old")
    link.symlink_to("there/model.npz")
    chain.symlink_to(link)
    save(chain)
    assert link.is_symlink()
    assert chain.is_symlink()
    assert target.read_bytes() == b"new"
    assert os.listdir(tmp_path / "there") == ["model.npz"]


def test_a_link_to_a_file_that_is_not_there_yet_makes_it(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("later.npz")
    save(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "later.npz").read_bytes() == b"new"


def test_a_link_into_a_folder_that_is_not_there_is_explained(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("nowhere/model.npz")
    with pytest.raises(FileNotFoundError, match="a folder that exists") as caught:
        save(tmp_path / "link")
    assert "nowhere" in str(caught.value)


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o664, 0o640])
def test_the_rights_of_a_file_stay(mode: int, tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    path.write_bytes(b"old")
    path.chmod(mode)
    with written_whole(path) as file:
        assert stat.S_IMODE(os.stat(file.name).st_mode) == mode
        file.write(b"new")
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert path.read_bytes() == b"new"


def test_what_is_no_file_is_not_replaced_by_one() -> None:
    with pytest.raises(ValueError, match="The path must name a file") as caught:
        save(Path(os.devnull))
    assert os.devnull in str(caught.value)
    assert not Path(os.devnull).is_file()


DEAD = "import os; print(os.getpid())"


@pytest.fixture
def dead() -> int:
    """The number of a process that has ended."""
    return int(subprocess.run([sys.executable, "-c", DEAD], capture_output=True, check=True).stdout)


def left_over(folder: Path, process: int, age: float = 0.0) -> str:
    """Leave behind what a process would that was killed while it wrote."""
    with pytest.MonkeyPatch.context() as patch, suppress(KeyboardInterrupt):
        patch.setattr(os, "getpid", lambda: process)
        patch.setattr(Path, "unlink", lambda self, missing_ok=False: None)
        with written_whole(folder / "model.npz") as file:
            name = os.path.basename(file.name)
            file.write(b"half")
            raise KeyboardInterrupt
    path = folder / name
    os.utime(path, (path.stat().st_atime, path.stat().st_mtime - age))
    return name


def test_what_a_dead_process_left_behind_is_removed(tmp_path: Path, dead: int) -> None:
    left_over(tmp_path, dead)
    save(tmp_path / "model.npz")
    assert os.listdir(tmp_path) == ["model.npz"]


def test_what_a_living_process_writes_is_left_for_an_hour(tmp_path: Path) -> None:
    fresh, old = left_over(tmp_path, os.getppid(), 3500), left_over(tmp_path, os.getppid(), 3700)
    assert {*os.listdir(tmp_path)} == {fresh, old}
    save(tmp_path / "model.npz")
    assert {*os.listdir(tmp_path)} == {fresh, "model.npz"}


def test_what_another_machine_writes_into_the_same_folder_is_left_for_an_hour(
    tmp_path: Path, dead: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = left_over(tmp_path, dead)
    monkeypatch.setattr(platform, "node", lambda: "another")
    save(tmp_path / "model.npz")
    assert {*os.listdir(tmp_path)} == {name, "model.npz"}


def test_files_of_the_user_that_look_alike_stay(tmp_path: Path, dead: int) -> None:
    names = {".nnlite", ".nnlite-12345678-notes-of-mine", ".nnlite-1-2-3", "a.nnlite-0-1-2"}
    for name in names:
        (tmp_path / name).write_text("mine")
        os.utime(tmp_path / name, (0, 0))
    save(tmp_path / "model.npz")
    assert {*os.listdir(tmp_path)} == {*names, "model.npz"}


@pytest.mark.parametrize(
    ("number", "kind", "word"),
    [
        (errno.ENOSPC, OSError, "Free some space"),
        (errno.EACCES, PermissionError, "a folder of your own"),
        (errno.EROFS, OSError, "another disk"),
    ],
)
def test_a_disk_that_takes_nothing_is_explained_with_the_name_of_the_users_file(
    number: int, kind: type, word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, *args: Any) -> Any:
        raise OSError(number, os.strerror(number), str(self))

    path = tmp_path / "model.npz"
    path.write_bytes(b"old")
    for use in (MODEL.save, MODEL.save_weights):
        with monkeypatch.context() as patch:
            patch.setattr(Path, "open", full)
            with pytest.raises(kind) as caught:
                use(path)
        text = str(caught.value)
        assert f"Received: {path}: {os.strerror(number)}" in text
        assert word in text.split("Remedy: ")[1]
        assert ".nnlite-" not in text
    assert path.read_bytes() == b"old"


LIMITED = """
import resource, signal, sys
from nnlite import Sequential
from nnlite.layers import Dense
model = Sequential([Dense(1000, input_shape=(1000,))])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    model.save(sys.argv[1])
except OSError as error:
    print(error)
"""


@pytest.mark.skipif(os.name != "posix", reason="needs limits of a process")
def test_a_disk_that_is_full_in_the_middle_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    path.write_bytes(b"old")
    told = subprocess.run(
        [sys.executable, "-c", LIMITED, path], capture_output=True, check=True, text=True
    )
    assert told.stdout.startswith(f"The file could not be written.\nReceived: {path}: File too")
    assert "Remedy: The system takes no file as large as this" in told.stdout
    assert os.listdir(tmp_path) == ["model.npz"]
    assert path.read_bytes() == b"old"


@pytest.mark.skipif(not getattr(os, "geteuid", int)(), reason="nothing is forbidden to root")
def test_a_folder_that_nobody_may_write_into_is_explained(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(PermissionError, match="could not be written") as caught:
            save(tmp_path / "model.npz")
    finally:
        tmp_path.chmod(0o700)
    assert str(tmp_path / "model.npz") in str(caught.value)
