"""Nodes of an ONNX file that are activations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnlite import activations, layers
from nnlite.activations import ActivationFunction
from nnlite.exchange.onnx.graph import Call, Value


def activation(call: Call) -> Value:
    """Return what a layer of its own makes of the input."""
    if call.node.op_type == "Softmax":
        axes = call.x.axes
        place = call.told("axis", -1)
        rule = "A softmax is one over the channels, or the numbers of a row."
        call.require(axes[place % len(axes)] == len(axes) - 1, rule, f"axis={place}")
    return call.joined(layers.Activation, call.x, activation=found(call))


def found(call: Call) -> ActivationFunction:
    """Return the activation that begins at this node."""
    return READERS[call.node.op_type](call)


def following(call: Call, channels: int = 1, axes: int = 2) -> ActivationFunction:
    """Return the activation behind a layer, if nothing else sees what goes into it; it is absorbed.

    So Gemm and Relu become one Dense, as a student writes it. `channels` is the place of the
    channels among so many axes.
    """
    graph = call.graph
    readers = [] if call.output in graph.outputs else graph.readers[call.output]
    begins = [Call(graph, node) for node in readers if node.op_type in READERS]
    if len(begins) != 1 or (graph.is_ours and begins[0].node.doc_string != call.node.doc_string):
        return activations.linear
    begin = begins[0]
    if len(readers) > 1 and [node for node in readers if node is not begin.node] != [
        _silu_behind(begin)
    ]:
        return activations.linear
    if begin.node.op_type == "Softmax" and begin.told("axis", -1) % axes != channels:
        return activations.linear
    g = found(begin)
    call.absorb(begin)
    return g


def _silu_behind(sigmoid: Call) -> Any:
    """Return the node that multiplies z and its sigmoid, if there is one."""
    product = sigmoid.graph.only_reader(sigmoid.output)
    if sigmoid.node.op_type != "Sigmoid" or product is None or product.op_type != "Mul":
        return None
    same = {*product.input} == {sigmoid.node.input[0], sigmoid.output}
    return product if same else None


def _sigmoid(call: Call) -> ActivationFunction:
    product = _silu_behind(call)
    if product is None:
        return activations.sigmoid
    call.absorb(Call(call.graph, product))
    return activations.silu


def _softplus(call: Call) -> ActivationFunction:
    """PyTorch writes z itself where z is large, which is the same."""
    graph, choice = call.graph, call.graph.only_reader(call.output)
    if choice is not None and choice.op_type == "Where":
        z = call.node.input[0]
        above = [
            n for n in graph.readers[z] if n.op_type == "Greater" and n.output[0] in choice.input
        ]
        same = [*choice.input[1:]] == [z, call.output] and len(above) == 1
        call.require(same, "Where is read as a part of Softplus.")
        call.absorb(Call(graph, above[0]), Call(graph, choice))
    return activations.softplus


def _selu(call: Call) -> ActivationFunction:
    alpha, scale = call.told("alpha", 1.67326319), call.told("gamma", 1.05070102)
    ours = np.allclose([alpha, scale], [activations.selu.alpha, activations.selu.scale], 1e-6)
    call.require(bool(ours), "Selu has one alpha and one gamma.", f"alpha={alpha}, gamma={scale}")
    return activations.selu


def _gelu(call: Call) -> ActivationFunction:
    return activations.Gelu(call.told("approximate", "none") == "tanh")


def _step(call: Call) -> ActivationFunction:
    cast = call.follower("Cast")
    if cast is None or not call.is_constant(1) or np.any(call.constant(1)):
        raise call.refusal("Greater is a layer as x > 0, turned into numbers.")
    call.absorb(cast)
    return activations.step


READERS: dict[str, Callable[[Call], ActivationFunction]] = {
    "Elu": lambda call: activations.Elu(call.told("alpha", 1.0)),
    "Gelu": _gelu,
    "Greater": _step,
    "LeakyRelu": lambda call: activations.LeakyRelu(call.told("alpha", 0.01)),
    "Relu": lambda call: activations.relu,
    "Selu": _selu,
    "Sigmoid": _sigmoid,
    "Softmax": lambda call: activations.softmax,
    "Softplus": _softplus,
    "Tanh": lambda call: activations.tanh,
}
