"""Batch normalization: every channel gets mean 0 and deviation 1, then a scale of its own."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from nnlite.foundation.checks import Flag, NotNegative, Share
from nnlite.foundation.errors import shown, value_error
from nnlite.foundation.types import Array, Shape
from nnlite.kernels import by_column, column_sums
from nnlite.layers.layer import Layer
from nnlite.layers.options import InitializerLike, RegularizerLike


def as_last_axis(name: str, axis: Any, where: str | None) -> int:
    """Return −1, the only axis that channels may have."""
    if axis == -1:
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
        rows, take = x.reshape(-1, x.shape[-1]), self.memory_in(training).take
        room = take("a", rows.shape, rows.dtype)
        if training and self.trainable:
            normalized, mean = without_mean(rows, take("normalized", rows.shape, rows.dtype))
            squares = np.multiply(normalized, normalized, room)
            variance = column_sums(squares) / len(rows)
            self._remember("moving_mean", mean)
            self._remember("moving_variance", variance)
        else:
            normalized, variance = rows - self.moving_mean, self.moving_variance
        deviation = np.sqrt(variance + self.epsilon)
        by_column(np.divide, normalized, deviation, normalized)
        if training:
            self.normalized, self.deviation = normalized, deviation
        gamma = self.gamma if self.scale else np.ones_like(deviation)
        a = by_column(np.multiply, normalized, gamma, room)
        if self.center:
            by_column(np.add, a, self.beta, a)
        return a.reshape(x.shape)

    def _remember(self, name: str, value: Array) -> None:
        running = getattr(self, name)
        running *= self.momentum
        running += (1 - self.momentum) * value

    def backprop(self, grad: Array) -> Array:
        """Write dγ = Σ grad·x̂ and dβ = Σ grad, and return dx."""
        rows, take = grad.reshape(-1, grad.shape[-1]), self.memory.take
        dx, mean = without_mean(rows, take("dx", rows.shape, rows.dtype))
        with_x = np.multiply(dx, self.normalized, take("grad·x̂", rows.shape, rows.dtype))
        sum_with_x = column_sums(with_x)
        if not self.trainable:
            # Only over the batch that it was made of, x̂ adds up to 0.
            sum_with_x += mean * column_sums(self.normalized)
        if self.scale:
            self.dgamma[...] = sum_with_x
        if self.center:
            self.dbeta[...] = mean * len(rows)
        factor = self.gamma / self.deviation if self.scale else 1 / self.deviation
        if not self.trainable:
            return (rows * factor).reshape(grad.shape)
        dx -= by_column(np.multiply, self.normalized, sum_with_x / len(rows), with_x)
        return by_column(np.multiply, dx, factor, dx).reshape(grad.shape)


def without_mean(rows: Array, out: Array | None = None) -> tuple[Array, Array]:
    """Return the rows less their mean, and the mean.

    A typical row comes off before they are added up: float32 has no digits left for the differences
    in a sum of large numbers. It has the middle of three numbers in each column: one may be wild.
    """
    typical = np.sort(rows[[0, len(rows) // 2, -1]], axis=0)[1]
    centered = by_column(np.subtract, rows, typical, out)
    mean = column_sums(centered) / len(rows)
    return by_column(np.subtract, centered, mean, centered), typical + mean
