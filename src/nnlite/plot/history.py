"""Learning as curves: losses and metrics, epoch by epoch.

`Curves` is the drawing; when a training has gone on, it lengthens the lines that are there.
"""

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
    blank_page,
    font_size,
    look,
    open_frame,
    padded,
    round_numbers,
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
    return Curves(history, metrics, log=log, ax=ax).ax


class Curves:
    """The picture of a training, that can be kept up to date.

    Parameters
    ----------
    history, metrics, log, ax
        As for `history`.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> curves = Curves({"loss": [0.9]}, ax=Figure().add_subplot())
    >>> curves.update({"loss": [0.9, 0.5]}), curves.ax.lines[0].get_ydata().tolist()
    (True, [0.9, 0.5])
    """

    def __init__(
        self,
        history: Any,
        metrics: str | Sequence[str] | None = None,
        *,
        log: bool = False,
        ax: Axes | None = None,
    ) -> None:
        self.metrics, self.log = metrics, flag("log", log)
        trainings = _trainings(history)
        chosen = _metrics_to_draw(trainings, metrics)
        height = 4.5 if len(chosen) == 1 else 3.6 * ((len(chosen) + 1) // 2)
        self.ax = axes_or_new(ax, height=height)
        self.panels = dict(zip(chosen, panels(self.ax, len(chosen)), strict=True))
        self.lines: dict[tuple[str, str], Any] = {}
        for metric, panel in self.panels.items():
            panel.set(xlabel="epoch", ylabel=metric.replace("_", " "))
            panel.xaxis.set_major_locator(whole_numbers())
            round_numbers(panel.yaxis)
            panel.grid(alpha=0.25)
            open_frame(panel)
        self._draw(trainings)

    def update(self, history: Any) -> bool:
        """Draw what has been added; return False where there is a metric that has no place yet."""
        trainings = _trainings(history)
        if _metrics_to_draw(trainings, self.metrics) != list(self.panels):
            return False
        self._draw(trainings)
        return True

    def _draw(self, trainings: Mapping[str, _Training]) -> None:
        for metric, panel in self.panels.items():
            before = [line.get_marker() for line in panel.lines]
            for number, name in enumerate(trainings):
                alone = len(trainings) == 1
                labels = ("training", "validation") if alone else (name, f"{name}, validation")
                dashed = look(1 if alone else number)
                dashed |= {"linestyle": "--", "markerfacecolor": "white"}
                self._lengthen(panel, trainings[name], name, metric, labels[0], look(number))
                self._lengthen(panel, trainings[name], name, f"val_{metric}", labels[1], dashed)
            epochs = [epoch for training in trainings.values() for epoch in training.epochs]
            panel.set_xlim(padded(epochs, 0.02))
            panel.relim()
            panel.autoscale_view(scalex=False)
            if self.log and "accuracy" not in metric:
                logarithmic(panel)
            if len(panel.lines) > 1 and [line.get_marker() for line in panel.lines] != before:
                panel.legend()

    def _lengthen(
        self,
        panel: Axes,
        training: _Training,
        name: str,
        curve: str,
        label: str,
        style: dict[str, Any],
    ) -> None:
        if curve not in training.curves:
            return
        epochs, values = training.curves[curve]
        if (name, curve) not in self.lines:
            (self.lines[name, curve],) = panel.plot([], [], label=label, ms=5, **style)
        line = self.lines[name, curve]
        line.set_data(np.asarray(epochs), values)
        # Of few epochs, each gets a marker.
        line.set_marker(style["marker"] if len(training.epochs) <= 30 else "")


def whole_numbers() -> Any:
    """Return what puts ticks at whole numbers only."""
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator("auto", steps=[1, 2, 5, 10], integer=True, min_n_ticks=1)


def logarithmic(ax: Axes) -> None:
    """Draw powers of ten at equal distances, with numbers as people write them."""
    from matplotlib.ticker import (
        LogLocator,
        MaxNLocator,
        NullFormatter,
        NullLocator,
        ScalarFormatter,
    )

    if ax.get_yscale() != "log":
        ax.set_yscale("log")
    low, high = ax.get_ylim()
    if high < 10 * low:
        # So few powers of ten leave no two ticks: these are as on any axis, with as many decimals.
        ax.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
        ax.yaxis.set_major_formatter(ScalarFormatter(useOffset=False))
        ax.yaxis.set_minor_locator(NullLocator())
    else:
        ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if high < 1000 * low else (1,)))
        ax.yaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_minor_formatter(NullFormatter())


def panels(ax: Axes, count: int) -> list[Axes]:
    """Divide the axes into parts, two side by side if they are wide enough, with room for words."""
    if count == 1:
        return [ax]
    width, height = blank_page(ax)
    columns = 2 if width > 30 * font_size() else 1
    rows = -(-count // columns)
    gap_x, gap_y = min(0.3, 5.5 * font_size() / width), min(0.3, 4.5 * font_size() / height)
    wide, high = (1 - gap_x * (columns - 1)) / columns, (1 - gap_y * (rows - 1)) / rows
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
