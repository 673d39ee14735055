from __future__ import annotations

import numpy as np
import pytest

from nnlite.datasets import gates, xor


@pytest.mark.parametrize(
    ("name", "outputs"),
    [
        ("and", [[0], [0], [0], [1]]),
        ("or", [[0], [1], [1], [1]]),
        ("nand", [[1], [1], [1], [0]]),
        ("nor", [[1], [0], [0], [0]]),
        ("xor", [[0], [1], [1], [0]]),
        ("xnor", [[1], [0], [0], [1]]),
    ],
)
def test_each_gate_has_its_truth_table(name, outputs):
    x, y = gates.load_data(name)
    assert x.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert y.tolist() == outputs
    assert x.dtype == y.dtype == np.float64


def test_capitals_do_not_matter():
    assert gates.load_data("NAND")[1].tolist() == [[1], [1], [1], [0]]


def test_changing_the_arrays_does_not_change_the_next_ones():
    x, y = gates.load_data("or")
    x += 1
    y += 1
    x, y = gates.load_data("or")
    assert x.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert y.tolist() == [[0], [1], [1], [1]]


def test_an_unknown_gate_is_answered_with_the_nearest():
    with pytest.raises(ValueError, match=r'Unknown gate.*(?s:.)*Did you mean "xnor"'):
        gates.load_data("xnorr")


@pytest.mark.parametrize("name", [3, None, ["and"]])
def test_a_name_that_is_no_string_is_an_explained_error(name):
    with pytest.raises(TypeError, match="must be a string"):
        gates.load_data(name)


def test_xor_has_its_truth_table():
    x, y = xor.load_data()
    assert x.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert y.tolist() == [[0], [1], [1], [0]]
    assert x.dtype == y.dtype == np.float64
