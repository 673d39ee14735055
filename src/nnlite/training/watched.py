"""Layers that a callback of the user's may look at: x and a are there, whoever computed them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from nnlite.foundation.ours import ours
from nnlite.layers.layer import Layer
from nnlite.network.chain import LinearPart, Runner, layer_of
from nnlite.training.fused import ConvolutionAndPooling


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
            # An earlier training may have left it there, and now nobody writes it.
            vars(layer).pop("a", None)

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


def watch(runner: Runner) -> Runner:
    """Return the runner, so that its layers can be looked at, unless a user wrote its forpass."""
    if isinstance(runner, ConvolutionAndPooling | LinearPart):
        return Watched(runner)
    return Watched(runner) if isinstance(runner, Layer) and ours(runner, "forpass") else runner
