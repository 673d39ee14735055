"""Where the progress of a training is shown: one live line with epoch, loss, metrics, time left.

In a terminal and a notebook it is a bar; in a log file, where a bar would leave a thousand copies
of itself, ten plain lines.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from nnlite.callbacks.base import as_figure

Figures = Mapping[str, float]


class LiveBar:
    """A bar that is drawn again and again on the same line, by tqdm."""

    shown: LiveBar | None = None
    """The bar that stands on the screen now."""

    def __init__(self, total: int | None, stream: Any) -> None:
        from tqdm.std import tqdm

        self.stream = stream
        # With a delay, tqdm leaves the first drawing to `show`.
        self.bar = tqdm(total=total, file=stream, nrows=20, leave=False, delay=1e-9)
        self.stdout = sys.stdout
        if stream is sys.stderr and sys.stdout is not None and sys.stdout.isatty():
            sys.stdout = _ClearsTheLine(sys.stdout)

    def show(self, done: int, label: str, figures: Figures) -> None:
        """Draw how far the training is, and as many figures as the line holds."""
        bar = self.bar
        bar.n, bar.ncols = done, _columns()
        room = bar.ncols - len(f"{label}  0:00:00 left, ")
        text = epoch_line(figures, room)
        blocks = min(10, room - len(text) - 1)
        place = f"{{bar:{blocks}}} " if blocks > 2 else ""
        known = f" {place}{{remaining}} left" if bar.total is not None else ""
        bar.bar_format = f"{{desc}}{known}{{postfix}}"
        bar.set_description_str(label, refresh=False)
        bar.set_postfix_str(text, refresh=False)
        bar.refresh()
        LiveBar.shown = self

    def expect(self, total: int) -> None:
        """Take this for the end, which was not known before."""
        self.bar.total = total

    def close(self, done: int, label: str, figures: Figures) -> None:
        """Leave one line, whole even if it is wider than the terminal."""
        LiveBar.shown = None
        if isinstance(sys.stdout, _ClearsTheLine):
            sys.stdout = self.stdout
        last = summary(label, self.bar.format_dict["elapsed"], figures)
        self.bar.close()
        # Behind the bar there may be more to wipe away: the ^C of who ended it.
        self.stream.write("\r" + " " * _columns() + "\r")
        self.bar.write(last, file=self.stream)


def clear_line() -> None:
    """Make the line of a bar free for something else; the next `show` draws the bar below."""
    if LiveBar.shown is not None:
        LiveBar.shown.bar.clear()
        LiveBar.shown = None


class _ClearsTheLine:
    """The user's stdout, which has the line to itself when something is printed."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, text: str) -> Any:
        clear_line()
        return self._stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class NotebookLine:
    """An output of a notebook cell that is replaced by whatever is written to it.

    The saved notebook holds the last line only, and no widgets are needed to see it.
    """

    encoding = "utf-8"

    def __init__(self) -> None:
        self.handle: Any = None

    def write(self, text: str) -> None:
        """Show this line instead of the last one."""
        from IPython.display import display

        shown = {"text/plain": text.strip()}
        if text.strip() and self.handle is None:
            self.handle = display(shown, raw=True, display_id=True)
        elif text.strip():
            self.handle.update(shown, raw=True)


class LogLines:
    """Progress for a log file: a line for each tenth of the way, but not more than one a second."""

    def __init__(self, total: int | None) -> None:
        self.total, self.tenth = total, 0
        self.start = self.last = time.perf_counter()

    def show(self, done: int, label: str, figures: Figures) -> None:
        """Print a line, if another tenth is done."""
        if self.total is None:
            return
        tenth, now = done * 10 // self.total, time.perf_counter()
        if tenth > self.tenth and done < self.total and now >= self.last + 1:
            self.tenth, self.last = tenth, now
            self.close(done, label, figures)

    def expect(self, total: int) -> None:
        """Take this for the end, which was not known before."""
        self.total = total

    def close(self, done: int, label: str, figures: Figures) -> None:
        """Print a line; at the end it is the last one."""
        seconds = time.perf_counter() - self.start
        share = "" if self.total is None else f"{100 * done // max(self.total, 1):3d}% "
        say(f"{share}{summary(label, seconds, figures)}")


def say(text: str) -> None:
    """Print a line to stderr, so that results on stdout stay alone."""
    clear_line()
    # A notebook shows what comes from stderr as an error.
    print(text, file=sys.stdout if in_notebook() else sys.stderr)


def make_display(total: int | None) -> LiveBar | LogLines:
    """Return a live bar for a terminal or a notebook, lines where neither is there."""
    if in_notebook():
        return LiveBar(total, NotebookLine())
    if sys.stderr is not None and sys.stderr.isatty():
        return LiveBar(total, sys.stderr)
    return LogLines(total)


def in_notebook() -> bool:
    """Return whether this is the kernel of a notebook, whose outputs can be replaced."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return hasattr(shell, "kernel") and "spyder_kernels" not in sys.modules


def _columns() -> int:
    """Return the width of the terminal, less one: a full line makes some terminals wrap."""
    with suppress(OSError, ValueError, AttributeError):
        return (os.get_terminal_size(sys.stderr.fileno()).columns or 80) - 1
    return 79


def summary(label: str, seconds: float, figures: Figures) -> str:
    """Return how far the training came, in which time, and how well it did.

    >>> summary("Epoch 2/2", 0.34, {"loss": 0.25})
    'Epoch 2/2 in 0.3 s - loss: 0.2500'
    """
    parts = [f"{label} in {duration(seconds)}", epoch_line(figures)]
    return " - ".join(filter(None, parts))


def duration(seconds: float) -> str:
    """Return a time in a few signs.

    >>> duration(0.251), duration(12.3), duration(3725)
    ('0.3 s', '12 s', '1:02:05')
    """
    if seconds < 60:
        return f"{seconds:.{0 if seconds > 9.9 else 1}f} s"
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def epoch_line(figures: Figures, room: float = float("inf")) -> str:
    """Return losses and metrics in one line, as many as have room: never a part of a number.

    What matters most stays longest: the loss, that of the validation, the first metric, and so on.

    >>> epoch_line({"loss": 0.25, "accuracy": 1.0})
    'loss: 0.2500 - accuracy: 1.0000'
    >>> epoch_line({"loss": 0.25, "accuracy": 1.0, "val_loss": 0.5, "val_accuracy": 0.9}, room=40)
    'loss: 0.2500 - val_loss: 0.5000 - ...'
    """
    numbers = {str(name): as_figure(value) for name, value in figures.items()}
    words = {name: f"{name}: {short(n)}" for name, n in numbers.items() if n is not None}
    line = " - ".join(words.values())
    place = {name: number for number, name in enumerate(words)}
    kept = sorted(words, key=lambda name: place.get(name.removeprefix("val_"), place[name]))
    while len(line) > room and kept:
        kept.pop()
        line = " - ".join([*(words[name] for name in kept), "..."])
    return line


def short(value: float) -> str:
    """Return a number in a few signs.

    >>> short(0.25), short(1234567.0), short(1e-7)
    ('0.2500', '1.235e+06', '1.000e-07')
    """
    size = abs(value)
    return f"{value:.4f}" if size == 0 or 1e-3 <= size < 1e5 else f"{value:.3e}"
