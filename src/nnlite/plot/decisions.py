"""What a classifier answers, whatever it is: labels, one number for a point, or rows of scores."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import explain_error
from ..types import Array


def two_features(model: Any, x: Any) -> Array:
    """Return the samples as points (n, 2), if both they and the model have two features."""
    points = np.asarray(x, dtype=np.float64)
    inputs = getattr(model, "inputs", None)
    takes = inputs[0].shape if inputs else (2,)
    if points.ndim != 2 or points.shape[1] != 2 or len(points) == 0:
        many = points.shape[1] if points.ndim == 2 else points.size
        raise ValueError(
            explain_error(
                "A decision boundary is drawn over two features: x has two columns.",
                f"x of shape {points.shape}" + (f", {many} features" if points.ndim == 2 else ""),
                remedy="Choose two, x[:, [0, 1]], or reduce x to two with "
                "sklearn.decomposition.PCA(2), and train a model on these.",
            )
        )
    if takes != (2,):
        raise ValueError(
            explain_error(
                "A decision boundary is drawn over two features: the model takes two.",
                f"a model of {takes[0]} features" if len(takes) == 1 else f"samples {takes}",
                f"model '{model.name}'",
                "Train a model on two columns, x[:, [0, 1]]; or draw the plane of the first two "
                "principal components: lambda z: model.predict(pca.inverse_transform(z)).",
            )
        )
    return points


def labels_and_classes(y: Any, count: int) -> tuple[Array, Array]:
    """Return the label of every sample, and the labels that there are."""
    labels = np.asarray(y)
    if labels.ndim == 2 and labels.shape[1] > 1:
        labels = labels.argmax(axis=1)
    if labels.size != count:
        raise ValueError(
            explain_error(
                "y must have a label for each sample.", f"{count} samples, y of {np.shape(y)}"
            )
        )
    labels = labels.reshape(-1)
    if labels.dtype.kind == "f" and (labels == np.round(labels)).all():
        labels = labels.astype(int)
    if labels.dtype.kind == "b":
        labels = labels.astype(int)
    classes = np.unique(labels)
    if labels.dtype.kind == "f" or len(classes) > 20:
        raise ValueError(
            explain_error(
                "A decision boundary separates classes: y holds labels, at most 20 different.",
                f"{len(classes)} different values, the first {labels[0]}",
                remedy="For numbers to be predicted, use plot.predictions.",
            )
        )
    if labels.dtype.kind in "iu" and set(classes) <= {0, 1}:
        classes = np.array([0, 1])
    return labels, classes


def ask(model: Any, grid: Array) -> Array:
    """Return what the model or function answers to the points (n, 2)."""
    predict: Callable[[Array], Any] = getattr(model, "predict", model)
    if not callable(predict):
        raise TypeError(
            explain_error(
                "plot.decision_boundary needs a model, or a function of points (n, 2).",
                type(model).__name__,
            )
        )
    output = np.asarray(predict(grid))
    if output.ndim not in (1, 2) or len(output) != len(grid):
        raise ValueError(
            explain_error(
                f"The function is asked for {len(grid)} points at once, (n, 2), and returns a "
                "label, a number or a row for each.",
                f"an output of shape {output.shape}",
                remedy="Of a function of one point make one of many: "
                "lambda x: np.array([f(point) for point in x]).",
            )
        )
    return output


def margins_of(output: Array, classes: Array) -> tuple[Array, Array, Array | None]:
    """Return the classes, and for each point and class by how much it wins (above 0) or loses.

    For one number between 0 and 1 also this number, for the shades.
    """
    if output.ndim == 2 and output.shape[1] > 1:
        scores, classes = output.astype(np.float64), _classes_of_rows(output.shape[1], classes)
        best = np.sort(scores, axis=1)
        rival = np.where(scores == best[:, -1:], best[:, -2:-1], best[:, -1:])
        return classes, scores - rival, None
    values = output.reshape(-1)
    if values.dtype.kind not in "f" or np.isin(values, classes).all():
        values = values.astype(int) if values.dtype.kind == "b" else values
        classes = np.union1d(classes, values)
        return classes, np.where(values[:, None] == classes, 1.0, -1.0), None
    if len(classes) != 2:
        raise ValueError(
            explain_error(
                "One number for each point tells two classes apart.",
                f"{len(classes)} classes in y: {', '.join(map(str, classes))}",
                remedy="End the model with a softmax of as many units as there are classes.",
            )
        )
    middle = float(classes.mean()) if classes.dtype.kind in "iu" else 0.5
    shades = values.astype(np.float64)
    inside = middle == 0.5 and shades.min() >= 0 and shades.max() <= 1
    above = shades - middle
    return classes, np.stack([-above, above], axis=1), shades if inside else None


def _classes_of_rows(columns: int, classes: Array) -> Array:
    if classes.dtype.kind in "iu" and classes.min() >= 0 and classes.max() < columns:
        return np.arange(columns)
    if len(classes) == columns:
        return classes
    raise ValueError(
        explain_error(
            "The rows of the output must have a column for each class.",
            f"{columns} columns, {len(classes)} classes: {', '.join(map(str, classes))}",
        )
    )
