"""Dropout: while training, neurons fall silent at random, so that none relies on another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np

from nnlite.foundation.checks import Seed
from nnlite.foundation.errors import shown, value_error
from nnlite.foundation.types import Array, Shape
from nnlite.layers.layer import Layer
from nnlite.layers.meeting import InParts, alone

DRAWS = 1 << 16
"""So many numbers decide equally often: enough digits, at a third of the time of a float."""


def as_rate(name: str, rate: Any, where: str | None) -> float:
    """Return the share of neurons to drop."""
    kinds = int | float | np.integer | np.floating
    is_number = isinstance(rate, kinds) and not isinstance(rate, bool)
    if is_number and 0 <= rate < 1:
        return float(rate)
    remedy = "Dropout(0.5) drops every second neuron."
    if is_number and 1 < rate < 100:
        remedy = f"For {rate} percent write Dropout({rate / 100:g})."
    rule = "rate is the share of neurons to drop: from 0 to below 1."
    raise value_error(rule, f"{name}={shown(rate)}", where, remedy)


class Dropout(Layer):
    """A share `rate` of the numbers becomes 0; the rest grows so that the mean stays.

    ::

        a  = x · mask      mask = 0 with probability rate, else 1 / (1 − rate): (m, …)
        dx = grad · mask   the same mask

    In prediction, a = x. With `seed=`, the masks do not depend on the model's seed.

    >>> Dropout(0.5)(np.ones((1, 3)))
    array([[1., 1., 1.]], dtype=float32)
    """

    adjustable = ("rate",)

    def __init__(self, rate: Annotated[float, as_rate], seed: Seed = None, **options: Any) -> None:
        super().__init__(**options)
        self.rate = rate
        self.seed = seed
        if seed is not None:
            self.rng = np.random.default_rng(seed)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of x."""
        return input_shape

    def forpass(self, x: Array, training: bool = False) -> Array:
        """Return x, or x · mask while training."""
        return alone(self.forpass_in_parts(x)) if training else x

    def forpass_in_parts(self, x: Array) -> InParts:
        """Return x · mask for some samples of a batch."""
        drawn = yield self._draw, x.size
        mask = self.memory.take("mask", x.shape, x.dtype)
        np.greater_equal(drawn, round(self.rate * DRAWS), mask.reshape(-1), casting="unsafe")
        mask *= 1 / (1 - self.rate)
        self.mask = mask
        return np.multiply(x, mask, self.memory.take("a", x.shape, x.dtype))

    def _draw(self, sizes: Sequence[int]) -> list[Array]:
        """Return whole numbers below `DRAWS` for all parts, in their order."""
        # Four of them stand in each number of 64 bits; rng.bytes() takes five times as long.
        numbers = self.rng.bit_generator.random_raw(-(-sum(sizes) // 4)).view(np.uint16)
        return np.split(numbers[: sum(sizes)], np.cumsum(sizes)[:-1])

    def backprop(self, grad: Array) -> Array:
        """Return grad · mask."""
        return np.multiply(grad, self.mask, self.memory.take("dx", grad.shape, grad.dtype))
