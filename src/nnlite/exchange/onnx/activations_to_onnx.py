"""Each activation as a node of an ONNX file, or two."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnlite import activations
from nnlite.activations import KNOWN, ActivationFunction
from nnlite.exchange.onnx.drawing import FIRST, Drawing, Value
from nnlite.foundation.errors import listed, told, value_error
from nnlite.foundation.ours import ours
from nnlite.layers.layer import Layer


def activated(draw: Drawing, g: Any, z: Value) -> Value:
    """Draw a = g(z), and return a."""
    return WRITERS[type(g)](draw, g, z)


def check_activation(draw: Drawing, layer: Layer) -> None:
    """Raise if the layer has an activation of the user's."""
    g = getattr(layer, "activation", None)
    if isinstance(g, ActivationFunction) and not (type(g) in WRITERS and ours(g, "forpass")):
        rule = "ONNX has the library's activations: one of your own has no operator there."
        remedy = f"Known names: {listed(KNOWN.named)}."
        raise value_error(rule, told(g), f"layer '{draw.layer}'", remedy)


def named(operator: str) -> Callable[[Drawing, Any, Value], Value]:
    """Return the writer of an activation that is an operator without attributes."""
    return lambda draw, g, z: draw.numberwise(operator, [z])


def _softmax(draw: Drawing, g: Any, z: Value) -> Value:
    return draw.numberwise("Softmax", [z], axis=1 if z.order == FIRST else -1)


def _silu(draw: Drawing, g: Any, z: Value) -> Value:
    return draw.numberwise("Mul", [z, draw.numberwise("Sigmoid", [z])])


def _gelu(draw: Drawing, g: Any, z: Value) -> Value:
    return draw.numberwise("Gelu", [z], approximate="tanh" if g.approximate else "none")


def _step(draw: Drawing, g: Any, z: Value) -> Value:
    above = draw.numberwise("Greater", [z], draw.constant("0", np.float32(0)))
    return draw.numberwise("Cast", [above], to=draw.onnx.TensorProto.FLOAT)


WRITERS: dict[type[activations.ActivationFunction], Callable[[Drawing, Any, Value], Value]] = {
    activations.Elu: lambda draw, g, z: draw.numberwise("Elu", [z], alpha=float(g.alpha)),
    activations.Gelu: _gelu,
    activations.LeakyRelu: lambda draw, g, z: draw.numberwise(
        "LeakyRelu", [z], alpha=float(g.negative_slope)
    ),
    activations.Linear: lambda draw, g, z: z,
    activations.Relu: named("Relu"),
    activations.Selu: lambda draw, g, z: draw.numberwise("Selu", [z], alpha=g.alpha, gamma=g.scale),
    activations.Sigmoid: named("Sigmoid"),
    activations.Silu: _silu,
    activations.SoftmaxFunction: _softmax,
    activations.Softplus: named("Softplus"),
    activations.Step: _step,
    activations.Tanh: named("Tanh"),
}
