"""Layers that are faster together: a convolution with ReLU, and the max pooling that follows it.

The layers know nothing of each other. Only the training loop puts a `ConvolutionAndPooling` in the
place of the two; weights, gradients and results are the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .activations import relu
from .kernels.fused import Trace, convolve_relu_pool, gradients
from .layers.convolution import Conv2D
from .layers.pooling import MaxPooling2D
from .network import Runner
from .types import Array


class ConvolutionAndPooling:
    """A `Conv2D` with ReLU and the 2×2 `MaxPooling2D` behind it, in one go."""

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
        self.trace = convolve_relu_pool(x, layer.W, b, layer.windows(x.shape[1:]), layer.buffer)
        return self.trace.a

    def backprop(self, grad: Array) -> Array | None:
        """Write the gradients of the convolution's weights, and return that of its input."""
        layer = self.convolution
        db = layer.db if layer.use_bias else None
        return gradients(
            grad, self.trace, layer.W, layer.dW, db, layer.buffer, layer.skip_input_gradient
        )


def take_shortcuts(runners: Sequence[Runner]) -> list[Runner]:
    """Return the layers, with those put together that are faster so."""
    taken: list[Any] = []
    for runner in runners:
        if taken and _fit_together(taken[-1], runner):
            taken[-1] = ConvolutionAndPooling(taken[-1], runner)  # type: ignore[arg-type]
        else:
            taken.append(runner)
    return taken


def _fit_together(first: Runner, second: Runner) -> bool:
    if type(first) is not Conv2D or type(second) is not MaxPooling2D:
        return False
    return (
        first.activation is relu
        and first.groups == 1
        and first.steps == (1, 1)
        and second.size == second.steps == (2, 2)
        and second.padding == "valid"
        and first.trainable
    )
