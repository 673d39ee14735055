"""Callbacks that end a training before its last epoch."""

from __future__ import annotations

import math
from typing import Annotated

from nnlite.callbacks.base import Callback, Logs
from nnlite.callbacks.watching import Verbosity, Watcher
from nnlite.foundation.checks import Count, Flag, number, or_none
from nnlite.foundation.types import Array


class EarlyStopping(Watcher):
    """Ends the training when a figure has not got better for `patience` epochs.

    Parameters
    ----------
    monitor
        The name of the figure in the history.
    min_delta
        Less than this is no progress.
    patience
        How many epochs without progress to bear.
    verbose
        1 says so when it stops.
    mode
        "min" or "max"; "auto" knows that accuracies grow.
    baseline
        A value to beat: until then, getting better is no progress.
    restore_best_weights
        Go back to the weights of the best epoch at the end.
    start_from_epoch
        Do not look before this epoch.

    >>> EarlyStopping(patience=3).monitor
    'val_loss'
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0.0,
        patience: Count = 0,
        verbose: Verbosity = 0,
        mode: str = "auto",
        baseline: Annotated[float | None, or_none(number())] = None,
        restore_best_weights: Flag = False,
        start_from_epoch: Count = 0,
    ) -> None:
        super().__init__(monitor, mode, verbose, min_delta, patience)
        self.baseline, self.start_from_epoch = baseline, start_from_epoch
        self.restore_best_weights = restore_best_weights

    def forget(self) -> None:
        """Start anew."""
        super().forget()
        self.stopped_epoch = self.best_epoch = 0
        self.best_weights: list[Array] | None = None

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Look at the figure."""
        value = self.look(logs)
        if epoch < self.start_from_epoch:
            return
        better = self.improves(value)
        if self.restore_best_weights and (better or self.best_weights is None):
            self.best_weights, self.best_epoch = self.model.get_weights(), epoch
        self.wait += 1
        if better:
            self.best_epoch = epoch
            if self.baseline is None or self.beats(value, self.baseline):
                self.wait = 0
        elif self.wait >= max(self.patience, 1):
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs: Logs = None) -> None:
        """Go back to the best weights."""
        if self.stopped_epoch and self.verbose:
            print(f"Epoch {self.stopped_epoch + 1}: early stopping")
        if self.best_weights is not None:
            self.model.set_weights(self.best_weights)


class TerminateOnNaN(Callback):
    """Ends the training quietly when the loss is no longer finite, instead of with an error.

    >>> TerminateOnNaN().model is None
    True
    """

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Look at the loss."""
        if logs and not math.isfinite(logs["loss"]):
            print(f"Batch {batch}: the loss is {logs['loss']}, training ends")
            self.model.stop_training = True
