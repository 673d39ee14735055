"""What a classifier answers, whatever it is: labels, one number for a point, or rows of scores."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlite.foundation.errors import type_error, value_error
from nnlite.foundation.types import Array


def two_features(model: Any, x: Any) -> Array:
    """Return the samples as points (n, 2), if both they and the model have two features."""
    points = np.asarray(x, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != 2 or len(points) == 0:
        rule = "A decision boundary is drawn over two features: x has two columns."
        many = f", {points.shape[1]} features" if points.ndim == 2 else ""
        remedy = "Choose two, x[:, [0, 1]], or reduce x to two with sklearn.decomposition.PCA(2), "
        remedy += "and train a model on these."
        raise value_error(rule, f"x of shape {points.shape}{many}", remedy=remedy)
    inputs = getattr(model, "inputs", None)
    takes = inputs[0].shape if inputs else (2,)
    if takes != (2,):
        rule = "A decision boundary is drawn over two features: the model takes two."
        received = f"a model of {takes[0]} features" if len(takes) == 1 else f"samples {takes}"
        remedy = "Train a model on two columns, x[:, [0, 1]]; or draw the plane of the first two "
        remedy += "principal components: lambda z: model.predict(pca.inverse_transform(z))."
        raise value_error(rule, received, f"model '{model.name}'", remedy)
    return points


def as_labels(name: str, y: Any, count: int, of: str) -> Array:
    """Return one label for each sample; of a row of probabilities, the place of the largest."""
    labels = np.asarray(y)
    if labels.ndim == 2 and labels.shape[1] > 1:
        labels = labels.argmax(axis=1)
    if labels.size != count or labels.ndim not in (1, 2):
        rule = f"{name} must hold a label for each of the {count} {of}."
        raise value_error(rule, f"{name} of shape {np.shape(y)}")
    labels = labels.reshape(-1)
    if labels.dtype.kind == "f":
        whole = all(label.is_integer() and abs(label) < 2**53 for label in labels.tolist())
        labels = labels.astype(int) if whole else labels
    return labels


def labels_and_classes(y: Any, count: int) -> tuple[Array, Array]:
    """Return the label of every sample, and the labels that there are."""
    labels = as_labels("y", y, count, "samples")
    labels = labels.astype(int) if labels.dtype.kind == "b" else labels
    classes = np.unique(labels)
    if labels.dtype.kind == "f" or len(classes) > 20:
        rule = "A decision boundary separates classes: y holds labels, at most 20 different."
        received = f"{len(classes)} different values, the first {labels[0]}"
        remedy = "For numbers to be predicted, use plot.predictions."
        raise value_error(rule, received, remedy=remedy)
    if labels.dtype.kind in "iu" and set(classes) <= {0, 1}:
        classes = np.array([0, 1])
    return labels, classes


def ask(model: Any, grid: Array) -> Array:
    """Return what the model or function answers to the points (n, 2)."""
    predict = getattr(model, "predict", model)
    if not callable(predict):
        rule = "plot.decision_boundary needs a model, or a function of points (n, 2)."
        raise type_error(rule, type(model).__name__)
    output = np.asarray(predict(grid))
    if output.ndim not in (1, 2) or len(output) != len(grid):
        rule = (
            f"The function is asked for {len(grid)} points at once, (n, 2), and returns a label, "
        )
        rule += "a number or a row for each."
        remedy = "Of a function of one point make one of many: "
        remedy += "lambda x: np.array([f(point) for point in x])."
        raise value_error(rule, f"an output of shape {output.shape}", remedy=remedy)
    return output


def margins_of(output: Array, classes: Array) -> tuple[Array, Array, Array | None]:
    """Return the classes, and for each point and class by how much it wins (above 0) or loses.

    For one number between 0 and 1 also this number, for the shades.
    """
    known = ", ".join(map(str, classes))
    if output.ndim == 2 and output.shape[1] > 1:
        columns = output.shape[1]
        if classes.dtype.kind in "iu" and classes.min() >= 0 and classes.max() < columns:
            classes = np.arange(columns)
        elif len(classes) != columns:
            rule = "The rows of the output must have a column for each class."
            raise value_error(rule, f"{columns} columns, {len(classes)} classes: {known}")
        scores = output.astype(np.float64)
        best = np.sort(scores, axis=1)
        rival = np.where(scores == best[:, -1:], best[:, -2:-1], best[:, -1:])
        return classes, scores - rival, None
    values = output.reshape(-1)
    if values.dtype.kind != "f" or np.isin(values, classes).all():
        values = values.astype(int) if values.dtype.kind == "b" else values
        classes = np.union1d(classes, values)
        return classes, np.where(values[:, None] == classes, 1.0, -1.0), None
    if len(classes) != 2:
        rule = "One number for each point tells two classes apart."
        remedy = "End the model with a softmax of as many units as there are classes."
        raise value_error(rule, f"{len(classes)} classes in y: {known}", remedy=remedy)
    middle = float(classes.mean()) if classes.dtype.kind in "iu" else 0.5
    shades = values.astype(np.float64)
    inside = middle == 0.5 and shades.min() >= 0 and shades.max() <= 1
    above = shades - middle
    return classes, np.stack([-above, above], axis=1), shades if inside else None
