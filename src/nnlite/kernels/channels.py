"""What every channel has one number for: sums over all rows of a matrix (M, c), and their use.

A row of few channels is over as soon as it has begun: so some rows are taken as one long line. And
a matrix that does not fit into the cache is gone through in pieces that do: what is done next with
the numbers of a piece finds them there.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nnlite.foundation.types import Array
from nnlite.kernels.memory import Memory
from nnlite.kernels.products import ones

LINE = 4096
"""About as many numbers make a line."""
LINES = 64
"""So many lines make a piece, and are added up at once: with more, sums would lose digits."""


def together(c: int) -> int:
    """Return how many rows of c channels make a line."""
    return max(1, LINE // c)


def pieces(*matrices: Array) -> Iterator[tuple[Array, ...]]:
    """Yield some rows of matrices of one shape after the other, as lines as long as it goes.

    >>> [part.shape for (part,) in pieces(np.ones((5000, 3)))]
    [(3, 4095), (43, 63), (2, 3)]
    """
    (count, c), start = matrices[0].shape, 0
    for rows in (together(c), max(1, together(c) // LINES), 1):
        whole = start + (count - start) // rows * rows
        while start < whole:
            end = min(start + rows * LINES, whole)
            yield tuple(matrix[start:end].reshape(-1, rows * c) for matrix in matrices)
            start = end


def sums(rows: Array, about: Array, memory: Memory) -> tuple[Array, Array]:
    """Return Σ (x − about) and Σ (x − about)² for each channel.

    Where 100,000 numbers are added one after the other, small ones are lost in the large sum: so
    each piece is added up by itself.
    """
    middle, total = _over_and_over(about), _Totals(rows)
    for (part,) in pieces(rows):
        centered = memory.scratch.take("centered", part.shape, part.dtype)
        np.subtract(part, middle[: part.shape[1]], centered)
        total.add(centered, centered)
    return total.folded()


def sums_with(grad: Array, rows: Array, about: Array, memory: Memory) -> tuple[Array, Array]:
    """Return Σ grad and Σ grad·(x − about) for each channel."""
    middle, total = _over_and_over(about), _Totals(rows)
    for some, part in pieces(grad, rows):
        centered = memory.scratch.take("centered", part.shape, part.dtype)
        np.subtract(part, middle[: part.shape[1]], centered)
        total.add(some, centered)
    return total.folded()


def scaled(rows: Array, about: Array, factor: Array, shift: Array, a: Array) -> Array:
    """Write a = factor·(x − about) + shift."""
    middle, times, plus = map(_over_and_over, (about, factor, shift))
    for part, out in pieces(rows, a):
        width = part.shape[1]
        np.subtract(part, middle[:width], out)
        np.multiply(out, times[:width], out)
        np.add(out, plus[:width], out)
    return a


def scaled_back(
    grad: Array,
    rows: Array,
    about: Array,
    factor: Array,
    slope: Array,
    shift: Array,
    dx: Array,
    memory: Memory,
) -> None:
    """Write dx = factor·grad − slope·(x − about) − shift."""
    middle, times, down, minus = map(_over_and_over, (about, factor, slope, shift))
    for some, part, out in pieces(grad, rows, dx):
        width = part.shape[1]
        centered = memory.scratch.take("centered", part.shape, part.dtype)
        np.subtract(part, middle[:width], centered)
        np.multiply(centered, down[:width], centered)
        np.add(centered, minus[:width], centered)
        np.multiply(some, times[:width], out)
        np.subtract(out, centered, out)


def add_to_rows(rows: Array, values: Array) -> None:
    """Add each channel's number to all rows."""
    plus = _over_and_over(values)
    for (part,) in pieces(rows):
        part += plus[: part.shape[1]]


class _Totals:
    """The sums of a matrix, and of its products with another, in float64."""

    def __init__(self, rows: Array) -> None:
        self.c, self.dtype = rows.shape[1], rows.dtype
        self.sums, self.dots = (np.zeros(together(self.c) * self.c) for _ in range(2))

    def add(self, a: Array, b: Array) -> None:
        lines, width = a.shape
        self.sums[:width] += ones(lines, a.dtype).dot(a)
        self.dots[:width] += np.einsum("rl,rl->l", a, b)

    def folded(self) -> tuple[Array, Array]:
        sums, dots = (long.reshape(-1, self.c).sum(0) for long in (self.sums, self.dots))
        return sums.astype(self.dtype), dots.astype(self.dtype)


def _over_and_over(values: Array) -> Array:
    """Return the numbers of a line."""
    return np.multiply.outer(ones(together(len(values)), values.dtype), values).reshape(-1)
