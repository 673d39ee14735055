"""Convolution as one matrix product: gather the windows, then multiply. Both gradients, too.

Shapes: images x (n, h, w, c), kernels W (kh, kw, c, f), results z (n, oh, ow, f).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlite.foundation.types import Array, Shape
from nnlite.kernels.products import product
from nnlite.kernels.windows import (
    Memory,
    Windows,
    frame,
    fresh,
    mirror,
    pad,
    pieces,
    room,
    view_windows,
    wide_pairs,
)

FEW_CHANNELS = 4
"""Up to this many channels, columns hold one place of the kernel per row: see `nnlite.kernels`."""


NARROW = 8
"""Products with so few columns are slow: then dx is made for two neighbouring pixels at once."""


def convolve(
    x: Array,
    W: Array,
    b: Array | None,
    windows: Windows,
    memory: Memory = fresh,
    keep_columns: bool = False,
) -> tuple[Array, Array | None]:
    """Return z, every window times the kernel, plus b; and the columns, if they shall be kept."""
    kh, kw, c, f = W.shape
    rows, columns = windows
    z = memory("z", (len(x), rows.count, columns.count, f), W.dtype)
    view = _windows_of(x, windows, memory)
    bytes_each = rows.count * columns.count * kh * kw * c * W.itemsize
    kept = memory("columns", view.shape, W.dtype) if keep_columns else None
    bias = None if b is None else np.tile(b, columns.count)
    kernel = W.reshape(-1, f)
    for piece in pieces(len(x), bytes_each):
        part = _cut(view, piece, c)
        if kept is None:
            gathered = room(memory, "some columns", part.shape, W.dtype)
        else:
            gathered = _cut(kept, piece, c)
        np.copyto(gathered, part)
        np.matmul(_matrix(gathered, c), kernel, z[piece].reshape(-1, f))
        if bias is not None:
            lines = z[piece].reshape(-1, bias.size)
            np.add(lines, bias, lines)
    return z, kept


def kernel_gradient(columns: Array, dz: Array, dW: Array) -> None:
    """Write dW = columnsᵀ·dz, the gradient of the kernel."""
    c, f = dW.shape[2:]
    product(_matrix(columns, c).T, dz.reshape(-1, f), dW.reshape(-1, f))


def input_gradient(dz: Array, W: Array, windows: Windows, memory: Memory = fresh) -> Array:
    """Return dx: what each pixel did to all windows it lies in."""
    rows, columns = windows
    if rows.stride > 1 or columns.stride > 1:
        return _scatter(dz, W, windows, memory)
    turned = np.ascontiguousarray(W[::-1, ::-1].swapaxes(2, 3))
    places = (mirror(rows), mirror(columns))
    if W.shape[2] <= NARROW and columns.size % 2 == 0 and columns.dilation == 1:
        dx, _ = convolve(dz, _for_pairs(turned), None, (places[0], wide_pairs(places[1])), memory)
        return dx.reshape(len(dz), rows.size, columns.size, -1)
    dx, _ = convolve(dz, turned, None, places, memory)
    return dx


def depthwise(x: Array, W: Array, windows: Windows, memory: Memory = fresh) -> Array:
    """Return z of a convolution that keeps channels apart: W is (kh, kw, c)."""
    rows, columns = windows
    padded = pad(x, windows, 0, memory, "padded")
    z = memory("z", (len(x), rows.count, columns.count, W.shape[2]), W.dtype)
    for piece in pieces(len(x), 2 * z[:1].nbytes):
        part, images = z[piece], padded[piece]
        part[...] = 0
        for i, down in enumerate(rows.taps()):
            for j, across in enumerate(columns.taps()):
                part += images[:, down, across] * W[i, j]
    return z


def depthwise_gradients(x: Array, W: Array, dz: Array, dW: Array, windows: Windows) -> Array:
    """Write dW (kh, kw, c), and return dx."""
    rows, columns = windows
    padded = pad(x, windows, 0, fresh, "padded")
    spread = np.zeros((len(x), rows.span, columns.span, W.shape[2]), W.dtype)
    for i, down in enumerate(rows.taps()):
        for j, across in enumerate(columns.taps()):
            dW[i, j] = np.einsum("nyxc,nyxc->c", padded[:, down, across], dz)
            spread[:, down, across] += dz * W[i, j]
    return crop(spread, windows, fresh)


def crop(padded: Array, windows: Windows, memory: Memory) -> Array:
    """Return the images inside their frames; pixels that no window saw are 0."""
    rows, columns = windows
    images = memory("dx", (len(padded), rows.size, columns.size, padded.shape[3]), padded.dtype)
    images[:, rows.used :] = 0
    images[:, :, columns.used :] = 0
    images[:, : rows.used, : columns.used] = padded[:, rows.inside, columns.inside]
    return images


def _windows_of(x: Array, windows: Windows, memory: Memory) -> Array:
    """Show all windows: (n, oh, ow, kh, kw, c), or (kh, kw, c, n, oh, ow) with few channels."""
    if x.shape[3] > FEW_CHANNELS:
        return view_windows(pad(x, windows, 0, memory, "padded"), windows)
    planes = memory("planes", _plane_shape(x, windows), x.dtype)
    interior = frame(planes.transpose(1, 2, 3, 0), windows, 0)
    interior[...] = x[:, : windows[0].used, : windows[1].used]
    return view_windows(planes.transpose(1, 2, 3, 0), windows).transpose(3, 4, 5, 0, 1, 2)


def _plane_shape(x: Array, windows: Windows) -> Shape:
    return (x.shape[3], len(x), windows[0].span, windows[1].span)


def _cut(windows: Array, piece: slice, channels: int) -> Array:
    """Return the windows of some of the images."""
    return windows[piece] if channels > FEW_CHANNELS else windows[:, :, :, piece]


def _matrix(gathered: Array, channels: int) -> Array:
    """Return gathered windows as a matrix, one window per row."""
    size: Any = np.prod(gathered.shape[3:] if channels > FEW_CHANNELS else gathered.shape[:3])
    if channels > FEW_CHANNELS:
        return gathered.reshape(-1, size)
    return gathered.reshape(size, -1).T


def _for_pairs(W: Array) -> Array:
    """Return the kernel (kh, kw + 1, c, 2·f) that sees a pair of windows and gives both results."""
    kh, kw, c, f = W.shape
    wide = np.zeros((kh, kw + 1, c, 2 * f), W.dtype)
    wide[:, :kw, :, :f] = W
    wide[:, 1:, :, f:] = W
    return wide


def _scatter(dz: Array, W: Array, windows: Windows, memory: Memory) -> Array:
    """Return dx from the gradient of every window, added up where windows overlap."""
    kh, kw, c, f = W.shape
    rows, columns = windows
    n, oh, ow, _ = dz.shape
    spread = memory("spread", (n, rows.span, columns.span, c), W.dtype)
    spread[...] = 0
    for piece in pieces(n, oh * ow * kh * kw * c * W.itemsize):
        gradients = dz[piece].reshape(-1, f) @ W.reshape(-1, f).T
        gradients = gradients.reshape(-1, oh, ow, kh, kw, c)
        for i, down in enumerate(rows.taps()):
            for j, across in enumerate(columns.taps()):
                spread[piece, down, across] += gradients[:, :, :, i, j]
    return crop(spread, windows, memory)
