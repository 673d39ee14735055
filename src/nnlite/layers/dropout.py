"""Dropout: while training, neurons fall silent at random, so that none relies on another."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import explain_error, shown
from ..seeding import check_seed
from ..types import Array, Shape
from .base import Layer


class Dropout(Layer):
    """A share `rate` of the numbers becomes 0; the rest grows so that the mean stays.

    ::

        a  = x · mask      mask = 0 with probability rate, else 1 / (1 − rate): (m, …)
        dx = grad · mask   the same mask

    In prediction, a = x. With `seed=`, the masks do not depend on the model's seed.

    >>> Dropout(0.5)(np.ones((1, 3)))
    array([[1., 1., 1.]], dtype=float32)
    """

    def __init__(self, rate: float, seed: int | None = None, **options: Any) -> None:
        super().__init__(**options)
        if isinstance(rate, bool) or not (isinstance(rate, int | float) and 0 <= rate < 1):
            raise ValueError(
                explain_error(
                    "rate is the share of neurons to drop: from 0 to below 1.",
                    f"rate={shown(rate)}",
                    f"layer '{self.name}'",
                    f"For {rate} percent write Dropout({rate / 100:g})."
                    if isinstance(rate, int | float) and 1 < rate < 100
                    else "Dropout(0.5) drops every second neuron.",
                )
            )
        self.rate = float(rate)
        self.seed = seed
        if seed is not None:
            check_seed(seed)
            self._rng = np.random.default_rng(seed)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of x."""
        return input_shape

    def forpass(self, x: Array, training: bool = False) -> Array:
        """Return x, or x · mask while training."""
        if not training:
            return x
        # float32 holds enough digits to decide, at half the cost of float64.
        chance = self.rng.random(x.shape, dtype=np.float32)
        mask = self.buffer("mask", x.shape, x.dtype)
        np.greater_equal(chance, self.rate, mask, casting="unsafe")
        mask *= 1 / (1 - self.rate)
        self.mask = mask
        return np.multiply(x, mask, self.out("a", x.shape))

    def backprop(self, grad: Array) -> Array:
        """Return grad · mask."""
        return np.multiply(grad, self.mask, self.out("dx", grad.shape))
