"""The one door to every shortcut: what each may replace, and the two that stand for layers.

A shortcut replaces only methods that the library wrote, so whether it may be taken is asked of
`ours`: when training or evaluation begins, never in a step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from nnlite.foundation.ours import CALLED, ours, written_here
from nnlite.foundation.types import Array
from nnlite.kernels.convolution import convolve
from nnlite.kernels.pooled import Trace, convolve_and_pool, gradients
from nnlite.layers.convolution import Conv2D
from nnlite.layers.layer import Layer
from nnlite.layers.pooling import MaxPooling2D
from nnlite.losses import Loss
from nnlite.network.chain import LinearPart, Runner, layer_of

_COMPUTING = ("forpass", "backprop", "forpass_z", "backprop_z", "pool", "spread")
_PLACING = ("windows", "as_images", "as_samples", "as_kernel")
_JUDGING = ("values", "gradient", "values_of", "gradient_of", "check_predictions")
_FROM_LOGITS = ("values_from_logits", "gradient_from_logits")
_COUNTING = ("reset_state", "update_state", "result", "hits")
_HOOKS = [row.method for row in CALLED if row.base == "Callback"]


def goes_around_the_activation(loss: Any, layer: Any) -> bool:
    """Return whether a loss may be computed from the logits, without its layer's activation."""
    return (
        ours(loss, *_JUDGING)
        and ours(layer, "forpass", "backprop")
        and all(ours(g, "forpass", "backprop") for g in (layer.activation, loss.activation))
    )


def judges_as_written(loss: Any) -> bool:
    """Return whether a loss keeps no array that it is given, and holds none that it returns."""
    return ours(loss, *_JUDGING, *_FROM_LOGITS)


def keeps_arrays(metric: Any) -> bool:
    """Return whether a metric, or the function in it, is a user's: it may keep what it is given."""
    function = getattr(metric, "function", None)
    if isinstance(function, Loss):
        return not (judges_as_written(function) and ours(function, "__call__", "prepare"))
    return not ((function is None or written_here(function)) and ours(metric, *_COUNTING))


def descends_plainly(optimizer: Any, layers: Iterable[Layer]) -> bool:
    """Return whether α may be multiplied in early: nobody but the library sees α·g then."""
    steps = ("step", "update", "subtract", "is_plain", "learning_rate")
    return ours(optimizer, *steps) and all(computes_as_written(layer) for layer in layers)


def computes_as_written(layer: Any, like: type | None = None) -> bool:
    """Return whether a layer computes as the library wrote it, its activation included."""
    activation = getattr(layer, "activation", None)
    as_written = ours(layer, *_COMPUTING, *_PLACING, like=like)
    return as_written and ours(activation, "forpass", "backprop")


def leaves_out_input_gradient(layer: Layer) -> bool:
    """Return whether a first layer may be told so: not if a user's backprop builds on a library's.

    It may use what the library's returns. One that is a user's throughout decides by itself.
    """
    if ours(layer, "backprop"):
        return True
    return next(kind for kind in type(layer).__mro__ if written_here(kind)) is Layer


def is_watched(callbacks: Iterable[Any]) -> bool:
    """Return whether a callback of the user's may look at the layers."""
    return not all(ours(callback, *_HOOKS) for callback in callbacks)


NEVER_FALLING = ("linear", "relu", "sigmoid", "tanh")
"""Behind these activations, the largest is still the largest: they can wait for the pooling."""


class ConvolutionAndPooling:
    """A `Conv2D` and the `MaxPooling2D` behind it, in one go.

    The layers know nothing of each other; weights, gradients and results are the same.
    """

    trace: Trace

    def __init__(self, convolution: Conv2D, pooling: MaxPooling2D) -> None:
        self.convolution, self.pooling = convolution, pooling

    def forpass(self, x: Array, training: bool = False) -> Array:
        """Return what both layers return."""
        layer = self.convolution
        if not training:
            return self.pooling.forpass(layer.forpass(x))
        layer.check_input(x)
        b = layer.b if layer.use_bias else None
        windows, (high, wide) = layer.windows(x.shape[1:]), self.pooling.size
        z, self.trace = convolve_and_pool(x, layer.W, b, windows, (high, wide), layer.memory)
        self.a = layer.activation.forpass(z, z)
        return self.a

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


class Watched:
    """A runner that leaves x and a on its layers, for callbacks of the user's.

    What the layers stored themselves stays. The rest, which a shortcut left out or backprop does
    not need, is computed when it is first read.
    """

    def __init__(self, runner: Runner) -> None:
        self.runner, self.backprop, self.layer = runner, runner.backprop, layer_of(runner)
        self.layers = [self.layer]
        if isinstance(runner, ConvolutionAndPooling):
            self.layers = [runner.convolution, runner.pooling]
        for layer in self.layers:
            # An earlier training may have left them there, and now nobody writes them.
            for name in ("x", "a"):
                vars(layer).pop(name, None)

    def forpass(self, x: Any, training: bool = False) -> Any:
        """Return the runner's output."""
        if not training:
            return self.runner.forpass(x)
        values: list[Callable[[], Any]] = [lambda: x]
        if isinstance(self.runner, ConvolutionAndPooling):
            values.append(cache(self.runner.between(x)))
        output = self.runner.forpass(x, training)
        if isinstance(self.runner, LinearPart):
            values.append(cache(lambda: self.layer.activation.forpass(output)))
        else:
            values.append(lambda: output)
        for layer, x_of, a_of in zip(self.layers, values, values[1:], strict=False):
            layer.shown = {"x": x_of, "a": a_of}
        return output


def take_shortcuts(runners: Sequence[Runner]) -> list[Runner]:
    """Return the layers, with those put together that are faster so."""
    taken: list[Any] = []
    for runner in runners:
        if taken and _fit_together(taken[-1], runner):
            taken[-1] = ConvolutionAndPooling(taken[-1], runner)  # type: ignore[arg-type]
        else:
            taken.append(runner)
    return taken


def watch(runner: Runner) -> Runner:
    """Return the runner, so that its layers can be looked at, unless a user wrote its forpass."""
    if isinstance(runner, ConvolutionAndPooling | LinearPart):
        return Watched(runner)
    return Watched(runner) if isinstance(runner, Layer) and ours(runner, "forpass") else runner


def _fit_together(first: Runner, second: Runner) -> bool:
    return (
        isinstance(first, Conv2D)
        and isinstance(second, MaxPooling2D)
        and computes_as_written(first, like=Conv2D)
        and computes_as_written(second, like=MaxPooling2D)
        and first.activation.name in NEVER_FALLING
        and first.groups == 1
        and first.steps == first.dilation == (1, 1)
        and second.size == second.steps
        and second.padding == "valid"
        and first.trainable
    )
