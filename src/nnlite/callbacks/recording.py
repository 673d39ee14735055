"""Callbacks that keep a record of the training, or change it by plan."""

from __future__ import annotations

import csv
import inspect
import math
from collections.abc import Callable
from typing import IO, Annotated

from ..checks import Flag, require
from ..errors import explain_error, nearest
from ..files import FilePath, check_folder
from ..progress import epoch_line
from .base import Callback, note_learning_rate


class UnknownKey(KeyError):
    """A KeyError whose message is read line by line."""

    def __str__(self) -> str:
        return str(self.args[0])


class Records(dict[str, list[float]]):
    """Losses and metrics by name; who asks for another name is told the known ones."""

    def __missing__(self, name: str) -> list[float]:
        guess = nearest(name, self)
        remedy = f'Did you mean "{guess}"?' if guess else "Names come from compile(metrics=[...])."
        if name.startswith("val_") and not any(known.startswith("val_") for known in self):
            remedy = "Give fit validation_data or validation_split."
        known = ", ".join(self) or "nothing: no epoch has ended"
        raise UnknownKey(explain_error(f"This history holds {known}.", repr(name), None, remedy))


class History(Callback):
    """What `fit` returns: `history.history["loss"]` is the list of losses, one per epoch.

    `epoch` lists the epochs, counted from 0, and `epochs["val_loss"]` those of that value alone:
    validation may come only every few.

    >>> History().history
    {}
    """

    def __init__(self) -> None:
        self.history: dict[str, list[float]] = Records()
        self.epoch: list[int] = []
        self.epochs: dict[str, list[int]] = {}

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Append this epoch's losses and metrics."""
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)
            self.epochs.setdefault(name, []).append(epoch)


class EpochLines(Callback):
    """One line per epoch: `verbose=2`."""

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Print the line."""
        print(f"Epoch {epoch + 1}/{self.params['epochs']} - {epoch_line(logs or {})}")


Schedule = Annotated[
    Callable[..., float],
    require(
        callable,
        "schedule must be a function of the epoch and the learning rate.",
        "LearningRateScheduler(lambda epoch, rate: rate * 0.9)",
        TypeError,
    ),
]


class LearningRateScheduler(Callback):
    """Sets the learning rate at the beginning of each epoch: `schedule(epoch, rate)`.

    A schedule that takes only the epoch will do. The history gets the rates as "learning_rate".

    >>> halve = LearningRateScheduler(lambda epoch, rate: rate / 2)
    """

    def __init__(self, schedule: Schedule, verbose: int = 0) -> None:
        self.schedule = schedule
        self.verbose = verbose

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Set the rate."""
        optimizer = self.model.optimizer
        given = (epoch, optimizer.learning_rate)
        optimizer.learning_rate = self.schedule(*given[: self._arguments_taken()])
        if self.verbose:
            print(f"Epoch {epoch + 1}: learning rate {optimizer.learning_rate:g}")

    def _arguments_taken(self) -> int:
        try:
            inspect.signature(self.schedule).bind(0, 0.0)
        except TypeError:
            return 1
        return 2

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Note the rate."""
        note_learning_rate(self.model, logs)


class CSVLogger(Callback):
    """Writes the history into a CSV file, a row per epoch; NA is what an epoch does not have.

    >>> CSVLogger("log.csv").separator
    ','
    """

    def __init__(self, filename: FilePath, separator: str = ",", append: Flag = False) -> None:
        self.filename = filename
        self.separator = separator
        self.append = append
        self._file: IO[str] | None = None

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Open the file."""
        self._columns: list[str] = []
        if self.append and self.filename.exists():
            with self.filename.open(newline="", encoding="utf-8") as file:
                self._columns = next(csv.reader(file, delimiter=self.separator), [])
        mode = "a" if self.append else "w"
        check_folder(self.filename)
        self._file = self.filename.open(mode, newline="", encoding="utf-8")

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Write a row."""
        if self._file is None:
            return
        values = {"epoch": epoch, **(logs or {})}
        writer = csv.writer(self._file, delimiter=self.separator)
        if not self._columns:
            later = [f"val_{name}" for name in (logs or {})] if self.params["validates"] else []
            validated = any(name.startswith("val_") for name in values)
            self._columns = [*values, *([] if validated else later)]
            writer.writerow(self._columns)
        writer.writerow([values.get(name, "NA") for name in self._columns])
        self._file.flush()

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None


class TerminateOnNaN(Callback):
    """Ends the training quietly when the loss is no longer finite, instead of with an error.

    >>> TerminateOnNaN().model is None
    True
    """

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Look at the loss."""
        if logs and not math.isfinite(logs["loss"]):
            print(f"Batch {batch}: the loss is {logs['loss']}, training ends")
            self.model.stop_training = True
