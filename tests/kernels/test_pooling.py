from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlite.kernels.pooling import average_pool, average_pool_gradient, max_pool, max_pool_gradient
from nnlite.kernels.windows import along


@st.composite
def cases(draw):
    """Draw images with many ties, a gradient, and windows: overlapping, apart, over the edge."""
    axes = []
    for _ in range(2):
        kernel, padding = draw(st.integers(1, 4)), draw(st.sampled_from(["valid", "same"]))
        size = draw(st.integers(kernel if padding == "valid" else 1, kernel + 6))
        axes.append(along(size, kernel, draw(st.integers(1, 5)), padding))
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    dtype = draw(st.sampled_from(["float32", "float64"]))
    samples, c = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    x = rng.integers(-2, 3, (samples, axes[0].size, axes[1].size, c)).astype(dtype)
    grad = rng.standard_normal((samples, axes[0].count, axes[1].count, c)).astype(dtype)
    return x, grad, (axes[0], axes[1])


def inside(placed, y, x):
    """Return the pixels of one window, row by row."""
    rows, columns = placed
    top, left = y * rows.stride - rows.before, x * columns.stride - columns.before
    return [
        (row, column)
        for row in range(max(top, 0), min(top + rows.kernel, rows.size))
        for column in range(max(left, 0), min(left + columns.kernel, columns.size))
    ]


def max_in_loops(x, grad, placed):
    result, dx = np.empty_like(grad), np.zeros_like(x)
    for n, y, across, c in np.ndindex(grad.shape):
        pixels = inside(placed, y, across)
        values = [x[n, row, column, c] for row, column in pixels]
        winner = values.index(max(values))
        result[n, y, across, c] = values[winner]
        dx[(n, *pixels[winner], c)] += grad[n, y, across, c]
    return result, dx


def average_in_loops(x, grad, placed):
    result, dx = np.empty_like(grad), np.zeros_like(x)
    for n, y, across, c in np.ndindex(grad.shape):
        pixels = inside(placed, y, across)
        result[n, y, across, c] = sum(x[n, row, column, c] for row, column in pixels) / len(pixels)
        for row, column in pixels:
            dx[n, row, column, c] += grad[n, y, across, c] / len(pixels)
    return result, dx


@settings(max_examples=150, deadline=None)
@given(cases())
def test_max_pooling_equals_its_loops(case):
    x, grad, placed = case
    expected, dx = max_in_loops(x, grad, placed)
    result, winners = max_pool(x, placed, keep_winners=True)
    np.testing.assert_array_equal(result, expected)
    assert result.dtype == x.dtype
    np.testing.assert_allclose(max_pool_gradient(grad, winners, placed), dx, atol=1e-6)


@settings(max_examples=100, deadline=None)
@given(cases())
def test_average_pooling_equals_its_loops(case):
    x, grad, placed = case
    expected, dx = average_in_loops(x, grad, placed)
    result = average_pool(x, placed)
    np.testing.assert_allclose(result, expected, atol=1e-6)
    assert result.dtype == x.dtype
    np.testing.assert_allclose(average_pool_gradient(grad, placed), dx, atol=1e-5)


@settings(max_examples=50, deadline=None)
@given(cases())
def test_nothing_that_was_given_is_changed(case):
    x, grad, placed = case
    copies = x.copy(), grad.copy()
    _, winners = max_pool(x, placed, keep_winners=True)
    max_pool_gradient(grad, winners, placed)
    average_pool(x, placed)
    average_pool_gradient(grad, placed)
    np.testing.assert_array_equal(x, copies[0])
    np.testing.assert_array_equal(grad, copies[1])


def test_prediction_keeps_no_winners():
    x = np.zeros((1, 4, 4, 1))
    assert max_pool(x, (along(4, 2, 2), along(4, 2, 2)))[1] is None


@pytest.mark.parametrize("place", [(0, 1), (1, 0)])
def test_of_two_largest_the_first_in_reading_order_gets_the_gradient(place):
    x = np.zeros((1, 2, 2, 1))
    x[0, 0, 1, 0] = x[0, 1, 0, 0] = 5
    _, winners = max_pool(x, (along(2, 2, 2), along(2, 2, 2)), keep_winners=True)
    dx = max_pool_gradient(np.ones((1, 1, 1, 1)), winners, (along(2, 2, 2), along(2, 2, 2)))
    assert dx[(0, *place, 0)] == (1.0 if place == (0, 1) else 0.0)
