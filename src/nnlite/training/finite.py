"""A loss that is no longer finite ends the training; the weights go back to where they were."""

from __future__ import annotations

import numpy as np

from nnlite.foundation.errors import value_error
from nnlite.given.data import Data
from nnlite.training.step import Trainer


class Finite:
    """Remembers the last finite weights of a training, and explains what went wrong since."""

    def __init__(self, trainer: Trainer, data: Data) -> None:
        self.trainer, self.data = trainer, data
        self.keep()

    def keep(self) -> None:
        """Remember the weights as they are."""
        self.last = self.trainer.flat.snapshot()

    def check_weights(self, epoch: int, batch: int) -> None:
        """Raise unless the weights are finite, and remember them."""
        if not np.isfinite(self.trainer.flat.weights).all():
            raise self.error("weights that are not finite", epoch, batch)
        self.keep()

    def error(self, found: str, epoch: int, batch: int) -> ValueError:
        """Go back to the last finite weights, and return the error that says why."""
        optimizer = self.trainer.optimizer
        rate = optimizer.learning_rate
        self.trainer.flat.restore(self.last)
        optimizer.bound_state = self.trainer.state
        optimizer.reset()
        batches = self.data.batches(1024)
        largest = max(float(np.abs(x).max()) for inputs, *_ in batches for x in inputs)
        remedy = "Try a smaller learning rate"
        if largest > 100:
            remedy += ", and scale the inputs first, e.g. (x - x.mean(0)) / x.std(0)"
        elif rate <= 1e-3:
            remedy += ", or clipnorm=1.0 in the optimizer"
        return value_error(
            "Training stopped: the loss is no longer finite. "
            "The weights are back at the end of the last finite epoch.",
            f"{found} in epoch {epoch + 1}, batch {batch + 1}, "
            f"with learning rate {rate:g} and inputs as large as {largest:g}",
            remedy=remedy + "; fit(..., check_finite=False) lets it run.",
        )
