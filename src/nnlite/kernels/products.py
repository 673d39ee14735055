"""Matrix products: most of the arithmetic of a network, and the sums over samples besides."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from nnlite.foundation.types import Array

PRODUCT = 1_000_000
"""Matrix products of more multiplications than this run at a lower speed in the caches."""


def product(a: Array, b: Array, out: Array | None = None) -> Array:
    """Return the matrix product a·b, written into `out` if given, whatever its dtype.

    >>> product(np.eye(2), np.ones((2, 1)))
    array([[1.],
           [1.]])
    """
    if out is None or (a.dtype == out.dtype and b.dtype == out.dtype):
        return a.dot(b, out)
    out[...] = a.dot(b)
    return out


def tall_product(a: Array, b: Array, out: Array) -> None:
    """Write a·b, for many rows of few numbers, in pieces that stay in the caches."""
    step = max(1, PRODUCT // b.size)
    whole = len(a) // step * step
    if whole:
        pieces = (whole // step, step, -1)
        np.matmul(a[:whole].reshape(pieces), b, out=out[:whole].reshape(pieces))
    if whole < len(a):
        a[whole:].dot(b, out[whole:])


def long_product(a: Array, b: Array) -> Array:
    """Return aᵀ·b, for many rows of few numbers, in pieces that stay in the caches."""
    step = max(1, PRODUCT // (a.shape[1] * b.shape[1]))
    whole = len(a) // step * step
    if not whole:
        return product(a.T, b)
    pieces = (whole // step, step, -1)
    parts = np.matmul(a[:whole].reshape(pieces).swapaxes(1, 2), b[:whole].reshape(pieces))
    total: Array = parts.sum(axis=0)
    if whole < len(a):
        total += a[whole:].T.dot(b[whole:])
    return total


def column_sums(a: Array, out: Array | None = None) -> Array:
    """Return the sum over the rows of a matrix, as a product with a vector of ones.

    The product runs through the matrix once, row by row; `a.sum(0)` is up to 20 times slower.

    >>> column_sums(np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([4., 6.])
    """
    return product(_ones(len(a), a.dtype), a, out)


def exact_column_sums(a: Array) -> Array:
    """Return the sum over the rows of a matrix, added up in blocks: it keeps its digits.

    Where 100,000 numbers are added one after the other, small ones are lost in the large sum.

    >>> (exact_column_sums(np.full((100_000, 1), 0.1, np.float32)) / 10_000).round(5)
    array([1.], dtype=float32)
    """
    blocks, rest = _in_blocks(a)
    total = _folded(np.matmul(_ones(blocks.shape[1], a.dtype), blocks), a)
    return total + column_sums(rest) if len(rest) else total


def column_dots(a: Array, b: Array) -> Array:
    """Return the sum over the rows of a·b, column by column, added up in blocks.

    >>> column_dots(np.array([[1.0, 2.0], [3.0, 4.0]]), np.ones((2, 2)))
    array([4., 6.])
    """
    (blocks, rest), (others, left) = _in_blocks(a), _in_blocks(b)
    total = _folded(np.einsum("brl,brl->bl", blocks, others), a)
    return total + np.einsum("rc,rc->c", rest, left) if len(rest) else total


def _in_blocks(a: Array) -> tuple[Array, Array]:
    """Show a matrix as blocks of long rows, as many as there are rows in each, and what is left."""
    together = _together(a)
    size = math.isqrt(len(a) // together)
    whole = len(a) // (size * together) * size * together
    return a[:whole].reshape(-1, size, together * a.shape[1]), a[whole:]


def _folded(sums: Array, a: Array) -> Array:
    """Return the sums of the columns of a matrix from those of its blocks."""
    total: Array = sums.sum(axis=0).reshape(-1, a.shape[1]).sum(axis=0)
    return total


def row_sums(a: Array) -> Array:
    """Return the sum along the last axis, as a product with a vector of ones.

    >>> row_sums(np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([3., 7.])
    """
    sums: Array = a.dot(_ones(a.shape[-1], a.dtype))
    return sums


def by_column(operation: np.ufunc, a: Array, values: Array, out: Array | None = None) -> Array:
    """Return operation(a, values), where `values` holds one number for each column of a matrix.

    A row of few columns is over as soon as it has begun: several rows as one long row are faster.

    >>> by_column(np.subtract, np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1.0, 2.0]))
    array([[0., 0.],
           [2., 2.]])
    """
    together = _together(a)
    if together == 1 or not a.flags.c_contiguous:
        result: Array = operation(a, values, out)
        return result
    long = (len(a) // together, together * a.shape[1])
    memory = None if out is None else out.reshape(long)
    many = np.multiply.outer(_ones(together, values.dtype), values).reshape(-1)
    return np.asarray(operation(a.reshape(long), many, memory)).reshape(a.shape)


def _together(a: Array) -> int:
    """Return how many rows of a matrix make a long one."""
    return math.gcd(len(a), 64) if a.size >= 4_000 and a.shape[1] <= 128 else 1


@lru_cache(maxsize=64)
def _ones(length: int, dtype: np.dtype[np.floating]) -> Array:
    ones = np.ones(length, dtype)
    ones.flags.writeable = False
    return ones
