"""Convolution by pairs: two neighbouring results of a row at once, the even and the odd one.

Max pooling asks for them so, and a kernel that is three wide needs only four products for a pair
instead of six. With pixels d₀ d₁ d₂ d₃ and weights g₀ g₁ g₂ (Winograd's F(2,3))::

    m₀ = (d₀ − d₂)·g₀               m₁ = (d₁ + d₂)·(g₀ + g₁ + g₂)/2
    m₃ = (d₁ − d₃)·g₂               m₂ = (d₂ − d₁)·(g₀ − g₁ + g₂)/2
    even = m₀ + m₁ + m₂ = d₀g₀ + d₁g₁ + d₂g₂
    odd  = m₁ − m₂ − m₃ = d₁g₀ + d₂g₁ + d₃g₂

Here a d is a pixel of all channels and a g a matrix, so that each m is one large product.

Shapes: x (n, h, w, c), W (kh, kw, c, f), results (2, n, oh, pw, f) with pw pairs in a row; the
windows have stride 1, and an even number lies in a row.
"""

from __future__ import annotations

import numpy as np

from nnlite.foundation.types import Array
from nnlite.kernels import convolution
from nnlite.kernels.convolution import FEW_CHANNELS, crop
from nnlite.kernels.products import product
from nnlite.kernels.windows import Memory, Windows, every_second, pad, room, strided, view_windows


def four_products(W: Array, windows: Windows) -> bool:
    """Return whether four products serve for six: three wide, and channels enough to pay."""
    return W.shape[1] == 3 and W.shape[2] > FEW_CHANNELS and windows[1].dilation == 1


def in_planes(W: Array, windows: Windows) -> bool:
    """Return whether columns hold one place of the kernel per row: few channels, no gaps."""
    return W.shape[2] <= FEW_CHANNELS and windows[1].dilation == 1


def gather(x: Array, W: Array, windows: Windows, memory: Memory) -> Array:
    """Return the columns: (2 or 4, n, oh, pw, kh·kw·c), or in planes (kw + 1, kh, c, n, oh, pw)."""
    rows, columns = windows
    kh, kw, c, _ = W.shape
    if in_planes(W, windows):
        return _gather_planes(x, W, windows, memory)
    padded = pad(x, windows, 0, memory, "padded")
    if four_products(W, windows):
        return _gather_sums(padded, kh, windows, memory)
    shape = (2, len(x), rows.count, columns.count // 2, kh * kw * c)
    gathered = room(memory, "columns", shape, W.dtype)
    seconds = (rows, every_second(columns))
    for place in (0, 1):
        view = view_windows(padded[:, :, place:], seconds)
        np.copyto(gathered[place].reshape(view.shape), view)
    return gathered


def multiply(columns: Array, W: Array, memory: Memory) -> Array:
    """Return the results of all pairs: (2, n, oh, pw, f)."""
    f = W.shape[3]
    if columns.ndim == 6:
        z = room(memory, "z", (2, *columns.shape[3:], f), W.dtype)
        kernel = np.ascontiguousarray(W.swapaxes(0, 1)).reshape(-1, f)
        for place, matrix in enumerate(_even_and_odd(columns)):
            np.matmul(matrix.T, kernel, z[place].reshape(-1, f))
        return z
    t, *places, k = columns.shape
    products = room(memory, "z", (t, *places, f), W.dtype)
    kernels = W.reshape(-1, f) if t == 2 else _combine(W).reshape(4, -1, f)
    np.matmul(columns.reshape(t, -1, k), kernels, products.reshape(t, -1, f))
    if t == 4:
        m0, m1, m2, m3 = products
        np.add(m0, m1, m0)
        np.add(m0, m2, m0)
        np.subtract(m1, m2, m1)
        np.subtract(m1, m3, m1)
    return products[:2]


def divide(dpair: Array, odd_wins: Array, four: bool, memory: Memory) -> Array:
    """Return dz of both of a pair, or of its four products: all to one of the two goes `dpair`."""
    dz = room(memory, "dz", (4 if four else 2, *dpair.shape), dpair.dtype)
    if not four:
        np.multiply(dpair, odd_wins, dz[1])
        np.subtract(dpair, dz[1], dz[0])
        return dz
    m0, m1, m2, m3 = dz
    np.copyto(m1, dpair)
    np.multiply(dpair, odd_wins, m3)
    np.subtract(dpair, m3, m0)
    np.subtract(m0, m3, m2)
    np.negative(m3, m3)
    return dz


def kernel_gradient(columns: Array, dz: Array, W: Array) -> Array:
    """Return dW."""
    kh, kw, c, f = W.shape
    if columns.ndim == 6:
        even, odd = (
            product(matrix, dz[place].reshape(-1, f))
            for place, matrix in enumerate(_even_and_odd(columns))
        )
        even += odd
        dW: Array = even.reshape(kw, kh, c, f).swapaxes(0, 1)
        return dW
    t, k = len(columns), columns.shape[-1]
    parts: Array = columns.reshape(t, -1, k).transpose(0, 2, 1) @ dz.reshape(t, -1, f)
    if t == 2:
        both: Array = parts[0] + parts[1]
        return both.reshape(W.shape)
    m0, m1, m2, m3 = parts.reshape(4, kh, c, f)
    dW = np.empty_like(W)
    middle = (m1 + m2) / 2
    dW[:, 0] = m0 + middle
    dW[:, 1] = (m1 - m2) / 2
    dW[:, 2] = middle + m3
    return dW


def input_gradient(dz: Array, W: Array, windows: Windows, memory: Memory) -> Array:
    """Return dx."""
    if len(dz) == 4:
        return _input_gradient_of_four(dz, W, windows, memory)
    _, n, oh, pw, f = dz.shape
    lines = room(memory, "dz lines", (n, oh, 2 * pw, f), dz.dtype)
    lines[:, :, 0::2], lines[:, :, 1::2] = dz
    return convolution.input_gradient(lines, W, windows, memory)


def _even_and_odd(columns: Array) -> tuple[Array, Array]:
    """Show the two matrices in columns of planes: the odd windows lie one pixel further."""
    kw = len(columns) - 1
    size = kw * columns.shape[1] * columns.shape[2]
    return columns[:kw].reshape(size, -1), columns[1:].reshape(size, -1)


def _gather_planes(x: Array, W: Array, windows: Windows, memory: Memory) -> Array:
    """Return, for each place of the kernel, the pixels it meets: from the even and odd columns."""
    rows, columns = windows
    kh, kw, c, _ = W.shape
    n, pw = len(x), columns.count // 2
    planes = room(memory, "planes", (2, c, n, rows.span, -(-columns.span // 2)), x.dtype)
    planes[...] = 0
    for side in (0, 1):
        start = (side - columns.before) % 2
        pixels = x[:, : rows.used, start : columns.used : 2].transpose(3, 0, 1, 2)
        left = (start + columns.before - side) // 2
        planes[side, :, :, rows.inside, left : left + pixels.shape[3]] = pixels
    gathered = room(memory, "columns", (kw + 1, kh, c, n, rows.count, pw), W.dtype)
    side, channel, image, row, pixel = planes.strides
    strides = (row * rows.dilation, channel, image, row, pixel)
    for tap in range(kw + 1):
        column, which = divmod(tap, 2)
        start = which * side // pixel + column
        np.copyto(gathered[tap], strided(planes, start, gathered.shape[1:], strides))
    return gathered


def _gather_sums(padded: Array, kh: int, windows: Windows, memory: Memory) -> Array:
    """Return the rows d₀ − d₂, d₁ + d₂, d₂ − d₁, d₁ − d₃, each over the height of the kernel."""
    rows, columns = windows
    n, hp, _, c = padded.shape
    pw = columns.count // 2
    even, odd = padded[:, :, 0::2], padded[:, :, 1::2]
    d0, d1, d2, d3 = even[:, :, :-1], odd[:, :, :-1], even[:, :, 1:], odd[:, :, 1:]
    sums = room(memory, "sums", (4, n, hp, pw, c), padded.dtype)
    np.subtract(d0, d2, sums[0])
    np.add(d1, d2, sums[1])
    np.subtract(d2, d1, sums[2])
    np.subtract(d1, d3, sums[3])
    gathered = room(memory, "columns", (4, n, rows.count, pw, kh, c), padded.dtype)
    which, image, row, pair, channel = sums.strides
    strides = (which, image, row, pair, row * rows.dilation, channel)
    view = strided(sums, 0, gathered.shape, strides)
    np.copyto(gathered, view)
    return gathered.reshape(4, n, rows.count, pw, kh * c)


def _combine(W: Array) -> Array:
    """Return the kernels of the four products, (4, kh, c, f)."""
    g0, g1, g2 = W[:, 0], W[:, 1], W[:, 2]
    outer = (g0 + g2) / 2
    return np.stack([g0, outer + g1 / 2, outer - g1 / 2, g2])


def _input_gradient_of_four(dm: Array, W: Array, windows: Windows, memory: Memory) -> Array:
    """Return dx from the gradients of the four products."""
    rows = windows[0]
    kh, _, c, f = W.shape
    _, n, oh, pw, _ = dm.shape
    dsums = room(memory, "dsums", (4, n, rows.span, pw, c), dm.dtype)
    part = room(memory, "part", (4, n, oh, pw, c), dm.dtype)
    dsums[...] = 0
    kernels = _combine(W)
    for row in range(kh):
        turned = kernels[:, row].transpose(0, 2, 1)
        np.matmul(dm.reshape(4, -1, f), turned, part.reshape(4, -1, c))
        lines = dsums[:, :, row * rows.dilation :][:, :, :oh]
        np.add(lines, part, lines)
    s0, s1, s2, s3 = dsums
    spread = room(memory, "spread", (n, rows.span, 2 * pw + 2, c), dm.dtype)
    even, odd = spread[:, :, 0::2], spread[:, :, 1::2]
    np.copyto(even[:, :, :-1], s0)
    np.subtract(s1, s2, odd[:, :, :-1])
    odd[:, :, :-1] += s3
    even[:, :, -1], odd[:, :, -1] = 0, 0
    s2 += s1
    s2 -= s0
    even[:, :, 1:] += s2
    odd[:, :, 1:] -= s3
    return crop(spread, windows, memory)
