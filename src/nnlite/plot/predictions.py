"""How close predicted numbers come to the true ones: every sample a point."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnlite.foundation.errors import value_error
from nnlite.foundation.types import Array
from nnlite.given.numbers import as_numbers
from nnlite.metrics import r2_score, root_mean_squared_error
from nnlite.plot.style import (
    GREY,
    Axes,
    axes_or_new,
    look,
    open_frame,
    padded,
    round_numbers,
    with_minus,
)


def predictions(y_true: Any, y_pred: Any, *, ax: Axes | None = None) -> Axes:
    """Draw prediction against target: on the diagonal, they are equal.

    Parameters
    ----------
    y_true
        The true numbers, of shape (n,) or (n, 1).
    y_pred
        As many predictions; to compare several models, a dictionary of them by name.
    ax
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The axes with the points.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = predictions([1, 2, 3], [1.1, 2.0, 2.7], ax=Figure().add_subplot())
    >>> [text.get_text() for text in axes.get_legend().get_texts()][0]
    '$R^2$ 0.950, RMSE 0.183'
    """
    target = _one_number_each("y_true", y_true)
    series = y_pred if isinstance(y_pred, Mapping) else {"": y_pred}
    predicted = {str(name): _one_number_each("y_pred", values) for name, values in series.items()}
    for name, values in predicted.items():
        if len(values) != len(target):
            received = f"{len(target)} targets, {len(values)} predictions {name}".rstrip()
            remedy = "y_pred = model.predict(x), with the x that belongs to y_true."
            raise value_error("Targets and predictions must be as many.", received, remedy=remedy)
    ax = axes_or_new(ax, height=6, width=6.5)
    for number, (name, values) in enumerate(predicted.items()):
        label = f"{name}: {_score(target, values)}" if name else _score(target, values)
        ax.scatter(target, values, s=30, alpha=0.6, linewidth=0, label=label, **look(number))
    ends = padded(np.concatenate([target, *predicted.values()]), 0.05)
    ax.plot(ends, ends, color=GREY, linestyle="--", zorder=1, label=r"$\hat{y} = y$")
    ax.set(xlabel="target $y$", ylabel=r"prediction $\hat{y}$")
    ax.set(xlim=ends, ylim=ends, aspect="equal")
    ax.legend()
    round_numbers(ax.xaxis, ax.yaxis)
    open_frame(ax)
    return ax


def _score(target: Array, predicted: Array) -> str:
    words = f"RMSE {root_mean_squared_error(target, predicted):.3g}"
    if np.ptp(target) > 0:
        words = f"$R^2$ {r2_score(target, predicted):.3f}, {words}"
    return with_minus(words)


def _one_number_each(name: str, values: Any) -> Array:
    array = as_numbers(values, name).astype(np.float64)
    if array.size == 0 or array.size != len(np.atleast_1d(array)):
        rule = f"plot.predictions needs {name} with one number for each sample."
        remedy = f"Choose one output: {name}[:, 0]." if array.ndim > 1 else None
        raise value_error(rule, f"{name} of shape {array.shape}", remedy=remedy)
    return array.reshape(-1)
