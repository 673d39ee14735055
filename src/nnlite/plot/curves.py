"""Learning as curves: losses and metrics, epoch by epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlite.errors import explain_error, look_up
from nnlite.plot.style import (
    BLUE,
    COLOURS,
    LINES,
    MARKERS,
    VERMILION,
    font_size,
    new_axes,
    open_frame,
    size_in_points,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FEW_EPOCHS = 30
"""Up to so many epochs, each gets a marker."""

Curves = dict[str, list[float]]


def history(
    history: Any,
    metrics: str | Sequence[str] | None = None,
    *,
    log: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw the losses and metrics of a training over its epochs, with those of validation.

    Parameters
    ----------
    history
        What `fit` returned, or its dictionary; to compare several trainings, a dictionary of them
        by name.
    metrics
        The names of what to draw, by default everything: each gets a part of the axes of its own.
    log
        Whether the losses are drawn on a logarithmic scale.
    ax
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The axes; with several metrics, its `child_axes` hold the pictures.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> curves = {"loss": [0.9, 0.5, 0.4], "val_loss": [1.0, 0.7, 0.8]}
    >>> axes = history(curves, ax=Figure().add_subplot())
    >>> [line.get_label() for line in axes.lines]
    ['training', 'validation']
    """
    trainings = _trainings(history)
    chosen = _metrics_to_draw(trainings, metrics)
    columns = min(len(chosen), 2)
    rows = -(-len(chosen) // columns)
    if ax is None:
        ax = new_axes(height=4.5 if columns == 1 else 3.6 * rows)
    for name, panel in zip(chosen, _panels(ax, rows, columns, len(chosen)), strict=True):
        _draw_metric(panel, trainings, name)
        if log and "accuracy" not in name:
            panel.set_yscale("log")
    return ax


def _draw_metric(ax: Axes, trainings: Mapping[str, Curves], metric: str) -> None:
    from matplotlib.ticker import MaxNLocator

    alone = len(trainings) == 1
    last = 1
    for number, (name, curves) in enumerate(trainings.items()):
        epochs = len(next(iter(curves.values())))
        last = max(last, epochs)
        colour = BLUE if alone else COLOURS[number % len(COLOURS)]
        marker = MARKERS[number % len(MARKERS)] if epochs <= FEW_EPOCHS else ""
        style: dict[str, Any] = {"marker": marker, "markersize": 5}
        if metric in curves:
            label = "training" if alone else name
            x = _epochs_of(curves[metric], epochs)
            kind = "-" if alone else LINES[0]
            ax.plot(x, curves[metric], color=colour, linestyle=kind, label=label, **style)
        if f"val_{metric}" in curves:
            values = curves[f"val_{metric}"]
            label = "validation" if alone else f"{name}, validation"
            if alone:
                colour, style["marker"] = VERMILION, MARKERS[1] if marker else ""
            style["markerfacecolor"] = "white"
            x = _epochs_of(values, epochs)
            ax.plot(x, values, color=colour, linestyle=LINES[1], label=label, **style)
    ax.set_xlabel("epoch")
    ax.set_ylabel(metric.replace("_", " "))
    ax.set_xlim(*((0.5, 1.5) if last == 1 else (1 - 0.02 * last, last * 1.02)))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    ax.grid(alpha=0.25)
    open_frame(ax)
    if len(ax.lines) > 1:
        ax.legend()


def _epochs_of(values: Sequence[float], epochs: int) -> range:
    """Return the epochs, counted from 1, of values that may come only every few epochs."""
    step = max(1, epochs // max(1, len(values)))
    return range(step, step * len(values) + 1, step)


def _panels(ax: Axes, rows: int, columns: int, count: int) -> list[Axes]:
    """Divide the axes into parts with room for their numbers and words between them."""
    if count == 1:
        return [ax]
    width, height = size_in_points(ax)
    gap_x, gap_y = min(0.3, 5.5 * font_size() / width), min(0.3, 4.5 * font_size() / height)
    wide = (1 - gap_x * (columns - 1)) / columns
    high = (1 - gap_y * (rows - 1)) / rows
    ax.set_axis_off()
    places = [divmod(number, columns) for number in range(count)]
    return [
        ax.inset_axes((column * (wide + gap_x), 1 - high - row * (high + gap_y), wide, high))
        for row, column in places
    ]


def _trainings(history: Any) -> dict[str, Curves]:
    """Return the curves of each training by its name."""
    if isinstance(history, Mapping) and history:
        values = list(history.values())
        if all(isinstance(value, Mapping) or hasattr(value, "history") for value in values):
            return {str(name): _curves(value, str(name)) for name, value in history.items()}
    return {"": _curves(history, "")}


def _curves(history: Any, name: str) -> Curves:
    curves = getattr(history, "history", history)
    if not isinstance(curves, Mapping):
        raise TypeError(
            explain_error(
                "plot.history draws what fit returned, its dictionary, or a dictionary of several.",
                type(history).__name__,
                remedy="history = model.fit(x, y, epochs=10); plot.history(history)",
            )
        )
    checked = {
        str(key): [float(value) for value in np.atleast_1d(values)]
        for key, values in curves.items()
    }
    if not any(checked.values()):
        raise ValueError(
            explain_error(
                "A history needs at least one epoch.",
                f"the empty history {name!r}" if name else "an empty history",
                remedy="Train first: history = model.fit(x, y, epochs=10).",
            )
        )
    return checked


def _metrics_to_draw(
    trainings: Mapping[str, Curves], metrics: str | Sequence[str] | None
) -> list[str]:
    known = {name.removeprefix("val_"): None for curves in trainings.values() for name in curves}
    if metrics is None:
        return list(known)
    chosen = [metrics] if isinstance(metrics, str) else list(metrics)
    for name in chosen:
        look_up("metric of this history", name.removeprefix("val_"), known)
    return [name.removeprefix("val_") for name in chosen]
