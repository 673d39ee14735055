"""Activations: each shows its value and, beside it, its derivative."""

from __future__ import annotations

import inspect
from typing import Any

from nnlite.activations.base import ActivationFunction
from nnlite.activations.functions import (
    Elu,
    LeakyRelu,
    Linear,
    Relu,
    Selu,
    Sigmoid,
    SoftmaxFunction,
    Softplus,
    Step,
    Tanh,
    elu,
    leaky_relu,
    linear,
    relu,
    selu,
    sigmoid,
    softmax,
    softplus,
    step,
    tanh,
)
from nnlite.activations.gated import Gelu, Silu, gelu, silu
from nnlite.foundation.errors import told, type_error
from nnlite.foundation.registry import Registry
from nnlite.foundation.unknown import explains_unknown_names

__all__ = ["KNOWN", "ActivationFunction", "get"]
__all__ += ["Elu", "LeakyRelu", "Linear", "Relu", "Selu", "Sigmoid", "SoftmaxFunction", "Softplus"]
__all__ += ["Step", "Tanh", "elu", "leaky_relu", "linear", "relu", "selu", "sigmoid", "softmax"]
__all__ += ["softplus", "step", "tanh"]
__all__ += ["Gelu", "Silu", "gelu", "silu", "swish"]

swish = silu

_FUNCTIONS = (linear, sigmoid, tanh, relu, leaky_relu, elu, selu, softplus, softmax, step)
_NAMED = {known.name: known for known in (*_FUNCTIONS, silu, gelu)}
KNOWN = Registry("activation", ActivationFunction, {**_NAMED, "swish": swish})


def get(identifier: Any) -> ActivationFunction:
    """Return the activation that a name, an object or `None` (linear) means.

    >>> get("relu") is relu
    True
    """
    if identifier is None:
        return linear
    # A layer, or a function of another library, is named after the activation it stands for.
    guess = getattr(identifier, "__name__", type(identifier).__name__).lower()
    if not isinstance(identifier, str | dict | ActivationFunction) and callable(identifier):
        known = next((name for name in KNOWN.named if name.replace("_", "") == guess), None)
        rule = "An activation is given by its name or as an object of class ActivationFunction."
        remedy = "For one of your own, extend nnlite.activations.ActivationFunction "
        remedy += "with forpass and backprop."
        remedy = f'Write activation="{known}".' if known else remedy
        raise type_error(rule, told(identifier), None, remedy)
    found = KNOWN.get(identifier)
    if found.needs_z:
        _check_takes_z(found)
    return found


def _check_takes_z(activation: ActivationFunction) -> None:
    try:
        inspect.signature(activation.backprop).bind(None, None, None, z=None)
    except TypeError:
        rule = "An activation that needs z is given it by its backprop's argument z."
        received = f"{type(activation).__name__} with needs_z = True"
        remedy = "def backprop(self, grad, a, out=None, z=None):"
        raise type_error(rule, received, None, remedy) from None


explains_unknown_names(__name__)
