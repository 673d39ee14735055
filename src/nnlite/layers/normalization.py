"""Batch normalization: every channel gets mean 0 and deviation 1, then a scale of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np

from nnlite.foundation.checks import Flag, NotNegative, Share
from nnlite.foundation.errors import shown, value_error
from nnlite.foundation.types import Array, Shape
from nnlite.kernels import by_column, column_dots, exact_column_sums
from nnlite.layers.layer import Layer
from nnlite.layers.meeting import InParts, alone
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
        a: Array = alone(self.forpass_in_parts(x, training))
        return a

    def backprop(self, grad: Array) -> Array:
        """Write dγ = Σ grad·x̂ and dβ = Σ grad, and return dx."""
        dx: Array = alone(self.backprop_in_parts(grad))
        return dx

    def forpass_in_parts(self, x: Array, training: bool = True) -> InParts:
        """Return γ·x̂ + β for some samples of a batch, with μ and σ² over all of them."""
        rows, take = x.reshape(-1, x.shape[-1]), self.memory_in(training).take
        room = take("centered", rows.shape, rows.dtype)
        if training and self.trainable:
            count, offset, deviation = yield self._over_all, (len(rows), *moments(rows, room))
        else:
            count, offset = len(rows), np.zeros_like(self.moving_mean)
            by_column(np.subtract, rows, self.moving_mean, room)
            deviation = np.sqrt(self.moving_variance + self.epsilon)
        if training:
            self.centered, self.offset = room, offset
            self.count, self.deviation = count, deviation
        # x − μ is centered + offset, in all rows the same offset: a = factor·centered + shift with
        # factor = γ / √(σ² + ε). So the rows are gone through twice, not four times.
        factor = self._factor(deviation)
        a = by_column(np.multiply, room, factor, take("a", rows.shape, rows.dtype))
        shift = offset * factor + (self.beta if self.center else 0)
        return by_column(np.add, a, shift, a).reshape(x.shape)

    def backprop_in_parts(self, grad: Array) -> InParts:
        """Write what some samples add to dγ and dβ, and return their dx."""
        rows, take = grad.reshape(-1, grad.shape[-1]), self.memory.take
        # Σ grad and Σ grad·(x − μ).
        total = exact_column_sums(rows)
        with_x = column_dots(rows, self.centered) + self.offset * total
        if self.scale:
            self.dgamma[...] = with_x / self.deviation
        if self.center:
            self.dbeta[...] = total
        factor = self._factor(self.deviation)
        dx = by_column(np.multiply, rows, factor, take("dx", rows.shape, rows.dtype))
        if self.trainable:
            total, with_x = yield _added, (total, with_x)
            # dx = factor·grad − factor·Σ grad/M − slope·(x − μ).
            slope = factor * with_x / (self.count * self.deviation**2)
            share = self.memory.scratch.take("share", rows.shape, rows.dtype)
            dx -= by_column(np.multiply, self.centered, slope, share)
            by_column(np.subtract, dx, factor * total / self.count + self.offset * slope, dx)
        return dx.reshape(grad.shape)

    def _factor(self, deviation: Array) -> Array:
        return self.gamma / deviation if self.scale else 1 / deviation

    def _over_all(self, parts: Sequence[Any]) -> list[Any]:
        """Return M, about − μ and √(σ² + ε): Chan's formula puts the parts together."""
        base, count = parts[0][1], sum(m for m, *_ in parts)
        rests = [(about - base) + rest for _, about, rest, _ in parts]
        mean = sum(part[0] * rest for part, rest in zip(parts, rests, strict=True)) / count
        squares = sum(
            part[3] + part[0] * (rest - mean) ** 2 for part, rest in zip(parts, rests, strict=True)
        )
        variance = squares / count
        self._remember(self.moving_mean, base + mean)
        self._remember(self.moving_variance, variance)
        deviation = np.sqrt(variance + self.epsilon)
        return [(count, (about - base) - mean, deviation) for _, about, *_ in parts]

    def _remember(self, running: Array, value: Array) -> None:
        running *= self.momentum
        running += (1 - self.momentum) * value


def moments(rows: Array, centered: Array) -> tuple[Array, Array, Array]:
    """Write the rows less about their mean; return that, what it is off by, and Σ (x − μ)².

    float32 has no digits left for the differences in a sum of large numbers. So what is added up
    are differences from one of the rows: of three, the middle one, as one of them may be wild.
    """
    first, second, third = rows[0], rows[len(rows) // 2], rows[-1]
    about = np.maximum(np.minimum(first, second), np.minimum(np.maximum(first, second), third))
    by_column(np.subtract, rows, about, centered)
    rest = exact_column_sums(centered) / len(rows)
    squares = column_dots(centered, centered) - len(rows) * rest**2
    return about, rest, np.maximum(squares, 0)


def _added(parts: Sequence[Any]) -> list[Any]:
    return [tuple(map(sum, zip(*parts, strict=True)))] * len(parts)
