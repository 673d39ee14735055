"""A loss that is no longer finite ends the training; the weights go back to where they were."""

from __future__ import annotations

import numpy as np

from nnlite.foundation.errors import value_error
from nnlite.given.data import Data
from nnlite.training.step import Step


class Finite:
    """Remembers the last finite weights of a training, and explains what went wrong since."""

    def __init__(self, step: Step, data: Data) -> None:
        self.step, self.data, self.last = step, data, step.flat.snapshot()

    def check_weights(self, epoch: int, batch: int) -> None:
        """Raise unless the weights are finite, and remember them."""
        if not np.isfinite(self.step.flat.weights).all():
            raise self.error("weights that are not finite", epoch, batch)
        self.last = self.step.flat.snapshot()

    def error(self, found: str, epoch: int, batch: int) -> ValueError:
        """Go back to the last finite weights, and return the error that says why."""
        optimizer = self.step.optimizer
        rate = optimizer.learning_rate
        self.step.flat.restore(self.last)
        self.step.take_over()
        optimizer.reset()
        batches = self.data.known(1024)
        largest = max(float(np.abs(x).max()) for inputs, *_ in batches for x in inputs)
        remedy = "Try a smaller learning rate"
        if largest > 100:
            remedy += ", and scale the inputs first, e.g. (x - x.mean(0)) / x.std(0)"
        elif rate <= 1e-3:
            remedy += ", or clipnorm=1.0 in the optimizer"
        remedy += "; fit(..., check_finite=False) lets it run."
        rule = "Training stopped: the loss is no longer finite. "
        rule += "The weights are back at the end of the last finite epoch."
        received = f"{found} in epoch {epoch + 1}, batch {batch + 1}, with learning rate {rate:g}"
        return value_error(rule, f"{received} and inputs as large as {largest:g}", None, remedy)
