"""Callbacks that watch one figure: what stopping, saving and slowing down share."""

from __future__ import annotations

import math
from typing import Annotated, Any

from nnlite.callbacks.base import Callback, Logs, as_figure
from nnlite.foundation.checks import Count, Number, is_one_of, require
from nnlite.foundation.errors import nearest, shown, told, type_error, value_error

_mode = require(lambda mode: mode in ("auto", "min", "max"), 'mode must be "auto", "min" or "max".')
_rule = "monitor must be the name of a figure of the history."
_figure = require(lambda monitor: isinstance(monitor, str), _rule, 'monitor="val_loss"', TypeError)
Verbosity = Annotated[int, require(lambda it: is_one_of(it, (0, 1, 2)), "verbose must be 0 or 1.")]


class Watcher(Callback):
    """Watches one figure for getting better: what stopping, saving and slowing down share."""

    def __init__(
        self,
        monitor: Annotated[str, _figure],
        mode: Annotated[str, _mode],
        verbose: Verbosity,
        min_delta: Number = 0.0,
        patience: Count = 0,
    ) -> None:
        self.monitor, self.verbose = monitor, verbose
        grows = monitor.endswith(("accuracy", "acc", "r2_score", "r2"))
        self.larger_is_better = mode == "max" or (mode == "auto" and grows)
        self.min_delta, self.patience = abs(min_delta), patience
        self.forget()

    def forget(self) -> None:
        """Start anew."""
        self.best = -math.inf if self.larger_is_better else math.inf
        self.wait = 0

    def on_train_begin(self, logs: Logs = None) -> None:
        """Start anew."""
        self.forget()
        # It may be known already that no epoch will have the figure.
        if figures := self.planned("figures"):
            self.look(dict.fromkeys(figures, 0.0))

    def planned(self, name: str) -> Any:
        """Return what `fit` said of the training, or None if it said nothing."""
        return getattr(self, "params", {}).get(name)

    def look(self, logs: dict[str, float] | None) -> float:
        """Return the figure that is watched."""
        figures = {str(name): value for name, value in (logs or {}).items()}
        if self.monitor not in figures:
            rule = f"{type(self).__name__} watches a figure of the history."
            received = f"monitor={shown(self.monitor)}; there are {', '.join(figures)}"
            raise value_error(rule, received, None, self.remedy(figures))
        if (figure := as_figure(figures[self.monitor])) is None:
            rule = f"{type(self).__name__} watches a figure that is one number."
            raise type_error(rule, f"{self.monitor}={told(figures[self.monitor])}")
        return figure

    def remedy(self, logs: dict[str, float]) -> str:
        """Return how to get the figure that is watched."""
        watched = any(name.startswith("val_") for name in logs)
        if self.monitor.startswith("val_") and not watched:
            if (self.planned("validation_freq") or 1) > 1:
                return "validation_freq=1 computes it in every epoch."
            other = shown(self.monitor.removeprefix("val_"))
            return f"Give fit validation_data or validation_split, or watch monitor={other}."
        guess = nearest(self.monitor, logs)
        if guess and (len(logs) > 1 or self.monitor == guess):
            return f"Did you mean monitor={guess!r}?"
        return 'Choose one of them, or add it: compile(metrics=["accuracy"]).'

    def improves(self, value: float) -> bool:
        """Return whether the figure is better than the best so far, and remember it if it is."""
        better = self.beats(value, self.best)
        self.best = value if better else self.best
        return better

    def beats(self, value: float, other: float) -> bool:
        """Return whether one figure is better than another by more than `min_delta`."""
        if self.larger_is_better:
            return value > other + self.min_delta
        return value < other - self.min_delta
