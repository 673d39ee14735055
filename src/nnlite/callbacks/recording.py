"""Callbacks that keep a record of the training."""

from __future__ import annotations

import csv
from typing import Annotated, Any, NoReturn

from nnlite.callbacks.base import Callback, Logs
from nnlite.callbacks.table import table
from nnlite.foundation.checks import Flag, require
from nnlite.foundation.errors import explain_error, nearest, shown, type_error
from nnlite.foundation.files import FilePath, check_folder


class UnknownKey(KeyError):
    """A KeyError whose message is read line by line."""

    def __str__(self) -> str:
        return str(self.args[0])


class Records(dict[str, list[float]]):
    """Losses and metrics by name; who asks for another name is told the known ones."""

    def __missing__(self, name: Any) -> list[float]:
        word = name if isinstance(name, str) else shown(name)
        # Keras 2 has acc for accuracy.
        short = (k for k in self if word and (k.startswith(word) or word.startswith(k)))
        guess = nearest(word, self) or next(short, None)
        remedy = f'Did you mean "{guess}"?' if guess else "Names come from compile(metrics=[...])."
        if word.startswith("val_") and not any(known.startswith("val_") for known in self):
            remedy = "Give fit validation_data or validation_split."
        known = ", ".join(self) or "nothing: no epoch has ended"
        raise UnknownKey(explain_error(f"This history holds {known}.", shown(name), None, remedy))


def refused(received: str, remedy: str) -> Any:
    """Return a method of what is no dictionary; {} stands for its argument."""

    def refuse(self: Any, name: Any = "loss") -> NoReturn:
        rule = "What fit returns keeps the figures in a dictionary: history.history."
        figure = name if isinstance(name, str) else "loss"
        raise type_error(rule, received.format(shown(name)), None, remedy.format(shown(figure)))

    return refuse


class History(Callback):
    """What `fit` returns: `history.history["loss"]` is the list of losses, one per epoch.

    `epoch` lists the epochs, counted from 0, and `epochs["val_loss"]` those of that value alone:
    validation may come only every few. `interrupted` is True if Ctrl-C ended the training.

    >>> History().history
    {}
    """

    def __init__(self) -> None:
        self.history: dict[str, list[float]] = Records()
        self.epoch: list[int] = []
        self.epochs: dict[str, list[int]] = {}
        self.interrupted = False

    __getitem__ = refused("history[{}]", "history.history[{}]")
    __contains__ = refused("{} in history", "{} in history.history")
    __iter__ = refused("iter(history)", "for name, values in history.history.items():")
    __len__ = refused("len(history)", "len(history.epoch)")

    def __bool__(self) -> bool:
        return True

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Append this epoch's losses and metrics."""
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)
            self.epochs.setdefault(name, []).append(epoch)

    def _repr_html_(self) -> str:
        return table(self.history, self.epochs)


_separator = require(
    lambda sign: isinstance(sign, str) and len(sign) == 1 and sign not in '\r\n"',
    "separator must be one sign.",
    'separator=","',
)


class CSVLogger(Callback):
    """Writes the history into a CSV file, a row per epoch; NA is what an epoch does not have.

    >>> CSVLogger("log.csv").separator
    ','
    """

    def __init__(
        self, filename: FilePath, separator: Annotated[str, _separator] = ",", append: Flag = False
    ) -> None:
        self.filename, self.separator, self.append = filename, separator, append
        self._file: Any = None

    def on_train_begin(self, logs: Logs = None) -> None:
        """Open the file."""
        self._columns: list[str] = []
        if self.append and self.filename.exists():
            with self.filename.open(newline="", encoding="utf-8") as file:
                self._columns = next(csv.reader(file, delimiter=self.separator), [])
        check_folder(self.filename)
        self._file = self.filename.open("a" if self.append else "w", newline="", encoding="utf-8")

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Write a row."""
        if self._file is None:
            return
        figures = logs or {}
        values = {"epoch": epoch, **figures}
        writer = csv.writer(self._file, delimiter=self.separator)
        if not self._columns:
            self._columns = list(values)
            if self.params["validates"] and not any(name.startswith("val_") for name in figures):
                self._columns += [f"val_{name}" for name in figures]
            writer.writerow(self._columns)
        writer.writerow([values.get(name, "NA") for name in self._columns])
        self._file.flush()

    def on_train_end(self, logs: Logs = None) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None
