"""The loss of one batch as a function of every number in it: all weights, and the inputs.

It is the loss of training, and its gradients come by the way that training goes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlite.foundation.errors import value_error
from nnlite.foundation.types import Array
from nnlite.given.data import Data, one_or_list
from nnlite.testing.subject import restorer
from nnlite.training.step import training_mode


class BatchLoss:
    """A model, a batch, and the loss between them.

    Parameters
    ----------
    model
        A compiled model in float64, whose weights may be moved.
    data
        The batch.
    """

    def __init__(self, model: Any, data: Data) -> None:
        self.model = model
        self.samples = data.size
        inputs, self.y, self.sample_weights = data.all()
        self.x = [x.copy() for x in inputs]
        self.trainer = model._make_trainer()
        self.parts = model.flat.parts
        self.restart = restorer(model.layers, model.rng)
        # The weights, then the inputs: changing their numbers changes the loss.
        self.arrays: list[Array] = [part.weight.value for part in self.parts] + self.x
        self.names = [(part.layer.name, "d" + part.name) for part in self.parts]
        self.names += [(name, "dx") for name in model.input_names]

    def loss(self) -> float:
        """Return the loss of the batch, in training, from the same random numbers each time."""
        self.restart()
        loss, _ = self.trainer.forward(self.x, self.y, self.sample_weights, training=True)
        return float(loss)

    def gradients(self) -> list[Array]:
        """Return backprop's gradients, in the order of the arrays."""
        value = self.loss()
        if not np.isfinite(value):
            rule = "A loss has slopes only where it is finite."
            remedy = "Scale the inputs, or start from smaller weights."
            where = f"model '{self.model.name}'"
            raise value_error(rule, f"a loss of {value}", where, remedy)
        # What backprop forgets to write shows as 0, not as what an earlier step left there.
        self.model.flat.gradients[...] = 0
        with training_mode(self.model):
            # Twice, as in training: the second step finds the memory that the first one used.
            for _ in range(2):
                self.restart()
                self.trainer.compute_gradients(self.x, self.y, self.sample_weights)
            weights = [part.weight.gradient.copy() for part in self.parts]
        return weights + self._input_gradients()

    def _input_gradients(self) -> list[Array]:
        """Return what the whole network's backprop returns; None says that x does not matter."""
        self.restart()
        _, grad = self.trainer.forward(self.x, self.y, self.sample_weights, training=True)
        dx = self.trainer.network.backprop(one_or_list(grad))
        given = dx if isinstance(dx, list) else [dx]
        return [
            np.zeros_like(x) if dx is None else np.array(dx)
            for x, dx in zip(self.x, given, strict=True)
        ]

    def move_weights(self) -> None:
        """Move all weights a little, away from kinks such as those of biases of 0."""
        weights = self.model.flat.weights
        shift = np.random.default_rng(0).uniform(-1e-2, 1e-2, weights.shape)
        weights += shift * np.maximum(1, np.abs(weights))
