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
from nnlite.layers import Dense, Layer
from nnlite.testing import check_layer

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


def breast_cancer(scaled):
    data = load_breast_cancer()
    x, y = data.data, data.target
    for _ in range(2):
        x, _, y, _ = train_test_split(x, y, stratify=y, test_size=0.2, random_state=42)
    return ((x - x.mean(0)) / x.std(0) if scaled else x), y


def yes_or_no(hidden, activation):
    layers = [Input((30,)), Dense(hidden, activation), Dense(1, activation="sigmoid")]
    model = Sequential(layers, seed=0)
    model.compile("sgd", "binary_crossentropy")
    return model


@pytest.mark.bits
def test_the_explained_step_is_what_explain_prints():
    explanation = yes_or_no(2, "sigmoid").explain(*breast_cancer(scaled=True))
    assert explanation.text(80) + "\n" == blocks("text")[1]


def test_the_warning_on_raw_features_is_as_the_readme_tells():
    (warning,) = yes_or_no(2, "sigmoid").explain(*breast_cancer(scaled=False)).warnings
    assert warning.startswith("dense: 100 % of its sigmoids are saturated.")
    assert "Its inputs reach 3432" in warning


@pytest.mark.bits
def test_the_diagnosis_is_what_diagnose_prints():
    data = load_breast_cancer()
    diagnosis = yes_or_no(16, "relu").diagnose(data.data, data.target)
    assert str(diagnosis).split("\n\nIs the loss")[0] + "\n" == blocks("text")[2]


def test_the_check_of_a_layer_says_what_the_readme_shows():
    class Scale(Layer):
        def build(self, input_shape):
            self.add_weight("s", input_shape, "ones")

        def forpass(self, x, training=False):
            self.x = x
            return x * self.s

        def backprop(self, grad):
            self.ds = (grad * self.x).mean(axis=0)
            return grad * self.s

    with pytest.raises(AssertionError) as caught:
        check_layer(Scale(), (3,))
    assert str(caught.value).split("\n\n")[0] + "\n" == blocks("text")[3]


def test_the_error_is_the_one_that_the_readme_shows():
    model = Sequential([Dense(3, activation="softmax", input_shape=(2,))])
    model.compile("sgd", "categorical_crossentropy")
    with pytest.raises(ValueError, match="one-hot") as caught:
        model.fit([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 2, 0])
    assert f"{caught.value}\n" == blocks("text")[4]


def test_the_speeds_are_those_of_the_performance_page():
    page = (Path(__file__).parents[2] / "docs" / "performance.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\|.*\| ([\d./ ]+) \|$", README.split("## Speed")[1], re.M)
    assert len(rows) == 12
    for figures in rows:
        assert f"| {figures}" in page
