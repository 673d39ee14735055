"""Fewer products for a row of results: the numbers behind the convolution.

A kernel (g₀, g₁, g₂) slides over (x₀, x₁, x₂, x₃) and gives two results, z₀ = x₀g₀ + x₁g₁ + x₂g₂
and z₁ = x₁g₀ + x₂g₁ + x₃g₂: six products. These four do as well:

    M₀ = (x₀ − x₂)·g₀                    z₀ = M₀ + M₁ + M₂
    M₁ = (x₁ + x₂)·(g₀ + g₁ + g₂)/2      z₁ = M₁ − M₂ + M₃
    M₂ = (x₂ − x₁)·(g₀ − g₁ + g₂)/2
    M₃ = (x₃ − x₁)·g₂

Why: numbers are the coefficients of a polynomial, and to slide and add is to multiply polynomials
(read backwards). A product of polynomials is known by its values at as many points as it has
coefficients, and at each point it is one product of numbers. Here the points are 0, 1, −1 and ∞;
(g₀ ± g₁ + g₂) is the kernel's polynomial at ±1. In general m results at once of a kernel of k take
t = m + k − 1 points: T = B·x, U = G·g, M = T·U point by point, z = A·M. Where x, g and M are whole
rows of images, with all their columns and channels, each of these is a matrix product.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from nnlite.foundation.types import Array

POINTS = [Fraction(p) for p in ("0", "1", "-1", "2", "-1/2", "-2", "1/2")]
"""And ∞. With a ninth point, float32 would lose a digit more."""


class Matrices(NamedTuple):
    """A (m, t), G (t, k) and B (t, t)."""

    A: Array
    G: Array
    B: Array


def rows_at_once(count: int, kernel: int) -> int:
    """Return the m that makes `count` results with the fewest points.

    >>> rows_at_once(28, 3), rows_at_once(14, 3), rows_at_once(28, 5), rows_at_once(28, 1)
    (4, 5, 4, 1)
    """
    most = min(5, len(POINTS) + 2 - kernel)
    if kernel == 1 or most < 2:
        return 1
    return min(range(2, most + 1), key=lambda m: (m + kernel - 1) * -(-count // m))


@lru_cache(maxsize=256)
def matrices(m: int, kernel: int, dtype: np.dtype[Any]) -> Matrices:
    """Return A, G and B for m results at once; for m = 1 those of the plain sum of products.

    >>> matrices(2, 3, np.dtype(float)).A
    array([[ 1.,  1.,  1.,  0.],
           [ 0.,  1., -1.,  1.]])
    """
    if m == 1:
        A, G, B = np.ones((1, kernel)), np.eye(kernel), np.eye(kernel)
    else:
        t = m + kernel - 1
        A, G = _powers(t, m).T.astype(float), _powers(t, kernel).astype(float)
        B = _inverse(_powers(t, t)).T.astype(float)
        # Rows of like size lose the fewest digits; powers of two lose none.
        scale = 2.0 ** np.round(np.log2(np.abs(G).sum(1) / np.abs(B).sum(1)) / 2)
        G, B = G / scale[:, None], B * scale[:, None]
    return Matrices(A.astype(dtype), G.astype(dtype), B.astype(dtype))


def _powers(t: int, count: int) -> Array:
    """Return p⁰ … p^(count − 1) for each of t points; at ∞ only the highest power counts."""
    finite = [[p**power for power in range(count)] for p in POINTS[: t - 1]]
    return np.array([*finite, [Fraction(0)] * (count - 1) + [Fraction(1)]], object)


def _inverse(matrix: Array) -> Array:
    """Return the exact inverse of a matrix of fractions."""
    size = len(matrix)
    both = np.hstack([matrix, np.vectorize(Fraction, [object])(np.eye(size, dtype=int))])
    for i in range(size):
        pivot = next(row for row in range(i, size) if both[row, i])
        both[[i, pivot]] = both[[pivot, i]]
        both[i] /= both[i, i]
        for row in range(size):
            if row != i:
                both[row] -= both[row, i] * both[i]
    return both[:, size:]
