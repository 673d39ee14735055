"""The code on the page about ONNX files runs, from top to bottom."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "exchange.md").read_text(encoding="utf-8")
SCRIPT = "\n".join(re.findall(r"^```python\n(.*?)^```$", PAGE, re.M | re.S))


@pytest.mark.slow
def test_the_page_runs_and_prints_what_it_says(tmp_path: Path) -> None:
    for package in ("onnx", "onnxruntime", "onnxscript", "torch"):
        pytest.importorskip(package, reason="the page needs pip install -e '.[onnx,slow]'")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "True"
    assert "(5, 3) True" in lines
    assert any("dW1 = " in line for line in lines)
    shown = PAGE.rpartition("```text\n")[2].partition("\n```")[0].splitlines()
    assert lines[-len(shown) - 1] == "True"
    # Other processors give other last digits.
    assert [without_digits(line) for line in lines[-len(shown) :]] == list(
        map(without_digits, shown)
    )


def without_digits(line: str) -> str:
    return re.sub(r"\d\.\d+(e-\d+)?|\d, \d", "number", line)
