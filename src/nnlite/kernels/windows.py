"""Where the windows of a kernel lie on an image, and views that show them without copying.

Both axes follow the same rule, so an `Axis` describes one of them and a pair describes an image.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any, TypeAlias

import numpy as np
from numpy.lib.stride_tricks import as_strided

from nnlite.foundation.types import Array, Shape

Memory: TypeAlias = Callable[[str, Shape, Any], Array]
"""Gives an array to write into, by name, shape and dtype; its content is arbitrary."""

PIECE_BYTES = 1 << 21
"""About what second-level caches hold: see the docstring of `nnlite.kernels`."""


def fresh(name: str, shape: Shape, dtype: Any) -> Array:
    """Return new memory every time."""
    return np.empty(shape, dtype)


def named(memory: Memory, prefix: str) -> Memory:
    """Return the same source of memory, under names of its own."""

    def prefixed(name: str, shape: Shape, dtype: np.dtype[np.floating]) -> Array:
        return memory(prefix + name, shape, dtype)

    return prefixed


@dataclass(frozen=True)
class Axis:
    """The windows along one axis.

    Window number i starts at i·stride on the padded axis, of which the image begins at `before`.
    Pixels behind the last window that fills are not looked at.
    """

    size: int
    kernel: int
    stride: int
    dilation: int
    before: int
    count: int

    @cached_property
    def reach(self) -> int:
        """How many pixels one window spans."""
        return (self.kernel - 1) * self.dilation + 1

    @cached_property
    def span(self) -> int:
        """How many pixels all windows span: the size of the padded axis."""
        return (self.count - 1) * self.stride + self.reach

    @cached_property
    def used(self) -> int:
        """How many pixels of the image lie under windows."""
        return min(self.size, self.span - self.before)

    @cached_property
    def padded(self) -> bool:
        """Whether windows reach over the edge of the image."""
        return self.span > self.used

    @cached_property
    def inside(self) -> slice:
        """Where the image lies on the padded axis."""
        return slice(self.before, self.before + self.used)

    def taps(self) -> Iterator[slice]:
        """Yield, for each place in the kernel, the pixels of the padded axis it meets."""
        for start in range(0, self.reach, self.dilation):
            yield slice(start, start + (self.count - 1) * self.stride + 1, self.stride)


Windows: TypeAlias = tuple[Axis, Axis]


@lru_cache(maxsize=1024)
def by_pairs(axis: Axis) -> Axis:
    """Leave out the last window if it has no partner."""
    return replace(axis, count=axis.count // 2 * 2)


@lru_cache(maxsize=1024)
def every_second(axis: Axis) -> Axis:
    """Keep the windows with even numbers only."""
    return replace(axis, stride=2 * axis.stride, count=axis.count // 2)


@lru_cache(maxsize=1024)
def wide_pairs(axis: Axis) -> Axis:
    """Make one window, a pixel wider, of every two."""
    return replace(axis, kernel=axis.kernel + 1, stride=2, count=axis.count // 2)


@lru_cache(maxsize=1024)
def mirror(axis: Axis) -> Axis:
    """Place the windows, one per pixel of x, through which the gradient comes back to it."""
    before = axis.reach - 1 - axis.before
    return Axis(axis.count, axis.kernel, 1, axis.dilation, before, axis.size)


@lru_cache(maxsize=1024)
def along(
    size: int, kernel: int, stride: int = 1, padding: str = "valid", dilation: int = 1
) -> Axis:
    """Place windows along an axis; `same` makes ⌈size/stride⌉ of them, the odd pixel behind.

    `causal` makes as many, none of which sees what comes after its last pixel.

    >>> along(5, 2, padding="same").count, along(5, 2, stride=2).count
    (5, 2)
    """
    reach = (kernel - 1) * dilation + 1
    if padding == "valid":
        return Axis(size, kernel, stride, dilation, 0, (size - reach) // stride + 1)
    count = -(-size // stride)
    missing = max((count - 1) * stride + reach - size, 0)
    before = reach - 1 if padding == "causal" else missing // 2
    return Axis(size, kernel, stride, dilation, before, count)


def pad(x: Array, windows: Windows, value: float, memory: Memory, name: str) -> Array:
    """Return the images (n, h, w, c) as far as windows reach, with `value` around them."""
    rows, columns = windows
    if not rows.padded and not columns.padded:
        return x[:, : rows.span, : columns.span]
    padded = memory(name, (len(x), rows.span, columns.span, x.shape[3]), x.dtype)
    interior = frame(padded, windows, value)
    interior[...] = x[:, : rows.used, : columns.used]
    return padded


def frame(padded: Array, windows: Windows, value: float) -> Array:
    """Write `value` around the place of the images, and return that place, unwritten."""
    rows, columns = windows
    padded[:, : rows.inside.start] = value
    padded[:, rows.inside.stop :] = value
    padded[:, :, : columns.inside.start] = value
    padded[:, :, columns.inside.stop :] = value
    return padded[:, rows.inside, columns.inside]


def view_windows(padded: Array, windows: Windows) -> Array:
    """Show the windows of padded images: (n, oh, ow, kh, kw, c), a view."""
    rows, columns = windows
    image, row, column, channel = padded.strides
    shape = (len(padded), rows.count, columns.count, rows.kernel, columns.kernel, padded.shape[3])
    strides = (
        image,
        row * rows.stride,
        column * columns.stride,
        row * rows.dilation,
        column * columns.dilation,
        channel,
    )
    if padded.flags.c_contiguous:
        return strided(padded, 0, shape, strides)
    return as_strided(padded, shape, strides, writeable=False)


def strided(array: Array, start: int, shape: Shape, strides: Shape) -> Array:
    """Return a view of contiguous memory, from its element number `start`: a light `as_strided`."""
    return np.ndarray(shape, array.dtype, array, start * array.itemsize, strides)


def pieces(count: int, bytes_each: int) -> Iterator[slice]:
    """Cut a batch into equal pieces, of about as many samples as fit into the cache."""
    step = -(-count // max(1, round(count * bytes_each / PIECE_BYTES)))
    for start in range(0, count, max(1, step)):
        yield slice(start, min(count, start + step))


def room(memory: Memory, name: str, shape: Shape, dtype: Any) -> Array:
    """Return memory that is used again whichever axis of the shape is smaller next time."""
    return memory(name, (math.prod(shape),), dtype).reshape(shape)
