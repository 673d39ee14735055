"""Callbacks that watch one figure: they stop, save, or slow down when it gets no better."""

from __future__ import annotations

import math
from pathlib import Path

from ..checks import checked_number
from ..errors import explain_error, nearest, shown, told
from ..files import as_path
from ..types import Array
from .base import Callback, note_learning_rate


class Watcher(Callback):
    """Watches one figure for getting better: what stopping, saving and slowing down share."""

    def __init__(self, monitor: str, mode: str, min_delta: float = 0.0) -> None:
        if mode not in ("auto", "min", "max"):
            raise ValueError(
                explain_error('mode must be "auto", "min" or "max".', f"mode={shown(mode)}")
            )
        if not isinstance(monitor, str):
            raise TypeError(
                explain_error(
                    "monitor must be the name of a figure of the history.",
                    f"monitor={told(monitor)}",
                    remedy='monitor="val_loss"',
                )
            )
        checked_number("min_delta", min_delta)
        self.monitor = monitor
        grows = monitor.endswith(("accuracy", "acc", "r2_score", "r2"))
        self.larger_is_better = mode == "max" or (mode == "auto" and grows)
        self.min_delta = abs(min_delta)
        self.forget()

    def forget(self) -> None:
        """Start anew."""
        self.best = -math.inf if self.larger_is_better else math.inf

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Start anew."""
        self.forget()

    def look(self, logs: dict[str, float] | None) -> float:
        """Return the figure that is watched."""
        if not logs or self.monitor not in logs:
            raise ValueError(
                explain_error(
                    f"{type(self).__name__} watches a figure of the history.",
                    f"monitor={self.monitor!r}; there are {', '.join(logs or {})}",
                    remedy=self._remedy(logs or {}),
                )
            )
        return logs[self.monitor]

    def _remedy(self, logs: dict[str, float]) -> str:
        watched = any(name.startswith("val_") for name in logs)
        if self.monitor.startswith("val_") and not watched:
            return (
                "Give fit validation_data or validation_split, "
                f"or watch monitor={self.monitor.removeprefix('val_')!r}."
            )
        guess = nearest(self.monitor, logs)
        if guess and (len(logs) > 1 or self.monitor == guess):
            return f"Did you mean monitor={guess!r}?"
        return 'Choose one of them, or add it: compile(metrics=["accuracy"]).'

    def improves(self, value: float) -> bool:
        """Return whether the figure is better than the best so far, and remember it if it is."""
        better = self.beats(value, self.best)
        if better:
            self.best = value
        return better

    def beats(self, value: float, other: float) -> bool:
        """Return whether one figure is better than another by more than `min_delta`."""
        if self.larger_is_better:
            return value > other + self.min_delta
        return value < other - self.min_delta


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
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        self.baseline = baseline
        self.patience = checked_number("patience", patience, least=0, whole=True)
        self.verbose = verbose
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = start_from_epoch

    def forget(self) -> None:
        """Start anew."""
        super().forget()
        self.wait, self.stopped_epoch, self.best_epoch = 0, 0, 0
        self.best_weights: list[Array] | None = None

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Look at the figure."""
        value = self.look(logs)
        if epoch < self.start_from_epoch:
            return
        if self.best_weights is None and self.restore_best_weights:
            self.best_weights, self.best_epoch = self.model.get_weights(), epoch
        self.wait += 1
        if self.improves(value):
            self.best_epoch = epoch
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
            if self.baseline is None or self.beats(value, self.baseline):
                self.wait = 0
            return
        if self.wait >= max(self.patience, 1):
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        """Go back to the best weights."""
        if self.stopped_epoch and self.verbose:
            print(f"Epoch {self.stopped_epoch + 1}: early stopping")
        if self.best_weights is not None:
            self.model.set_weights(self.best_weights)


class ModelCheckpoint(Watcher):
    """Saves the model after epochs; with `save_best_only` only when a figure got better.

    Parameters
    ----------
    filepath
        Where; `{epoch:02d}` and `{val_loss:.2f}` are filled in.
    monitor, mode
        As for `EarlyStopping`; used with `save_best_only`.
    verbose
        1 says so when it saves.
    save_best_only
        Keep only what is better than before.
    save_weights_only
        Save the weights without the layers.

    >>> ModelCheckpoint("best.npz", save_best_only=True).monitor
    'val_loss'
    """

    def __init__(
        self,
        filepath: str | Path,
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
    ) -> None:
        super().__init__(monitor, mode)
        self.filepath = str(as_path(filepath))
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Go on: what was saved by an earlier training stays the best so far."""

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Save, if it is time."""
        if self.save_best_only and not self.improves(self.look(logs)):
            return
        try:
            path = self.filepath.format(epoch=epoch + 1, **(logs or {}))
        except KeyError as missing:
            raise ValueError(
                explain_error(
                    "The file name may hold {epoch} and the figures of the history.",
                    f"{self.filepath!r}; there are epoch, {', '.join(logs or {})}",
                    remedy=f"Leave out {missing}, or make fit compute it.",
                )
            ) from None
        if self.save_weights_only:
            self.model.save_weights(path)
        else:
            self.model.save(path)
        if self.verbose:
            print(f"Epoch {epoch + 1}: saved {path}")


class ReduceLROnPlateau(Watcher):
    """Makes the learning rate smaller when a figure has not got better for `patience` epochs.

    The history gets the rates as "learning_rate".

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
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 0.0001,
        cooldown: int = 0,
        min_lr: float = 0.0,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        self.factor = checked_number("factor", factor, above=0, below=1)
        self.patience = checked_number("patience", patience, least=0, whole=True)
        self.verbose = verbose
        self.cooldown = cooldown
        self.min_lr = min_lr

    def forget(self) -> None:
        """Start anew."""
        super().forget()
        self.wait, self.resting = 0, 0

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
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
