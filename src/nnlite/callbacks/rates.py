"""Callbacks that change the learning rate: by plan, or when training gets no further."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated

from nnlite.callbacks.base import Callback, Logs, TrainedModel
from nnlite.callbacks.watching import Watcher
from nnlite.foundation.checks import Count, NotNegative, number, require
from nnlite.foundation.errors import value_error

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
    Where the optimizer itself was given a schedule, this one takes its place.

    >>> halve = LearningRateScheduler(lambda epoch, rate: rate / 2)
    """

    def __init__(self, schedule: Schedule, verbose: int = 0) -> None:
        self.schedule = schedule
        self.verbose = verbose

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
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

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Note the rate."""
        note_learning_rate(self.model, logs)


class ReduceLROnPlateau(Watcher):
    """Makes the learning rate smaller when a figure has not got better for `patience` epochs.

    The history gets the rates as "learning_rate". The optimizer's rate must be a number: one that
    follows a schedule is refused when training begins.

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
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 0.0001,
        cooldown: Count = 0,
        min_lr: NotNegative = 0.0,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        self.factor = factor
        self.patience = patience
        self.verbose = verbose
        self.cooldown = cooldown
        self.min_lr = min_lr

    def forget(self) -> None:
        """Start anew."""
        super().forget()
        self.wait, self.resting = 0, 0

    def on_train_begin(self, logs: Logs = None) -> None:
        """Start anew, unless the rate follows a schedule."""
        super().on_train_begin(logs)
        schedule = getattr(self.model.optimizer, "schedule", None)
        if schedule is not None:
            raise value_error(
                "ReduceLROnPlateau changes a learning rate that is a number; "
                "this one follows a schedule.",
                f"learning_rate={schedule!r}",
                remedy="compile(SGD(0.01)), or leave out the callback.",
            )

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Look at the figure."""
        value = self.look(logs)
        note_learning_rate(self.model, logs)
        if self.resting:
            self.resting -= 1
            self.wait = 0
        if self.improves(value):
            self.wait = 0
            return
        if self.resting:
            return
        self.wait += 1
        optimizer = self.model.optimizer
        if self.wait >= self.patience and optimizer.learning_rate > self.min_lr:
            optimizer.learning_rate = max(optimizer.learning_rate * self.factor, self.min_lr)
            self.wait, self.resting = 0, self.cooldown
            if self.verbose:
                print(f"Epoch {epoch + 1}: learning rate {optimizer.learning_rate:g}")


def note_learning_rate(model: TrainedModel, logs: dict[str, float] | None) -> None:
    """Add the learning rate to the figures of an epoch, as Keras does."""
    if logs is not None:
        logs["learning_rate"] = model.optimizer.learning_rate
