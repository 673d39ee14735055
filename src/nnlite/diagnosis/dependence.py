"""Do the labels have anything to do with the features? Asked without any network.

Samples that are alike should have labels that are alike. For a table K of how alike two samples
are, Σ K·(y·yᵀ) off the diagonal is compared with what it is for shuffled labels.
"""

from __future__ import annotations

import numpy as np

from nnlite.foundation.types import Array

MOST, SHUFFLES, AT_ONCE, NEIGHBOURS, RIDGE = 500, 1000, 100, 5, 1.0


def share_of_better_shuffles(x: Array, y: Array, seed: int) -> float:
    """Return how many shuffled labels fit the features as well as these do, as a share.

    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(200, 2))
    >>> share_of_better_shuffles(x, (x[:, :1] > 0), 0)
    0.0
    >>> share_of_better_shuffles(x, rng.normal(size=(200, 1)), 0) > 0.05
    True
    """
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(len(x))[:MOST]
    x, y = _standard(x[chosen]), _standard(y[chosen])
    return min(_share(likeness, y, rng) for likeness in (_neighbours(x), _linear(x)))


def _share(likeness: Array, y: Array, rng: np.random.Generator) -> float:
    np.fill_diagonal(likeness, 0.0)
    found, better = float((y * (likeness @ y)).sum()), 0
    for _ in range(SHUFFLES // AT_ONCE):
        shuffled = np.stack([y[rng.permutation(len(y))] for _ in range(AT_ONCE)], axis=1)
        answers = (likeness @ shuffled.reshape(len(y), -1)).reshape(shuffled.shape)
        better += int(((shuffled * answers).sum(axis=(0, 2)) >= found).sum())
    return better / SHUFFLES


def _standard(table: Array) -> Array:
    numbers = table.reshape(len(table), -1).astype(np.float64)
    deviation = numbers.std(axis=0)
    kept = deviation > 1e-9 * np.abs(numbers.mean(axis=0))
    standard: Array = (numbers - numbers.mean(axis=0))[:, kept] / deviation[kept]
    return standard


def _neighbours(x: Array) -> Array:
    """Return 1 where one of two samples is among the nearest of the other."""
    squares = (x * x).sum(axis=1)
    far = squares[:, None] + squares - 2 * (x @ x.T)
    np.fill_diagonal(far, np.inf)
    nearest = np.argsort(far, axis=1)[:, :NEIGHBOURS]
    near = np.zeros(far.shape)
    np.put_along_axis(near, nearest, 1.0, axis=1)
    return near + near.T


def _linear(x: Array) -> Array:
    """Return what a linear model with a penalty answers to each label: X(XᵀX + λ)⁻¹Xᵀ."""
    products = x @ x.T
    penalty = RIDGE * max(float(np.trace(products)) / len(x), 1e-12)
    answers: Array = np.linalg.solve(products + penalty * np.eye(len(x)), products)
    return answers
