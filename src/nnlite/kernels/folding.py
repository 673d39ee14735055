"""How windows that jump become windows that slide.

With a stride s, every window begins at a multiple of s: s pixels are laid on top of each other as
channels, and a kernel of ⌈k/s⌉ slides over the piles. With a dilation d, the pixels 0, d, 2d, … are
an image of their own, those from 1 on another: the kernel slides over d images. Both go for each
axis by itself; what an axis has neither of stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from nnlite.foundation.types import Array
from nnlite.kernels.memory import Memory
from nnlite.kernels.windows import Axis, Windows


@dataclass(frozen=True)
class Fold:
    """One axis: `piled` of every `stride` pixels become channels, `images` are made of one."""

    axis: Axis
    stride: int
    piled: int
    images: int
    gaps: int
    sliding: Axis


@lru_cache(maxsize=1024)
def fold(axis: Axis) -> Fold:
    """Return how the windows along one axis are made to slide."""
    gaps = axis.dilation
    if axis.stride > 1:
        # Both at once: the kernel then has zeros in its gaps.
        kernel, images = -(-axis.reach // axis.stride), 1
    else:
        kernel, images, gaps = axis.kernel, axis.dilation, 1
    count = -(-axis.count // images)
    piled = min(axis.stride, axis.reach)
    sliding = Axis(count + kernel - 1, kernel, 1, 1, 0, count)
    return Fold(axis, axis.stride, piled, images, gaps, sliding)


class Folding:
    """Images, kernels and results of jumping windows, as those of sliding ones and back."""

    def __init__(self, windows: Windows) -> None:
        self.slides = all(axis.stride == axis.dilation == 1 for axis in windows)
        self.rows, self.columns = fold(windows[0]), fold(windows[1])
        self.images_of_each = self.rows.images * self.columns.images
        self.windows = windows if self.slides else (self.rows.sliding, self.columns.sliding)

    def images(self, x: Array, memory: Memory) -> Array:
        """Return the images over which the kernel slides."""
        if self.slides:
            return np.ascontiguousarray(x)
        padded = memory.take("padded", self._padded_shape(x), x.dtype)
        padded[...] = 0
        rows, columns = self.rows.axis, self.columns.axis
        inside = padded[:, rows.inside, columns.inside]
        inside[...] = x[:, : inside.shape[1], : inside.shape[2]]
        piles = self._piles(padded)
        folded = memory.take("folded", piles.shape, x.dtype)
        folded[...] = piles
        return folded.reshape(-1, *piles.shape[3:5], int(np.prod(piles.shape[5:])))

    def input_gradient(self, folded: Array, dx: Array, memory: Memory) -> None:
        """Write dx from the gradient of what `images` returned."""
        padded = memory.take("padded", self._padded_shape(dx), dx.dtype)
        padded[...] = 0
        piles = self._piles(padded)
        piles[...] = folded.reshape(piles.shape)
        rows, columns = self.rows.axis, self.columns.axis
        inside = padded[:, rows.inside, columns.inside]
        dx[...] = 0
        dx[:, : inside.shape[1], : inside.shape[2]] = inside

    def _padded_shape(self, x: Array) -> tuple[int, ...]:
        sizes = (f.sliding.size * f.stride * f.images for f in (self.rows, self.columns))
        return (len(x), *sizes, x.shape[3])

    def _piles(self, padded: Array) -> Array:
        """Show padded images as (n, images down, across, rows, columns, piles down, across, c)."""
        rows, columns = self.rows, self.columns
        n, _, _, c = padded.shape
        cut = padded.reshape(
            n,
            rows.sliding.size,
            rows.images,
            rows.stride,
            columns.sliding.size,
            columns.images,
            columns.stride,
            c,
        )
        return cut.transpose(0, 2, 5, 1, 4, 3, 6, 7)[..., : rows.piled, : columns.piled, :]

    def kernel(self, W: Array) -> Array:
        """Return the kernel that slides."""
        if self.slides:
            return W
        wide = np.zeros(self._wide_shape(W), W.dtype)
        self._taps(wide)[...] = W
        piles = self._piles_of_kernel(wide)
        return piles.reshape(*piles.shape[:2], -1, W.shape[3])

    def kernel_gradient(self, folded: Array, W: Array) -> Array:
        """Return dW from the gradient of what `kernel` returned."""
        wide = np.zeros(self._wide_shape(W), W.dtype)
        piles = self._piles_of_kernel(wide)
        piles[...] = folded.reshape(piles.shape)
        return self._taps(wide)

    def _wide_shape(self, W: Array) -> tuple[int, ...]:
        return (*(f.sliding.kernel * f.stride for f in (self.rows, self.columns)), *W.shape[2:])

    def _taps(self, wide: Array) -> Array:
        down, across = (
            slice(0, (f.axis.kernel - 1) * f.gaps + 1, f.gaps) for f in (self.rows, self.columns)
        )
        return wide[down, across]

    def _piles_of_kernel(self, wide: Array) -> Array:
        rows, columns = self.rows, self.columns
        cut = wide.reshape(
            rows.sliding.kernel,
            rows.stride,
            columns.sliding.kernel,
            columns.stride,
            *wide.shape[2:],
        )
        return cut.transpose(0, 2, 1, 3, 4, 5)[:, :, : rows.piled, : columns.piled]

    def results(self, z: Array, memory: Memory) -> Array:
        """Return room for the results of the sliding windows: z itself, where it is that."""
        if self.images_of_each == 1:
            return z
        counts = (axis.count for axis in self.windows)
        return memory.take("apart", (len(z) * self.images_of_each, *counts, z.shape[3]), z.dtype)

    def join(self, apart: Array, z: Array) -> None:
        """Write z from the results of the sliding windows."""
        if apart is not z:
            joined = self._joined(apart, z)
            z[...] = joined.reshape(self._even_shape(z))[:, : z.shape[1], : z.shape[2]]

    def take_apart(self, z: Array, memory: Memory) -> Array:
        """Return results, or their gradients, as those of the sliding windows."""
        if self.images_of_each == 1:
            return np.ascontiguousarray(z)
        even = np.zeros(self._even_shape(z), z.dtype)
        even[:, : z.shape[1], : z.shape[2]] = z
        rows, columns = self.rows, self.columns
        cut = even.reshape(
            len(z), rows.sliding.count, rows.images, columns.sliding.count, columns.images, -1
        )
        apart = np.ascontiguousarray(cut.transpose(0, 2, 4, 1, 3, 5))
        return apart.reshape(-1, rows.sliding.count, columns.sliding.count, z.shape[3])

    def _joined(self, apart: Array, z: Array) -> Array:
        rows, columns = self.rows, self.columns
        cut = apart.reshape(
            len(z), rows.images, columns.images, rows.sliding.count, columns.sliding.count, -1
        )
        return cut.transpose(0, 3, 1, 4, 2, 5)

    def _even_shape(self, z: Array) -> tuple[int, ...]:
        sizes = (f.sliding.count * f.images for f in (self.rows, self.columns))
        return (len(z), *sizes, z.shape[3])
