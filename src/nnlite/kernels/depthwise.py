"""A convolution that keeps channels apart: each sees its own kernel alone, W is (kh, kw, c)."""

from __future__ import annotations

import numpy as np

from nnlite.foundation.types import Array
from nnlite.kernels.memory import NEW, Memory
from nnlite.kernels.sweep import CACHE
from nnlite.kernels.windows import Windows, crop, pad


def depthwise(x: Array, W: Array, windows: Windows, memory: Memory = NEW) -> Array:
    """Return z of a convolution that keeps channels apart: W is (kh, kw, c)."""
    rows, columns = windows
    padded = pad(x, windows, 0, memory, "padded")
    z = memory.take("z", (len(x), rows.count, columns.count, W.shape[2]), W.dtype)
    # Some images after the other: what is added up stays in the cache.
    step = max(1, CACHE // z[:1].size)
    for start in range(0, len(x), step):
        part, images = z[start : start + step], padded[start : start + step]
        part[...] = 0
        for i, down in enumerate(rows.taps()):
            for j, across in enumerate(columns.taps()):
                part += images[:, down, across] * W[i, j]
    return z


def depthwise_gradients(x: Array, W: Array, dz: Array, dW: Array, windows: Windows) -> Array:
    """Write dW (kh, kw, c), and return dx."""
    rows, columns = windows
    padded = pad(x, windows, 0, NEW, "padded")
    spread = np.zeros((len(x), rows.span, columns.span, W.shape[2]), W.dtype)
    for i, down in enumerate(rows.taps()):
        for j, across in enumerate(columns.taps()):
            dW[i, j] = np.einsum("nyxc,nyxc->c", padded[:, down, across], dz)
            spread[:, down, across] += dz * W[i, j]
    return crop(spread, windows, NEW)
