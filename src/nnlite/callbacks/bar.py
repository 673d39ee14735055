"""The progress of a training as a callback: one bar, or a line for every epoch."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from nnlite.callbacks.base import Callback, Logs
from nnlite.callbacks.display import Figures, LiveBar, LogLines, epoch_line, make_display, say
from nnlite.foundation.checks import is_one_of
from nnlite.foundation.errors import shown, value_error


class ProgressBar(Callback):
    """The progress of `fit`, as one bar from the first epoch to the last.

    >>> ProgressBar().interval
    0.1
    """

    # Looking at the clock after every step costs 50 ns; drawing costs a thousand times more.
    interval = 0.1
    counts_batches = True
    display: LiveBar | LogLines | None = None

    def on_train_begin(self, logs: Logs = None) -> None:
        """Begin at 0."""
        self.done, self.epoch = 0, self.params["initial_epoch"]
        self.figures: Figures = {}
        self.validation: Figures = {}
        epochs = max(0, self.params["epochs"] - self.epoch)
        steps = self.params["steps"]
        self.display = make_display(None if steps is None else epochs * steps)
        self.next_look = time.perf_counter() + self.interval

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
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

    def on_test_end(self, logs: Logs = None) -> None:
        """Keep the figures of the validation: they are shown during the next epochs."""
        self.validation = {f"val_{name}": value for name, value in (logs or {}).items()}

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Keep the figures of the epoch, for the last line."""
        self.figures = logs or {}
        if self.params["steps"] is None and self.display is not None:
            # The next epochs will be as long as those before.
            epochs = self.epoch + 1 - self.params["initial_epoch"]
            left = self.params["epochs"] - self.epoch - 1
            self.display.expect(self.done + left * self.done // epochs)

    def on_train_end(self, logs: Logs = None) -> None:
        """Leave one line with the last state, and draw no more."""
        if self.display is not None:
            self.display.close(self.done, self.label() if self.done else "No epoch", self.figures)
            self.display = None


class EpochLines(Callback):
    """One line per epoch: `verbose=2`."""

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Print the line."""
        print(f"Epoch {epoch + 1}/{self.params['epochs']} - {epoch_line(logs or {})}")


def progress_callbacks(verbose: Any, others: Sequence[Any] = ()) -> list[Any]:
    """Return what shows the progress: a bar for 1 and "auto", lines for 2, nothing for 0.

    One bar is enough: nothing, if the user's own callbacks bring one.
    """
    if not is_one_of(verbose, (0, 1, 2, "auto")):
        raise value_error('verbose must be 0, 1, 2 or "auto".', f"verbose={shown(verbose)}")
    if verbose == 2:
        return [EpochLines()]
    own = any(isinstance(callback, ProgressBar) for callback in others)
    return [ProgressBar()] if verbose and not own else []


def say_beside(callbacks: Sequence[Any], text: str) -> None:
    """Print a line where these callbacks show the progress, below it."""
    lines = False
    for callback in callbacks:
        lines |= isinstance(callback, EpochLines)
        if isinstance(callback, ProgressBar):
            callback.on_train_end()
    (print if lines else say)(text)
