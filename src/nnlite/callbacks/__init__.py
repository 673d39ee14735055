"""Callbacks: what happens beside the training: it is shown, recorded, stopped, or changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from ..errors import explain_error, nearest
from ..progress import say
from .bar import ProgressBar
from .base import Callback
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


def __getattr__(name: str) -> Any:
    """Load LivePlot when it is first used: it stands among the pictures."""
    if name == "LivePlot":
        from ..plot.live import LivePlot

        return LivePlot
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


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
            check_callback(callback)
        self.callbacks = list(callbacks)
        self.running = running
        self.bars = [c for c in callbacks if isinstance(c, ProgressBar)]
        self.before_epochs = self._with("on_epoch_begin")
        self.before_batches = self._with("on_batch_begin", "on_train_batch_begin")
        self.after_batches = self._with("on_batch_end", "on_train_batch_end")
        self.watches_finiteness = any(isinstance(c, TerminateOnNaN) for c in callbacks)
        for callback in self.callbacks:
            callback.set_model(model)
            callback.set_params(params)

    def _with(self, *hooks: str) -> list[Callback]:
        """Return the callbacks that have one of these hooks of their own."""
        return [
            callback
            for callback in self.callbacks
            if any(getattr(type(callback), hook) is not getattr(Callback, hook) for hook in hooks)
        ]

    @property
    def watch_batches(self) -> bool:
        """Whether any callback, a bar aside, is called for each batch."""
        return bool(self.before_batches or self.after_batches)

    def on_train_begin(self) -> None:
        """Tell all that training begins."""
        for callback in self.callbacks:
            callback.on_train_begin({})

    def on_epoch_begin(self, epoch: int) -> None:
        """Tell those that want to know that an epoch begins."""
        for callback in self.before_epochs:
            callback.on_epoch_begin(epoch, {})

    def on_batch_begin(self, batch: int) -> None:
        """Tell those that want to know that a batch begins."""
        for callback in self.before_batches:
            callback.on_train_batch_begin(batch, {})

    def on_batch_end(self, batch: int) -> None:
        """Tell those that want to know that a batch has ended."""
        for bar in self.bars:
            bar.advance(self.running)
        if self.after_batches:
            logs = self.running()
            for callback in self.after_batches:
                callback.on_train_batch_end(batch, logs)

    def on_test_begin(self) -> None:
        """Tell all that the validation begins."""
        for callback in self.callbacks:
            callback.on_test_begin({})

    def on_test_end(self, logs: dict[str, float]) -> None:
        """Tell all the results of the validation."""
        for callback in self.callbacks:
            callback.on_test_end(logs)

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Tell all how an epoch ended."""
        for callback in self.callbacks:
            callback.on_epoch_end(epoch, logs)

    def on_train_end(self) -> None:
        """Tell all that training has ended: the error of one does not keep it from the others."""
        with ExitStack() as last_first:
            for callback in reversed(self.callbacks):
                last_first.callback(callback.on_train_end, {})


def check_callback(callback: Any) -> None:
    """Raise unless this is a callback, all of whose hooks are called some time."""
    if not isinstance(callback, Callback):
        raise TypeError(
            explain_error(
                "callbacks are objects of classes that extend Callback.",
                f"{callback!r}",
                remedy=f"Make one: {callback.__name__}()."
                if isinstance(callback, type)
                else 'callbacks=[EarlyStopping(patience=5, monitor="loss")]',
            )
        )
    known = [name for name in dir(Callback) if name.startswith("on_")]
    for name in dir(callback):
        if name.startswith("on_") and name not in known and not name.startswith("on_predict_"):
            guess = nearest(name, known)
            raise TypeError(
                explain_error(
                    f"fit calls the methods {', '.join(known)} of a callback, and no others.",
                    f"{type(callback).__name__}.{name}",
                    remedy=f"Did you mean {guess}?" if guess else "Give it a name without on_.",
                )
            )


def progress_callbacks(verbose: Any, others: Sequence[Any] = ()) -> list[Any]:
    """Return what shows the progress: a bar for 1 and "auto", lines for 2, nothing for 0.

    One bar is enough: nothing, if the user's own callbacks bring one.
    """
    if verbose in (0, False):
        return []
    if verbose == 2:
        return [EpochLines()]
    if verbose in (1, True, "auto"):
        return [] if any(isinstance(c, ProgressBar) for c in others) else [ProgressBar()]
    raise ValueError(explain_error('verbose must be 0, 1, 2 or "auto".', f"verbose={verbose!r}"))


def result_printer(verbose: Any) -> Callable[[str], None]:
    """Return what prints the results of an evaluation: where the progress goes, or to stdout."""
    shown = progress_callbacks(verbose)
    if not shown:
        return lambda text: None
    return say if isinstance(shown[0], ProgressBar) else print
