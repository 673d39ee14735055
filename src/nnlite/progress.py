"""One live line for a whole training: epoch, loss, metrics, time left.

In a terminal and a notebook it is a bar; in a log file, where a bar would leave a thousand copies
of itself, ten plain lines.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable
from typing import Any


class ProgressBar:
    """The progress of `fit`, as one bar from the first epoch to the last.

    >>> ProgressBar().interval
    0.1
    """

    # Looking at the clock after every step costs 50 ns; drawing costs a thousand times more.
    interval = 0.1

    def set_model(self, model: Any) -> None:
        """The bar needs no model."""

    def set_params(self, params: dict[str, Any]) -> None:
        """Take the number of epochs and of steps in each."""
        self.epochs = params["epochs"]
        self.steps = params["steps"]
        self.first = params["initial_epoch"]

    def on_train_begin(self) -> None:
        """Draw the empty bar."""
        total = max(0, self.epochs - self.first) * self.steps
        self.done = 0
        self.text = ""
        self.epoch = self.first
        self.live = make_bar(total)
        self.lines = None if self.live is not None else Lines(total)
        self.next_look = time.perf_counter() + self.interval

    def on_epoch_begin(self, epoch: int) -> None:
        """Note the epoch."""
        self.epoch = epoch

    def advance(self, running: Callable[[], dict[str, float]]) -> None:
        """Count a step; draw, if the last drawing was long ago."""
        self.done += 1
        now = time.perf_counter()
        if now >= self.next_look:
            self.next_look = now + self.interval
            self._show(epoch_line(running()))

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Remember the epoch's figures, for the last drawing."""
        self.logs = logs
        self.text = ""

    def _show(self, text: str) -> None:
        label = f"Epoch {self.epoch + 1}/{self.epochs}"
        if self.live is not None:
            self.live.set_description_str(label, refresh=False)
            self.live.set_postfix_str(text, refresh=False)
            self.live.n = self.done
            self.live.refresh()
        elif self.lines is not None:
            self.lines.show(self.done, label, text)

    def on_train_end(self) -> None:
        """Draw the last state, and leave it."""
        self._show(epoch_line(getattr(self, "logs", {})))
        if self.live is not None:
            self.live.close()
        elif self.lines is not None:
            self.lines.close(self.done)


class Lines:
    """Progress for a log file: a line for each tenth of the way."""

    def __init__(self, total: int) -> None:
        self.total = max(total, 1)
        self.tenth = 0
        self.start = time.perf_counter()
        self.last = ""

    def show(self, done: int, label: str, text: str) -> None:
        """Print a line, if another tenth is done."""
        self.last = f"{label} - {text}"
        if done * 10 // self.total > self.tenth and done < self.total:
            self.tenth = done * 10 // self.total
            self._print(done)

    def close(self, done: int) -> None:
        """Print the last line."""
        self._print(done)

    def _print(self, done: int) -> None:
        seconds = time.perf_counter() - self.start
        print(f"{100 * done // self.total:3d}% {seconds:6.1f}s {self.last}", file=sys.stderr)


def make_bar(total: int) -> Any:
    """Return a live bar for a terminal or a notebook, None where neither is there."""
    notebook = "ipykernel" in sys.modules
    if not (notebook or (sys.stderr is not None and sys.stderr.isatty())):
        return None
    with warnings.catch_warnings():
        # Without widgets, a notebook gets the bar of a terminal: nothing to be warned of.
        warnings.simplefilter("ignore")
        from tqdm.auto import tqdm

        return tqdm(total=total, unit="step", dynamic_ncols=True, leave=True)


def epoch_line(logs: dict[str, float]) -> str:
    """Return losses and metrics in one line.

    >>> epoch_line({"loss": 0.25, "accuracy": 1.0})
    'loss: 0.2500 - accuracy: 1.0000'
    """
    return " - ".join(f"{name}: {short(value)}" for name, value in logs.items())


def short(value: float) -> str:
    """Return a number in a few signs.

    >>> short(0.25), short(1234567.0), short(1e-7)
    ('0.2500', '1.235e+06', '1.000e-07')
    """
    size = abs(value)
    return f"{value:.4f}" if size == 0 or 1e-3 <= size < 1e5 else f"{value:.3e}"
