"""The loss of one batch as a function of every number in it: all weights, and the inputs.

It is the loss of training, and its gradients come by the way that training goes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..data import Data
from ..errors import explain_error
from ..functional import Model
from ..training import training_mode
from ..types import Array
from .state import StartState


class BatchLoss:
    """A model, a batch, and the loss between them.

    Parameters
    ----------
    model
        A compiled model in float64, whose weights may be moved.
    data
        The batch.
    """

    def __init__(self, model: Model, data: Data) -> None:
        self.model = model
        self.samples = data.size
        inputs, self.y, self.sample_weights = data.all()
        self.x = [x.copy() for x in inputs]
        self.trainer = model._make_trainer()
        self.parts = model.flat.parts
        self.start = StartState(model.layers, [model.rng])
        self.arrays: list[Array] = [part.weight.value for part in self.parts] + self.x
        """The weights, then the inputs: changing their numbers changes the loss."""
        self.names = [(part.layer.name, "d" + part.name) for part in self.parts]
        self.names += [(name, "dx") for name in model.input_names]

    def loss(self) -> float:
        """Return the loss of the batch, in training, from the same random numbers each time."""
        self.start.restore()
        return self.trainer.forward(self.x, self.y, self.sample_weights, training=True)[0]

    def gradients(self) -> list[Array]:
        """Return backprop's gradients, in the order of the arrays."""
        self._check_finite()
        # What backprop forgets to write shows as 0, not as what an earlier step left there.
        self.model.flat.gradients[...] = 0
        with training_mode(self.model):
            # Twice, as in training: the second step finds the memory that the first one used.
            for _ in range(2):
                self._compute_gradients()
            weights = [part.weight.gradient.copy() for part in self.parts]
        return weights + self._input_gradients()

    def _compute_gradients(self) -> None:
        self.start.restore()
        self.trainer.compute_gradients(self.x, self.y, self.sample_weights)

    def _input_gradients(self) -> list[Array]:
        """Return what the whole network's backprop returns; None says that x does not matter."""
        network = self.trainer.network
        recorder = _Recorder(network)
        self.trainer.network = recorder
        self._compute_gradients()
        self.trainer.network = network
        given = recorder.dx if isinstance(recorder.dx, list) else [recorder.dx]
        return [
            np.zeros_like(x) if dx is None else np.array(dx)
            for x, dx in zip(self.x, given, strict=True)
        ]

    def _check_finite(self) -> None:
        value = self.loss()
        if not np.isfinite(value):
            raise ValueError(
                explain_error(
                    "A loss has slopes only where it is finite.",
                    f"a loss of {value}",
                    f"model '{self.model.name}'",
                    "Scale the inputs, or start from smaller weights.",
                )
            )

    def move_weights(self) -> None:
        """Move all weights a little, away from kinks such as those of biases of 0."""
        weights = self.model.flat.weights
        shift = np.random.default_rng(0).uniform(-1e-2, 1e-2, weights.shape)
        weights += shift * np.maximum(1, np.abs(weights))


class _Recorder:
    """A network that keeps the gradient of its input, which training has no use for."""

    dx: Any = None

    def __init__(self, network: Any) -> None:
        self.network = network
        self.forpass = network.forpass
        self.replaced, self.up_to_logits = network.replaced, network.up_to_logits

    def backprop(self, grad: Any) -> Any:
        self.dx = self.network.backprop(grad)
        return self.dx
