"""Who is called when: all callbacks of one training."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nnlite.callbacks.bar import ProgressBar
from nnlite.callbacks.base import Callback, TrainedModel
from nnlite.callbacks.checkpoint import ModelCheckpoint
from nnlite.callbacks.rates import LearningRateScheduler, ReduceLROnPlateau
from nnlite.callbacks.stopping import TerminateOnNaN
from nnlite.callbacks.weight_recorder import WeightRecorder
from nnlite.foundation.errors import nearest, shown, type_error
from nnlite.foundation.ours import ours

HOOKS = [name for name in dir(Callback) if name.startswith("on_")]


class CallbackList:
    """All callbacks of one training; who has no hook of a kind is not asked."""

    def __init__(
        self,
        callbacks: Sequence[Any],
        model: TrainedModel,
        params: dict[str, Any],
        running: Callable[[], dict[str, float]],
    ) -> None:
        for callback in callbacks:
            check_callback(callback)
        self.callbacks, self.running = callbacks, running
        kinds = ProgressBar | ModelCheckpoint | WeightRecorder
        counting = [callback for callback in callbacks if isinstance(callback, kinds)]
        self.counting = [callback for callback in counting if callback.counts_batches]
        self.hooks = {h: [getattr(c, h) for c in callbacks if has_own(c, h)] for h in HOOKS}
        self.watch_batches = any(self.hooks[f"on_train_batch_{end}"] for end in ("begin", "end"))
        self.watches_finiteness = any(isinstance(c, TerminateOnNaN) for c in callbacks)
        if not all(ours(callback, "on_epoch_end") for callback in callbacks):
            params["figures"] = None
        elif any(isinstance(c, LearningRateScheduler | ReduceLROnPlateau) for c in callbacks):
            params["figures"].append("learning_rate")
        for callback in callbacks:
            callback.set_model(model)
            callback.set_params(params)

    def tell(self, hook: str, *given: Any) -> None:
        """Call this hook of all callbacks that have it."""
        for call in self.hooks[hook]:
            call(*given)

    def on_batch_end(self, batch: int) -> None:
        """Tell those that want to know that a batch has ended."""
        for callback in self.counting:
            callback.advance(self.running)
        if self.hooks["on_train_batch_end"]:
            self.tell("on_train_batch_end", batch, self.running())

    def on_train_end(self, first: int = 0) -> None:
        """Tell all that training has ended: the error of one does not keep it from the others."""
        if calls := self.hooks["on_train_end"][first:]:
            try:
                calls[0]({})
            finally:
                self.on_train_end(first + 1)


def has_own(callback: Callback, hook: str) -> bool:
    """Return whether the callback, or its class, does something at this hook."""
    # The hooks of batches have short names, too: they call each other.
    return not ours(callback, hook, hook.replace("_train_batch", "_batch"), like=Callback)


def check_callback(callback: Any) -> None:
    """Raise unless this is a callback, all of whose hooks are called some time."""
    if not isinstance(callback, Callback):
        remedy = 'callbacks=[EarlyStopping(patience=5, monitor="loss")]'
        remedy = f"Make one: {callback.__name__}()." if isinstance(callback, type) else remedy
        rule = "callbacks are objects of classes that extend Callback."
        raise type_error(rule, shown(callback), None, remedy)
    for name in dir(callback):
        if name.startswith("on_") and name not in HOOKS and not name.startswith("on_predict_"):
            guess = nearest(name, HOOKS)
            rule = f"fit calls the methods {', '.join(HOOKS)} of a callback, and no others."
            remedy = f"Did you mean {guess}?" if guess else "Give it a name without on_."
            raise type_error(rule, f"{type(callback).__name__}.{name}", None, remedy)
