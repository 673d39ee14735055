from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from nnlite.kernels import channels
from nnlite.kernels.memory import NEW

SHAPES = [(1, 3), (63, 3), (64, 3), (65, 1), (4099, 3), (6400, 9), (70_001, 2), (130, 1500)]


def numbers(shape: Any, count: int, middle: float = 0.0) -> list[Any]:
    rng = np.random.default_rng(0)
    return [(middle + rng.standard_normal(shape)).astype(np.float32) for _ in range(count)]


def exact(a: Any) -> Any:
    return np.array([math.fsum(column) for column in a.astype(float).T.tolist()])


@pytest.mark.parametrize("shape", SHAPES)
def test_pieces_hold_all_rows_in_their_order(shape: Any) -> None:
    (rows,) = numbers(shape, 1)
    found = [part.reshape(-1, shape[1]) for (part,) in channels.pieces(rows)]
    assert np.concatenate(found).tolist() == rows.tolist()
    assert all(np.shares_memory(part, rows) for part in found)


@pytest.mark.parametrize("shape", SHAPES)
def test_sums_about_a_row_keep_their_digits_where_numbers_are_large(shape: Any) -> None:
    rows, grad = numbers(shape, 1, middle=1e4)[0], numbers(shape, 1)[0]
    about = rows[0]
    centered = rows.astype(float) - about
    near = 2e-6 * len(rows) ** 0.5 + 1e-6
    total, squares = channels.sums(rows, about, NEW)
    np.testing.assert_allclose(total, exact(centered), rtol=1e-5, atol=near)
    np.testing.assert_allclose(squares, exact(centered**2), rtol=1e-5, atol=near)
    total, with_x = channels.sums_with(grad, rows, about, NEW)
    np.testing.assert_allclose(total, exact(grad), rtol=1e-5, atol=near)
    np.testing.assert_allclose(with_x, exact(grad * centered), rtol=1e-5, atol=2 * near)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_row_is_scaled_by_the_numbers_of_its_channels(shape: Any) -> None:
    rows, grad, out = numbers(shape, 3)
    about, factor, slope, shift = numbers(shape[1], 4)
    expected = factor * (rows - about) + shift
    assert channels.scaled(rows, about, factor, shift, out) is out
    np.testing.assert_allclose(out, expected, rtol=1e-6, atol=1e-6)
    expected = factor * grad - slope * (rows - about) - shift
    channels.scaled_back(grad, rows, about, factor, slope, shift, out, NEW)
    np.testing.assert_allclose(out, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_number_for_each_channel_is_added_to_every_row(shape: Any) -> None:
    rows, values = numbers(shape, 1)[0], numbers(shape[1], 1)[0]
    expected = rows + values
    channels.add_to_rows(rows, values)
    assert rows.tolist() == expected.tolist()


@pytest.mark.parametrize("shape", [(4095, 1), (2047, 2), (255, 16), (6143, 1)])
def test_rows_that_fill_no_line_are_not_added_one_after_the_other(shape: Any) -> None:
    assert max(len(part) for (part,) in channels.pieces(np.ones(shape))) <= channels.LINES
