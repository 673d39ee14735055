"""How data flows through layers: forward in their order, the gradient backward through the same.

A `Chain` is a list of layers; a `Graph` has branches and merges. Both behave like one layer.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any, Protocol, Self

from nnlite.foundation.errors import shown, told, type_error, value_error
from nnlite.foundation.types import Array
from nnlite.kernels.memory import NEW
from nnlite.layers.activated import ActivatedLayer
from nnlite.layers.input import InputLayer
from nnlite.layers.joining import Node, Tensor
from nnlite.layers.layer import Layer


class Runner(Protocol):
    """Whatever computes forward and backward: a layer, or a part of one."""

    def forpass(self, x: Any, training: bool = False) -> Any:
        """Return the output."""

    def backprop(self, grad: Any) -> Any:
        """Return the gradient of the input."""


class Network(Runner, Protocol):
    """A runner over layers, that can be told to leave out the last activation."""

    def replaced(self, change: Callable[[Runner], Runner]) -> Self:
        """Return the same network, with what `change` gives in the place of every runner."""

    def up_to_logits(self, outputs: Sequence[int]) -> Network:
        """Return the same network, without the activation of these outputs."""


class LinearPart:
    """A layer without its activation: what a loss sees that is computed from the logits."""

    def __init__(self, layer: ActivatedLayer) -> None:
        self.layer = layer
        self.forpass = layer.forpass_z
        self.backprop = layer.backprop_z


def linear(ends: Sequence[Runner]) -> Callable[[Runner], Runner]:
    """Return what takes the activation off these layers, and leaves others as they are."""

    def change(runner: Runner) -> Runner:
        if isinstance(runner, ActivatedLayer) and runner in ends:
            return LinearPart(runner)
        return runner

    return change


def layer_of(runner: Runner) -> Any:
    """Return the layer that a runner is, or of which it is a part; None if it is neither."""
    return runner if isinstance(runner, Layer) else getattr(runner, "layer", None)


def check_may_end(runner: Runner) -> None:
    """Raise if a layer gave no gradient of its input, and those before it cannot learn."""
    layer = layer_of(runner)
    if layer is not None and not (layer.skip_input_gradient or layer.is_first):
        raise type_error(
            "backprop must return the gradient of x: the layers before learn from it.",
            "None",
            f"layer '{layer.name}' ({type(layer).__name__})",
            "End backprop with return dx.",
        )


class Chain:
    """Layers one after the other."""

    def __init__(self, layers: Sequence[Runner]) -> None:
        self.layers = list(layers)

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

    def replaced(self, change: Callable[[Runner], Runner]) -> Chain:
        """Return the chain with what `change` gives in the place of every runner."""
        return Chain([change(layer) for layer in self.layers])

    def up_to_logits(self, outputs: Sequence[int]) -> Chain:
        """Return the chain without the activation of its last layer."""
        return self.replaced(linear(self.layers[-1:])) if outputs else self


class SharedCall:
    """One of several calls of the same layer, with a memory of its own.

    A layer remembers only its last forpass. Here each call keeps what the layer stored, and hands
    it back before backprop; the gradients of the weights add up over the calls.
    """

    def __init__(self, layer: Layer, last: bool) -> None:
        self.layer = layer
        self.last = last
        self.memory: dict[str, Any] = {}

    def forpass(self, x: Any, training: bool = False) -> Any:
        """Return the layer's output."""
        if not training:
            return self.layer.forpass(x, training)
        memory, self.layer.memory = self.layer.memory, NEW
        output = self.layer.forpass(x, training)
        self.memory = self.layer.kept_by_forpass()
        self.layer.memory = memory
        return output

    def backprop(self, grad: Any) -> Any:
        """Return the gradient of this call's input; the last call comes first."""
        layer = self.layer
        gradients = [weight.gradient for weight in layer.trainable_parameters]
        so_far = [] if self.last else [gradient.copy() for gradient in gradients]
        vars(layer).update(self.memory)
        dx = layer.backprop(grad)
        for gradient, previous in zip(gradients, so_far, strict=False):
            gradient += previous
        return dx


class Graph:
    """Layers with branches and merges.

    Parameters
    ----------
    inputs, outputs
        The tensors where data enters, and those that are asked for.
    """

    def __init__(self, inputs: Sequence[Tensor], outputs: Sequence[Tensor]) -> None:
        self.inputs, self.outputs = list(inputs), list(outputs)
        self.nodes = ordered_nodes(self.outputs, self.inputs)
        self.slots = {tensor: place for place, tensor in enumerate(self.inputs)}
        for node in self.nodes:
            self.slots.setdefault(node.output, len(self.slots))
        calls = [node.layer for node in self.nodes]
        self.runners: list[Runner] = [
            SharedCall(layer, last=layer not in calls[place + 1 :])
            if calls.count(layer) > 1
            else layer
            for place, layer in enumerate(calls)
        ]
        self._plan()

    def _plan(self) -> None:
        """Lay down for every call which slots it reads and which it fills."""
        self.steps = [
            (
                runner,
                [self.slots[tensor] for tensor in node.inputs],
                self.slots[node.output],
                node.several,
            )
            for runner, node in zip(self.runners, self.nodes, strict=True)
        ]
        self.output_slots = [self.slots[tensor] for tensor in self.outputs]

    def forpass(self, x: Any, training: bool = False) -> Any:
        """Return the output, or the list of outputs."""
        values: list[Any] = [None] * len(self.slots)
        values[: len(self.inputs)] = x if isinstance(x, list | tuple) else [x]
        for runner, sources, target, several in self.steps:
            given = [values[s] for s in sources] if several else values[sources[0]]
            values[target] = runner.forpass(given, training)
        results = [values[slot] for slot in self.output_slots]
        return results if len(results) > 1 else results[0]

    def backprop(self, grad: Any) -> Any:
        """Return the gradient of the input, or the list of them; branches add up."""
        gradients: list[Any] = [None] * len(self.slots)
        given = grad if isinstance(grad, list | tuple) else [grad]
        for slot, gradient in zip(self.output_slots, given, strict=True):
            gradients[slot] = add(gradients[slot], gradient)
        for runner, sources, target, several in reversed(self.steps):
            if gradients[target] is None:
                continue
            dx = runner.backprop(gradients[target])
            if dx is None:
                check_may_end(runner)
                continue
            for source, part in zip(sources, dx if several else [dx], strict=True):
                gradients[source] = add(gradients[source], part)
        results = gradients[: len(self.inputs)]
        return results if len(results) > 1 else results[0]

    def replaced(self, change: Callable[[Runner], Runner]) -> Graph:
        """Return the graph with what `change` gives in the place of every runner."""
        twin = copy.copy(self)
        twin.runners = [change(runner) for runner in self.runners]
        twin._plan()
        return twin

    def up_to_logits(self, outputs: Sequence[int]) -> Graph:
        """Return the graph without the activation of these outputs."""
        return self.replaced(linear([self.outputs[place].node.layer for place in outputs]))

    def is_private(self, place: int) -> bool:
        """Return whether nothing but the loss sees this output, and its layer is called once."""
        tensor = self.outputs[place]
        readers = sum(node.inputs.count(tensor) for node in self.nodes)
        calls = sum(node.layer is tensor.node.layer for node in self.nodes)
        return readers == 0 and calls == 1 and self.outputs.count(tensor) == 1


def add(total: Array | None, part: Array | None) -> Array | None:
    """Return the sum of two gradients, either of which may not be there."""
    if total is None or part is None:
        return part if total is None else total
    return total + part


def ordered_nodes(outputs: Sequence[Tensor], inputs: Sequence[Tensor]) -> list[Node]:
    """Return all calls on the way to the outputs, each after those it depends on.

    Without recursion, so that a thousand layers in a row are no trouble.
    """
    order: list[Node] = []
    seen: set[Node] = set()
    given = {tensor.node for tensor in inputs}
    stack: list[tuple[Node, bool]] = [(tensor.node, False) for tensor in reversed(outputs)]
    while stack:
        node, expanded = stack.pop()
        if expanded:
            order.append(node)
        elif node not in seen and node not in given:
            seen.add(node)
            stack.append((node, True))
            stack.extend((tensor.node, False) for tensor in reversed(node.inputs))
    return [node for node in order if not isinstance(node.layer, InputLayer)]


def as_tensors(name: str, given: Any, where: str | None) -> list[Tensor]:
    """Return a tensor or a list of them as a list."""
    tensors = list(given) if isinstance(given, list | tuple) else [given]
    if not tensors:
        raise value_error(f"A model needs {name}.", f"{name}={shown(given)}", remedy="Model(x, y)")
    for tensor in tensors:
        if not isinstance(tensor, Tensor):
            raise type_error(
                f"{name} must be tensors: Inputs, or what a layer returned for them.",
                told(tensor),
                remedy="For a list of layers use Sequential; here, call the layer: Dense(1)(x)."
                if isinstance(tensor, Layer)
                else "x = Input(shape=(2,)); y = Dense(1)(x); Model(x, y)",
            )
    return tensors


def check_ends(inputs: Sequence[Tensor], outputs: Sequence[Tensor]) -> None:
    """Raise unless the outputs are what layers make of these inputs."""
    for tensor in inputs:
        if not isinstance(tensor.node.layer, InputLayer):
            raise value_error(
                "A model begins at Inputs.",
                f"inputs={tensor!r}",
                remedy="Make them with Input(shape=...).",
            )
    if len(set(inputs)) < len(inputs):
        raise value_error("Every Input is given once.", f"inputs={inputs!r}")
    nodes = ordered_nodes(outputs, inputs)
    for tensor in outputs:
        if isinstance(tensor.node.layer, InputLayer) and not (nodes and tensor in inputs):
            raise value_error(
                "An output is what layers make of the inputs.",
                f"outputs={tensor!r}, an Input",
                remedy="Call a layer on it: Model(x, Dense(1)(x)).",
            )
    unconnected = missing_inputs(outputs, inputs)
    if unconnected:
        raise value_error(
            "The outputs depend on an Input that is not among inputs.",
            ", ".join(map(repr, unconnected)),
            remedy="Give every Input: Model([input_1, input_2], output).",
        )


def missing_inputs(outputs: Sequence[Tensor], inputs: Sequence[Tensor]) -> list[Tensor]:
    """Return the Inputs that the outputs depend on but that were not given."""
    needed = [tensor for node in ordered_nodes(outputs, inputs) for tensor in node.inputs]
    begins = [tensor for tensor in needed if isinstance(tensor.node.layer, InputLayer)]
    return [tensor for tensor in dict.fromkeys(begins) if tensor not in inputs]
