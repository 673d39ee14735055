"""Callbacks: what happens beside the training. The progress bar is one, in `progress.py`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import explain_error
from ..progress import ProgressBar
from .base import Callback
from .live import LivePlot
from .recording import CSVLogger, EpochLines, History, LearningRateScheduler, TerminateOnNaN
from .watching import EarlyStopping, ModelCheckpoint, ReduceLROnPlateau

if TYPE_CHECKING:
    from ..learning import Learner

__all__ = [
    "CSVLogger",
    "Callback",
    "EarlyStopping",
    "History",
    "LearningRateScheduler",
    "LivePlot",
    "ModelCheckpoint",
    "ProgressBar",
    "ReduceLROnPlateau",
    "TerminateOnNaN",
]


class CallbackList:
    """All callbacks of one training; those that do not care for batches are not asked."""

    def __init__(
        self,
        callbacks: Sequence[Any],
        model: Learner,
        params: dict[str, Any],
        running: Callable[[], dict[str, float]],
    ) -> None:
        for callback in callbacks:
            if not isinstance(callback, Callback | ProgressBar):
                raise TypeError(
                    explain_error(
                        "callbacks are objects of classes that extend Callback.",
                        f"{callback!r}",
                        remedy=f"Make one: {callback.__name__}()."
                        if isinstance(callback, type)
                        else None,
                    )
                )
        self.callbacks = list(callbacks)
        self.running = running
        self.bars = [c for c in callbacks if isinstance(c, ProgressBar)]
        self.watching_batches = [
            c
            for c in callbacks
            if isinstance(c, Callback)
            and type(c).on_train_batch_end is not Callback.on_train_batch_end
        ]
        self.watches_finiteness = any(isinstance(c, TerminateOnNaN) for c in callbacks)
        for callback in self.callbacks:
            callback.set_model(model)
            callback.set_params(params)

    def on_train_begin(self) -> None:
        """Tell all that training begins."""
        for callback in self.callbacks:
            callback.on_train_begin()

    def on_epoch_begin(self, epoch: int) -> None:
        """Tell all that an epoch begins."""
        for callback in self.callbacks:
            callback.on_epoch_begin(epoch)

    def on_batch_end(self, batch: int) -> None:
        """Tell those that want to know that a batch has ended."""
        for bar in self.bars:
            bar.advance(self.running)
        if self.watching_batches:
            logs = self.running()
            for callback in self.watching_batches:
                callback.on_train_batch_end(batch, logs)

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Tell all how an epoch ended."""
        for callback in self.callbacks:
            callback.on_epoch_end(epoch, logs)

    def on_train_end(self) -> None:
        """Tell all that training has ended."""
        for callback in self.callbacks:
            callback.on_train_end()


def progress_callbacks(verbose: Any) -> list[Any]:
    """Return what shows the progress: a bar for 1 and "auto", lines for 2, nothing for 0."""
    if verbose in (0, False):
        return []
    if verbose == 2:
        return [EpochLines()]
    if verbose in (1, True, "auto"):
        return [ProgressBar()]
    raise ValueError(explain_error('verbose must be 0, 1, 2 or "auto".', f"verbose={verbose!r}"))
