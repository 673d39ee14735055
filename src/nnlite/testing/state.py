"""What a layer carries from one forpass to the next, kept so that each can start alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from ..layers.base import Layer


def restorer(layers: Iterable[Layer], *generators: np.random.Generator) -> Callable[[], None]:
    """Return what puts back the random generators and the untrained weights of some layers.

    Parameters
    ----------
    layers
        The layers: dropout draws numbers, batch normalization moves its running means.
    generators
        Further generators that they draw from.
    """
    layers = list(layers)
    held = [value for layer in layers for value in vars(layer).values()]
    found = [*generators, *(value for value in held if isinstance(value, np.random.Generator))]
    states = [(generator, generator.bit_generator.state) for generator in found]
    untrained = [
        (layer._views[name], layer._views[name].copy())
        for layer in layers
        for name, weight in layer._weights.items()
        if not weight.trainable
    ]

    def restore() -> None:
        for generator, state in states:
            generator.bit_generator.state = state
        for array, values in untrained:
            array[...] = values

    return restore
