"""The weights of a model's layers: one by one, in the order of Keras, and as one vector."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnlite.foundation.checks import flag
from nnlite.foundation.errors import value_error
from nnlite.foundation.types import Array
from nnlite.given.numbers import check_weights
from nnlite.layers.joining import Node
from nnlite.layers.layer import Layer
from nnlite.layers.variables import Variables
from nnlite.network.vector import FlatWeights


class WeightsOfLayers(Variables):
    """What a model is without its inputs and outputs: layers, and all their weights."""

    name: str
    dtype: np.dtype[Any]
    layers: list[Layer]
    nodes: list[Node]
    _flat: FlatWeights | None = None

    @property
    def built(self) -> bool:
        """Whether the model knows its input, and so has weights."""
        return bool(self.nodes)

    def check_built(self, what: str) -> None:
        """Raise if the model does not know its input yet."""
        if not self.built:
            rule = f"{what} needs to know the shape of the model's input."
            received = "a model that was never told" if self.layers else "a model without layers"
            ways = "Begin with Input(shape=(30,)), give the first layer input_shape=(30,)"
            raise value_error(rule, received, f"model '{self.name}'", f"{ways}, or call fit first.")

    @property
    def flat(self) -> FlatWeights:
        """The weights and gradients as flat vectors."""
        self.check_built("A weight vector")
        if self._flat is None or not self._flat.is_home():
            self._flat = FlatWeights(self.layers, self.dtype, self._flat)
        self._flat.settle()
        return self._flat

    @property
    def weights_vector(self) -> Array:
        """All trainable weights: changing it changes the layers' W and b."""
        return self.flat.weights

    @property
    def gradient_vector(self) -> Array:
        """The gradients of all trainable weights, in the same order."""
        return self.flat.gradients

    @property
    def weights(self) -> list[Array]:
        """The weights of all layers, in their order."""
        return [weight for layer in self.layers for weight in layer.weights]

    @property
    def trainable_weights(self) -> list[Array]:
        """The weights that training changes."""
        return [weight for layer in self.layers for weight in layer.trainable_weights]

    @property
    def trainable(self) -> bool:
        """Whether training may change any layer; setting it sets it for all layers."""
        return any(layer.trainable for layer in self.layers)

    @trainable.setter
    def trainable(self, value: bool) -> None:
        for layer in self.layers:
            layer.trainable = flag("trainable", value, f"model '{self.name}'")

    def get_weights(self) -> list[Array]:
        """Return copies of all weights, in the order of Keras."""
        self.check_built("get_weights")
        return [weight.copy() for weight in self.weights]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Set all weights, in the order of `get_weights`: what Keras' `get_weights` gives fits."""
        self.check_built("set_weights")
        check_weights(weights, self.weights, f"model '{self.name}'")
        for view, value in zip(self.weights, weights, strict=True):
            view[...] = value

    def count_params(self) -> int:
        """Return how many numbers the weights hold."""
        self.check_built("count_params")
        return sum(weight.size for weight in self.weights)
