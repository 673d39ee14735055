"""What the README shows is what a reader gets."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

from nnlite import Input, Sequential
from nnlite.layers import Dense

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_the_quick_start_is_one_block_of_two_lines():
    section = README.split("## Quick start")[1].split("\n## ")[0]
    (commands,) = re.findall(r"^```bash\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    run, test = commands.splitlines()
    assert run.endswith("python examples")
    assert test.endswith("python -m pytest")


@pytest.mark.bits
def test_the_ten_lines_print_what_the_readme_says():
    result = subprocess.run(
        [sys.executable, "-c", blocks("python")[0]], capture_output=True, text=True, check=True
    )
    assert result.stdout == blocks("text")[0]


@pytest.mark.bits
def test_the_explained_step_is_what_explain_prints():
    data = load_breast_cancer()
    x, y = data.data, data.target
    for _ in range(2):
        x, _, y, _ = train_test_split(x, y, stratify=y, test_size=0.2, random_state=42)
    model = Sequential(
        [Input((30,)), Dense(2, activation="sigmoid"), Dense(1, activation="sigmoid")], seed=0
    )
    model.compile("sgd", "binary_crossentropy")
    explanation = model.explain((x - x.mean(0)) / x.std(0), y)
    assert explanation.text(80) + "\n" == blocks("text")[1]
