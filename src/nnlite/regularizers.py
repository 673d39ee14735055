"""A regularizer charges the network for large weights: its penalty is added to the loss."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlite.foundation.checks import NotNegative
from nnlite.foundation.configuration import Configurable
from nnlite.foundation.errors import must_define
from nnlite.foundation.registry import Registry
from nnlite.foundation.types import Array
from nnlite.foundation.unknown import explains_unknown_names


class Regularizer(Configurable):
    """A penalty R(W), and its gradient."""

    def __call__(self, W: Array) -> float:
        """Return the penalty for these weights."""
        raise must_define(self, "__call__(W)")

    def gradient(self, W: Array) -> Array:
        """Return dR/dW, in the shape of W."""
        raise must_define(self, "gradient(W)")


class L1L2(Regularizer):
    """R = l1·Σ|w| + l2·Σw², so dR/dw = l1·sign(w) + 2·l2·w.

    >>> L1L2(l1=0.5, l2=0.25)(np.array([1.0, -2.0]))
    2.75
    """

    def __init__(self, l1: NotNegative = 0.0, l2: NotNegative = 0.0) -> None:
        self.l1, self.l2 = l1, l2

    def __call__(self, W: Array) -> float:
        """Return l1·Σ|w| + l2·Σw²."""
        w = W.ravel()
        penalty = self.l1 * float(np.abs(w).sum()) if self.l1 else 0.0
        return penalty + self.l2 * float(np.dot(w, w)) if self.l2 else penalty

    def gradient(self, W: Array) -> Array:
        """Return l1·sign(w) + 2·l2·w."""
        slope = np.multiply(W, 2 * self.l2)
        return slope + self.l1 * np.sign(W) if self.l1 else slope


class L1(L1L2):
    """R = l1·Σ|w|: drives weights to exactly 0.

    >>> L1(0.1)(np.array([1.0, -2.0])).__round__(6)
    0.3
    """

    def __init__(self, l1: float = 0.01) -> None:
        super().__init__(l1=l1)


class L2(L1L2):
    """R = l2·Σw²: keeps weights small.

    >>> L2(0.1)(np.array([1.0, -2.0]))
    0.5
    """

    def __init__(self, l2: float = 0.01) -> None:
        super().__init__(l2=l2)


l1, l2, l1_l2 = L1, L2, L1L2

KNOWN = Registry("regularizer", Regularizer, {"l1": L1, "l2": L2, "l1_l2": L1L2})


def get(identifier: Any) -> Regularizer | None:
    """Return the regularizer that a name, an object or `None` (none) means.

    >>> get("l2")
    L2()
    """
    return None if identifier is None else KNOWN.get(identifier)


explains_unknown_names(__name__)
