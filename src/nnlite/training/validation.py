"""Figures of data that is not trained on, which stay out of the epoch that is going on."""

from __future__ import annotations

import copy

from nnlite.callbacks.calling import CallbackList
from nnlite.given.data import Data
from nnlite.metrics import Metric
from nnlite.training.running import running
from nnlite.training.step import Trainer


class Validation:
    """Data that is only watched, after each epoch or every few."""

    def __init__(self, data: Data, batch_size: int, every: int) -> None:
        self.data, self.batch_size, self.every = data, batch_size, every

    def is_due(self, epoch: int) -> bool:
        """Return whether it is looked at after this epoch, counted from 0."""
        return (epoch + 1) % self.every == 0

    def figures(self, epoch: int, trainer: Trainer, callbacks: CallbackList) -> dict[str, float]:
        """Return losses and metrics as the history names them; none if it is not their turn."""
        if not self.is_due(epoch):
            return {}
        callbacks.tell("on_test_begin", {})
        results = trainer.evaluate(self.data, self.batch_size)
        callbacks.tell("on_test_end", results)
        return {f"val_{name}": value for name, value in results.items()}


def with_own_figures(trainer: Trainer) -> Trainer:
    """Return the trainer; in the middle of an epoch a copy, so that the epoch keeps its sums.

    A metric of the user's is one object for both. The copy gets a copy of it, too: no one else
    knows how to put back what `reset_state` threw away.
    """
    if not running.in_epoch(trainer.model):
        return trainer
    other = copy.copy(trainer)
    other.objectives = [copy.copy(objective) for objective in trainer.objectives]
    for objective in other.objectives:
        objective.requested = [
            copy.deepcopy(metric) if isinstance(metric, Metric) else metric
            for metric in objective.requested
        ]
    return other
