"""The activations that let a share of z through: a = z·s(z), where s rises from 0 to 1.

They dip below 0 before they rise, so a alone does not tell where on the curve it lies: the
derivative g′ = s + z·s′ needs z.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nnlite.activations.base import ActivationFunction
from nnlite.activations.functions import sigmoid, tanh
from nnlite.foundation.arguments import explains_its_arguments
from nnlite.foundation.checks import Flag, FlagOrNone
from nnlite.foundation.errors import must_define, type_error
from nnlite.foundation.types import Array
from nnlite.kernels.bell import bell_curve, share_below


class Gated(ActivationFunction):
    """a = z·s(z), so g′ = s + z·s′. A subclass writes `share`, s, and `share_slope`, s′."""

    needs_z = True

    def share(self, z: Array) -> Array:
        """Return s(z), in a new array."""
        raise must_define(self, "share(z)")

    def share_slope(self, z: Array, s: Array) -> Array:
        """Return s′(z), in a new array, where s is s(z)."""
        raise must_define(self, "share_slope(z, s)")

    def forpass(self, z: Array, out: Array | None = None) -> Array:
        """Return z·s(z)."""
        with np.errstate(over="ignore", under="ignore"):
            return np.multiply(z, self.share(z), out)

    def backprop(
        self, grad: Array, a: Array, out: Array | None = None, z: Array | None = None
    ) -> Array:
        """Return grad · (s + z·s′)."""
        if z is None:
            rule = f"The slope of {self.name} cannot be told from a alone."
            raise type_error(rule, "backprop without z", None, "backprop(grad, a, z=z)")
        with np.errstate(over="ignore", under="ignore"):
            s = self.share(z)
            slope = self.share_slope(z, s)
            slope *= z
            slope += s
            return np.multiply(grad, slope, out)


class Silu(Gated):
    """a = z·σ(z), also called swish, so g′ = σ(z) + z·σ(z)(1 − σ(z)).

    >>> silu(np.array([-1.0, 0.0, 1.0])).round(4)
    array([-0.2689,  0.    ,  0.7311])
    """

    name = "silu"

    def share(self, z: Array) -> Array:
        """Return σ(z)."""
        return sigmoid.forpass(z)

    def share_slope(self, z: Array, s: Array) -> Array:
        """Return σ(z)(1 − σ(z))."""
        return np.asarray(s * (1 - s))


class Gelu(Gated):
    """a = z·Φ(z), so g′ = Φ(z) + z·φ(z): Φ(z) is the share of the bell curve φ below z.

    With `approximate=True`, Φ is taken to be ½(1 + tanh u) where u = √(2/π)(z + 0.044715 z³), so
    Φ′ = ½(1 − tanh² u)·u′.

    >>> gelu(np.array([-1.0, 0.0, 1.0])).round(4)
    array([-0.1587,  0.    ,  0.8413])
    >>> gelu(np.array([-1.0, 0.0, 1.0]), approximate=True).round(4)
    array([-0.1588,  0.    ,  0.8412])
    """

    name = "gelu"

    def __init__(self, approximate: Flag = False) -> None:
        self.approximate = approximate

    @explains_its_arguments
    def __call__(self, z: Any, approximate: FlagOrNone = None) -> Any:
        """Return g(z) for a number, a list, or an array."""
        if approximate is None or approximate == self.approximate:
            return super().__call__(z)
        return Gelu(approximate)(z)

    def share(self, z: Array) -> Array:
        """Return Φ(z)."""
        if not self.approximate:
            return share_below(z)
        near = _near(z)
        u = _ROOT * near * (1 + _CUBIC * near * near)
        return np.asarray(0.5 * (1 + tanh.forpass(u)))

    def share_slope(self, z: Array, s: Array) -> Array:
        """Return φ(z), or 2s(1 − s)·u′, which is ½(1 − tanh² u)·u′."""
        if not self.approximate:
            return bell_curve(z)
        near = _near(z)
        return np.asarray(2 * s * (1 - s) * (_ROOT * (1 + 3 * _CUBIC * near * near)))


_ROOT, _CUBIC = math.sqrt(2 / math.pi), 0.044715


def _near(z: Array) -> Array:
    """Return z, cut where tanh u has long been ±1: its cube overflows nowhere."""
    return np.clip(z, -100, 100)


silu, gelu = Silu(), Gelu()
