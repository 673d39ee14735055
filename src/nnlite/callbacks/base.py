"""A callback is called while training goes on: it may show, record, stop, or change it."""

from __future__ import annotations

from typing import Any

from ..arguments import ExplainsItsArguments


class Callback(metaclass=ExplainsItsArguments):
    """The base of all callbacks: write the methods you need.

    `self.model` is the model, `self.params` holds "epochs" and "steps" (per epoch). `logs` holds
    losses and metrics by name; what is added to it at the end of an epoch goes into the history.
    Setting `self.model.stop_training = True` ends the training.

    >>> class Count(Callback):
    ...     epochs = 0
    ...     def on_epoch_end(self, epoch, logs=None):
    ...         self.epochs += 1
    """

    model: Any = None
    params: dict[str, Any]

    def __init__(self) -> None:
        """Take no arguments, unless a subclass does."""

    def set_model(self, model: Any) -> None:
        """Take the model."""
        self.model = model

    def set_params(self, params: dict[str, Any]) -> None:
        """Take the plan of the training."""
        self.params = params

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Be told that training begins."""

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        """Be told that training has ended, also after an error."""

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Be told that an epoch begins, counted from 0."""

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Be told how an epoch ended."""

    def on_train_batch_begin(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Be told that a batch begins, counted from 0."""
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Be told how the epoch stands after a batch, counted from 0."""
        self.on_batch_end(batch, logs)

    def on_batch_begin(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """The short name of `on_train_batch_begin`."""

    def on_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """The short name of `on_train_batch_end`."""

    def on_test_begin(self, logs: dict[str, float] | None = None) -> None:
        """Be told that the validation begins."""

    def on_test_end(self, logs: dict[str, float] | None = None) -> None:
        """Be told the results of the validation."""


def note_learning_rate(model: Any, logs: dict[str, float] | None) -> None:
    """Add the learning rate to the figures of an epoch, as Keras does."""
    if logs is not None:
        logs["learning_rate"] = model.optimizer.learning_rate
