"""Losses: how wrong a prediction is, as classes (the mean) and as functions (per sample)."""

from __future__ import annotations

from typing import Any

from nnlite.foundation.errors import type_error, value_error
from nnlite.foundation.registry import Registry
from nnlite.losses.base import Loss
from nnlite.losses.crossentropy import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    CrossEntropy,
    SparseCategoricalCrossentropy,
)
from nnlite.losses.functions import (
    binary_crossentropy,
    categorical_crossentropy,
    half_squared_error,
    huber,
    mean_absolute_error,
    mean_squared_error,
    sparse_categorical_crossentropy,
)
from nnlite.losses.regression import HalfSquaredError, Huber, MeanAbsoluteError, MeanSquaredError

__all__ = [
    "MAE",
    "MSE",
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "CrossEntropy",
    "HalfSquaredError",
    "Huber",
    "Loss",
    "MeanAbsoluteError",
    "MeanSquaredError",
    "SparseCategoricalCrossentropy",
    "binary_crossentropy",
    "categorical_crossentropy",
    "get",
    "half_squared_error",
    "huber",
    "mae",
    "mean_absolute_error",
    "mean_squared_error",
    "mse",
    "sparse_categorical_crossentropy",
]

mse = MSE = mean_squared_error
mae = MAE = mean_absolute_error

KNOWN = Registry(
    "loss",
    Loss,
    {"mse": MeanSquaredError, "mae": MeanAbsoluteError},
    {
        mean_squared_error: MeanSquaredError,
        half_squared_error: HalfSquaredError,
        mean_absolute_error: MeanAbsoluteError,
        huber: Huber,
        binary_crossentropy: BinaryCrossentropy,
        categorical_crossentropy: CategoricalCrossentropy,
        sparse_categorical_crossentropy: SparseCategoricalCrossentropy,
    },
)


def get(identifier: Any) -> Loss:
    """Return the loss that a name, a function, a class or an object means.

    >>> get("mse")
    MeanSquaredError()
    """
    if isinstance(identifier, str) and identifier.lower() in ("accuracy", "acc"):
        raise value_error(
            "Accuracy jumps, so it has no gradient to follow: it is a metric, not a loss.",
            f"loss={identifier!r}",
            remedy='compile(loss="binary_crossentropy", metrics=["accuracy"])',
        )
    found = KNOWN.find(identifier)
    if callable(found) and not isinstance(found, Loss | type):
        raise type_error(
            "A loss of your own needs its gradient beside its value.",
            f"{identifier!r}",
            remedy="Write a class that extends nnlite.losses.Loss, with values(y, a) "
            "and gradient(y, a).",
        )
    return KNOWN.get(found)
