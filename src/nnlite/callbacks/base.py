"""A callback is called while training goes on: it may show, record, stop, or change it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from ..errors import ExplainsItsArguments
from ..types import Array

Logs = dict[str, float] | None
"""Losses and metrics by name."""


class TrainedModel(Protocol):
    """What a callback may count on of a model, whatever else the model can do."""

    stop_training: bool

    @property
    def optimizer(self) -> Any:
        """The optimizer, with its `learning_rate`."""

    def get_weights(self) -> list[Array]:
        """Return copies of all weights."""

    def set_weights(self, weights: list[Array]) -> None:
        """Set all weights."""

    def save(self, filepath: str | Path) -> None:
        """Write layers and weights into a file."""

    def save_weights(self, filepath: str | Path) -> None:
        """Write the weights alone into a file."""


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

    def set_model(self, model: TrainedModel) -> None:
        """Take the model."""
        self.model = model

    def set_params(self, params: dict[str, Any]) -> None:
        """Take the plan of the training."""
        self.params = params

    def on_train_begin(self, logs: Logs = None) -> None:
        """Be told that training begins."""

    def on_train_end(self, logs: Logs = None) -> None:
        """Be told that training has ended, also after an error."""

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        """Be told that an epoch begins, counted from 0."""

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Be told how an epoch ended."""

    def on_train_batch_begin(self, batch: int, logs: Logs = None) -> None:
        """Be told that a batch begins, counted from 0."""
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Be told how the epoch stands after a batch, counted from 0."""
        self.on_batch_end(batch, logs)

    def on_batch_begin(self, batch: int, logs: Logs = None) -> None:
        """The short name of `on_train_batch_begin`."""

    def on_batch_end(self, batch: int, logs: Logs = None) -> None:
        """The short name of `on_train_batch_end`."""

    def on_test_begin(self, logs: Logs = None) -> None:
        """Be told that the validation begins."""

    def on_test_end(self, logs: Logs = None) -> None:
        """Be told the results of the validation."""
