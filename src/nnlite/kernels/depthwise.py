"""A convolution that keeps channels apart: each sees its own kernels alone, W is (kh, kw, c, q).

Multiplying by the zeros of a whole kernel, in which only the diagonal is filled, takes less time
than going channel by channel through the memory: a product does its work while numbers arrive. So
some channels at a time are an ordinary convolution.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nnlite.foundation.types import Array
from nnlite.kernels.convolution import convolve, input_gradient, kernel_gradient
from nnlite.kernels.memory import NEW, Memory
from nnlite.kernels.windows import Windows

TOGETHER = 16
"""So many channels make one convolution: with more, the zeros cost too much."""


def depthwise(x: Array, W: Array, b: Array | None, windows: Windows, memory: Memory = NEW) -> Array:
    """Return z (n, oh, ow, c·q), plus b."""
    rows, columns = windows
    shape = (len(x), rows.count, columns.count, W.shape[2] * W.shape[3])
    z = memory.take("z of all", shape, W.dtype)
    for some, ins, outs in _shares(W, memory):
        some_b = None if b is None else b[outs]
        z[..., outs] = convolve(x[..., ins], _filled(W[:, :, ins]), some_b, windows, memory=some)
    return z


def depthwise_gradients(
    x: Array,
    W: Array,
    dz: Array,
    windows: Windows,
    dW: Array,
    db: Array | None,
    memory: Memory = NEW,
    skip_input: bool = False,
) -> Array | None:
    """Write dW and db, and return dx unless nobody needs it."""
    dx = None if skip_input else memory.take("dx of all", x.shape, W.dtype)
    for some, ins, outs in _shares(W, memory):
        some_dz, some_db = np.ascontiguousarray(dz[..., outs]), None if db is None else db[outs]
        filled = _filled(W[:, :, ins])
        gradient = np.empty_like(filled)
        kernel_gradient(x[..., ins], some_dz, windows, gradient, some_db, memory=some)
        dW[:, :, ins] = _diagonal(gradient, dW[:, :, ins].shape)
        if dx is not None:
            dx[..., ins] = input_gradient(some_dz, filled, windows, memory=some)
    return dx


def _shares(W: Array, memory: Memory) -> Iterator[tuple[Memory, slice, slice]]:
    """Yield the channels that go together, their results, and memory for them."""
    _, _, c, q = W.shape
    for start in range(0, c, TOGETHER):
        end = min(c, start + TOGETHER)
        yield memory.part(f"channels from {start}"), slice(start, end), slice(start * q, end * q)


def _filled(W: Array) -> Array:
    """Return the kernel of an ordinary convolution that does the same."""
    kh, kw, c, q = W.shape
    filled = np.zeros((kh, kw, c, c, q), W.dtype)
    _diagonal(filled, W.shape)[...] = W
    return filled.reshape(kh, kw, c, c * q)


def _diagonal(filled: Array, shape: tuple[int, ...]) -> Array:
    """Show what lies between a channel and its own results, as (kh, kw, c, q)."""
    kh, kw, c, q = shape
    return np.asarray(np.einsum("hwiiq->hwiq", filled.reshape(kh, kw, c, c, q)))
