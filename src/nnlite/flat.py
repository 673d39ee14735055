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
from .regularizers import Regularizer
from .types import Array


@dataclass
class Part:
    """Where one weight lies in the vectors."""

    layer: Layer
    name: str
    place: slice
    regularizer: Regularizer | None


class FlatWeights:
    """The two vectors, and which part of them belongs to which weight."""

    def __init__(self, layers: Sequence[Layer], dtype: np.dtype[Any]) -> None:
        self.layers = layers
        self.parts: list[Part] = []
        start = 0
        for layer in layers:
            for name in layer.trainable_names():
                stop = start + layer._views[name].size
                regularizer = layer._weights[name].regularizer
                self.parts.append(Part(layer, name, slice(start, stop), regularizer))
                start = stop
        self.weights: Array = np.empty(start, dtype)
        self.gradients: Array = np.zeros(start, dtype)
        for part in self.parts:
            self._move_in(part)
        self._move_out_others(dtype)
        self.regularized = [
            (part.regularizer, part.layer._views[part.name], part.layer._views["d" + part.name])
            for part in self.parts
            if part.regularizer is not None
        ]

    def _move_in(self, part: Part) -> None:
        value = part.layer._views[part.name]
        home = self.weights[part.place].reshape(value.shape)
        gradient = self.gradients[part.place].reshape(value.shape)
        home[...] = value
        gradient[...] = part.layer._views["d" + part.name]
        part.layer.adopt(part.name, home, gradient)

    def _move_out_others(self, dtype: np.dtype[Any]) -> None:
        """Give weights that are not trained arrays of their own."""
        for layer in self.layers:
            layer.dtype = dtype
            trainable = set(layer.trainable_names())
            for name, weight in layer._weights.items():
                if name not in trainable:
                    gradient = layer._views["d" + name].astype(dtype) if weight.trainable else None
                    layer.adopt(name, layer._views[name].astype(dtype), gradient)

    def is_home(self) -> bool:
        """Return whether all trainable weights, and no others, live here still.

        A layer may have moved to another model that shares it, or been frozen or thawed.
        """
        names = [(layer, name) for layer in self.layers for name in layer.trainable_names()]
        return names == [(part.layer, part.name) for part in self.parts] and all(
            layer._views[name].base is self.weights for layer, name in names
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
            layer._views[name]
            for layer in self.layers
            for name, weight in layer._weights.items()
            if not weight.trainable
        ]
