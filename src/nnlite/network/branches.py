"""Layers with branches and merges, laid out as a list of calls: what each reads and fills."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

from nnlite.foundation.errors import shown, told, type_error, value_error
from nnlite.foundation.types import Array
from nnlite.given.data import one_or_list
from nnlite.kernels.memory import NEW
from nnlite.layers.input import InputLayer
from nnlite.layers.joining import Node, Tensor
from nnlite.layers.layer import Layer
from nnlite.layers.meeting import InParts
from nnlite.network.chain import Join, Runner, backward, check_may_end, forward


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


class Branches:
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
        # For every call which slots it reads, which it fills, and whether it takes a list.
        self.wires = [
            ([self.slots[tensor] for tensor in node.inputs], self.slots[node.output], node.several)
            for node in self.nodes
        ]
        self.output_slots = [self.slots[tensor] for tensor in self.outputs]

    def forpass(self, x: Any, training: bool = False) -> Any:
        """Return the output, or the list of outputs."""
        values: list[Any] = [None] * len(self.slots)
        values[: len(self.inputs)] = x if isinstance(x, list | tuple) else [x]
        for runner, (sources, target, several) in zip(self.runners, self.wires, strict=True):
            given = [values[s] for s in sources] if several else values[sources[0]]
            values[target] = runner.forpass(given, training)
        return one_or_list([values[slot] for slot in self.output_slots])

    def backprop(self, grad: Any) -> Any:
        """Return the gradient of the input, or the list of them; branches add up."""
        gradients: list[Any] = [None] * len(self.slots)
        given = grad if isinstance(grad, list | tuple) else [grad]
        for slot, gradient in zip(self.output_slots, given, strict=True):
            gradients[slot] = add(gradients[slot], gradient)
        calls = list(zip(self.runners, self.wires, strict=True))
        for runner, (sources, target, several) in reversed(calls):
            if gradients[target] is None:
                continue
            dx = runner.backprop(gradients[target])
            if dx is None:
                check_may_end(runner)
                continue
            for source, part in zip(sources, dx if several else [dx], strict=True):
                gradients[source] = add(gradients[source], part)
        return one_or_list(gradients[: len(self.inputs)])

    def forpass_in_parts(self, x: Any) -> InParts:
        """Return the output for some samples of a batch."""
        values: list[Any] = [None] * len(self.slots)
        values[: len(self.inputs)] = x if isinstance(x, list | tuple) else [x]
        for runner, (sources, target, several) in zip(self.runners, self.wires, strict=True):
            given = [values[s] for s in sources] if several else values[sources[0]]
            values[target] = yield from forward(runner, given)
        return one_or_list([values[slot] for slot in self.output_slots])

    def backprop_in_parts(self, grad: Any) -> InParts:
        """Write the gradients of these samples."""
        gradients: list[Any] = [None] * len(self.slots)
        gradients[self.output_slots[0]] = grad
        calls = list(zip(self.runners, self.wires, strict=True))
        for runner, (sources, target, several) in reversed(calls):
            if gradients[target] is None:
                continue
            dx = yield from backward(runner, gradients[target])
            if dx is None:
                check_may_end(runner)
                continue
            for source, part in zip(sources, dx if several else [dx], strict=True):
                gradients[source] = add(gradients[source], part)

    def replaced(self, change: Callable[[Runner], Runner]) -> Branches:
        """Return the network with what `change` gives in the place of every runner."""
        twin = copy.copy(self)
        twin.runners = [change(runner) for runner in self.runners]
        return twin

    def joined(self, join: Join) -> Branches:
        """Return the network, where `join` may put some into one, if nobody else reads between."""
        twin = copy.copy(self)
        calls: list[Any] = list(zip(self.runners, self.wires, strict=True))
        read = [slot for sources, _, _ in self.wires for slot in sources] + self.output_slots
        by_target = {wires[1]: place for place, (_, wires) in enumerate(calls)}
        for place, (runner, (_, target, _)) in enumerate(calls):
            path = [place]
            while True:
                (source, *_), _, several = calls[path[0]][1]
                before = by_target.get(source)
                if several or before is None or calls[before] is None or read.count(source) > 1:
                    break
                path.insert(0, before)
            one, count = join([calls[before][0] for before in path[:-1]], runner)
            given, _, takes_list = calls[path[-1 - count]][1]
            for before in path[-1 - count : -1]:
                calls[before] = None
            calls[place] = one, (given, target, takes_list)
        twin.runners, twin.wires = map(list, zip(*filter(None, calls), strict=True))
        return twin

    def cut(self, place: int) -> tuple[Branches, Branches] | None:
        """Return what is before a place and what is behind; none if more than one tensor passes."""
        later = self.nodes[place:]
        made = {*self.inputs, *(node.output for node in self.nodes[:place])}
        wanted = [tensor for node in later for tensor in node.inputs] + self.outputs
        passing = [tensor for tensor in dict.fromkeys(wanted) if tensor in made]
        if len(passing) != 1 or passing[0] in self.inputs or not later:
            return None
        runner_of = dict(zip(self.nodes, self.runners, strict=True))
        halves = Branches(self.inputs, passing), Branches(passing, self.outputs)
        for half in halves:
            half.runners = [runner_of[node] for node in half.nodes]
        return halves

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


def by_depth(nodes: Sequence[Node], outputs: Sequence[Tensor]) -> list[Layer]:
    """Return the layers of these calls in the order of Keras, which its lists of weights have.

    First come those from which the way to an output is longest; of several as far away, the one
    first met on the way back from the outputs.
    """
    depths: dict[Node | Layer, int] = {}
    for node in reversed(nodes):
        depth = max(depths.get(node, 0), depths.get(node.layer, 0))
        depths[node] = depths[node.layer] = depth
        for before in (tensor.node for tensor in node.inputs):
            depths[before] = max(depths.get(before, 0), depth + 1)
    met: dict[Node, None] = {}
    stack = [tensor.node for tensor in reversed(outputs)]
    while stack:
        node = stack.pop()
        if node not in met:
            met[node] = None
            stack.extend(tensor.node for tensor in reversed(node.inputs))
    known = set(nodes)
    layers = dict.fromkeys(node.layer for node in met if node in known)
    return sorted(layers, key=lambda layer: -depths[layer])


def as_tensors(name: str, given: Any, where: str | None) -> list[Tensor]:
    """Return a tensor or a list of them as a list."""
    tensors = list(given) if isinstance(given, list | tuple) else [given]
    if not tensors:
        raise value_error(f"A model needs {name}.", f"{name}={shown(given)}", remedy="Model(x, y)")
    for tensor in tensors:
        if not isinstance(tensor, Tensor):
            rule = f"{name} must be tensors: Inputs, or what a layer returned for them."
            remedy = "x = Input(shape=(2,)); y = Dense(1)(x); Model(x, y)"
            if isinstance(tensor, Layer):
                remedy = "For a list of layers use Sequential; here, call the layer: Dense(1)(x)."
            raise type_error(rule, told(tensor), remedy=remedy)
    return tensors


def check_ends(inputs: Sequence[Tensor], outputs: Sequence[Tensor]) -> None:
    """Raise unless the outputs are what layers make of these inputs."""
    for tensor in inputs:
        if not isinstance(tensor.node.layer, InputLayer):
            rule = "A model begins at Inputs."
            raise value_error(rule, f"inputs={tensor!r}", remedy="Make them with Input(shape=...).")
    if len(set(inputs)) < len(inputs):
        raise value_error("Every Input is given once.", f"inputs={inputs!r}")
    nodes = ordered_nodes(outputs, inputs)
    for tensor in outputs:
        if isinstance(tensor.node.layer, InputLayer) and not (nodes and tensor in inputs):
            rule = "An output is what layers make of the inputs."
            received = f"outputs={tensor!r}, an Input"
            raise value_error(rule, received, remedy="Call a layer on it: Model(x, Dense(1)(x)).")
    unconnected = missing_inputs(outputs, inputs)
    if unconnected:
        rule = "The outputs depend on an Input that is not among inputs."
        remedy = "Give every Input: Model([input_1, input_2], output)."
        raise value_error(rule, ", ".join(map(repr, unconnected)), remedy=remedy)


def missing_inputs(outputs: Sequence[Tensor], inputs: Sequence[Tensor]) -> list[Tensor]:
    """Return the Inputs that the outputs depend on but that were not given."""
    needed = [tensor for node in ordered_nodes(outputs, inputs) for tensor in node.inputs]
    begins = [tensor for tensor in needed if isinstance(tensor.node.layer, InputLayer)]
    return [tensor for tensor in dict.fromkeys(begins) if tensor not in inputs]
