"""How windows that jump become windows that slide.

With a stride s, every window begins at a multiple of s: s pixels are laid on top of each other as
channels, and a kernel of ⌈k/s⌉ slides over the piles. With a dilation d, the pixels 0, d, 2d, … are
an image of their own, those from 1 on another: the kernel slides over d images. Both go for each
axis by itself; what an axis has neither of stays as it is.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from nnlite.foundation.types import Array
from nnlite.kernels.memory import Memory
from nnlite.kernels.windows import Axis, Windows

Pair = tuple[int, int]


@lru_cache(maxsize=1024)
def sliding(axis: Axis) -> tuple[Axis, int, int]:
    """Return the windows that slide, over how many images of one, and the gaps of the kernel.

    An axis with a stride and a dilation keeps the gaps, with zeros in them.
    """
    if axis.stride > 1:
        kernel, images, gaps = -(-axis.reach // axis.stride), 1, axis.dilation
    else:
        kernel, images, gaps = axis.kernel, axis.dilation, 1
    count = -(-axis.count // images)
    return Axis(count + kernel - 1, kernel, 1, 1, 0, count), images, gaps


class Folding:
    """Images, kernels and results of jumping windows, as those of sliding ones and back."""

    def __init__(self, windows: Windows) -> None:
        self.given = self.windows = windows
        self.slides = all(axis.stride == axis.dilation == 1 for axis in windows)
        (rows, *of_rows), (columns, *of_columns) = map(sliding, windows)
        if not self.slides:
            self.windows = (rows, columns)
        self.of_each, self.gaps = zip(of_rows, of_columns, strict=True)
        self.strides: Pair = (windows[0].stride, windows[1].stride)

    def images(self, x: Array, memory: Memory) -> Array:
        """Return the images over which the kernel slides."""
        if self.slides:
            return np.ascontiguousarray(x)
        padded = self._padded(x, memory)
        inside = self._inside(padded)
        inside[...] = x[:, : inside.shape[1], : inside.shape[2]]
        piles = self._piles(padded)
        folded = memory.scratch.take("folded", piles.shape, x.dtype)
        folded[...] = piles
        return folded.reshape(-1, *piles.shape[3:5], int(np.prod(piles.shape[5:])))

    def input_gradient(self, folded: Array, dx: Array, memory: Memory) -> None:
        """Write dx from the gradient of what `images` returned."""
        padded = self._padded(dx, memory)
        piles, inside = self._piles(padded), self._inside(padded)
        piles[...] = folded.reshape(piles.shape)
        dx[...] = 0
        dx[:, : inside.shape[1], : inside.shape[2]] = inside

    def kernel(self, W: Array) -> Array:
        """Return the kernel that slides."""
        if self.slides:
            return W
        wide = self._wide(W)
        self._taps(wide)[...] = W
        piles = self._piles_of_kernel(wide)
        return piles.reshape(*piles.shape[3:5], -1, W.shape[3])

    def kernel_gradient(self, folded: Array, W: Array) -> Array:
        """Return dW from the gradient of what `kernel` returned."""
        wide = self._wide(W)
        piles = self._piles_of_kernel(wide)
        piles[...] = folded.reshape(piles.shape)
        return self._taps(wide)

    def room(self, z: Array, memory: Memory) -> Array:
        """Return an array for the results of the sliding windows: z itself, where it is that."""
        if self.of_each == (1, 1):
            return z
        counts, each = self._counts(), self.of_each[0] * self.of_each[1]
        return memory.scratch.take("apart", (len(z) * each, *counts, z.shape[3]), z.dtype)

    def join(self, apart: Array, z: Array) -> None:
        """Write z from the results of the sliding windows."""
        if apart is not z:
            even = self._even(z)
            cut = _cut(even, self._counts(), self.of_each, (1, 1))
            cut[...] = apart.reshape(cut.shape)
            z[...] = even[:, : z.shape[1], : z.shape[2]]

    def take_apart(self, z: Array) -> Array:
        """Return results, or their gradients, as those of the sliding windows."""
        if self.of_each == (1, 1):
            return np.ascontiguousarray(z)
        even = self._even(z)
        even[:, : z.shape[1], : z.shape[2]] = z
        cut = _cut(even, self._counts(), self.of_each, (1, 1))
        return np.ascontiguousarray(cut).reshape(-1, *self._counts(), z.shape[3])

    def _counts(self) -> Pair:
        return self.windows[0].count, self.windows[1].count

    def _padded(self, x: Array, memory: Memory) -> Array:
        parts = zip(self.windows, self.of_each, self.strides, strict=True)
        sizes = (axis.size * images * stride for axis, images, stride in parts)
        padded = memory.scratch.take("padded", (len(x), *sizes, x.shape[3]), x.dtype)
        padded[...] = 0
        return padded

    def _inside(self, padded: Array) -> Array:
        return padded[:, self.given[0].inside, self.given[1].inside]

    def _piles(self, padded: Array) -> Array:
        sizes = self.windows[0].size, self.windows[1].size
        return self._seen(_cut(padded, sizes, self.of_each, self.strides))

    def _seen(self, cut: Array) -> Array:
        """Leave out what no window sees, where windows jump further than they reach."""
        down, across = (min(axis.stride, axis.reach) for axis in self.given)
        return cut[..., :down, :across, :]

    def _wide(self, W: Array) -> Array:
        sizes = (axis.kernel * s for axis, s in zip(self.windows, self.strides, strict=True))
        return np.zeros((*sizes, *W.shape[2:]), W.dtype)

    def _taps(self, wide: Array) -> Array:
        pairs = zip(self.given, self.gaps, strict=True)
        down, across = (slice(0, (axis.kernel - 1) * gap + 1, gap) for axis, gap in pairs)
        return wide[down, across]

    def _piles_of_kernel(self, wide: Array) -> Array:
        kernels = self.windows[0].kernel, self.windows[1].kernel
        image = wide.reshape(1, *wide.shape[:2], -1)
        return self._seen(_cut(image, kernels, (1, 1), self.strides))

    def _even(self, z: Array) -> Array:
        sizes = (c * images for c, images in zip(self._counts(), self.of_each, strict=True))
        return np.zeros((len(z), *sizes, z.shape[3]), z.dtype)


@lru_cache(maxsize=1024)
def folding_of(windows: Windows) -> Folding:
    """Return the folding for these windows."""
    return Folding(windows)


def _cut(array: Array, sizes: Pair, images: Pair, piles: Pair) -> Array:
    """Show (n, h, w, c) as (n, images down, across, rows, columns, piles down, across, c)."""
    (h, w), (down, across), (high, wide) = sizes, images, piles
    cut = array.reshape(len(array), h, down, high, w, across, wide, array.shape[3])
    return cut.transpose(0, 2, 5, 1, 4, 3, 6, 7)
