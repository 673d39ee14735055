"""Learning as curves: losses and metrics, epoch by epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from nnlite.foundation.checks import flag
from nnlite.foundation.errors import look_up, type_error, value_error
from nnlite.foundation.types import Array
from nnlite.plot.style import (
    Axes,
    axes_or_new,
    font_size,
    look,
    open_frame,
    padded,
    round_numbers,
    size_in_points,
)


class _Training(NamedTuple):
    """The epochs of one training, counted from 1; each curve by its name, as epochs and values."""

    epochs: list[int]
    curves: dict[str, tuple[list[int], Array]]


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
    flag("log", log)
    trainings = _trainings(history)
    chosen = _metrics_to_draw(trainings, metrics)
    ax = axes_or_new(ax, height=4.5 if len(chosen) == 1 else 3.6 * ((len(chosen) + 1) // 2))
    for name, panel in zip(chosen, _panels(ax, len(chosen)), strict=True):
        _draw_metric(panel, trainings, name)
        if log and "accuracy" not in name:
            _make_logarithmic(panel)
    return ax


def _draw_metric(ax: Axes, trainings: Mapping[str, _Training], metric: str) -> None:
    from matplotlib.ticker import MaxNLocator

    alone = len(trainings) == 1
    for number, (name, (all_epochs, curves)) in enumerate(trainings.items()):
        labels = ("training", "validation") if alone else (name, f"{name}, validation")
        dashed = look(1 if alone else number) | {"linestyle": "--", "markerfacecolor": "white"}
        names, looks = (metric, f"val_{metric}"), (look(number), dashed)
        for curve, label, style in zip(names, labels, looks, strict=True):
            if curve in curves:
                # Of few epochs, each gets a marker.
                style["marker"] = style["marker"] if len(all_epochs) <= 30 else ""
                ax.plot(*curves[curve], label=label, ms=5, **style)
    epochs = [epoch for training in trainings.values() for epoch in training.epochs]
    ax.set(xlabel="epoch", xlim=padded(epochs, 0.02), ylabel=metric.replace("_", " "))
    steps = [1, 2, 5, 10]
    ax.xaxis.set_major_locator(MaxNLocator("auto", steps=steps, integer=True, min_n_ticks=1))
    round_numbers(ax.yaxis)
    ax.grid(alpha=0.25)
    open_frame(ax)
    if len(ax.lines) > 1:
        ax.legend()


def _make_logarithmic(ax: Axes) -> None:
    """Draw powers of ten at equal distances, with numbers as people write them."""
    from matplotlib.ticker import LogLocator, NullFormatter

    ax.set_yscale("log")
    low, high = ax.get_ylim()
    if high < 1000 * low:
        ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    ax.yaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_minor_formatter(NullFormatter())


def _panels(ax: Axes, count: int) -> list[Axes]:
    """Divide the axes into parts, two side by side if they are wide enough, with room for words."""
    if count == 1:
        return [ax]
    width, height = size_in_points(ax)
    columns = 2 if width > 30 * font_size() else 1
    rows = -(-count // columns)
    gap_x, gap_y = min(0.3, 5.5 * font_size() / width), min(0.3, 4.5 * font_size() / height)
    wide, high = (1 - gap_x * (columns - 1)) / columns, (1 - gap_y * (rows - 1)) / rows
    ax.set_axis_off()
    places = [divmod(number, columns) for number in range(count)]
    return [
        ax.inset_axes((column * (wide + gap_x), 1 - high - row * (high + gap_y), wide, high))
        for row, column in places
    ]


def _trainings(history: Any) -> dict[str, _Training]:
    """Return each training by its name."""
    if isinstance(history, Mapping) and history:
        values = list(history.values())
        if all(isinstance(value, Mapping) or hasattr(value, "history") for value in values):
            return {str(name): _training(value, str(name)) for name, value in history.items()}
    return {"": _training(history, "")}


def _training(history: Any, name: str) -> _Training:
    given = getattr(history, "history", history)
    if not isinstance(given, Mapping):
        rule = "plot.history draws what fit returned, its dictionary, or a dictionary of several."
        remedy = "history = model.fit(x, y, epochs=10); plot.history(history)"
        raise type_error(rule, type(history).__name__, remedy=remedy)
    curves = {str(key): np.atleast_1d(values).astype(float) for key, values in given.items()}
    longest = max(map(len, curves.values()), default=0)
    if longest == 0:
        received = f"the empty history {name!r}" if name else "an empty history"
        remedy = "Train first: history = model.fit(x, y, epochs=10)."
        raise value_error("A history needs at least one epoch.", received, remedy=remedy)
    epochs = [epoch + 1 for epoch in getattr(history, "epoch", range(longest))]
    training = _Training(epochs, {})
    for key, values in curves.items():
        # Validation may come only every few epochs.
        step = max(1, len(epochs) // max(1, len(values)))
        recorded = getattr(history, "epochs", {}).get(key)
        own = epochs[step - 1 :: step] if recorded is None else [epoch + 1 for epoch in recorded]
        training.curves[key] = own[: len(values)], values
    return training


def _metrics_to_draw(
    trainings: Mapping[str, _Training], metrics: str | Sequence[str] | None
) -> list[str]:
    curves = [name for training in trainings.values() for name in training.curves]
    known = {name: name for name in (name.removeprefix("val_") for name in curves)}
    chosen = known if metrics is None else [metrics] if isinstance(metrics, str) else metrics
    return [look_up("metric of this history", m.removeprefix("val_"), known) for m in chosen]
