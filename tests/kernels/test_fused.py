from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlite.kernels import fused, pairs, windows
from nnlite.kernels.windows import along, fresh

TOLERANCE = {"float32": 2e-4, "float64": 1e-10}
BOOL = np.dtype(bool)


@st.composite
def cases(draw):
    axes = []
    for _ in range(2):
        kernel, dilation = draw(st.sampled_from([1, 2, 3, 3, 3, 4])), draw(st.integers(1, 2))
        reach = (kernel - 1) * dilation + 1
        padding = draw(st.sampled_from(["valid", "same"]))
        size = draw(st.integers(reach + 1 if padding == "valid" else 2, reach + 6))
        axes.append(along(size, kernel, 1, padding, dilation))
    rows, columns = axes
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    dtype = draw(st.sampled_from(["float32", "float64"]))
    samples, c, f = draw(st.integers(1, 5)), draw(st.integers(1, 7)), draw(st.integers(1, 3))
    arrays = (
        rng.standard_normal((samples, rows.size, columns.size, c)),
        rng.standard_normal((rows.kernel, columns.kernel, c, f)),
        rng.standard_normal(f),
        rng.standard_normal((samples, rows.count // 2, columns.count // 2, f)),
    )
    return tuple(array.astype(dtype) for array in arrays), (rows, columns)


def in_loops(x, W, b, grad, placed):
    """Return a, dx, dW and db: convolution, ReLU and pooling one place after the other."""
    x, W, b, grad = (array.astype("float64") for array in (x, W, b, grad))
    rows, columns = placed
    a, dx, dW, db = np.empty_like(grad), np.zeros_like(x), np.zeros_like(W), np.zeros_like(b)
    for n, y, across, f in np.ndindex(grad.shape):
        candidates = []
        for down, right in np.ndindex(2, 2):
            z, met = b[f], []
            for i, j in np.ndindex(rows.kernel, columns.kernel):
                row = 2 * y + down + i * rows.dilation - rows.before
                column = 2 * across + right + j * columns.dilation - columns.before
                if 0 <= row < rows.size and 0 <= column < columns.size:
                    z += x[n, row, column] @ W[i, j, :, f]
                    met.append((i, j, row, column))
            candidates.append((z, met))
        z, met = max(candidates, key=lambda candidate: candidate[0])
        a[n, y, across, f] = max(z, 0)
        if z > 0:
            db[f] += grad[n, y, across, f]
            for i, j, row, column in met:
                dx[n, row, column] += W[i, j, :, f] * grad[n, y, across, f]
                dW[i, j, :, f] += x[n, row, column] * grad[n, y, across, f]
    return a, dx, dW, db


def close(array, expected):
    np.testing.assert_allclose(array, expected, rtol=0, atol=TOLERANCE[array.dtype.name])


@pytest.fixture(params=[1, 3000, 1 << 21], ids=["an image", "a few images", "all images"])
def piece_bytes(request, monkeypatch):
    monkeypatch.setattr(windows, "PIECE_BYTES", request.param)


@pytest.mark.usefixtures("piece_bytes")
@settings(max_examples=60, deadline=None)
@given(cases())
def test_all_in_one_go_equals_its_loops(case):
    (x, W, b, grad), placed = case
    a, dx, dW, db = in_loops(x, W, b, grad, placed)
    trace = fused.convolve_relu_pool(x, W, b, placed, fresh)
    close(trace.a, a)
    our_dW, our_db = np.full_like(W, np.nan), np.full_like(b, np.nan)
    close(fused.gradients(grad, trace, W, our_dW, our_db, fresh, skip_input=False), dx)
    close(our_dW, dW)
    close(our_db, db)


@settings(max_examples=30, deadline=None)
@given(cases())
def test_without_bias_and_without_input_gradient(case):
    (x, W, b, grad), placed = case
    a, _, dW, _ = in_loops(x, W, 0 * b, grad, placed)
    trace = fused.convolve_relu_pool(x, W, None, placed, fresh)
    close(trace.a, a)
    our_dW = np.full_like(W, np.nan)
    assert fused.gradients(grad, trace, W, our_dW, None, fresh, skip_input=True) is None
    close(our_dW, dW)


@settings(max_examples=30, deadline=None)
@given(cases())
def test_memory_used_again_leaves_no_trace(case):
    (x, W, b, grad), placed = case
    held: dict[str, np.ndarray] = {}

    def memory(name, shape, dtype):
        if name not in held or held[name].shape != shape:
            held[name] = np.full(shape, 1 if dtype is BOOL else np.nan, dtype)
        return held[name]

    for factor in (1, -1):
        a, dx, dW, _ = in_loops(factor * x, W, b, grad, placed)
        trace = fused.convolve_relu_pool(factor * x, W, b, placed, memory)
        close(trace.a, a)
        our_dW = np.empty_like(W)
        close(fused.gradients(grad, trace, W, our_dW, None, memory, skip_input=False), dx)
        close(our_dW, dW)


def test_of_tied_places_the_first_in_reading_order_gets_the_gradient():
    x = np.zeros((1, 2, 2, 1))
    x[0, 0, 1, 0] = x[0, 1, 0, 0] = 5
    W, placed = np.ones((1, 1, 1, 1)), (along(2, 1), along(2, 1))
    trace = fused.convolve_relu_pool(x, W, None, placed, fresh)
    dW = np.empty_like(W)
    dx = fused.gradients(np.ones((1, 1, 1, 1)), trace, W, dW, None, fresh, skip_input=False)
    assert dx[0, :, :, 0].tolist() == [[0.0, 1.0], [0.0, 0.0]]


def test_four_products_serve_where_kernels_are_three_wide_and_channels_many():
    def chosen(kw, c, dilation=1):
        placed = (along(9, 3), along(9, kw, 1, "valid", dilation))
        return pairs.four_products(np.zeros((3, kw, c, 2)), placed)

    assert chosen(3, 5)
    assert not chosen(3, 4)
    assert not chosen(2, 5)
    assert not chosen(3, 5, dilation=2)


def test_four_products_are_as_exact_as_six_in_single_precision():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((2, 14, 14, 32)).astype("f4")
    W = (rng.standard_normal((3, 3, 32, 64)) / 17).astype("f4")
    placed = (along(14, 3, 1, "same"), along(14, 3, 1, "same"))
    exact = fused.convolve_relu_pool(x.astype("f8"), W.astype("f8"), None, placed, fresh).a
    single = fused.convolve_relu_pool(x, W, None, placed, fresh).a
    assert np.abs(single - exact).max() < 3e-6


def test_the_gradients_are_those_of_central_differences():
    rng = np.random.default_rng(0)
    x, W = rng.standard_normal((2, 7, 6, 5)), rng.standard_normal((3, 3, 5, 2))
    b, grad = rng.standard_normal(2), rng.standard_normal((2, 3, 3, 2))
    placed = (along(7, 3, 1, "same"), along(6, 3, 1, "same"))

    def value():
        return float((fused.convolve_relu_pool(x, W, b, placed, fresh).a * grad).sum())

    dW, db = np.empty_like(W), np.empty_like(b)
    trace = fused.convolve_relu_pool(x, W, b, placed, fresh)
    dx = fused.gradients(grad, trace, W, dW, db, fresh, skip_input=False)
    for array, gradient in ((x, dx), (W, dW), (b, db)):
        for place in np.ndindex(array.shape):
            here = array[place]
            array[place] = here + 1e-6
            above = value()
            array[place] = here - 1e-6
            difference = (above - value()) / 2e-6
            array[place] = here
            assert gradient[place] == pytest.approx(difference, rel=1e-6, abs=1e-7)
