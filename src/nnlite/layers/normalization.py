"""Batch normalization: every channel gets mean 0 and deviation 1, then a scale of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np

from nnlite.foundation.checks import Flag, NotNegative, Share, is_one_of
from nnlite.foundation.errors import shown, value_error
from nnlite.foundation.types import Array, Shape
from nnlite.kernels.channels import scaled, scaled_back, sums, sums_with
from nnlite.layers.layer import Layer
from nnlite.layers.meeting import InParts, alone
from nnlite.layers.options import InitializerLike, RegularizerLike


def as_last_axis(name: str, axis: Any, where: str | None) -> int:
    """Return −1, the only axis that channels may have."""
    if is_one_of(axis, [-1]):
        return -1
    remedy = "Move the channels to the end: np.moveaxis(x, 1, -1)."
    if isinstance(axis, float):
        remedy = f"Write BatchNormalization(momentum={axis})."
    rule = "Channels are the last axis: axis must be -1."
    raise value_error(rule, f"{name}={shown(axis)}", where, remedy)


class BatchNormalization(Layer):
    """Normalize each channel (last axis) over the batch and, for images, over all their places.

    With M values in each of c channels, seen as a matrix (M, c)::

        x̂ = (x − μ) / √(σ² + ε)      μ, σ² over the M values of each channel
        a = γ·x̂ + β                  (c,)·(M, c) + (c,) = (M, c)

        dγ = Σ grad·x̂,  dβ = Σ grad
        dx = γ / √(σ² + ε) · (grad − dβ/M − x̂·dγ/M)

    The two subtracted terms are there because x also moves the mean and the deviation. Training
    keeps running means of μ and σ², which prediction uses.

    Parameters
    ----------
    momentum
        How much of the running means stays at each step.
    epsilon
        ε, so that a constant channel does not divide by 0.
    center, scale
        Whether there is β, and γ.

    Examples
    --------
    >>> layer = BatchNormalization(epsilon=0.0)
    >>> layer(np.array([[1.0], [3.0]]), training=True)
    array([[-1.],
           [ 1.]], dtype=float32)
    """

    gamma: Array
    dgamma: Array
    beta: Array
    dbeta: Array
    moving_mean: Array
    moving_variance: Array
    adjustable = ("momentum", "epsilon")

    def __init__(
        self,
        axis: Annotated[int, as_last_axis] = -1,
        momentum: Share = 0.99,
        epsilon: NotNegative = 0.001,
        center: Flag = True,
        scale: Flag = True,
        beta_initializer: InitializerLike = "zeros",
        gamma_initializer: InitializerLike = "ones",
        moving_mean_initializer: InitializerLike = "zeros",
        moving_variance_initializer: InitializerLike = "ones",
        beta_regularizer: RegularizerLike = None,
        gamma_regularizer: RegularizerLike = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.momentum, self.epsilon = momentum, epsilon
        self.center, self.scale = center, scale
        self.beta_initializer, self.gamma_initializer = beta_initializer, gamma_initializer
        self.beta_regularizer, self.gamma_regularizer = beta_regularizer, gamma_regularizer
        self.moving_mean_initializer = moving_mean_initializer
        self.moving_variance_initializer = moving_variance_initializer

    def build(self, input_shape: Shape) -> None:
        """Make γ, β and the two running means, each (c,)."""
        self._check_has_axis(input_shape)
        c = input_shape[-1:]
        if self.scale:
            self.add_weight("gamma", c, self.gamma_initializer, regularizer=self.gamma_regularizer)
        if self.center:
            self.add_weight("beta", c, self.beta_initializer, regularizer=self.beta_regularizer)
        self.add_weight("moving_mean", c, self.moving_mean_initializer, trainable=False)
        self.add_weight("moving_variance", c, self.moving_variance_initializer, trainable=False)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of x."""
        return input_shape

    def forpass(self, x: Array, training: bool = False) -> Array:
        """Return γ·x̂ + β."""
        a: Array = alone(self.forpass_in_parts(x, training))
        return a

    def backprop(self, grad: Array) -> Array:
        """Write dγ = Σ grad·x̂ and dβ = Σ grad, and return dx."""
        dx: Array = alone(self.backprop_in_parts(grad))
        return dx

    def forpass_in_parts(self, x: Array, training: bool = True) -> InParts:
        """Return γ·x̂ + β for some samples of a batch, with μ and σ² over all of them."""
        rows, memory = x.reshape(-1, x.shape[-1]), self.memory_in(training)
        # μ is about − offset: so x − μ keeps its digits, where both are large.
        if training and self.trainable:
            about = a_middle_row(rows)
            known = len(rows), about, *sums(rows, about, memory)
            count, offset, deviation = yield self._over_all, known
        else:
            count, about, offset = len(rows), self.moving_mean, np.zeros_like(self.moving_mean)
            deviation = np.sqrt(self.moving_variance + self.epsilon)
        if training:
            self.rows, self.about, self.offset = rows, about.copy(), offset
            self.count, self.deviation = count, deviation
        factor = self._factor(deviation)
        shift = offset * factor + (self.beta if self.center else 0)
        a = memory.take("a", rows.shape, rows.dtype)
        return scaled(rows, about, factor, shift, a).reshape(x.shape)

    def backprop_in_parts(self, grad: Array) -> InParts:
        """Write what some samples add to dγ and dβ, and return their dx."""
        rows, memory = grad.reshape(-1, grad.shape[-1]), self.memory
        # Σ grad, and Σ grad·(x − μ).
        total, with_x = sums_with(rows, self.rows, self.about, memory)
        with_x = with_x + self.offset * total
        if self.scale:
            self.dgamma[...] = with_x / self.deviation
        if self.center:
            self.dbeta[...] = total
        factor, dx = self._factor(self.deviation), memory.take("dx", rows.shape, rows.dtype)
        if not self.trainable:
            return np.multiply(rows, factor, dx).reshape(grad.shape)
        total, with_x = yield _added, (total, with_x)
        # dx = factor·grad − slope·(x − μ) − factor·Σ grad/M.
        slope = factor * with_x / (self.count * self.deviation**2)
        shift = factor * total / self.count + self.offset * slope
        scaled_back(rows, self.rows, self.about, factor, slope, shift, dx, memory)
        return dx.reshape(grad.shape)

    def _factor(self, deviation: Array) -> Array:
        return self.gamma / deviation if self.scale else 1 / deviation

    def _over_all(self, parts: Sequence[Any]) -> list[Any]:
        """Return M, about − μ and √(σ² + ε): Chan's formula puts the parts together."""
        base, count = parts[0][1], sum(m for m, *_ in parts)
        means = [(about - base) + total / m for m, about, total, _ in parts]
        mean = sum(part[0] * each for part, each in zip(parts, means, strict=True)) / count
        squares = 0
        for (m, _, total, square), each in zip(parts, means, strict=True):
            squares = squares + np.maximum(square - total**2 / m, 0) + m * (each - mean) ** 2
        variance = squares / count
        self._remember(self.moving_mean, base + mean)
        self._remember(self.moving_variance, variance)
        deviation = np.sqrt(variance + self.epsilon)
        return [(count, (about - base) - mean, deviation) for _, about, *_ in parts]

    def _remember(self, running: Array, value: Array) -> None:
        running *= self.momentum
        running += (1 - self.momentum) * value


def a_middle_row(rows: Array) -> Array:
    """Return numbers about which to add up: the middle one of three rows, as one may be wild.

    float32 has no digits left for the differences in a sum of large numbers.
    """
    first, second, third = rows[0], rows[len(rows) // 2], rows[-1]
    middle: Array = np.maximum(
        np.minimum(first, second), np.minimum(np.maximum(first, second), third)
    )
    return middle


def _added(parts: Sequence[Any]) -> list[Any]:
    return [tuple(map(sum, zip(*parts, strict=True)))] * len(parts)
