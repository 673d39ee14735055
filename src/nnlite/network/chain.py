"""How data flows through layers: forward in their order, the gradient backward through the same.

A network behaves like one layer. Most are a `Chain`, a list of layers; others have `Branches`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, Self, TypeAlias

import numpy as np

from nnlite.foundation.errors import type_error
from nnlite.foundation.ours import ours
from nnlite.foundation.types import Array
from nnlite.layers.activated import ActivatedLayer
from nnlite.layers.layer import Layer
from nnlite.layers.meeting import InParts


class Runner(Protocol):
    """Whatever computes forward and backward: a layer, or a part of one."""

    def forpass(self, x: Any, training: bool = False) -> Any:
        """Return the output."""

    def backprop(self, grad: Any) -> Any:
        """Return the gradient of the input."""


Join: TypeAlias = Callable[[Sequence[Runner], Runner], tuple[Runner, int]]
"""Takes a runner, behind those before it; returns it, or what stands for it and the last n."""


class Network(Runner, Protocol):
    """A runner over layers, any of which something else may stand for."""

    runners: list[Runner]

    def forpass_in_parts(self, x: Any) -> InParts:
        """Return the output for some samples of a batch, while training: see `layers.meeting`."""

    def backprop_in_parts(self, grad: Any) -> InParts:
        """Return the gradient of the input of these samples."""

    def replaced(self, change: Callable[[Runner], Runner]) -> Self:
        """Return the same network, with what `change` gives in the place of every runner."""

    def joined(self, join: Join) -> Self:
        """Return the same network, where `join` may put runners into one."""

    def cut(self, place: int) -> tuple[Network, Network] | None:
        """Return what is before a place and what is behind; none if more than one array passes."""


class LinearPart:
    """A layer without its activation: what a loss sees that is computed from the logits."""

    def __init__(self, layer: ActivatedLayer) -> None:
        self.layer = layer
        self.forpass = layer.forpass_z
        self.backprop = layer.backprop_z


def up_to_logits(network: Network, ends: Sequence[Layer]) -> Network:
    """Return the network without the activations of these layers at its ends."""

    def change(runner: Runner) -> Runner:
        without = isinstance(runner, ActivatedLayer) and runner in ends
        return LinearPart(runner) if without else runner  # type: ignore[arg-type]

    return network.replaced(change) if ends else network


def layer_of(runner: Runner) -> Any:
    """Return the layer that a runner is, or of which it is a part; None if it is neither."""
    return runner if isinstance(runner, Layer) else getattr(runner, "layer", None)


def check_may_end(runner: Runner) -> None:
    """Raise if a layer gave no gradient of its input, and those before it cannot learn."""
    layer = layer_of(runner)
    if layer is not None and not (layer.skip_input_gradient or layer.is_first):
        rule = "backprop must return the gradient of x: the layers before learn from it."
        where = f"layer '{layer.name}' ({type(layer).__name__})"
        raise type_error(rule, "None", where, "End backprop with return dx.")


class CheckedGradient:
    """A layer of the user's: what its backprop returns must fit its x, lest it spread unseen."""

    def __init__(self, runner: Runner, layer: Layer) -> None:
        self.runner, self.layer = runner, layer

    def forpass(self, x: Any, training: bool = False) -> Any:
        """Return the layer's output."""
        self.shape = shape_of(x)
        return self.runner.forpass(x, training)

    def backprop(self, grad: Any) -> Any:
        """Return the gradient of x, in its shape."""
        dx = self.runner.backprop(grad)
        if dx is not None and shape_of(dx) != self.shape:
            rule = "backprop must return the gradient of x, in its shape."
            received = f"a gradient of shape {shape_of(dx)} for x of shape {self.shape}"
            remedy = "Sum over the samples belongs to the weights: dx has a row for each sample."
            raise self.layer.misfit(rule, received, remedy)
        return dx


def shape_of(x: Any) -> Any:
    """Return the shape of an array, or the list of shapes of several."""
    return list(map(np.shape, x)) if isinstance(x, list | tuple) else np.shape(x)


def check_gradient(runner: Runner) -> Runner:
    """Return the runner; if its backprop is a user's, so that the gradient's shape is checked."""
    layer = layer_of(runner)
    is_own = layer is not None and not ours(layer, "backprop")
    return CheckedGradient(runner, layer) if is_own else runner


class Chain:
    """Layers one after the other."""

    def __init__(self, layers: Sequence[Runner]) -> None:
        self.layers = self.runners = list(layers)

    def forpass(self, x: Array, training: bool = False) -> Array:
        """Return the output of the last layer."""
        for layer in self.layers:
            x = layer.forpass(x, training)
        return x

    def backprop(self, grad: Array) -> Any:
        """Return the gradient of the input; None where a layer was told that nobody needs it."""
        for layer in reversed(self.layers):
            grad = layer.backprop(grad)
            if grad is None:
                check_may_end(layer)
                break
        return grad

    def forpass_in_parts(self, x: Array) -> InParts:
        """Return the output for some samples of a batch."""
        for layer in self.layers:
            x = yield from forward(layer, x)
        return x

    def backprop_in_parts(self, grad: Array) -> InParts:
        """Return the gradient of the input of these samples."""
        for layer in reversed(self.layers):
            grad = yield from backward(layer, grad)
            if grad is None:
                check_may_end(layer)
                break
        return grad

    def replaced(self, change: Callable[[Runner], Runner]) -> Chain:
        """Return the chain with what `change` gives in the place of every runner."""
        return Chain([change(layer) for layer in self.layers])

    def joined(self, join: Join) -> Chain:
        """Return the chain, where `join` may put some layers into one."""
        layers: list[Runner] = []
        for layer in self.layers:
            one, count = join(layers, layer)
            layers[len(layers) - count :] = [one]
        return Chain(layers)

    def cut(self, place: int) -> tuple[Chain, Chain]:
        """Return the layers up to a place, and those from it on."""
        return Chain(self.layers[:place]), Chain(self.layers[place:])


def forward(runner: Runner, x: Any) -> InParts:
    """Return a runner's output for some samples of a batch."""
    # A layer explains what it has not; its class does not take the time.
    if hasattr(type(runner), "forpass_in_parts"):
        return (yield from runner.forpass_in_parts(x))  # type: ignore[attr-defined]
    return runner.forpass(x, True)


def backward(runner: Runner, grad: Any) -> InParts:
    """Return the gradient of what a runner was given."""
    if hasattr(type(runner), "backprop_in_parts"):
        return (yield from runner.backprop_in_parts(grad))  # type: ignore[attr-defined]
    return runner.backprop(grad)
