"""Which classes are taken for which: a table of the true against the predicted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnlite.foundation.errors import value_error
from nnlite.foundation.types import Array
from nnlite.given.numbers import as_array
from nnlite.plot.decision_boundary import as_labels
from nnlite.plot.grids import inks_on
from nnlite.plot.style import (
    GREY,
    LETTER,
    SMALLEST,
    Axes,
    axes_or_new,
    font_size,
    signed_colours,
    size_in_points,
)

# Among more, no number would be found.
MOST_WITH_NUMBERS = 40


def confusion(
    y_true: Any, y_pred: Any, *, names: Sequence[str] | None = None, ax: Axes | None = None
) -> Axes:
    """Draw how often each class was taken for each: right ones blue, wrong ones vermilion.

    A row is a true class. The darker a cell, the larger its part of the row.

    Parameters
    ----------
    y_true, y_pred
        The right labels and the predicted: n of them, or a row of probabilities for each sample.
        Of a single probability, more than 0.5 means 1.
    names
        The names of the classes 0, 1, 2, …
    ax
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The axes; its texts are the numbers, row by row.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = confusion([0, 0, 1, 1], [0, 1, 1, 1], ax=Figure().add_subplot())
    >>> [text.get_text() for text in axes.texts], axes.get_title()
    (['1', '1', '0', '2'], '3 of 4 right')
    """
    from sklearn.metrics import ConfusionMatrixDisplay, confusion_matrix

    true, predicted = _labels(y_true, y_pred)
    classes = np.unique(np.concatenate([true, predicted]))
    if names is not None:
        classes = _named(classes, names)
    table = confusion_matrix(true, predicted, labels=classes)
    ax = axes_or_new(ax, height=6, width=6.5)
    shown = [str(name) for name in (classes if names is None else names)]
    display = ConfusionMatrixDisplay(table, display_labels=shown)
    cell = min(size_in_points(ax)) / len(classes)
    size = min(font_size() * 1.1, 0.9 * cell / (LETTER * len(str(table.max()))))
    numbers = size >= SMALLEST and len(classes) <= MOST_WITH_NUMBERS
    display.plot(ax=ax, colorbar=False, include_values=numbers, values_format="d")
    _colour(display, table, size)
    if LETTER * font_size() * max(map(len, shown)) > cell:
        ax.tick_params("x", rotation=90)
    ax.set(xlabel="predicted", ylabel="true", title=f"{np.trace(table)} of {len(true)} right")
    return ax


def _colour(display: Any, table: Array, size: float) -> None:
    """Colour the cells by their part of the row, its root: so that a few mistakes can be seen."""
    parts = np.sqrt(table / np.maximum(table.sum(axis=1, keepdims=True), 1))
    display.im_.set(cmap=signed_colours(), clim=(-1, 1))
    display.im_.set_data(np.where(np.eye(len(table), dtype=bool), parts, -parts))
    if display.text_ is None:
        return
    for text, ink, number in zip(
        display.text_.flat, inks_on(display.im_).flat, table.flat, strict=True
    ):
        text.set(color=str(ink) if number else GREY, size=size)


def _labels(y_true: Any, y_pred: Any) -> tuple[Array, Array]:
    count = len(np.atleast_1d(as_array(y_true, "y_true")))
    true = as_labels("y_true", y_true, count, "samples")
    predicted = as_labels("y_pred", y_pred, count, "samples")
    if predicted.dtype.kind == "f" and predicted.min() >= 0 and predicted.max() <= 1:
        predicted = (predicted > 0.5).astype(int)
    for name, labels in (("y_true", true), ("y_pred", predicted)):
        if labels.dtype.kind == "f" or not count:
            rule = "plot.confusion needs the label of a class for each sample."
            received = f"{name} with {labels[0]}" if count else f"{name} without samples"
            raise value_error(rule, received, None, "For numbers, use plot.predictions.")
    kinds = {("words" if labels.dtype.kind in "US" else "numbers") for labels in (true, predicted)}
    if len(kinds) > 1:
        rule = "Labels are all words, or all numbers."
        received = f"y_true with {true[0]!r}, y_pred with {predicted[0]!r}"
        raise value_error(rule, received, None, "y_pred = np.array(names)[y_pred]")
    return true, predicted


def _named(classes: Array, names: Sequence[str]) -> Array:
    """Return the classes that the names stand for."""
    if classes.dtype.kind in "biu" and classes.min() >= 0 and classes.max() < len(names):
        return np.arange(len(names))
    if set(map(str, classes)) <= set(names):
        return np.asarray(names)
    rule = "names holds a name for each of the classes 0, 1, 2, …"
    raise value_error(rule, f"{len(names)} names, and the label {classes[-1]}")
