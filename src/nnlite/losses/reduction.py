"""How the losses of the samples become one number: their mean, their sum, or not at all.

Whatever is asked for is told as a factor of the mean, so that the mean is all that others compute.
"""

from __future__ import annotations

import math
from typing import Annotated, Any

import numpy as np

from nnlite.foundation.checks import require
from nnlite.foundation.errors import listed, nearest
from nnlite.foundation.types import Array

MEAN, SUM, NONE = "sum_over_batch_size", "sum", "none"
WEIGHTED_MEAN = "mean_with_sample_weight"
_KNOWN = (MEAN, SUM, NONE, "mean", WEIGHTED_MEAN)


def _suggestion(value: Any) -> str:
    guess = nearest(value, _KNOWN) if isinstance(value, str) else None
    return f'reduction="{guess or MEAN}"'


_check = require(
    lambda value: value is None or (isinstance(value, str) and value in _KNOWN),
    f"reduction must be one of {listed(_KNOWN)}, or None.",
    _suggestion,
)
Reduction = Annotated[str | None, _check]
"""What Keras knows: the mean has two names; None is "none"."""


def times_the_mean(reduction: str | None, a: Array, weights: Array | None = None) -> float:
    """Return what the mean over the samples is multiplied by, for a prediction and weights.

    A sum goes over all places of each sample, too. Of "none", whose losses stay apart, it is the
    sum that is descended.

    >>> a = np.zeros((4, 3))
    >>> times_the_mean("sum", a), times_the_mean("mean", a)
    (4.0, 1.0)
    >>> times_the_mean("mean_with_sample_weight", a, np.array([1.0, 1.0, 0.0, 0.0]))
    2.0
    """
    if reduction in (SUM, NONE, None):
        return float(len(a) * math.prod(a.shape[1:-1]))
    if reduction == WEIGHTED_MEAN and weights is not None:
        whole = float(np.sum(weights))
        return len(a) / whole if whole else 0.0
    return 1.0
