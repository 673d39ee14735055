"""All trainable weights of a network as one flat vector, and all gradients as another.

Each layer's `W` and `dW` are views into them. So an optimizer updates the whole network in a few
calls, a gradient check walks one vector, and a copy of the network is one copy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .layers.base import Layer
from .layers.weight import Weight
from .types import Array


@dataclass
class Part:
    """Where one weight lies in the vectors."""

    layer: Layer
    weight: Weight
    place: slice

    @property
    def name(self) -> str:
        """The name of the weight."""
        return self.weight.name


class FlatWeights:
    """The two vectors, and which part of them belongs to which weight."""

    def __init__(self, layers: Sequence[Layer], dtype: np.dtype[Any]) -> None:
        for layer in layers:
            layer.check_kept()
        self.layers = layers
        self.parts: list[Part] = []
        start = 0
        for layer in layers:
            for weight in layer.trainable_parameters:
                stop = start + weight.value.size
                self.parts.append(Part(layer, weight, slice(start, stop)))
                start = stop
        self.weights: Array = np.empty(start, dtype)
        self.gradients: Array = np.zeros(start, dtype)
        for part in self.parts:
            self._move_in(part)
        self._move_out_others(dtype)
        self.regularized = [
            (weight.regularizer, weight.value, weight.gradient)
            for weight in (part.weight for part in self.parts)
            if weight.regularizer is not None
        ]

    def _move_in(self, part: Part) -> None:
        shape = part.weight.value.shape
        part.weight.place(
            self.weights[part.place].reshape(shape), self.gradients[part.place].reshape(shape)
        )

    def _move_out_others(self, dtype: np.dtype[Any]) -> None:
        """Give weights that are not trained arrays of their own."""
        for layer in self.layers:
            layer.dtype = dtype
            trained = layer.trainable_parameters
            for weight in layer.parameters.values():
                if weight not in trained:
                    weight.place(np.empty(weight.value.shape, dtype))

    def is_home(self) -> bool:
        """Return whether all trainable weights, and no others, live here still.

        A layer may have moved to another model that shares it, or been frozen or thawed.
        """
        trained = [weight for layer in self.layers for weight in layer.trainable_parameters]
        return trained == [part.weight for part in self.parts] and all(
            weight.value.base is self.weights for weight in trained
        )

    def snapshot(self) -> list[Array]:
        """Return copies of everything training changes: the vector, and running means."""
        return [self.weights.copy(), *(array.copy() for array in self._others())]

    def restore(self, snapshot: Sequence[Array]) -> None:
        """Set everything back to a snapshot."""
        for array, value in zip([self.weights, *self._others()], snapshot, strict=True):
            array[...] = value

    def _others(self) -> list[Array]:
        return [
            weight.value
            for layer in self.layers
            for weight in layer.parameters.values()
            if not weight.trainable
        ]
