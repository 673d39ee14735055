"""All trainable weights of a network as one flat vector, and all gradients as another.

Each layer's `W` and `dW` are views into them. So an optimizer updates the whole network in a few
calls, a gradient check walks one vector, and a copy of the network is one copy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np

from nnlite.foundation.types import Array
from nnlite.kernels.memory import aligned
from nnlite.layers.layer import Layer
from nnlite.layers.stray import own_classes
from nnlite.layers.weight import Weight
from nnlite.optimizers import Optimizer
from nnlite.optimizers.state import LivingKeys, State
from nnlite.regularizers import Regularizer


@dataclass
class PlacedWeight:
    """A weight of a layer, and where it lies in the vectors."""

    weight: Weight
    place: slice

    def __post_init__(self) -> None:
        self.layer: Any = self.weight.layer
        self.name = self.weight.name


class FlatWeights:
    """The two vectors, and which part of them belongs to which weight.

    A layer of several models lives in the vectors of the one that asked last; `settle` brings it
    back. When layers are frozen or thawed, new vectors take over what optimizers remember `before`.
    """

    def __init__(
        self, layers: Sequence[Layer], dtype: np.dtype[Any], before: FlatWeights | None = None
    ) -> None:
        if stray := next((layer.stray for layer in layers if layer.stray), None):
            raise ValueError(stray)
        self.layers = layers
        ends = [0, *accumulate(weight.value.size for weight in trained(layers))]
        places = map(slice, ends, ends[1:])
        self.parts = [*map(PlacedWeight, trained(layers), places)]
        every = [weight for layer in layers for weight in layer.parameters.values()]
        self.untrained = [weight for weight in every if not weight.trainable]
        self.weights: Array = aligned((ends[-1],), dtype)
        self.gradients: Array = aligned((ends[-1],), dtype)
        self.settled: object = None
        self.own = [layer for layer in layers if own_classes(layer)]
        self.settle()
        for weight in every:
            apart = weight.value.base is None and weight.value.dtype == dtype
            if not apart and weight.value.base is not self.weights:
                weight.place(np.empty(weight.value.shape, dtype), others=self.own)
        self.states: LivingKeys[State, State] = LivingKeys()
        """For each optimizer, known by its state of steps by hand, what it remembers of these."""
        if before:
            for by_hand, state in before.states.items():
                self.states[by_hand] = state.laid_out(before.parts, self.parts)

    def is_home(self) -> bool:
        """Return whether exactly the weights that are trained now, in their dtype, belong here."""
        return trained(self.layers) == [part.weight for part in self.parts] and all(
            part.layer.dtype == self.weights.dtype for part in self.parts
        )

    def settle(self) -> None:
        """Bring back the weights that another model has moved to its vectors since."""
        if self.settled is Weight.last_move:
            return
        for part in self.parts:
            if part.weight.value.base is not self.weights:
                shape, vectors = part.weight.value.shape, (self.weights, self.gradients)
                W, dW = (vector[part.place].reshape(shape) for vector in vectors)
                part.weight.place(W, dW, self.own)
        self.settled = Weight.last_move

    def state_of(self, optimizer: Optimizer) -> State:
        """Return what an optimizer remembers of these weights."""
        state = self.states.setdefault(optimizer.by_hand, State())
        state.vector, state.parts = self.weights, [part.place for part in self.parts]
        return state

    def snapshot(self) -> list[Array]:
        """Return copies of everything training changes: the vector, and running means."""
        self.settle()
        return [self.weights.copy(), *(weight.value.copy() for weight in self.untrained)]

    def restore(self, snapshot: Sequence[Array]) -> None:
        """Set everything back to a snapshot."""
        self.settle()
        self.weights[...] = snapshot[0]
        for weight, value in zip(self.untrained, snapshot[1:], strict=True):
            weight.value[...] = value


def trained(layers: Sequence[Layer]) -> list[Weight]:
    """Return the weights that training changes."""
    return [weight for layer in layers for weight in layer.trainable_parameters]


def regularized(layers: Sequence[Layer]) -> list[tuple[Regularizer, Weight]]:
    """Return the regularizers, each with the trained weight whose numbers it charges for."""
    return [(w.regularizer, w) for w in trained(layers) if w.regularizer is not None]
