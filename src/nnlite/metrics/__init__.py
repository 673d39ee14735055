"""Metrics: figures for people, as functions (per sample) and as classes (over batches)."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlite import losses
from nnlite.foundation.errors import told, type_error
from nnlite.foundation.registry import Registry
from nnlite.foundation.types import Shape
from nnlite.foundation.unknown import explains_unknown_names
from nnlite.losses import mean_absolute_error, mean_squared_error
from nnlite.metrics.accuracy import (
    Accuracy,
    BinaryAccuracy,
    CategoricalAccuracy,
    FittingAccuracy,
    SparseCategoricalAccuracy,
    accuracy,
    binary_accuracy,
    categorical_accuracy,
    fitting_accuracy,
    sparse_categorical_accuracy,
)
from nnlite.metrics.base import FunctionMetric, Metric
from nnlite.metrics.classification import F1Score, Precision, Recall
from nnlite.metrics.curves import AUC
from nnlite.metrics.errors import (
    MeanAbsoluteError,
    MeanSquaredError,
    R2Score,
    RootMeanSquaredError,
    r2_score,
    root_mean_squared_error,
)
from nnlite.metrics.mean import Mean
from nnlite.metrics.ranking import (
    SparseTopKCategoricalAccuracy,
    TopKCategoricalAccuracy,
    sparse_top_k_categorical_accuracy,
    top_k_categorical_accuracy,
)

__all__ = ["MAE", "MSE", "Metric", "get", "mae", "mse"]
__all__ += ["MeanAbsoluteError", "MeanSquaredError", "R2Score", "RootMeanSquaredError"]
__all__ += ["mean_absolute_error", "mean_squared_error", "r2_score", "root_mean_squared_error"]
__all__ += ["Accuracy", "BinaryAccuracy", "CategoricalAccuracy", "SparseCategoricalAccuracy"]
__all__ += ["accuracy", "binary_accuracy", "categorical_accuracy", "sparse_categorical_accuracy"]
__all__ += ["AUC", "F1Score", "Mean", "Precision", "Recall"]
__all__ += ["SparseTopKCategoricalAccuracy", "TopKCategoricalAccuracy"]
__all__ += ["sparse_top_k_categorical_accuracy", "top_k_categorical_accuracy"]

mse = MSE = mean_squared_error
mae = MAE = mean_absolute_error

_SHORT: dict[str, type[Metric]] = {"mse": MeanSquaredError, "mae": MeanAbsoluteError}
_SHORT |= {"acc": FittingAccuracy, "r2": R2Score, "rmse": RootMeanSquaredError}
_SHORT |= {"fitting_accuracy": FittingAccuracy, "Accuracy": Accuracy}
for _kind in (AUC, F1Score, Mean, Precision, Recall):
    _SHORT |= {_kind.default_name: _kind, _kind.__name__: _kind}
_FUNCTIONS: dict[Any, type[Metric]] = {
    accuracy: FittingAccuracy,
    binary_accuracy: BinaryAccuracy,
    categorical_accuracy: CategoricalAccuracy,
    sparse_categorical_accuracy: SparseCategoricalAccuracy,
    mean_squared_error: MeanSquaredError,
    root_mean_squared_error: RootMeanSquaredError,
    mean_absolute_error: MeanAbsoluteError,
    r2_score: R2Score,
    top_k_categorical_accuracy: TopKCategoricalAccuracy,
    sparse_top_k_categorical_accuracy: SparseTopKCategoricalAccuracy,
}
KNOWN = Registry("metric", Metric, _SHORT, _FUNCTIONS)


def get(identifier: Any, truth: Shape = (), prediction: Shape = ()) -> Metric:
    """Return the metric that a name, a function, a class or an object means.

    "accuracy" becomes the kind that fits truth and predictions of these shapes. The name under
    which it appears in the history is the one it was asked for by.

    >>> get("mse").name
    'mse'
    """
    if isinstance(identifier, np.ndarray):
        rule = "metrics are given in a list: names, functions or objects."
        raise type_error(rule, told(identifier), None, "An array becomes one by its tolist().")
    if isinstance(identifier, str) and identifier in losses.KNOWN and identifier not in KNOWN:
        return FunctionMetric(losses.get(identifier), identifier)
    # As in Keras, the word means what fits, in any case; the class compares labels.
    fits = isinstance(identifier, str) and identifier.lower() in ("accuracy", "acc")
    found = FittingAccuracy if fits else KNOWN.find(identifier)
    if callable(found) and not isinstance(found, Metric | type):
        return FunctionMetric(found)
    accuracy_of_any_kind = found is FittingAccuracy
    fitting = fitting_accuracy(truth, prediction) if accuracy_of_any_kind and prediction else found
    metric = KNOWN.get(fitting)
    if isinstance(identifier, str) and identifier not in (found.__name__, "Accuracy"):
        metric.name = identifier
    elif accuracy_of_any_kind:
        metric.name = found.default_name
    return metric


explains_unknown_names(__name__)
