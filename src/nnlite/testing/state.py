"""What a layer carries from one forpass to the next, kept so that each can start alike."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ..layers.base import Layer


class StartState:
    """The random generators and the untrained weights of some layers, as they are now.

    Parameters
    ----------
    layers
        The layers: dropout draws numbers, batch normalization moves its running means.
    generators
        Further generators that they draw from.
    """

    def __init__(
        self, layers: Iterable[Layer], generators: Iterable[np.random.Generator] = ()
    ) -> None:
        layers = list(layers)
        found = {id(rng): rng for rng in generators}
        for layer in layers:
            for value in vars(layer).values():
                if isinstance(value, np.random.Generator):
                    found[id(value)] = value
        self.generators = [(rng, rng.bit_generator.state) for rng in found.values()]
        self.untrained = [
            (weight.value, weight.value.copy())
            for layer in layers
            for weight in layer.parameters.values()
            if not weight.trainable
        ]

    def restore(self) -> None:
        """Put all generators and untrained weights back."""
        for generator, state in self.generators:
            generator.bit_generator.state = state
        for array, values in self.untrained:
            array[...] = values
