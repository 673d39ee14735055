"""A batch in parts: two threads take them in turn, and each stays in the cache of its processor.

NumPy leaves Python's lock while it computes, so a second thread can compute another part at the
same time. To wake it takes as long as a small layer. So a part goes through all layers at once, as
far as they look at each sample by itself, forward and again backward; where a layer must know of
the whole batch, the parts meet (`layers.meeting`). Each has twins of the layers: the same weights,
gradients of its own, which are added up in the order of the parts.

The cut depends on the work of a batch alone, never on the time it took or on how many threads there
are: the same seed gives the same bits with any number of them.
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
from nnlite.layers.dropout import Dropout
from nnlite.layers.layer import Layer
from nnlite.layers.merging import Merge
from nnlite.layers.normalization import BatchNormalization
from nnlite.layers.pooling import GlobalPooling
from nnlite.layers.preprocessing import Normalization, Rescaling
from nnlite.layers.reshaping import Reshape
from nnlite.layers.resizing import UpSampling2D, ZeroPadding2D
from nnlite.layers.windows import WindowLayer
from nnlite.network.branches import SharedCall
from nnlite.network.chain import Chain, LinearPart, Network, Runner, layer_of
from nnlite.training.running import surely
from nnlite.training.standins import computes_as_written, fit_together, show, watch
from nnlite.training.threads import Partner, one_blas_thread

BY_SAMPLE = (
    *(Activation, Cropping2D, Dense, GlobalPooling, Merge, Normalization, Rescaling, Reshape),
    *(UpSampling2D, WindowLayer, ZeroPadding2D),
)
"""Layers that look at each sample by itself, so that it does not matter in which part it is."""

MEETING = BatchNormalization, Dropout
"""Layers whose parts tell each other what they must know."""

PART = 200_000_000
"""The work of a part, counted in products: some 5 ms of a training step. Smaller parts lose more
to Python, and to the lock that two threads share, than they gain. Where parts meet, they wait for
each other: then it is twice the work."""

NUMBER = 100
"""What it takes to write a number of a layer and its gradient, counted in products."""


class Parts:
    """A network that computes a batch in parts of so many samples."""

    def __init__(self, network: Network, size: int, partner: Partner | None, watched: bool) -> None:
        self.network, self.size, self.partner, self.watched = network, size, partner, watched
        self.shorter = shortcut(network)
        self.layers = [layer_of(runner) for runner in network.runners]
        self.parts: list[Network] = []
        self.twins: list[list[Layer]] = []
        self.memory = UsedAgain()
        # One for each thread: those of a part are always computed by the same.
        self.scratch = [UsedAgain(), UsedAgain()]

    def forpass(self, x: Any, training: bool = False) -> Array:
        """Return the output of all parts, one after the other."""
        several = isinstance(x, list)
        size = len(x[0] if several else x)
        self.slices = [slice(at, at + self.size) for at in range(0, size, self.size)]
        given = [[array[s] for array in x] if several else x[s] for s in self.slices]
        if not training:
            return np.concatenate(self._share([partial(self.shorter.forpass, g) for g in given]))
        while len(self.parts) < len(given):
            self._add_part()
        if self.watched:
            self._tell_twins()
        outputs = self._together(
            [part.forpass_in_parts(g) for part, g in zip(self.parts, given, strict=False)]
        )
        shape = (size, *outputs[0].shape[1:])
        output = np.concatenate(outputs, out=self.memory.take("a", shape, outputs[0].dtype))
        if self.watched:
            for place, layer in enumerate(self.layers):
                show(layer, [twins[place] for twins in self.twins[: len(given)]])
        return output

    def backprop(self, grad: Array) -> None:
        """Write the sums of the gradients; nobody asks for that of the input."""
        parts = zip(self.parts, self.slices, strict=False)
        self._together([part.backprop_in_parts(grad[some]) for part, some in parts])
        count = len(self.slices)
        for place, layer in enumerate(self.layers):
            for weight in layer.trainable_parameters:
                first, *others = (
                    twins[place].parameters[weight.name].gradient for twins in self.twins[:count]
                )
                weight.gradient[...] = first
                for gradient in others:
                    weight.gradient[...] += gradient

    def _add_part(self) -> None:
        scratch = self.scratch[len(self.parts) % 2]
        twins = [twin_of(runner, scratch) for runner in self.network.runners]
        self.twins.append([layer_of(twin) for twin in twins])
        of_runner = dict(zip(self.network.runners, twins, strict=True))
        part = shortcut(self.network.replaced(of_runner.__getitem__))
        self.parts.append(part.replaced(watch) if self.watched else part)

    def _tell_twins(self) -> None:
        """Let the twins know what a callback may have changed on a layer."""
        for place, layer in enumerate(self.layers):
            told = {
                n: v for n, v in layer.kept_by_forpass().items() if n[0] != "_" and n != "shown"
            }
            for twins in self.twins:
                vars(twins[place]).update(told)

    def _together(self, parts: Sequence[Any]) -> list[Any]:
        """Return what the parts come to; where they meet, all wait for what they must know."""
        answers: Sequence[Any] = [None] * len(parts)
        while True:
            steps = zip(parts, answers, strict=True)
            asked = self._share([partial(advance, part, answer) for part, answer in steps])
            if asked[0][0] is None:
                return [result for _, result in asked]
            answers = asked[0][0]([known for _, known in asked])

    def _share(self, tasks: list[Callable[[], Any]]) -> list[Any]:
        if self.partner is None or len(tasks) == 1:
            return [task() for task in tasks]
        return self.partner.share(tasks)


def advance(part: Any, answer: Any) -> tuple[Any, Any]:
    """Return at which meeting a part arrived and what it knows, or nothing and its result."""
    try:
        together, known = part.send(answer)
    except StopIteration as end:
        return None, end.value
    return together, known


@contextmanager
def in_parts(
    network: Network, batch_size: int, workers: int | None = None, watched: bool = False
) -> Iterator[Network]:
    """Give a network that computes the same, in parts where that is faster."""
    if not any(isinstance(layer_of(runner), Convolution) for runner in network.runners):
        yield network.replaced(watch) if watched else network
        return
    with ExitStack() as leaving:
        leaving.enter_context(one_blas_thread())
        place, size = cut(network, batch_size)
        ends = network.cut(place) if size < batch_size else None
        if ends is None:
            shorter = shortcut(network)
            yield shorter.replaced(watch) if watched else shorter
            return
        first, rest = ends
        partner = None
        if (workers or os.cpu_count() or 1) > 1:
            partner = Partner()
            leaving.enter_context(surely(partner.leave))
        parts = Parts(first, size, partner, watched)
        yield Chain([parts, rest.replaced(watch) if watched else rest])


def cut(network: Network, batch_size: int) -> tuple[int, int]:
    """Return how many of the runners shall work in parts, and on how many samples each."""
    layers = [layer_of(runner) for runner in network.runners]
    place = 0
    while place < len(layers) and may_be_parted(network.runners[place]):
        place += 1
    size = batch_size
    work = [work_per_sample(layer) for layer in layers[:place]]
    for _ in range(2):
        meet = any(isinstance(layer, MEETING) for layer in layers[:place])
        size = samples_per_part(sum(work[:place]), batch_size, PART * (2 if meet else 1))
        # Who has more weights than numbers to compute would write all their gradients in each part.
        for earlier, layer in enumerate(layers[:place]):
            if weights_of(layer) > size * work[earlier] / NUMBER:
                place = earlier
                break
    while place and network.cut(place) is None:
        place -= 1
    return place, size if place else batch_size


def samples_per_part(work: int, batch_size: int, part: int) -> int:
    """Return how many samples are a part; the number of parts is even: two can share them."""
    if work * batch_size <= part:
        return batch_size
    return -(-batch_size // (2 * -(-work * batch_size // (2 * part))))


def may_be_parted(runner: Runner) -> bool:
    """Return whether a layer can do without the whole batch, and has nothing of the user's."""
    layer = layer_of(runner)
    parted = isinstance(layer, BY_SAMPLE + MEETING) and computes_as_written(layer)
    return parted and not isinstance(runner, SharedCall)


def work_per_sample(layer: Layer) -> int:
    """Return what a layer does for one sample, counted in products."""
    shape = layer.compute_output_shape(layer.input_shape)
    return math.prod(shape[:-1]) * weights_of(layer) + NUMBER * math.prod(shape)


def weights_of(layer: Layer) -> int:
    """Return how many weights a layer multiplies with."""
    return sum(weight.size for weight in layer.weights if weight.ndim > 1)


def shortcut(network: Network) -> Network:
    """Return the network with those layers put together that are faster so."""
    return network.joined(fit_together)


def twin_of(runner: Runner, scratch: UsedAgain) -> Any:
    """Return a copy of a layer with the same weights, and with gradients and memory of its own."""
    layer = layer_of(runner)
    twin = layer.twin()
    twin.memory, twin.rng = UsedAgain(scratch), layer.rng
    twin.skip_input_gradient, twin.is_first = layer.skip_input_gradient, layer.is_first
    for name, weight in layer.parameters.items():
        twin.parameters[name].place(weight.value)
    return LinearPart(twin) if isinstance(runner, LinearPart) else twin
