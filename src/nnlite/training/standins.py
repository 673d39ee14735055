"""What stands for layers in a training: several computed in one go, or watched by a callback."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

import numpy as np

from nnlite.foundation.ours import ours
from nnlite.foundation.types import Array
from nnlite.kernels import sweep
from nnlite.kernels.convolution import convolve, input_gradient
from nnlite.kernels.pooled import (
    Pieces,
    in_pieces,
    largest,
    means,
    put_in_order,
    spread,
    sweep_apart,
)
from nnlite.layers.activation import Activation
from nnlite.layers.convolution import Conv2D
from nnlite.layers.layer import Layer
from nnlite.layers.meeting import InParts, alone
from nnlite.layers.normalization import BatchNormalization
from nnlite.layers.pooling import AveragePooling2D, MaxPooling2D
from nnlite.network.chain import CheckedGradient, LinearPart, Runner, backward, forward, layer_of

_COMPUTING = ("forpass", "backprop", "forpass_z", "backprop_z", "pool", "spread")
_IN_PARTS = ("forpass_in_parts", "backprop_in_parts")
_PLACING = ("check_input", "windows", "as_images", "as_samples", "as_kernel")


POOLINGS = AveragePooling2D, MaxPooling2D
NEVER_FALLING = ("linear", "relu", "sigmoid", "tanh")
"""Behind these activations, the largest is still the largest: they can wait for the pooling."""


class ConvolutionToPooling:
    """A `Conv2D`, activations and `BatchNormalization` behind it, and a pooling, in one go.

    The layers know nothing of each other; weights, gradients and results are the same. From the
    convolution to the pooling, pixels lie in another order: see `kernels.pooled`.
    """

    def __init__(self, layers: Sequence[Any]) -> None:
        self.layers = list(layers)
        self.convolution: Conv2D
        self.convolution, *_, self.pooling = layers
        self.works = [work_of(layer) for layer in self.layers[:-1]]
        self.late: list[Any] = []
        if isinstance(self.pooling, MaxPooling2D):
            while self.works and never_falls(self.works[-1]):
                self.late.insert(0, self.works.pop())

    def forpass(self, x: Array, training: bool = False) -> Array:
        """Return what all layers return."""
        a: Array = alone(self.forpass_in_parts(x, training))
        return a

    def backprop(self, grad: Array) -> Array | None:
        """Write the gradients of all weights, and return that of the input."""
        dx: Array | None = alone(self.backprop_in_parts(grad))
        return dx

    def forpass_in_parts(self, x: Array, training: bool = True) -> InParts:
        """Return the output for some samples of a batch."""
        layer, (high, wide) = self.convolution, self.pooling.size
        layer.check_input(x)
        b, memory = layer.b if layer.use_bias else None, layer.memory_in(training)
        x = np.ascontiguousarray(x)
        plan = sweep_apart(x, layer.W, layer.windows(x.shape[1:]), (high, wide))
        n, rows, columns, f = len(x), plan.rows.count, plan.columns.count, plan.f
        z = memory.take("z", (n, rows, columns, f), x.dtype) if self.works else None
        pieces: Pieces = sweep.forward(plan, x, layer.W, b, memory, z)
        if z is not None:
            # Who normalizes must have seen all images.
            deque(pieces, maxlen=0)
            made = [z]
            for work in self.works:
                z = (yield from forward(work, z)) if training else work.forpass(z)
                made.append(z)
            pieces = in_pieces(plan, z)
        a, winners = memory.take("pooled", (n, rows // high, columns // wide, f), x.dtype), None
        if isinstance(self.pooling, MaxPooling2D):
            winners = largest(pieces, a, memory, training)
        else:
            means(pieces, a, memory)
        if training:
            self.plan, self.x, self.winners = plan, x, winners
            self.made = made[1:] if self.works else []
        for work in self.late:
            a = work.forpass(a, training)
        return a

    def backprop_in_parts(self, grad: Array) -> InParts:
        """Return the gradient of the input of these samples."""
        for work in reversed(self.late):
            grad = work.backprop(grad)
        layer, plan = self.convolution, self.plan
        memory, db = layer.memory, layer.db if layer.use_bias else None
        shape = (len(grad), plan.rows.count, plan.columns.count, plan.f)
        dz: Any = None
        if self.works:
            dz = memory.take("dz apart", shape, grad.dtype)
            for images, apart in in_pieces(plan, dz):
                spread(grad, self.winners, images, apart, memory)
            for work in reversed(self.works):
                dz = yield from backward(work, dz)
        skip = layer.skip_input_gradient
        in_order = None if skip else memory.scratch.take("dz", shape, grad.dtype)

        def meet(images: slice, apart: Array) -> None:
            if dz is None:
                spread(grad, self.winners, images, apart, memory)
            if in_order is not None:
                put_in_order(apart, in_order[images])

        sweep.kernel_gradient(plan, self.x, dz, layer.dW, db, memory, meet)
        if in_order is None:
            return None
        return input_gradient(in_order, layer.W, (plan.rows, plan.columns), memory=memory)

    def between(self, x: Array) -> list[Callable[[], Array]]:
        """Return what computes the a of each layer but the last, with the weights as they are."""
        layer = self.convolution
        W, b = layer.W.copy(), layer.b.copy() if layer.use_bias else None
        windows = layer.windows(x.shape[1:])

        def made(place: int) -> Array:
            if place >= len(self.works):
                z = made(place - 1) if place else convolve(x, W, b, windows)
                return np.asarray(self.late[place - len(self.works)].activation.forpass(z))
            a = np.empty_like(self.made[place])
            for images, apart in in_pieces(self.plan, self.made[place]):
                put_in_order(apart, a[images])
            return a

        return [partial(made, place) for place in range(len(self.layers) - 1)]


def work_of(layer: Any) -> Any:
    """Return what a layer does behind the convolution, with memory of its own."""
    if isinstance(layer, BatchNormalization):
        return layer
    # A copy: what it keeps is out of order, and not for those who read the layer's a.
    work = Activation(layer.activation)
    work.memory = layer.memory.part("work")
    return work


def never_falls(work: Any) -> bool:
    """Return whether the largest of some numbers is the largest behind it, too."""
    return isinstance(work, Activation) and work.activation.name in NEVER_FALLING


def fit_together(before: Sequence[Any], pooling: Any) -> tuple[Any, int]:
    """Return a pooling, or what stands for it and some of the layers before, and how many."""
    is_pooling = any(computes_as_written(pooling, like=kind) for kind in POOLINGS)
    if not is_pooling or pooling.size != pooling.steps or pooling.padding != "valid":
        return pooling, 0
    for count, layer in enumerate(reversed(before), 1):
        if isinstance(layer, Conv2D) and slides(layer):
            one = ConvolutionToPooling([*before[-count:], pooling])
            return (one, count) if not one.works or fills_windows(layer, pooling) else (pooling, 0)
        if not (isinstance(layer, Activation | BatchNormalization) and computes_as_written(layer)):
            break
    return pooling, 0


def slides(layer: Conv2D) -> bool:
    """Return whether a convolution is a plain sweep, and trained."""
    return (
        computes_as_written(layer, like=Conv2D)
        and layer.groups == 1
        and layer.steps == layer.dilation == (1, 1)
        and layer.trainable
    )


def fills_windows(layer: Conv2D, pooling: Any) -> bool:
    """Return whether each pixel lies in a window of the pooling: only those are computed."""
    axes = zip(layer.windows(layer.input_shape), pooling.size, strict=True)
    return all(axis.count % size == 0 for axis, size in axes)


def computes_as_written(layer: Any, like: type | None = None) -> bool:
    """Return whether a layer computes as the library wrote it, its activation included."""
    activation = vars(layer).get("activation")
    as_written = ours(layer, *_COMPUTING, *_IN_PARTS, *_PLACING, like=like)
    return as_written and ours(activation, "forpass", "backprop")


class Watched:
    """A runner that leaves x and a on its layers, for callbacks of the user's.

    What the layers stored themselves stays. The rest, which a shortcut left out or backprop does
    not need, is computed when it is first read.
    """

    def __init__(self, runner: Runner) -> None:
        self.runner, self.backprop, self.layer = runner, runner.backprop, layer_of(runner)
        self.layers = runner.layers if isinstance(runner, ConvolutionToPooling) else [self.layer]
        for layer in self.layers:
            # An earlier training may have left them there, and now nobody writes them.
            for name in ("x", "a"):
                vars(layer).pop(name, None)

    def forpass(self, x: Any, training: bool = False) -> Any:
        """Return the runner's output."""
        if not training:
            return self.runner.forpass(x)
        between = self._between(x)
        return self._show(x, self.runner.forpass(x, training), between)

    def forpass_in_parts(self, x: Any) -> InParts:
        """Return the output for some samples of a batch."""
        between = self._between(x)
        output = yield from forward(self.runner, x)
        return self._show(x, output, between)

    def backprop_in_parts(self, grad: Any) -> InParts:
        """Return the gradient of the input of these samples."""
        return (yield from backward(self.runner, grad))

    def _between(self, x: Any) -> list[Callable[[], Any]]:
        """Return what computes the array between two layers, with the weights as they are now."""
        runner = self.runner
        return [*map(cache, runner.between(x))] if isinstance(runner, ConvolutionToPooling) else []

    def _show(self, x: Any, output: Any, between: list[Callable[[], Any]]) -> Any:
        values: list[Callable[[], Any]] = [lambda: x, *between]
        if isinstance(self.runner, LinearPart):
            values.append(cache(lambda: self.layer.activation.forpass(output)))
        else:
            values.append(lambda: output)
        for layer, x_of, a_of in zip(self.layers, values, values[1:], strict=False):
            layer.shown = {"x": x_of, "a": a_of}
        return output


def show(layer: Layer, twins: Sequence[Layer]) -> None:
    """Let x and a of a layer be read, whose twins each computed a part of the batch."""

    def of_all(name: str) -> Any:
        parts = [getattr(twin, name) for twin in twins]
        return (
            np.concatenate(parts)
            if isinstance(parts[0], np.ndarray)
            else [np.concatenate(some) for some in zip(*parts, strict=True)]
        )

    for name in ("x", "a"):
        vars(layer).pop(name, None)
    layer.shown = {name: cache(partial(of_all, name)) for name in ("x", "a")}


def watch(runner: Runner) -> Runner:
    """Return the runner, so that its layers can be looked at, unless a user wrote its forpass."""
    stores = isinstance(runner, Layer | CheckedGradient) and ours(layer_of(runner), "forpass")
    return (
        Watched(runner)
        if stores or isinstance(runner, ConvolutionToPooling | LinearPart)
        else runner
    )
