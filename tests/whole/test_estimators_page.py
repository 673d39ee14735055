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
def test_the_scripts_print_what_the_page_says():
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", blocks("python")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == blocks("text")
