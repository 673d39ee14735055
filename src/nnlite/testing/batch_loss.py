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
from nnlite.training.faster import training_mode
from nnlite.training.step import Step


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
        self.step = Step(model, data)
        # The gradients alone: the weights stay.
        self.step.descend = lambda weights, gradients: None
        self.parts = model.flat.parts
        self.restart = restorer(model.layers)
        # The weights, then the inputs: changing their numbers changes the loss.
        self.arrays: list[Array] = [part.weight.value for part in self.parts] + self.x
        self.names = [(part.layer.name, "d" + part.name) for part in self.parts]
        self.names += [(name, "dx") for name in model.input_names]

    def loss(self) -> float:
        """Return the loss of the batch, in training, from the same random numbers each time."""
        self.restart()
        return self.forward()[0]

    def forward(self) -> tuple[float, list[Array]]:
        """Return the loss of the batch, and its gradient for each output."""
        outputs = self.step.network.forpass(one_or_list(self.x), True)
        return self.step.judge(self.y, outputs, self.sample_weights, 1.0)

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
                self.step.take(self.x, self.y, self.sample_weights)
            weights = [part.weight.gradient.copy() for part in self.parts]
        return weights + self._input_gradients()

    def _input_gradients(self) -> list[Array]:
        """Return what the whole network's backprop returns; None says that x does not matter."""
        self.restart()
        dx = self.step.network.backprop(one_or_list(self.forward()[1]))
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
