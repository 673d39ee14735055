from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlite.kernels import convolution, groups, windows
from nnlite.kernels.windows import along

TOLERANCE = {"float32": 2e-4, "float64": 1e-10}


@st.composite
def cases(draw, grouped=False):
    """Draw images, kernels, a bias and windows of every kind that fits."""
    axes = []
    for _ in range(2):
        kernel, dilation = draw(st.integers(1, 4)), draw(st.integers(1, 3))
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


@pytest.fixture(params=[1, 2000, 1 << 21], ids=["an image", "a few images", "all images"])
def piece_bytes(request, monkeypatch):
    monkeypatch.setattr(windows, "PIECE_BYTES", request.param)


def close(array, expected):
    assert array.shape == expected.shape
    np.testing.assert_allclose(array, expected, rtol=0, atol=TOLERANCE[array.dtype.name])


@pytest.mark.usefixtures("piece_bytes")
@settings(max_examples=60, deadline=None)
@given(cases())
def test_convolution_equals_its_loops(case):
    (x, W, b, _), placed, _ = case
    z, columns = convolution.convolve(x, W, b, placed)
    close(z, convolve_in_loops(x, W, b, placed))
    assert z.dtype == x.dtype
    assert columns is None


@settings(max_examples=60, deadline=None)
@given(cases())
def test_convolution_without_bias_equals_its_loops(case):
    (x, W, _, _), placed, _ = case
    z, _ = convolution.convolve(x, W, None, placed)
    close(z, convolve_in_loops(x, W, 0, placed))


@pytest.mark.usefixtures("piece_bytes")
@settings(max_examples=60, deadline=None)
@given(cases())
def test_both_gradients_equal_their_loops(case):
    (x, W, b, grad), placed, _ = case
    _, columns = convolution.convolve(x, W, b, placed, keep_columns=True)
    dW = np.full_like(W, np.nan)
    convolution.kernel_gradient(columns, grad, dW)
    dx, expected = gradients_in_loops(x, W, grad, placed)
    close(dW, expected)
    close(convolution.input_gradient(grad, W, placed), dx)


@settings(max_examples=60, deadline=None)
@given(cases(grouped=True))
def test_groups_equal_their_loops(case):
    (x, W, b, grad), placed, in_groups = case
    z, columns = groups.convolve(x, W, b, placed, in_groups, keep_columns=True)
    close(z, convolve_in_loops(x, W, b, placed, in_groups))
    dx, expected = gradients_in_loops(x, W, grad, placed, in_groups)
    dW = np.full_like(W, np.nan)
    groups.kernel_gradient(columns, grad, dW)
    close(dW, expected)
    close(groups.input_gradient(grad, W, placed, in_groups), dx)


@settings(max_examples=60, deadline=None)
@given(cases())
def test_depthwise_convolution_is_one_group_per_channel(case):
    (x, W, _, _), placed, _ = case
    kernel = np.ascontiguousarray(W[..., 0])
    z = convolution.depthwise(x, kernel, placed)
    alone = kernel[:, :, np.newaxis, :]
    close(z, convolve_in_loops(x, alone, 0, placed, x.shape[3]))
    grad = np.cos(z)
    dW = np.full_like(kernel, np.nan)
    dx = convolution.depthwise_gradients(x, kernel, grad, dW, placed)
    expected_dx, expected_dW = gradients_in_loops(x, alone, grad, placed, x.shape[3])
    close(dx, expected_dx)
    close(dW, expected_dW[:, :, 0])


@given(cases())
@settings(max_examples=30, deadline=None)
def test_nothing_that_was_given_is_changed(case):
    (x, W, b, grad), placed, _ = case
    copies = [array.copy() for array in (x, W, b, grad)]
    _, columns = convolution.convolve(x, W, b, placed, keep_columns=True)
    convolution.kernel_gradient(columns, grad, np.empty_like(W))
    convolution.input_gradient(grad, W, placed)
    for array, copy in zip((x, W, b, grad), copies, strict=True):
        np.testing.assert_array_equal(array, copy)


@given(cases())
@settings(max_examples=30, deadline=None)
def test_memory_used_again_leaves_no_trace(case):
    (x, W, b, grad), placed, _ = case
    held: dict[str, np.ndarray] = {}

    def memory(name, shape, dtype):
        if name not in held or held[name].shape != shape:
            held[name] = np.full(shape, np.nan, dtype)
        return held[name]

    for factor in (1, 2):
        z, columns = convolution.convolve(factor * x, W, b, placed, memory, keep_columns=True)
        dW = np.empty_like(W)
        close(z, convolve_in_loops(factor * x, W, b, placed))
        convolution.kernel_gradient(columns, grad, dW)
        close(dW, factor * gradients_in_loops(x, W, grad, placed)[1])
