"""Two threads train one network: each takes half of every batch, and their gradients add up.

NumPy lets go of Python's lock while it copies and multiplies, so both work at the same time. For
the same seed and number of workers the result is the same to the last bit: the halves are always
cut at the same place, and added in the same order.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import numpy as np

from nnlite.foundation.types import Array
from nnlite.kernels.memory import UsedAgain
from nnlite.layers.activation import Activation
from nnlite.layers.convolution import Convolution
from nnlite.layers.cropping import Cropping2D
from nnlite.layers.dense import Dense
from nnlite.layers.layer import Layer
from nnlite.layers.pooling import GlobalPooling
from nnlite.layers.preprocessing import Normalization, Rescaling
from nnlite.layers.reshaping import Reshape
from nnlite.layers.resizing import UpSampling2D, ZeroPadding2D
from nnlite.layers.windows import WindowLayer
from nnlite.network.branches import Branches, SharedCall
from nnlite.network.chain import Chain, LinearPart, Network, Runner, layer_of
from nnlite.training.standins import computes_as_written, take_shortcuts

BY_SAMPLE = (
    *(Activation, Cropping2D, Dense, GlobalPooling, Normalization, Rescaling, Reshape),
    *(UpSampling2D, WindowLayer, ZeroPadding2D),
)
"""Layers that look at each sample by itself, so that it does not matter in which half it is."""

WORTH_SHARING = 30_000_000
"""From so many products in the forpass of a batch on, a second thread gains more than it costs."""


class Halves:
    """A chain of layers and its twin: the twin has the same weights, and gradients of its own."""

    def __init__(self, layers: Sequence[Runner], partner: Partner) -> None:
        self.partner = partner
        twins = [twin_of(runner) for runner in layers]
        self.mine = Chain(take_shortcuts(layers))
        self.theirs = Chain(take_shortcuts(twins))
        self.gradients = [
            (weight.gradient, twin.parameters[weight.name].gradient)
            for layer, twin in zip(map(layer_of, layers), map(layer_of, twins), strict=True)
            for weight in layer.trainable_parameters
        ]
        self.middle = 0

    def forpass(self, x: Array, training: bool = False) -> Array:
        """Return the output of both halves, one after the other."""
        middle = (len(x) + 1) // 2
        if training:
            self.middle = middle
        if middle == len(x):
            return self.mine.forpass(x, training)
        first, second = x[:middle], x[middle:]
        outputs = self.partner.share(
            lambda: self.mine.forpass(first, training),
            lambda: self.theirs.forpass(second, training),
        )
        return np.concatenate(outputs)

    def backprop(self, grad: Array) -> Array | None:
        """Write the sum of both gradients, and return that of the input."""
        middle = self.middle
        if middle == len(grad):
            dx: Array | None = self.mine.backprop(grad)
            return dx
        parts = self.partner.share(
            lambda: self.mine.backprop(grad[:middle]), lambda: self.theirs.backprop(grad[middle:])
        )
        for total, part in self.gradients:
            np.add(total, part, total)
        return None if parts[0] is None else np.concatenate(parts)


class Partner:
    """A second thread, that waits for its share of the work."""

    def __init__(self) -> None:
        # Not with the package: it takes long to import.
        from concurrent.futures import ThreadPoolExecutor

        self.pool = ThreadPoolExecutor(1, initializer=partial(np.seterr, all="ignore"))
        self.leave = self.pool.shutdown

    def share(self, mine: Callable[[], Any], theirs: Callable[[], Any]) -> tuple[Any, Any]:
        """Return the results of two functions that run at the same time."""
        other = self.pool.submit(theirs)
        try:
            result = mine()
        finally:
            # Even if mine fails, theirs comes to its end: it writes into the same layers.
            other.exception()
        return result, other.result()


@contextmanager
def in_halves(network: Network, workers: int | None, batch_size: int) -> Iterator[Network]:
    """Give a network that computes the same, in two threads where that is faster."""
    layers = layers_in_line(network)
    shared = 0
    while shared < len(layers) and looks_at_each_sample(layer_of(layers[shared])):
        shared += 1
    with ExitStack() as leaving:
        if any(isinstance(layer_of(runner), Convolution) for runner in network.runners):
            from threadpoolctl import threadpool_limits

            # A convolution is many products: a second thread for each costs more than it gains,
            # and two threads that multiply at once must keep to their own.
            leaving.enter_context(threadpool_limits(1, user_api="blas"))
        convolves = any(isinstance(layer_of(runner), Convolution) for runner in layers[:shared])
        if convolves and shall_share(layers[:shared], workers, batch_size):
            partner = Partner()
            leaving.callback(partner.leave)
            yield Chain([Halves(layers[:shared], partner), *layers[shared:]])
        else:
            yield Chain(take_shortcuts(layers)) if layers else network


def looks_at_each_sample(layer: Layer) -> bool:
    """Return whether a layer treats samples one by one, with nothing of the user's in it."""
    return isinstance(layer, BY_SAMPLE) and computes_as_written(layer)


def layers_in_line(network: Network) -> list[Runner]:
    """Return the layers of a network that is one line, without branches; else none."""
    if isinstance(network, Chain):
        return network.layers
    if not isinstance(network, Branches) or len(network.inputs) > 1:
        return []
    in_line = [([place], place + 1, False) for place in range(len(network.runners))]
    shared = any(isinstance(runner, SharedCall) for runner in network.runners)
    if shared or network.wires != in_line or network.output_slots != [len(in_line)]:
        return []
    return network.runners


def shall_share(layers: Sequence[Runner], workers: int | None, batch_size: int) -> bool:
    """Return whether to use two threads: as told, else if the machine and the work allow it."""
    if workers is not None:
        return workers > 1
    work = batch_size * sum(products_per_sample(layer_of(runner)) for runner in layers)
    return (os.cpu_count() or 1) > 1 and work >= WORTH_SHARING


def products_per_sample(layer: Layer) -> int:
    """Return how many numbers a layer multiplies in the forpass of one sample."""
    *places, _ = layer.compute_output_shape(layer.input_shape)
    kernels = [weight.size for weight in layer.weights if weight.ndim > 1]
    return math.prod(places) * sum(kernels)


def twin_of(runner: Runner) -> Any:
    """Return a copy of a layer with the same weights, and with gradients and memory of its own."""
    layer = layer_of(runner)
    twin = layer.twin()
    twin.memory = UsedAgain()
    for name, weight in layer.parameters.items():
        twin.parameters[name].place(weight.value)
    return LinearPart(twin) if isinstance(runner, LinearPart) else twin
