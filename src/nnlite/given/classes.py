"""The classes in a truth, whatever its form: and whether two parts of it are of the same kinds."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from nnlite.foundation.types import Array

MOST_CLASSES = 20
"""Of more different numbers, it is no longer clear that they stand for classes."""
OTHER_KIND = 0.5
"""From this share on, two parts of a truth are called of different kinds."""
ENOUGH_OF_EACH = 5
LOOKED_AT = 10_000
"""So many samples, spread evenly, tell of all: a truth may be as large as the memory."""


def labels_of(y: Any) -> Array | None:
    """Return the class of each sample; None if the truth does not look like one class for each.

    >>> labels_of(np.array([[0, 1], [1, 0]])), labels_of(np.array([[0.5], [0.25]]))
    (array([1, 0]), None)
    """
    if not isinstance(y, np.ndarray) or not y.size or y.dtype.kind not in "fiub":
        return None
    rows = y.reshape(len(y), -1)
    if rows.shape[1] > 1:
        of_one = ((rows == 0) | (rows == 1)).all() and (rows.sum(axis=1) == 1).all()
        return rows.argmax(axis=1) if of_one and y.ndim == 2 else None
    whole = y.dtype.kind != "f" or bool((rows == np.floor(rows)).all())
    if not whole or (y.dtype.kind == "f" and len(np.unique(rows)) > MOST_CLASSES):
        return None
    return rows[:, 0].astype(np.int64)


def share_of_another_kind(y: Any, watched: Any) -> float:
    """Return by how much the classes differ in two parts of a truth: 0 alike, 1 none in common.

    It is the share of the samples watched that would have to be of another class; 0 where there
    are too few of them to tell.

    >>> sorted_labels = np.repeat([0, 1], 50)
    >>> share_of_another_kind(sorted_labels[:80], sorted_labels[80:])
    0.625
    """
    here, there = (labels_of(_some(part)) for part in (y, watched))
    if here is None or there is None:
        return 0.0
    kinds = np.unique(np.concatenate([here, there]))
    if len(there) < ENOUGH_OF_EACH * len(kinds) or len(here) < ENOUGH_OF_EACH:
        return 0.0
    shares = [(part[:, None] == kinds).mean(axis=0) for part in (here, there)]
    return float(np.abs(shares[0] - shares[1]).sum() / 2)


def _some(y: Any) -> Any:
    return y[:: max(1, len(y) // LOOKED_AT)] if isinstance(y, np.ndarray) and y.size else y


def warn_of_another_kind(y: Any, watched: Any, stacklevel: int) -> None:
    """Warn if `validation_split` has cut off other classes than those that are trained."""
    share = share_of_another_kind(y, watched)
    if share > OTHER_KIND:
        text = (
            "validation_split takes the last samples, and here they are of other classes than the "
            f"first: to be like these, {100 * share:.0f} % of them would have to be of another "
            "class. The labels seem to be sorted. Shuffle before: order = rng.permutation(len(x)); "
            "x, y = x[order], y[order]."
        )
        warnings.warn(text, UserWarning, stacklevel=stacklevel + 1)
