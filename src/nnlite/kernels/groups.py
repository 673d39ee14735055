"""Convolution in groups: the channels are dealt out, and each group is a convolution of its own."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nnlite.foundation.types import Array
from nnlite.kernels import convolution
from nnlite.kernels.windows import Memory, Windows, fresh, named


def convolve(
    x: Array,
    W: Array,
    b: Array | None,
    windows: Windows,
    groups: int = 1,
    memory: Memory = fresh,
    keep_columns: bool = False,
) -> tuple[Array, list[Array]]:
    """Return z and, if they shall be kept, each group's columns. W is (kh, kw, c / groups, f)."""
    if groups == 1:
        z, columns = convolution.convolve(x, W, b, windows, memory, keep_columns)
        return z, [] if columns is None else [columns]
    z = memory("z", (len(x), windows[0].count, windows[1].count, W.shape[3]), W.dtype)
    kept = []
    for group, (ins, outs) in enumerate(_shares(x.shape[3], W.shape[3], groups)):
        part, columns = convolution.convolve(
            x[..., ins],
            np.ascontiguousarray(W[..., outs]),
            None if b is None else b[outs],
            windows,
            named(memory, f"group {group}: "),
            keep_columns,
        )
        z[..., outs] = part
        if columns is not None:
            kept.append(columns)
    return z, kept


def kernel_gradient(columns: list[Array], dz: Array, dW: Array) -> None:
    """Write dW, each group's from its own columns."""
    if len(columns) == 1:
        convolution.kernel_gradient(columns[0], dz, dW)
        return
    shares = _shares(len(columns), dz.shape[3], len(columns))
    for kept, (_, outs) in zip(columns, shares, strict=True):
        part = np.empty_like(dW[..., outs], order="C")
        convolution.kernel_gradient(kept, dz[..., outs], part)
        dW[..., outs] = part


def input_gradient(
    dz: Array, W: Array, windows: Windows, groups: int = 1, memory: Memory = fresh
) -> Array:
    """Return dx, each group's channels from its own results."""
    memory = named(memory, "dx: ")
    if groups == 1:
        return convolution.input_gradient(dz, W, windows, memory)
    channels = W.shape[2] * groups
    dx = memory("dx", (len(dz), windows[0].size, windows[1].size, channels), W.dtype)
    for group, (ins, outs) in enumerate(_shares(channels, W.shape[3], groups)):
        dx[..., ins] = convolution.input_gradient(
            dz[..., outs],
            np.ascontiguousarray(W[..., outs]),
            windows,
            named(memory, f"group {group}: "),
        )
    return dx


def _shares(inputs: int, outputs: int, groups: int) -> Iterator[tuple[slice, slice]]:
    """Yield, for each group, its input channels and its output channels."""
    ins, outs = inputs // groups, outputs // groups
    for group in range(groups):
        yield (
            slice(group * ins, (group + 1) * ins),
            slice(group * outs, (group + 1) * outs),
        )
