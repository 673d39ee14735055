"""Two helpers that every Keras script imports: one-hot rows, and the random seed."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlite.foundation.checks import checked_number
from nnlite.foundation.errors import value_error
from nnlite.foundation.seeding import set_random_seed
from nnlite.foundation.types import Array
from nnlite.given.numbers import as_numbers, check_finite

__all__ = ["set_random_seed", "to_categorical"]


def to_categorical(y: Any, num_classes: int | None = None, dtype: Any = "float32") -> Array:
    """Return one-hot rows for class numbers: 2 of 3 classes becomes [0, 0, 1].

    Parameters
    ----------
    y
        Whole numbers from 0, of shape (n,) or (n, 1).
    num_classes
        The number of classes; the largest number plus 1 if not given.
    dtype
        The type of the result.

    Examples
    --------
    >>> to_categorical([0, 2])
    array([[1., 0., 0.],
           [0., 0., 1.]], dtype=float32)
    """
    labels = as_numbers(y, "y")
    if labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels[..., 0]
    check_finite(labels, "y")
    fractions = labels.dtype.kind == "f" and (labels != np.floor(labels)).any()
    if fractions or (labels.size and labels.min() < 0):
        rule = "to_categorical takes class numbers: whole, from 0 on."
        remedy = "classes, y = np.unique(y, return_inverse=True) numbers the classes."
        raise value_error(rule, f"y from {labels.min()} to {labels.max()}", None, remedy)
    needed = int(labels.max()) + 1 if labels.size else 0
    wished = needed if num_classes is None else num_classes
    count = int(checked_number("num_classes", wished, least=0, whole=True))
    if count < needed:
        rule = "num_classes must be larger than every class number."
        remedy = f"Leave num_classes out, or write num_classes={needed}."
        raise value_error(rule, f"num_classes={num_classes}, y up to {needed - 1}", None, remedy)
    try:
        rows: Array = np.zeros((labels.size, count), "float32" if dtype is None else dtype)
    except (MemoryError, OverflowError, ValueError):
        rule = "One-hot rows have a column for each class, up to the largest class number."
        remedy = "classes, y = np.unique(y, return_inverse=True) numbers those that occur."
        received = f"{count} classes for {labels.size} samples"
        raise value_error(rule, received, None, remedy) from None
    rows[np.arange(labels.size), labels.ravel().astype(np.int64)] = 1
    return rows.reshape(*labels.shape, count)
