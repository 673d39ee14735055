"""Callbacks that watch one figure: what stopping, saving and slowing down share."""

from __future__ import annotations

import math
from typing import Annotated, Any

from nnlite.callbacks.base import Callback, Logs
from nnlite.foundation.checks import Number, require
from nnlite.foundation.errors import nearest, value_error

Mode = Annotated[
    str,
    require(lambda mode: mode in ("auto", "min", "max"), 'mode must be "auto", "min" or "max".'),
]
Figure = Annotated[
    str,
    require(
        lambda monitor: isinstance(monitor, str),
        "monitor must be the name of a figure of the history.",
        'monitor="val_loss"',
        TypeError,
    ),
]


class Watcher(Callback):
    """Watches one figure for getting better: what stopping, saving and slowing down share."""

    def __init__(self, monitor: Figure, mode: Mode, min_delta: Number = 0.0) -> None:
        self.monitor = monitor
        grows = monitor.endswith(("accuracy", "acc", "r2_score", "r2"))
        self.larger_is_better = mode == "max" or (mode == "auto" and grows)
        self.min_delta = abs(min_delta)
        self.forget()

    def forget(self) -> None:
        """Start anew."""
        self.best = -math.inf if self.larger_is_better else math.inf

    def on_train_begin(self, logs: Logs = None) -> None:
        """Start anew."""
        self.forget()
        self.check_monitor()

    def check_monitor(self) -> None:
        """Raise if it is known already that no epoch will have the figure."""
        if self.planned("figures"):
            self.look(dict.fromkeys(self.planned("figures"), 0.0))

    def planned(self, name: str) -> Any:
        """Return what `fit` said of the training, or None if it said nothing."""
        return getattr(self, "params", {}).get(name)

    def look(self, logs: dict[str, float] | None) -> float:
        """Return the figure that is watched."""
        if not logs or self.monitor not in logs:
            raise value_error(
                f"{type(self).__name__} watches a figure of the history.",
                f"monitor={self.monitor!r}; there are {', '.join(logs or {})}",
                remedy=self._remedy(logs or {}),
            )
        return logs[self.monitor]

    def _remedy(self, logs: dict[str, float]) -> str:
        watched = any(name.startswith("val_") for name in logs)
        if self.monitor.startswith("val_") and not watched:
            if (self.planned("validation_freq") or 1) > 1:
                return "validation_freq=1 computes it in every epoch."
            return (
                "Give fit validation_data or validation_split, "
                f"or watch monitor={self.monitor.removeprefix('val_')!r}."
            )
        guess = nearest(self.monitor, logs)
        if guess and (len(logs) > 1 or self.monitor == guess):
            return f"Did you mean monitor={guess!r}?"
        return 'Choose one of them, or add it: compile(metrics=["accuracy"]).'

    def improves(self, value: float) -> bool:
        """Return whether the figure is better than the best so far, and remember it if it is."""
        better = self.beats(value, self.best)
        if better:
            self.best = value
        return better

    def beats(self, value: float, other: float) -> bool:
        """Return whether one figure is better than another by more than `min_delta`."""
        if self.larger_is_better:
            return value > other + self.min_delta
        return value < other - self.min_delta
