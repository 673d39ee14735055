"""Losses: how wrong a prediction is, as classes (the mean) and as functions (per sample)."""

from __future__ import annotations

from typing import Any

from nnlite.foundation.errors import shown, type_error, value_error
from nnlite.foundation.registry import Registry
from nnlite.foundation.unknown import explains_unknown_names
from nnlite.losses.base import Loss
from nnlite.losses.crossentropy import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    CrossEntropy,
    SparseCategoricalCrossentropy,
)
from nnlite.losses.divergence import Hinge, KLDivergence
from nnlite.losses.functions import (
    binary_crossentropy,
    categorical_crossentropy,
    half_squared_error,
    hinge,
    huber,
    kl_divergence,
    mean_absolute_error,
    mean_squared_error,
    sparse_categorical_crossentropy,
)
from nnlite.losses.regression import HalfSquaredError, Huber, MeanAbsoluteError, MeanSquaredError

__all__ = ["MAE", "MSE", "Loss", "get", "mae", "mse"]
__all__ += ["HalfSquaredError", "Huber", "MeanAbsoluteError", "MeanSquaredError"]
__all__ += ["half_squared_error", "huber", "mean_absolute_error", "mean_squared_error"]
__all__ += ["BinaryCrossentropy", "CategoricalCrossentropy", "CrossEntropy"]
__all__ += ["SparseCategoricalCrossentropy", "sparse_categorical_crossentropy"]
__all__ += ["binary_crossentropy", "categorical_crossentropy"]
__all__ += ["Hinge", "KLDivergence", "hinge", "kl_divergence"]

mse = MSE = mean_squared_error
mae = MAE = mean_absolute_error

_FUNCTIONS: dict[Any, type[Loss]] = {
    mean_squared_error: MeanSquaredError,
    half_squared_error: HalfSquaredError,
    mean_absolute_error: MeanAbsoluteError,
    huber: Huber,
    binary_crossentropy: BinaryCrossentropy,
    categorical_crossentropy: CategoricalCrossentropy,
    sparse_categorical_crossentropy: SparseCategoricalCrossentropy,
    kl_divergence: KLDivergence,
    hinge: Hinge,
}
_SHORT = {"mse": MeanSquaredError, "mae": MeanAbsoluteError, "kld": KLDivergence}
_SHORT |= {"kullback_leibler_divergence": KLDivergence}
KNOWN = Registry("loss", Loss, _SHORT, _FUNCTIONS)


def get(identifier: Any) -> Loss:
    """Return the loss that a name, a function, a class or an object means.

    >>> get("mse")
    MeanSquaredError()
    """
    if isinstance(identifier, str) and identifier.lower() in ("accuracy", "acc"):
        rule = "Accuracy jumps, so it has no gradient to follow: it is a metric, not a loss."
        remedy = 'compile(loss="binary_crossentropy", metrics=["accuracy"])'
        raise value_error(rule, f"loss={shown(identifier)}", None, remedy)
    found = KNOWN.find(identifier)
    if callable(found) and not isinstance(found, Loss | type):
        rule = "A loss of your own needs its gradient beside its value."
        remedy = "Write a class that extends nnlite.losses.Loss, "
        remedy += "with values(y, a) and gradient(y, a)."
        raise type_error(rule, shown(identifier), None, remedy)
    return KNOWN.get(found)


explains_unknown_names(__name__)
