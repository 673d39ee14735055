"""An activation is the bend in a network: without one, any number of layers is a single line."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlite.foundation.configuration import Configurable
from nnlite.foundation.errors import must_define
from nnlite.foundation.types import Array
from nnlite.given.numbers import as_floats


class ActivationFunction(Configurable):
    """A function a = g(z) of numbers, with the way a gradient takes back through it.

    Call it with numbers or arrays. A subclass writes `forpass` and `backprop`; with `out` given,
    both must fill and return it (`out` may be `z`, or `grad`, itself). Where the slope cannot be
    told from a alone, it says `needs_z = True`, and its `backprop` is called with `z=z` besides.
    """

    name = ""
    needs_z = False
    """Whether backprop takes z, too: only then do layers keep it."""

    def __call__(self, z: Any) -> Any:
        """Return g(z) for a number, a list, or an array."""
        # What is not finite gives what is not finite, and no warning.
        with np.errstate(invalid="ignore"):
            a = self.forpass(as_floats(z, "z"))
        return a if isinstance(z, np.ndarray) or a.ndim else a[()]

    def forpass(self, z: Array, out: Array | None = None) -> Array:
        """Return a = g(z)."""
        raise must_define(self, "forpass(z, out=None)")

    def backprop(self, grad: Array, a: Array, out: Array | None = None) -> Array:
        """Return grad · g′(z), where `a` is g(z)."""
        raise must_define(self, "backprop(grad, a, out=None)")
