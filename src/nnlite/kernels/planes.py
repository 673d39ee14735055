"""Where the windows of a kernel lie that slides over images pixel by pixel.

Shapes: images x (n, h, w, c), kernels W (kh, kw, c, f), results z (n, oh, ow, f). Down the image, m
rows of results are made at once from t planes of combined rows: see `toom_cook`. Across it, the
pixels of a window are neighbours in memory, kw·c numbers in a row, and so a matrix of windows is
nothing but a way to look at a plane. For small work, m is 1, and the rows of a window lie side by
side: results are plain sums of products.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TypeAlias

import numpy as np

from nnlite.foundation.types import Array, Shape
from nnlite.kernels.memory import Memory
from nnlite.kernels.products import PRODUCT
from nnlite.kernels.toom_cook import matrices, rows_at_once
from nnlite.kernels.windows import Axis, Windows

CACHE = 1 << 18
"""About as many numbers of z are made at once: what goes on with them finds them in the cache."""

SMALL = 300_000
"""Up to so many multiplications, results are plain sums of products: whole numbers stay whole."""

NARROW = 8
"""Products with so few columns are slow: two neighbouring results are then made by one."""


@dataclass(frozen=True)
class Sweep:
    """All windows of a kernel: along both axes with stride 1, on images with c channels.

    With m = 1, no products are saved: the kh pixels below each other lie side by side in the one
    plane that there is, and a window is kw·kh·c numbers in a row.
    """

    rows: Axis
    columns: Axis
    c: int
    f: int
    m: int
    dtype: np.dtype[np.floating]
    apart: int = 1
    """A row of results holds every `apart`-th column first, then those one further, and so on."""

    @cached_property
    def t(self) -> int:
        """How many planes there are."""
        return 1 if self.m == 1 else self.m + self.rows.kernel - 1

    @cached_property
    def pixel(self) -> int:
        """How many numbers a plane holds for a column of x."""
        return self.c * (self.rows.kernel if self.m == 1 else 1)

    @cached_property
    def groups(self) -> int:
        """How many groups of m rows of results an image has."""
        return -(-self.rows.count // self.m)

    @cached_property
    def pair(self) -> int:
        """How many neighbouring results of a row one product makes."""
        narrow = self.f <= NARROW or self.c == 1
        return 2 if narrow and self.columns.count // self.apart % 2 == 0 else 1

    @cached_property
    def width(self) -> int:
        """How many numbers one product sees of a row: those of its windows."""
        return (self.columns.kernel + (self.pair - 1) * self.apart) * self.pixel

    def pieces(self, n: int) -> Iterator[slice]:
        """Cut a batch so that the numbers of each piece stay in the cache."""
        by_size = CACHE // (self.rows.count * self.columns.count * self.f)
        by_work = PRODUCT // (self.groups * self.width * self.pair * self.f)
        step = max(1, min(by_size, by_work))
        for start in range(0, n, step):
            yield slice(start, min(n, start + step))

    def planes(self, x: Array, memory: Memory) -> tuple[Array, list[Call]]:
        """Return T: (t, n, groups, width·pixel), zeros where windows reach over the edge.

        And what makes it of x: products or copies.
        """
        n, h, w, c = x.shape
        left, used, line = self.columns.before, self.columns.used, self.columns.span * self.pixel
        name = f"T {self.rows.before} {self.rows.used} {left} {used}"
        T = memory.scratch.zeros(name, (self.t, n, self.groups, line), self.dtype)
        calls: list[Call] = []
        if self.m == 1:
            taps = T.reshape(n, self.groups, self.columns.span, self.rows.kernel, c)
            for tap in range(self.rows.kernel):
                above = tap - self.rows.before
                first = max(0, -above)
                end = max(first, min(self.groups, h - above))
                seen = x[:, first + above : end + above, :used]
                calls.append((taps[:, first:end, left : left + used, tap], seen))
            return T, calls
        B, t, g = matrices(self.m, self.rows.kernel, self.dtype).B, self.t, self.groups
        for first, count, missing, end in self._runs(h):
            shape, steps = (n, count, t, used * c), (g * line, line, n * g * line)
            place = view(T, first * line + left * c, shape, steps)
            if missing == end:
                continue
            at = (first * self.m - self.rows.before + missing) * w * c
            shape = (n, count, end - missing, used * c)
            rows = view(x, at, shape, (h * w * c, self.m * w * c, w * c))
            calls.append((place, B[:, missing:end], rows))
        return T, calls

    def _runs(self, h: int) -> Iterator[tuple[int, int, int, int]]:
        """Yield the groups inside of the image in one run, and each at its edge by itself.

        Each run is its first group, how many, and which of the t rows lie in the image.
        """
        starts = [group * self.m - self.rows.before for group in range(self.groups)]
        inside = [group for group, start in enumerate(starts) if 0 <= start <= h - self.t]
        if inside:
            yield inside[0], len(inside), 0, self.t
        for group, start in enumerate(starts):
            if group not in inside:
                missing = max(0, -start)
                yield group, 1, missing, max(missing, min(self.t, h - start))

    def windows(self, T: Array) -> Array:
        """Show T as matrices of windows: (t, apart, columns, n·groups, width)."""
        t, n, g, line = T.shape
        step, apart, pair = self.pixel, self.apart, self.pair
        shape = (t, apart, self.columns.count // apart // pair, n * g, self.width)
        return view(T, 0, shape, (n * g * line, step, pair * apart * step, line))

    def results(self, M: Array) -> Array:
        """Show M (t, n·groups, ow·f) as such matrices: (t, apart, columns, n·groups, pair·f)."""
        t, lines, line = M.shape
        apart, pair = self.apart, self.pair
        shape = (t, apart, self.columns.count // apart // pair, lines, pair * self.f)
        return view(M, 0, shape, (lines * line, line // apart, pair * self.f, line))

    def results_of(self, z: Array) -> Array:
        """Show z (apart, n, oh, ow/apart·f) as such matrices."""
        apart, n, oh, line = z.shape
        pair = self.pair
        shape = (1, apart, self.columns.count // apart // pair, n * oh, pair * self.f)
        return view(z, 0, shape, (0, n * oh * line, pair * self.f, line))

    def kernels(self, W: Array) -> Array:
        """Return U, by which windows are multiplied: (t, width, pair·f)."""
        if self.m == 1:
            U = W.swapaxes(0, 1).reshape(1, -1, self.f)
        else:
            G = matrices(self.m, self.rows.kernel, self.dtype).G
            U = G.dot(W.reshape(len(W), -1)).reshape(self.t, -1, self.f)
        return U if self.pair == 1 else _for_pairs(U, self.apart * self.pixel)

    def kernel_gradient(self, dU: Array, shape: Shape) -> Array:
        """Return dW from dU."""
        if self.pair == 2:
            dU = _from_pairs(dU.reshape(self.t, self.width, 2, self.f), self.apart * self.pixel)
        kh, kw, c, f = shape
        if self.m == 1:
            return dU.reshape(kw, kh, c, f).swapaxes(0, 1)
        G = matrices(self.m, kh, self.dtype).G
        dW: Array = G.T.dot(dU.reshape(self.t, -1)).reshape(shape)
        return dW

    def by_image(self, M: Array, n: int) -> Array:
        """Show M as the t rows of each group: (apart, n, groups, t, ow/apart·f)."""
        t, lines, line = M.shape
        part = line // self.apart
        shape = (self.apart, n, self.groups, t, part)
        return view(M, 0, shape, (part, self.groups * line, line, lines * line))

    def in_groups(self, z: Array, M: Array) -> list[tuple[Array, Array, Array]]:
        """Show z (apart, n, oh, ow/apart·f) in groups of m rows, and the rest of the rows.

        With each go the rows of A that make them, and what they are made of in M.
        """
        A = matrices(self.m, self.rows.kernel, self.dtype).A
        apart, n, oh, line = z.shape
        full, rest = divmod(oh, self.m)
        steps, of_M = (n * oh * line, oh * line, self.m * line, line), self.by_image(M, n)
        found = []
        for start, count, rows in ((0, full, self.m), (full, 1, rest)):
            if count * rows:
                place = view(z, start * self.m * line, (apart, n, count, rows, line), steps)
                found.append((place, A[:rows], of_M[:, :, start : start + count]))
        return found


Call: TypeAlias = tuple[Array, ...]
"""Where a product is written, and its factors; or a copy, and what of."""


def _for_pairs(U: Array, step: int) -> Array:
    """Return the kernels that see the windows of two results, `step` numbers apart, at once."""
    t, width, f = U.shape
    wide = np.zeros((t, width + step, 2, f), U.dtype)
    wide[:, :width, 0] = U
    wide[:, step:, 1] = U
    return wide.reshape(t, width + step, 2 * f)


def _from_pairs(dU: Array, step: int) -> Array:
    """Return the gradient of a kernel from that of its pair: what both have in common, added."""
    return np.ascontiguousarray(dU[:, :-step, 0] + dU[:, step:, 1])


def view(array: Array, start: int, shape: Shape, strides: Shape) -> Array:
    """Show contiguous memory from a number on; strides count numbers, the last is 1.

    >>> view(np.arange(5.0), 1, (2, 2), (2,))
    array([[1., 2.],
           [3., 4.]])
    """
    size = array.itemsize
    steps = (*(stride * size for stride in strides), size)
    return np.ndarray(shape, array.dtype, array, start * size, steps)


@lru_cache(maxsize=1024)
def sweep_over(
    windows: Windows, n: int, c: int, f: int, dtype: np.dtype[np.floating], apart: int = 1
) -> Sweep:
    """Return the sweep for these windows; plain where the work is small."""
    rows, columns = windows
    work = n * rows.count * columns.count * rows.kernel * columns.kernel * c * f
    # Of one channel, a window is small: to combine rows takes longer than all its products.
    m = 1 if work <= SMALL or c == 1 else rows_at_once(rows.count, rows.kernel)
    return Sweep(rows, columns, c, f, m, dtype, apart)
