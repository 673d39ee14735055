"""Callbacks that change the learning rate: by plan, or when training gets no further."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated, Any

from nnlite.callbacks.base import Callback, Logs, TrainedModel
from nnlite.callbacks.watching import Verbosity, Watcher
from nnlite.foundation.checks import Count, NotNegative, number, require
from nnlite.foundation.errors import shown, value_error

_rule = "schedule must be a function of the epoch and the learning rate."
_remedy = "LearningRateScheduler(lambda epoch, rate: rate * 0.9)"
Schedule = Annotated[Callable[..., float], require(callable, _rule, _remedy, TypeError)]


class LearningRateScheduler(Callback):
    """Sets the learning rate at the beginning of each epoch: `schedule(epoch, rate)`.

    A schedule that takes only the epoch will do. The history gets the rates as "learning_rate".
    Where the optimizer itself was given a schedule, this one takes its place.

    >>> halve = LearningRateScheduler(lambda epoch, rate: rate / 2)
    """

    def __init__(self, schedule: Schedule, verbose: Verbosity = 0) -> None:
        self.schedule, self.verbose = schedule, verbose

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        """Set the rate."""
        given = [epoch, self.model.optimizer.learning_rate]
        try:
            inspect.signature(self.schedule).bind(*given)
        except (TypeError, ValueError):
            # Python knows no signature of some functions that are not written in it.
            del given[1]
        set_learning_rate(self, epoch, self.schedule(*given))

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Note the rate."""
        note_learning_rate(self.model, logs)


class ReduceLROnPlateau(Watcher):
    """Makes the learning rate smaller when a figure has not got better for `patience` epochs.

    The history gets the rates as "learning_rate". The optimizer's rate must be a number: one that
    follows a schedule is refused, when training begins or as soon as it is set.

    Parameters
    ----------
    monitor, mode, min_delta
        As for `EarlyStopping`.
    factor
        What the rate is multiplied by.
    patience
        How many epochs without progress to bear.
    cooldown
        How many epochs to wait after that.
    min_lr
        The rate never goes below this.

    >>> ReduceLROnPlateau(factor=0.5).patience
    10
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: Annotated[float, number(above=0, below=1)] = 0.1,
        patience: Count = 10,
        verbose: Verbosity = 0,
        mode: str = "auto",
        min_delta: float = 0.0001,
        cooldown: Count = 0,
        min_lr: NotNegative = 0.0,
    ) -> None:
        super().__init__(monitor, mode, verbose, min_delta, patience)
        self.factor, self.cooldown, self.min_lr = factor, cooldown, min_lr

    def forget(self) -> None:
        """Start anew."""
        super().forget()
        self.resting = 0

    def on_train_begin(self, logs: Logs = None) -> None:
        """Start anew, unless the rate follows a schedule."""
        super().on_train_begin(logs)
        self.check_rate()

    def check_rate(self) -> None:
        """Raise if the rate follows a schedule."""
        schedule = getattr(self.model.optimizer, "schedule", None)
        if schedule is not None:
            rule = "ReduceLROnPlateau changes a learning rate that is a number; "
            rule += "this one follows a schedule."
            remedy = "compile(SGD(0.01)), or leave out the callback."
            raise value_error(rule, f"learning_rate={shown(schedule)}", None, remedy)

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Look at the figure."""
        self.check_rate()
        value, rate = self.look(logs), self.model.optimizer.learning_rate
        note_learning_rate(self.model, logs)
        if self.resting:
            self.resting -= 1
            self.wait = 0
        if self.improves(value):
            self.wait = 0
        elif not self.resting:
            self.wait += 1
            if self.wait >= self.patience and rate > self.min_lr:
                set_learning_rate(self, epoch, max(rate * self.factor, self.min_lr))
                self.wait, self.resting = 0, self.cooldown


def set_learning_rate(callback: Any, epoch: int, rate: Any) -> None:
    """Set the learning rate for what comes after the beginning, or the end, of an epoch."""
    optimizer = callback.model.optimizer
    optimizer.learning_rate = rate
    if callback.verbose:
        print(f"Epoch {epoch + 1}: learning rate {optimizer.learning_rate:g}")


def note_learning_rate(model: TrainedModel, logs: dict[str, float] | None) -> None:
    """Add the learning rate to the figures of an epoch, as Keras does."""
    if logs is not None:
        logs["learning_rate"] = model.optimizer.learning_rate
