from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlite.kernels import depthwise, planes
from nnlite.kernels.convolution import convolve, input_gradient, kernel_gradient
from nnlite.kernels.memory import UsedAgain
from nnlite.kernels.toom_cook import matrices
from nnlite.kernels.windows import along

TOLERANCE = {"float32": 5e-4, "float64": 1e-10}


@st.composite
def cases(draw, grouped=False):
    """Draw images, kernels, a bias and windows of every kind that fits."""
    axes = []
    for _ in range(2):
        kernel, dilation = draw(st.integers(1, 7)), draw(st.integers(1, 3))
        reach = (kernel - 1) * dilation + 1
        padding = draw(st.sampled_from(["valid", "same"]))
        size = draw(st.integers(reach if padding == "valid" else 1, reach + 5))
        axes.append(along(size, kernel, draw(st.integers(1, 3)), padding, dilation))
    in_groups = draw(st.integers(1, 3)) if grouped else 1
    c, f = draw(st.integers(1, 6)), draw(st.integers(1, 4))
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    dtype = draw(st.sampled_from(["float32", "float64"]))
    rows, columns = axes
    x = rng.standard_normal((draw(st.integers(1, 4)), rows.size, columns.size, c * in_groups))
    W = rng.standard_normal((rows.kernel, columns.kernel, c, f * in_groups))
    b = rng.standard_normal(f * in_groups)
    grad = rng.standard_normal((len(x), rows.count, columns.count, f * in_groups))
    return tuple(array.astype(dtype) for array in (x, W, b, grad)), (rows, columns), in_groups


def places(placed):
    """Yield window, place in the kernel and pixel, wherever a kernel meets a pixel."""
    rows, columns = placed
    for y, x in np.ndindex(rows.count, columns.count):
        for i, j in np.ndindex(rows.kernel, columns.kernel):
            row = y * rows.stride + i * rows.dilation - rows.before
            column = x * columns.stride + j * columns.dilation - columns.before
            if 0 <= row < rows.size and 0 <= column < columns.size:
                yield (y, x), (i, j), (row, column)


def convolve_in_loops(x, W, b, placed, in_groups=1):
    x, W = x.astype("float64"), W.astype("float64")
    ins, outs = W.shape[2], W.shape[3] // in_groups
    z = np.zeros((len(x), placed[0].count, placed[1].count, W.shape[3])) + b
    for (y, across), tap, pixel in places(placed):
        for f in range(W.shape[3]):
            first = f // outs * ins
            for c in range(ins):
                z[:, y, across, f] += x[:, pixel[0], pixel[1], first + c] * W[(*tap, c, f)]
    return z


def gradients_in_loops(x, W, grad, placed, in_groups=1):
    x, W, grad = (array.astype("float64") for array in (x, W, grad))
    dx, dW = np.zeros_like(x), np.zeros_like(W)
    ins, outs = W.shape[2], W.shape[3] // in_groups
    for (y, across), tap, pixel in places(placed):
        for f in range(W.shape[3]):
            first = f // outs * ins
            for c in range(ins):
                at = (slice(None), *pixel, first + c)
                dx[at] += W[(*tap, c, f)] * grad[:, y, across, f]
                dW[(*tap, c, f)] += x[at] @ grad[:, y, across, f]
    return dx, dW


@pytest.fixture(params=[(1, 1), (3000, 20_000), (1 << 18, 1_000_000)], ids=["one", "few", "all"])
def pieces(request, monkeypatch):
    """Cut a batch into pieces of one image, of a few, or not at all."""
    numbers, products = request.param
    monkeypatch.setattr(planes, "CACHE", numbers)
    monkeypatch.setattr(planes, "PRODUCT", products)


@pytest.fixture(params=[0, 1 << 60], ids=["several rows at once", "row by row"])
def way(request, monkeypatch):
    """Take the way of large work, or the plain one of small work."""
    monkeypatch.setattr(planes, "SMALL", request.param)
    planes.sweep_over.cache_clear()
    yield
    planes.sweep_over.cache_clear()


def close(array, expected):
    assert array.shape == expected.shape
    np.testing.assert_allclose(array, expected, rtol=0, atol=TOLERANCE[array.dtype.name])


@pytest.mark.usefixtures("pieces", "way")
@settings(max_examples=60, deadline=None)
@given(cases(grouped=True), st.booleans())
def test_convolution_equals_its_loops(case, biased):
    (x, W, b, _), placed, groups = case
    z = convolve(x, W, b if biased else None, placed, groups)
    close(z, convolve_in_loops(x, W, b * biased, placed, groups))
    assert z.dtype == x.dtype


@pytest.mark.usefixtures("pieces", "way")
@settings(max_examples=60, deadline=None)
@given(cases(grouped=True))
def test_gradients_equal_their_loops(case):
    (x, W, b, grad), placed, groups = case
    dW, db = np.full_like(W, np.nan), np.full_like(b, np.nan)
    kernel_gradient(x, grad, placed, dW, db, groups)
    dx, expected = gradients_in_loops(x, W, grad, placed, groups)
    close(dW, expected)
    close(db, grad.astype("f8").sum(axis=(0, 1, 2)))
    close(input_gradient(grad, W, placed, groups), dx)


@pytest.mark.parametrize("together", [1, 2, 16])
@settings(max_examples=30, deadline=None)
@given(cases())
def test_depthwise_convolution_is_one_group_per_channel(together, case):
    (x, W, b, _), placed, _ = case
    c, q = W.shape[2:]
    b = np.arange(c * q).astype(b.dtype)
    alone = W.reshape(*W.shape[:2], 1, c * q)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(depthwise, "TOGETHER", together)
        z = depthwise.depthwise(x, W, b, placed)
        close(z, convolve_in_loops(x, alone, b, placed, c))
        grad = np.cos(z)
        dW, db = np.full_like(W, np.nan), np.full_like(b, np.nan)
        dx = depthwise.depthwise_gradients(x, W, grad, placed, dW, db)
    expected_dx, expected_dW = gradients_in_loops(x, alone, grad, placed, c)
    close(dx, expected_dx)
    close(dW, expected_dW.reshape(W.shape))
    close(db, grad.astype("f8").sum(axis=(0, 1, 2)))


@pytest.mark.usefixtures("way")
@given(cases(grouped=True))
@settings(max_examples=30, deadline=None)
def test_nothing_that_was_given_is_changed(case):
    (x, W, b, grad), placed, groups = case
    copies = [array.copy() for array in (x, W, b, grad)]
    convolve(x, W, b, placed, groups)
    kernel_gradient(x, grad, placed, np.empty_like(W), np.empty_like(b), groups)
    input_gradient(grad, W, placed, groups)
    for array, copy in zip((x, W, b, grad), copies, strict=True):
        np.testing.assert_array_equal(array, copy)


class Dirty(UsedAgain):
    """Memory that holds what a step before could have left there."""

    def take(self, name, shape, dtype):
        array = super().take(name, shape, dtype)
        array[...] = np.nan
        return array

    def part(self, name):
        return self.parts.setdefault(name, Dirty())


@pytest.mark.usefixtures("pieces", "way")
@given(cases(grouped=True))
@settings(max_examples=30, deadline=None)
def test_what_memory_held_before_leaves_no_trace(case):
    (x, W, b, grad), placed, groups = case
    memory, dx = Dirty(), gradients_in_loops(x, W, grad, placed, groups)[0]
    for factor in (1, 2):
        close(
            convolve(factor * x, W, b, placed, groups, memory),
            convolve_in_loops(factor * x, W, b, placed, groups),
        )
        dW = np.empty_like(W)
        kernel_gradient(factor * x, grad, placed, dW, None, groups, memory)
        close(dW, factor * gradients_in_loops(x, W, grad, placed, groups)[1])
        close(input_gradient(grad, W, placed, groups, memory), dx)


def test_a_small_convolution_of_whole_numbers_is_exact():
    image = np.arange(1.0, 10.0, dtype="f4").reshape(1, 3, 3, 1)
    placed = (along(3, 2, padding="same"),) * 2
    z = convolve(image, np.ones((2, 2, 1, 1), "f4"), None, placed)
    assert z[0, :, :, 0].tolist() == [[12, 16, 9], [24, 28, 15], [15, 17, 9]]


@pytest.mark.parametrize("kernel", [2, 3, 4, 5, 6, 7])
def test_the_matrices_of_toom_cook_slide_a_kernel_over_a_row(kernel):
    rng = np.random.default_rng(kernel)
    for m in range(1, 10 - kernel):
        A, G, B = matrices(m, kernel, np.dtype("f8"))
        x, g = rng.standard_normal(m + kernel - 1), rng.standard_normal(kernel)
        np.testing.assert_allclose(A @ ((B @ x) * (G @ g)), np.correlate(x, g), atol=1e-13)


def test_a_large_float32_convolution_keeps_five_digits():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((8, 28, 28, 16))
    W = rng.standard_normal((3, 3, 16, 16)) / 12
    placed = (along(28, 3, padding="same"),) * 2
    exact = convolve(x, W, None, placed)
    single = convolve(x.astype("f4"), W.astype("f4"), None, placed)
    assert np.abs(single - exact).max() < 3e-6 * np.abs(exact).max()
