"""Learning as curves: losses and metrics, epoch by epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import explain_error, look_up
from .style import (
    COLOURS,
    MARKERS,
    VERMILION,
    check_axes,
    font_size,
    new_axes,
    open_frame,
    size_in_points,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FEW_EPOCHS = 30
"""Up to so many epochs, each gets a marker."""


@dataclass(frozen=True)
class _Training:
    """The curves of one training by name, and its epochs, counted from 1."""

    curves: dict[str, list[float]]
    epochs: list[int]
    recorded: Mapping[str, list[int]]

    def epochs_of(self, name: str) -> list[int]:
        """Return the epochs of a curve: validation may come only every few."""
        if name in self.recorded:
            return [epoch + 1 for epoch in self.recorded[name]]
        step = max(1, len(self.epochs) // max(1, len(self.curves[name])))
        return self.epochs[step - 1 :: step][: len(self.curves[name])]


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
    if ax is None:
        ax = new_axes(height=4.5 if len(chosen) == 1 else 3.6 * -(-len(chosen) // 2))
    check_axes(ax)
    for name, panel in zip(chosen, _panels(ax, len(chosen)), strict=True):
        _draw_metric(panel, trainings, name)
        if log and "accuracy" not in name:
            _make_logarithmic(panel)
    return ax


def _draw_metric(ax: Axes, trainings: Mapping[str, _Training], metric: str) -> None:
    alone = len(trainings) == 1
    for number, (name, training) in enumerate(trainings.items()):
        colour, marker = COLOURS[number % len(COLOURS)], MARKERS[number % len(MARKERS)]
        label = "training" if alone else name
        _draw_curve(ax, training, metric, label, color=colour, marker=marker)
        if alone:
            colour, marker = VERMILION, MARKERS[1]
        label = "validation" if alone else f"{name}, validation"
        style = {"color": colour, "marker": marker, "linestyle": "--", "markerfacecolor": "white"}
        _draw_curve(ax, training, f"val_{metric}", label, **style)
    epochs = [epoch for training in trainings.values() for epoch in training.epochs]
    _number_epochs(ax, min(epochs), max(epochs))
    ax.set_ylabel(metric.replace("_", " "))
    ax.grid(alpha=0.25)
    open_frame(ax)
    if len(ax.lines) > 1:
        ax.legend()


def _draw_curve(ax: Axes, training: _Training, name: str, label: str, **style: Any) -> None:
    if name in training.curves:
        if len(training.epochs) > FEW_EPOCHS:
            style["marker"] = ""
        ax.plot(training.epochs_of(name), training.curves[name], label=label, ms=5, **style)


def _number_epochs(ax: Axes, first: int, last: int) -> None:
    from matplotlib.ticker import MaxNLocator

    margin = 0.02 * (last - first) or 0.5
    ax.set(xlabel="epoch", xlim=(first - margin, last + margin))
    ax.xaxis.set_major_locator(
        MaxNLocator("auto", steps=[1, 2, 5, 10], integer=True, min_n_ticks=1)
    )


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
    wide = (1 - gap_x * (columns - 1)) / columns
    high = (1 - gap_y * (rows - 1)) / rows
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
    longest = max(map(len, checked.values()), default=0)
    if longest == 0:
        raise ValueError(
            explain_error(
                "A history needs at least one epoch.",
                f"the empty history {name!r}" if name else "an empty history",
                remedy="Train first: history = model.fit(x, y, epochs=10).",
            )
        )
    epochs = [epoch + 1 for epoch in getattr(history, "epoch", range(longest))]
    return _Training(checked, epochs, getattr(history, "epochs", {}))


def _metrics_to_draw(
    trainings: Mapping[str, _Training], metrics: str | Sequence[str] | None
) -> list[str]:
    known = {
        name.removeprefix("val_"): None
        for training in trainings.values()
        for name in training.curves
    }
    if metrics is None:
        return list(known)
    chosen = [metrics] if isinstance(metrics, str) else list(metrics)
    for name in chosen:
        look_up("metric of this history", name.removeprefix("val_"), known)
    return [name.removeprefix("val_") for name in chosen]
