"""Convolution, ReLU and 2×2 max pooling in one go, for a few images at a time.

The largest of four numbers stays the largest when b is added and the negative ones become 0. So
both can wait until after the pooling, where a quarter of the numbers is left; and what lies
between, four times as large as the result, never leaves the cache.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnlite.foundation.types import Array
from nnlite.kernels import pairs
from nnlite.kernels.products import column_sums
from nnlite.kernels.windows import Memory, Windows, by_pairs, named, pieces, room


@dataclass
class Trace:
    """What the way back needs: x, the results, who won across and down, and the last columns."""

    windows: Windows
    x: Array
    a: Array
    odd_wins: Array
    lower_wins: Array
    columns: Array | None = None


def convolve_relu_pool(
    x: Array, W: Array, b: Array | None, windows: Windows, memory: Memory
) -> Trace:
    """Return a = max(0, pooled x ∗ W + b), in the trace of how it came about."""
    windows = (by_pairs(windows[0]), by_pairs(windows[1]))
    n, ph, pw, f = len(x), windows[0].count // 2, windows[1].count // 2, W.shape[3]
    trace = Trace(
        windows,
        x,
        memory("a", (n, ph, pw, f), W.dtype),
        memory("odd wins", (n, ph, 2, pw, f), np.dtype(bool)),
        memory("lower wins", (n, ph, pw, f), np.dtype(bool)),
    )
    bias = np.zeros(pw * f, W.dtype) if b is None else np.tile(b, pw)
    zeros = np.zeros_like(bias)
    for piece in pieces(n, _bytes_each(W, windows)):
        trace.columns = pairs.gather(x[piece], W, windows, memory)
        even, odd = pairs.multiply(trace.columns, W, memory).reshape(2, -1, ph, 2, pw, f)
        np.greater(odd, even, trace.odd_wins[piece])
        np.maximum(even, odd, out=even)
        upper, lower = even[:, :, 0], even[:, :, 1]
        np.greater(lower, upper, trace.lower_wins[piece])
        a = trace.a[piece]
        np.maximum(upper, lower, out=a)
        lines = a.reshape(-1, pw * f)
        np.add(lines, bias, lines)
        np.maximum(lines, zeros, out=lines)
    return trace


def gradients(
    grad: Array,
    trace: Trace,
    W: Array,
    dW: Array,
    db: Array | None,
    memory: Memory,
    skip_input: bool,
) -> Array | None:
    """Write dW and db, and return dx unless nobody needs it."""
    n, ph, pw, f = trace.a.shape
    rows, columns = trace.windows
    four = pairs.four_products(W, trace.windows)
    da = memory("da", trace.a.shape, W.dtype)
    np.multiply(grad, np.greater(trace.a, 0), da)
    if db is not None:
        column_sums(da.reshape(-1, f), db)
    dx = None
    if not skip_input:
        dx = memory("all dx", (n, rows.size, columns.size, W.shape[2]), W.dtype)
    dW[...] = 0
    on_the_way_back = named(memory, "dx: ")
    # From the last piece to the first: the columns of the last are still there.
    for piece in reversed(list(pieces(n, _bytes_each(W, trace.windows)))):
        gathered, trace.columns = trace.columns, None
        if gathered is None:
            gathered = pairs.gather(trace.x[piece], W, trace.windows, memory)
        mine = da[piece]
        dpair = room(memory, "dpair", (len(mine), ph, 2, pw, f), W.dtype)
        np.multiply(mine, trace.lower_wins[piece], dpair[:, :, 1])
        np.subtract(mine, dpair[:, :, 1], dpair[:, :, 0])
        dz = pairs.divide(dpair, trace.odd_wins[piece], four, memory)
        dz = dz.reshape(len(dz), len(mine), 2 * ph, pw, f)
        dW += pairs.kernel_gradient(gathered, dz, W)
        if dx is not None:
            dx[piece] = pairs.input_gradient(dz, W, trace.windows, on_the_way_back)
    return dx


def _bytes_each(W: Array, windows: Windows) -> int:
    """Return how much memory the columns of one image take."""
    kh, kw, c, _ = W.shape
    width = 2 if pairs.four_products(W, windows) else kw
    return int(windows[0].count * windows[1].count * kh * width * c * W.itemsize)
