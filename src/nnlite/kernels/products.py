"""Matrix products: most of the arithmetic of a network, and the sums over samples besides."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from nnlite.foundation.types import Array


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


def column_sums(a: Array, out: Array | None = None) -> Array:
    """Return the sum over the rows of a matrix, as a product with a vector of ones.

    The product runs through the matrix once, row by row; `a.sum(0)` is up to 20 times slower.

    >>> column_sums(np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([4., 6.])
    """
    return product(_ones(len(a), a.dtype), a, out)


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
    together = math.gcd(len(a), 64) if a.size >= 50_000 and a.shape[1] <= 16 else 1
    if together == 1 or not a.flags.c_contiguous:
        result: Array = operation(a, values, out)
        return result
    long = (len(a) // together, together * a.shape[1])
    memory = None if out is None else out.reshape(long)
    result = operation(a.reshape(long), np.tile(values, together), memory)
    return result.reshape(a.shape)


@lru_cache(maxsize=64)
def _ones(length: int, dtype: np.dtype[np.floating]) -> Array:
    ones = np.ones(length, dtype)
    ones.flags.writeable = False
    return ones
