"""What each activation says of itself: its formula, its derivative, and how alive its units are."""

from __future__ import annotations

import numpy as np

from nnlite import activations as g
from nnlite.explain.lines import percent
from nnlite.foundation.configuration import snake_case
from nnlite.foundation.types import Array

_FORMULAS: dict[type[g.ActivationFunction], tuple[str, str]] = {
    g.Linear: ("{z}", "{da}"),
    g.Sigmoid: ("σ({z})", "{da} ⊙ {a}(1 − {a})"),
    g.Tanh: ("tanh({z})", "{da} ⊙ (1 − {a}²)"),
    g.Relu: ("max({z}, 0)", "{da} ⊙ ({z} > 0)"),
    g.LeakyRelu: ("{z} if {z} > 0 else {p}·{z}", "{da} ⊙ (1 if {z} > 0 else {p})"),
    g.Elu: ("{z} if {z} > 0 else {times}(e^{z} − 1)", "{da} ⊙ (1 if {z} > 0 else {a} + {p})"),
    g.Selu: (
        "1.0507·{z} if {z} > 0 else 1.7581·(e^{z} − 1)",
        "{da} ⊙ (1.0507 if {z} > 0 else {a} + 1.7581)",
    ),
    g.Silu: ("{z} ⊙ σ({z})", "{da} ⊙ σ({z}) ⊙ (1 + {z} ⊙ (1 − σ({z})))"),
    g.Gelu: ("{z} ⊙ Φ({z})", "{da} ⊙ (Φ({z}) + {z} ⊙ Φ′({z}))"),
    g.Softplus: ("ln(1 + e^{z})", "{da} ⊙ σ({z})"),
    g.SoftmaxFunction: ("softmax({z})", "{a} ⊙ ({da} − Σ {da} ⊙ {a})"),
}
# So close to its end σ has 4 % of its best slope; tanh(z) = 2σ(2z) − 1 spans twice as much.
_FLAT = {g.Sigmoid: (0.01, 0.99), g.Tanh: (-0.98, 0.98)}


def formulas(
    activation: g.ActivationFunction, z: str, a: str = "", da: str = ""
) -> tuple[str, str]:
    """Return the formula of a, and that of dz: the chain rule, elementwise."""
    name = activation.name or snake_case(type(activation).__name__)
    unknown = name + "({z})", "{da} ⊙ " + name + "′({z})"
    p = f"{getattr(activation, 'negative_slope', getattr(activation, 'alpha', 1)):g}"
    times = "" if p == "1" else f"{p}·"
    value, slope = _FORMULAS.get(type(activation), unknown)
    if getattr(activation, "approximate", False):
        value, slope = value.replace("Φ", "Φ≈"), slope.replace("Φ", "Φ≈")
    symbols = {"z": z, "a": a, "da": da, "p": p, "times": times}
    return value.format(**symbols), slope.format(**symbols)


def saturated_share(activation: g.ActivationFunction, a: Array) -> float | None:
    """Return the share of values on the flat ends of σ or tanh; None for other activations."""
    if type(activation) not in _FLAT:
        return None
    low, high = _FLAT[type(activation)]
    return float(np.mean((a < low) | (a > high)))


def dead_units(activation: g.ActivationFunction, a: Array) -> int | None:
    """Return how many units are 0 for every sample and place; None if it is not a ReLU."""
    if not isinstance(activation, g.Relu):
        return None
    return int((~(a != 0).reshape(-1, a.shape[-1]).any(axis=0)).sum())


def liveliness(activation: g.ActivationFunction, a: Array) -> str:
    """Say in a few words how many units are saturated, or silent.

    >>> from nnlite.activations import relu, sigmoid
    >>> liveliness(sigmoid, np.array([[0.5, 0.999]]))
    '50 % saturated'
    >>> liveliness(relu, np.array([[1.0, 0.0], [0.0, 0.0]]))
    '75 % zero, 1 of 2 dead'
    """
    saturated, dead = saturated_share(activation, a), dead_units(activation, a)
    if saturated is not None:
        return f"{percent(saturated)} saturated"
    if dead is None:
        return ""
    return f"{percent(float(np.mean(a == 0)))} zero, {dead} of {a.shape[-1]} dead"
