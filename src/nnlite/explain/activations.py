"""What each activation says of itself: its formula, its derivative, and how alive its units are."""

from __future__ import annotations

import numpy as np

from ..activations import (
    ActivationFunction,
    Elu,
    LeakyRelu,
    Linear,
    Relu,
    Sigmoid,
    SoftmaxFunction,
    Softplus,
    Tanh,
)
from ..configuration import snake_case
from ..types import Array
from .lines import percent

_FORMULAS: dict[type[ActivationFunction], tuple[str, str]] = {
    Linear: ("{z}", "{da}"),
    Sigmoid: ("σ({z})", "{da} ⊙ {a}(1 − {a})"),
    Tanh: ("tanh({z})", "{da} ⊙ (1 − {a}²)"),
    Relu: ("max({z}, 0)", "{da} ⊙ ({z} > 0)"),
    LeakyRelu: ("{z} if {z} > 0 else {p}·{z}", "{da} ⊙ (1 if {z} > 0 else {p})"),
    Elu: ("{z} if {z} > 0 else {times}(e^{z} − 1)", "{da} ⊙ (1 if {z} > 0 else {a} + {p})"),
    Softplus: ("ln(1 + e^{z})", "{da} ⊙ σ({z})"),
    SoftmaxFunction: ("softmax({z})", "{a} ⊙ ({da} − Σ {da} ⊙ {a})"),
}
# So close to its end σ has 4 % of its best slope; tanh(z) = 2σ(2z) − 1 spans twice as much.
_NEAR = {Sigmoid: 0.01, Tanh: 0.02}


def forward(activation: ActivationFunction, z: str) -> str:
    """Return the formula of a."""
    p = _parameter(activation)
    return _formulas(activation)[0].format(z=z, p=p, times="" if p == "1" else f"{p}·")


def backward(activation: ActivationFunction, z: str, a: str, da: str) -> str:
    """Return the formula of dz: the chain rule, elementwise."""
    return _formulas(activation)[1].format(z=z, a=a, da=da, p=_parameter(activation))


def _formulas(activation: ActivationFunction) -> tuple[str, str]:
    known = _FORMULAS.get(type(activation))
    name = activation.name or snake_case(type(activation).__name__)
    return known or (name + "({z})", "{da} ⊙ " + name + "′({z})")


def _parameter(activation: ActivationFunction) -> str:
    return f"{getattr(activation, 'negative_slope', getattr(activation, 'alpha', 1)):g}"


def saturated_share(activation: ActivationFunction, a: Array) -> float | None:
    """Return the share of values on the flat ends of σ or tanh; None for other activations."""
    near = _NEAR.get(type(activation))
    if near is None:
        return None
    low = 0.0 if isinstance(activation, Sigmoid) else -1.0
    with np.errstate(invalid="ignore"):
        return float(np.mean((a < low + near) | (a > 1 - near)))


def dead_units(activation: ActivationFunction, a: Array) -> int | None:
    """Return how many units are 0 for every sample and place; None if it is not a ReLU."""
    if not isinstance(activation, Relu):
        return None
    return int((~(a != 0).reshape(-1, a.shape[-1]).any(axis=0)).sum())


def liveliness(activation: ActivationFunction, a: Array) -> str:
    """Say in a few words how many units are saturated, or silent.

    >>> from nnlite.activations import relu, sigmoid
    >>> liveliness(sigmoid, np.array([[0.5, 0.999]]))
    '50 % saturated'
    >>> liveliness(relu, np.array([[1.0, 0.0], [0.0, 0.0]]))
    '75 % zero, 1 of 2 dead'
    """
    saturated = saturated_share(activation, a)
    if saturated is not None:
        return f"{percent(saturated)} saturated"
    dead = dead_units(activation, a)
    if dead is None:
        return ""
    return f"{percent(float(np.mean(a == 0)))} zero, {dead} of {a.shape[-1]} dead"
