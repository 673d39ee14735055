"""The progress bar: a callback that counts the steps, and now and then has them drawn."""

from __future__ import annotations

import time
from collections.abc import Callable

from ..progress import Figures, LiveBar, LogLines, make_display
from .base import Callback


class ProgressBar(Callback):
    """The progress of `fit`, as one bar from the first epoch to the last.

    >>> ProgressBar().interval
    0.1
    """

    # Looking at the clock after every step costs 50 ns; drawing costs a thousand times more.
    interval = 0.1
    display: LiveBar | LogLines | None = None

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Begin at 0."""
        self.done = 0
        self.epoch = self.params["initial_epoch"]
        self.figures: Figures = {}
        self.validation: Figures = {}
        epochs = max(0, self.params["epochs"] - self.epoch)
        self.display = make_display(epochs * self.params["steps"])
        self.next_look = time.perf_counter() + self.interval

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Note the epoch."""
        self.epoch = epoch

    def advance(self, running: Callable[[], Figures]) -> None:
        """Count a step; draw, if the last drawing was long ago."""
        self.done += 1
        now = time.perf_counter()
        if now >= self.next_look and self.display is not None:
            self.next_look = now + self.interval
            self.figures = {**running(), **self.validation}
            self.display.show(self.done, self.label(), self.figures)

    def label(self) -> str:
        """Return how many epochs have begun."""
        return f"Epoch {self.epoch + 1}/{self.params['epochs']}"

    def on_test_end(self, logs: dict[str, float] | None = None) -> None:
        """Keep the figures of the validation: they are shown during the next epochs."""
        self.validation = {f"val_{name}": value for name, value in (logs or {}).items()}

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Keep the figures of the epoch, for the last line."""
        self.figures = logs or {}

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        """Leave one line with the last state."""
        if self.display is not None:
            self.display.close(self.done, self.label() if self.done else "No epoch", self.figures)
            self.display = None
