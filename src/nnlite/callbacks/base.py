"""A callback is called while training goes on: it may show, record, stop, or change it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from nnlite.foundation.arguments import ExplainsItsArguments
from nnlite.foundation.types import Array

Logs = dict[str, float] | None
"""Losses and metrics by name."""


def as_figure(value: Any) -> float | None:
    """Return what holds one real number as one of Python's; None for what is no figure.

    >>> as_figure(0.5), as_figure("0.5")
    (0.5, None)
    """
    if getattr(value, "size", 0) == 1:
        value = value.item()
    return value if isinstance(value, int | float) else None


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

    `self.model` is the model. Setting `self.model.stop_training = True` ends the training. `logs`
    holds losses and metrics by name; what is added to it at the end of an epoch goes into the
    history. `self.params` holds "epochs", "steps" (per epoch; None if nobody knows),
    "initial_epoch", "validates", "validation_freq", and "figures": the names that every epoch ends
    with, or None where a callback of your own may add some.

    From `on_train_batch_end` to `on_train_batch_begin` of the next batch, each of
    `self.model.layers` holds what it computed for the whole batch: its input `layer.x`, its output
    `layer.a`, the weights after the step `layer.W` and the true gradients of the step `layer.dW`.
    All of them are memory that the next batch writes into: keep `layer.a.copy()`, not `layer.a`; at
    `on_train_end`, weights and gradients alone are left. The model may be asked to
    `predict` or `evaluate` at any time; the figures of the epoch do not feel it. A `fit` or
    `train_on_batch` in a callback is a training of its own inside of the other, with its own
    history.

    >>> class Count(Callback):
    ...     epochs = 0
    ...     def on_epoch_end(self, epoch, logs=None):
    ...         self.epochs += 1
    """

    model: Any = None
    params: dict[str, Any]

    def __init__(self) -> None:
        """Take no arguments, unless a subclass does."""

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
