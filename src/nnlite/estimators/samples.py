"""The samples of one training: some to learn from, and perhaps some to watch."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from sklearn.model_selection import train_test_split

from nnlite.foundation.errors import value_error
from nnlite.foundation.types import Array
from nnlite.given.sample_weights import weight_for_each


class Samples(NamedTuple):
    """A row, a truth as the network learns it, and perhaps a weight, for each sample.

    The weights are divided by their mean, so that they do not change how large a step is.
    """

    X: Array
    targets: Array
    weights: Array | None = None

    def split(self, share: float, seed: int, strata: Array | None) -> tuple[Samples, Samples]:
        """Return the samples to learn from, and a share of them to watch."""
        rows = np.arange(len(self.X))
        try:
            parts = train_test_split(rows, test_size=share, random_state=seed, stratify=strata)
        except ValueError as error:
            rule = (
                "early_stopping watches a part of the samples, in which each class has its share."
            )
            received = f"{len(rows)} samples, validation_fraction={share}: {error}"
            remedy = "Give more samples, a larger validation_fraction, or leave out early_stopping."
            raise value_error(rule, received, None, remedy) from None
        learned, watched = map(self.some, parts)
        return learned, watched

    def some(self, rows: Array) -> Samples:
        """Return these samples alone."""
        weights = None if self.weights is None else shares(self.weights[rows], len(rows))
        return Samples(self.X[rows], self.targets[rows], weights)


def shares(sample_weight: Any, size: int) -> Array:
    """Return the weights of the samples divided by their mean.

    >>> shares([1, 3], 2)
    array([0.5, 1.5])
    """
    weights = weight_for_each(sample_weight, size, np.float64)
    if not weights.sum() > 0:
        rule = "sample_weight must have a sum above 0: where all weigh zero, nothing is learned."
        remedy = "Leave out sample_weight, or first the samples that weigh nothing."
        raise value_error(rule, f"a sum of {weights.sum():g}, of {size} samples", None, remedy)
    return np.asarray(weights / weights.mean())
