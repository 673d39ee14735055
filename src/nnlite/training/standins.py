"""What stands for layers in a training: several computed in one go, or watched by a callback."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

import numpy as np

from nnlite.foundation.ours import ours
from nnlite.foundation.types import Array
from nnlite.kernels.convolution import convolve
from nnlite.kernels.pooled import Trace, convolve_and_pool, gradients
from nnlite.layers.activation import Activation
from nnlite.layers.convolution import Conv2D
from nnlite.layers.layer import Layer
from nnlite.layers.meeting import InParts
from nnlite.layers.pooling import MaxPooling2D
from nnlite.network.chain import CheckedGradient, LinearPart, Runner, backward, forward, layer_of

_COMPUTING = ("forpass", "backprop", "forpass_z", "backprop_z", "pool", "spread")
_IN_PARTS = ("forpass_in_parts", "backprop_in_parts")
_PLACING = ("check_input", "windows", "as_images", "as_samples", "as_kernel")


NEVER_FALLING = ("linear", "relu", "sigmoid", "tanh")
"""Behind these activations, the largest is still the largest: they can wait for the pooling."""


class ConvolutionAndPooling:
    """A `Conv2D` and the `MaxPooling2D` behind it, in one go.

    The layers know nothing of each other; weights, gradients and results are the same.
    """

    trace: Trace

    def __init__(self, convolution: Conv2D, pooling: MaxPooling2D) -> None:
        self.layers = self.convolution, self.pooling = convolution, pooling

    def forpass(self, x: Array, training: bool = False) -> Array:
        """Return what both layers return."""
        layer = self.convolution
        layer.check_input(x)
        b, memory = layer.b if layer.use_bias else None, layer.memory_in(training)
        windows, (high, wide) = layer.windows(x.shape[1:]), self.pooling.size
        z, trace = convolve_and_pool(x, layer.W, b, windows, (high, wide), memory, training)
        a = layer.activation.forpass(z, z)
        if trace is not None:
            self.a, self.trace = a, trace
        return a

    def backprop(self, grad: Array) -> Array | None:
        """Write the gradients of the convolution's weights, and return that of its input."""
        layer = self.convolution
        db = layer.db if layer.use_bias else None
        room = layer.memory.take("da", self.a.shape, self.a.dtype)
        dz = layer.activation.backprop(grad, self.a, room)
        skip = layer.skip_input_gradient
        return gradients(dz, self.trace, layer.W, layer.dW, db, layer.memory, skip)

    def between(self, x: Array) -> Callable[[], Array]:
        """Return what computes the convolution's a, with the weights as they are now."""
        layer = self.convolution
        W, b = layer.W.copy(), layer.b.copy() if layer.use_bias else None
        windows = layer.windows(x.shape[1:])
        return lambda: layer.activation.forpass(convolve(x, W, b, windows))


class PoolingFirst:
    """An activation and the max pooling behind it, the other way round: fewer numbers are left.

    Where an activation never falls, the largest number before it is the largest behind it.
    """

    def __init__(self, activation: Activation, pooling: MaxPooling2D) -> None:
        self.layers = self.activation, self.pooling = activation, pooling

    def forpass(self, x: Array, training: bool = False) -> Array:
        """Return what both layers return."""
        return self.activation.forpass(self.pooling.forpass(x, training), training)

    def backprop(self, grad: Array) -> Array | None:
        """Return the gradient of the input."""
        return self.pooling.backprop(self.activation.backprop(grad))

    def between(self, x: Array) -> Callable[[], Array]:
        """Return what computes the activation's a."""
        return lambda: self.activation.activation.forpass(x)


Pair = ConvolutionAndPooling | PoolingFirst


def fit_together(first: Runner, second: Runner) -> Runner | None:
    """Return two layers in one, where that is faster."""
    if not (isinstance(second, MaxPooling2D) and computes_as_written(second, like=MaxPooling2D)):
        return None
    if isinstance(first, Activation) and computes_as_written(first):
        late = first.activation.name in NEVER_FALLING
        return PoolingFirst(first, second) if late else None
    if isinstance(first, Conv2D) and _fit(first, second):
        return ConvolutionAndPooling(first, second)
    return None


def _fit(first: Conv2D, second: MaxPooling2D) -> bool:
    return (
        computes_as_written(first, like=Conv2D)
        and first.activation.name in NEVER_FALLING
        and first.groups == 1
        and first.steps == first.dilation == (1, 1)
        and second.size == second.steps
        and second.padding == "valid"
        and first.trainable
    )


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
        self.layers = runner.layers if isinstance(runner, Pair) else [self.layer]
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
        return [cache(self.runner.between(x))] if isinstance(self.runner, Pair) else []

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
    return Watched(runner) if stores or isinstance(runner, Pair | LinearPart) else runner
