"""The scripts of the page on estimators print what the page says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "estimators.md").read_text(encoding="utf-8")


def blocks(language: str) -> str:
    return "".join(re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.M | re.S))


@pytest.mark.slow
@pytest.mark.parametrize("chapter", ["", " cluster", " blocks"])
def test_the_scripts_print_what_the_page_says(chapter: str, tmp_path: Path) -> None:
    errors = "error"
    if chapter:
        pytest.importorskip("distributed", reason="a cluster needs pip install -e '.[dask]'")
        # A slow machine is warned of by Dask; those of NumPy are RuntimeWarnings.
        errors = "error::RuntimeWarning"
    script = tmp_path / "script.py"
    script.write_text(blocks(f"python{chapter}"), encoding="utf-8")
    command = [sys.executable, "-W", errors, str(script)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == blocks(f"text{chapter}")
