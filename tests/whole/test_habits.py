"""The whole check, the workflow, the hooks before a commit, and the version say the same."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

import nnlite

ROOT = Path(__file__).parents[2]
if not (ROOT / ".ci").exists():
    pytest.skip("a source archive is without the checks", allow_module_level=True)


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


PROJECT = tomllib.loads(text("pyproject.toml"))
WORKFLOW = text(".github/workflows/test.yml")


def contents() -> Any:
    """The module that checks what is in the archive and in the wheel."""
    spec = importlib.util.spec_from_file_location("contents", ROOT / ".ci" / "contents.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def steps_of(job: str) -> list[str]:
    """The scripts that a job of the workflow calls."""
    (found,) = re.findall(rf"^  {job}:\n((?:(?:    .*)?\n)+)", WORKFLOW, re.M)
    return re.findall(r"- run: bash \.ci/(\w+)$", found, re.M)


def test_the_workflow_on_linux_calls_the_steps_of_the_whole_check() -> None:
    (steps,) = re.findall(r"^for step in (.*); do$", text(".ci/run"), re.M)
    assert steps_of("linux") == steps.split()
    assert {*steps_of("others")} < {*steps.split()}
    assert WORKFLOW.count("- run:") == len(steps_of("linux") + steps_of("others"))
    assert all((ROOT / ".ci" / step).exists() for step in steps.split())


def test_the_workflow_tries_every_python_that_the_package_promises() -> None:
    (matrix,) = re.findall(r"^        python: \[(.*)\]$", WORKFLOW, re.M)
    promised = re.findall(r"Python :: (3\.\d+)", " ".join(PROJECT["project"]["classifiers"]))
    assert re.findall(r'"([\d.]+)"', matrix) == promised == ["3.11", "3.12", "3.13", "3.14"]


def test_the_hooks_before_a_commit_use_what_the_extra_dev_brings() -> None:
    used = re.findall(r"bash \.ci/tool (\w+)", text(".pre-commit-config.yaml"))
    brought = PROJECT["project"]["optional-dependencies"]["dev"]
    assert {*used, "pre-commit"} <= {re.split(r"\W*>=|\[", package)[0] for package in brought}
    assert text(".pre-commit-config.yaml").count("repo:") == 1


def test_the_version_stands_in_one_place_and_the_changelog_begins_with_it() -> None:
    assert PROJECT["project"]["dynamic"] == ["version"]
    assert PROJECT["tool"]["hatch"]["version"]["path"] == "src/nnlite/__init__.py"
    assert re.findall(r"^## \[([\d.]+)\]", text("CHANGELOG.md"), re.M)[0] == nnlite.__version__


def test_a_file_too_many_and_a_file_too_few_are_named() -> None:
    files = {"src/nnlite/a.py", "examples/b.py", "tests/data/c.npz", ".ci/run", ".gitignore"}
    checks = contents()
    archive = checks.expected_in_the_archive(files)
    assert archive == (files | {"PKG-INFO"}) - {".ci/run"}
    wheel = checks.expected_in_the_wheel(files, "7")
    assert {name for name in wheel if "dist-info" not in name} == {
        "nnlite/a.py",
        "nnlite/lessons/examples/b.py",
    }
    assert checks.differences(wheel - {"nnlite/a.py"} | {"c.npz"}, wheel) == [
        "missing: nnlite/a.py",
        "does not belong there: c.npz",
    ]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ([], "The first tier: "),
        pytest.param(["-m", "slow"], "The second tier: ", marks=pytest.mark.slow),
    ],
)
def test_a_whole_tier_says_what_will_happen_and_how_long_it_takes(
    asked: list[str], said: str
) -> None:
    fewer = ["--override-ini=testpaths=tests/data", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", "-n=0", *fewer, *asked]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.startswith(said)


@pytest.mark.slow
def test_named_tests_begin_without_a_word_about_tiers() -> None:
    command = [sys.executable, "-m", "pytest", "-n=0", "-p", "no:cacheprovider", "tests/data"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "tier" not in done.stdout
