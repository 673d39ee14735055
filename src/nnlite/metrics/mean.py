"""The running mean of numbers that somebody else worked out."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlite.given.numbers import as_numbers
from nnlite.metrics.base import Metric, weights_like


class Mean(Metric):
    """The mean of all numbers it was handed: `update_state(values, sample_weight=None)`.

    It compares nothing, so it is none of the metrics of a model.

    >>> mean = Mean()
    >>> mean.update_state([1, 3, 5, 7])
    >>> mean.result()
    4.0
    >>> mean([100.0], sample_weight=[0.0])
    4.0
    """

    default_name = "mean"

    def update_state(  # type: ignore[override]
        self, values: Any, sample_weight: Any = None
    ) -> None:
        """Add numbers, a row for each sample; a row counts as much as a single number."""
        numbers = np.atleast_1d(as_numbers(values, "values"))
        weights = weights_like(1.0 if sample_weight is None else sample_weight, numbers.shape)
        in_a_row = numbers.size // max(len(numbers), 1)
        self.total += float((numbers * weights).sum()) / max(in_a_row, 1)
        self.count += float(weights.sum()) / max(in_a_row, 1)

    def __call__(  # type: ignore[override]
        self, values: Any, sample_weight: Any = None
    ) -> Any:
        """Add numbers, and return the mean so far."""
        self.update_state(values, sample_weight)
        return self.result()
