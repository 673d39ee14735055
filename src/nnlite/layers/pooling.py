"""Pooling: an image becomes smaller, each window one number. There is nothing to learn."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nnlite.foundation.checks import Flag
from nnlite.foundation.errors import must_define
from nnlite.foundation.types import Array, Shape
from nnlite.kernels.pooling import average_pool, average_pool_gradient, max_pool, max_pool_gradient
from nnlite.layers.options import DataFormat
from nnlite.layers.windows import ImageLayer, WindowLayer


class Pooling(WindowLayer):
    """What all windows that pool have in common.

    Parameters
    ----------
    pool_size
        The size of the window: a number, or one for each axis.
    strides
        How far the window moves at a time; None: by its own size.
    padding
        "valid": windows that do not fill are left out. "same": ⌈h/stride⌉ × ⌈w/stride⌉ windows,
        some of which reach over the edge, where there is nothing.
    data_format
        None, or "channels_last".
    options
        `input_shape`, `name`: see `Layer`.
    """

    def __init__(
        self,
        pool_size: Any = 2,
        strides: Any = None,
        padding: str = "valid",
        data_format: DataFormat = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.set_windows(pool_size, pool_size if strides is None else strides, padding)

    def build(self, input_shape: Shape) -> None:
        """Raise unless samples of this shape are images."""
        self.compute_output_shape(input_shape)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return (oh, ow, c)."""
        self.check_image(input_shape)
        return (*self.window_counts(input_shape), input_shape[-1])


class MaxPooling2D(Pooling):
    """The largest number of each window, channel by channel::

        a  = max over a window of x      (n, h, w, c) → (n, oh, ow, c)
        dx = da at the largest, else 0   the first of the largest, row by row

    Only the largest had any effect, so it gets the whole gradient. The parameters are those of
    `Pooling`.

    >>> image = np.arange(16.0).reshape(1, 4, 4, 1)
    >>> MaxPooling2D(2)(image)[0, :, :, 0]
    array([[ 5.,  7.],
           [13., 15.]], dtype=float32)
    """

    def forpass(self, x: Array, training: bool = False) -> Array:
        """Return the largest of each window.

        Behind a `Conv2D`, a shortcut replaces it, and backprop: see `training.standins`.
        """
        self.check_input(x)
        windows = self.windows(x.shape[1:])
        a, winners = max_pool(self.as_images(x), windows, self.memory_in(training), training)
        if winners is not None:
            self.placed, self.winners = windows, winners
        return self.as_samples(a)

    def backprop(self, grad: Array) -> Array | None:
        """Return dx: each gradient at its winner's place."""
        if self.skip_input_gradient:
            return None
        grad = self.as_images(grad)
        return self.as_samples(max_pool_gradient(grad, self.winners, self.placed, self.memory))


class AveragePooling2D(Pooling):
    """The mean of each window, channel by channel::

        a  = Σ x / k     over the k pixels of x in a window (its padding does not count)
        dx = Σ da / k    over the windows a pixel lies in

    The parameters are those of `Pooling`.

    >>> image = np.arange(16.0).reshape(1, 4, 4, 1)
    >>> AveragePooling2D(2)(image)[0, :, :, 0]
    array([[ 2.5,  4.5],
           [10.5, 12.5]], dtype=float32)
    """

    def forpass(self, x: Array, training: bool = False) -> Array:
        """Return the mean of each window."""
        self.check_input(x)
        windows = self.windows(x.shape[1:])
        if training:
            self.placed = windows
        return self.as_samples(average_pool(self.as_images(x), windows, self.memory_in(training)))

    def backprop(self, grad: Array) -> Array | None:
        """Return dx: to every pixel its share of the gradient of each of its windows."""
        if self.skip_input_gradient:
            return None
        grad = self.as_images(grad)
        return self.as_samples(average_pool_gradient(grad, self.placed, self.memory))


class MaxPooling1D(MaxPooling2D):
    """The largest number of each window of a sequence (n, steps, c): see `MaxPooling2D`.

    >>> MaxPooling1D(2)(np.array([[[1.0], [3.0], [2.0], [0.0]]]))[0, :, 0]
    array([3., 2.], dtype=float32)
    """

    rank = 1


class AveragePooling1D(AveragePooling2D):
    """The mean of each window of a sequence (n, steps, c): see `AveragePooling2D`.

    >>> AveragePooling1D(2)(np.array([[[1.0], [3.0], [2.0], [0.0]]]))[0, :, 0]
    array([2., 1.], dtype=float32)
    """

    rank = 1


class GlobalPooling(ImageLayer):
    """One number for each channel of a whole image.

    Parameters
    ----------
    data_format
        None, or "channels_last".
    keepdims
        Whether the axes stay, with size 1: (n, 1, 1, c) instead of (n, c).
    options
        `input_shape`, `name`: see `Layer`.
    """

    def __init__(
        self, data_format: DataFormat = None, keepdims: Flag = False, **options: Any
    ) -> None:
        super().__init__(**options)
        self.keepdims = keepdims

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return (c,), or (1, 1, c)."""
        return self.shape_from(input_shape)

    def shape_from(self, input_shape: Shape) -> Shape:
        """Return the same for a shape that is right."""
        self.check_axes(input_shape)
        return (1,) * (self.rank * self.keepdims) + input_shape[-1:]

    def forpass(self, x: Array, training: bool = False) -> Array:
        """Return one number for each channel."""
        shape = self.shape_from(x.shape[1:])
        if training:
            self.shape_of_x = x.shape
        pixels = x.reshape(len(x), -1, x.shape[-1])
        return self.pool(pixels, training).reshape(len(x), *shape)

    def backprop(self, grad: Array) -> Array:
        """Return dx."""
        n, *size, c = self.shape_of_x
        dx = self.memory.take("dx", (n, math.prod(size), c), grad.dtype)
        self.spread(grad.reshape(n, 1, c), dx)
        return dx.reshape(self.shape_of_x)

    def pool(self, pixels: Array, training: bool) -> Array:
        """Return (n, c) from (n, pixels, c)."""
        raise must_define(self, "pool(pixels, training)")

    def spread(self, grad: Array, dx: Array) -> None:
        """Write dx (n, pixels, c) from grad (n, 1, c)."""
        raise must_define(self, "spread(grad, dx)")


class GlobalMaxPooling2D(GlobalPooling):
    """The largest number of each channel, over the whole image; the gradient goes to it alone.

    >>> GlobalMaxPooling2D()(np.arange(8.0).reshape(1, 2, 2, 2))
    array([[6., 7.]], dtype=float32)
    """

    def pool(self, pixels: Array, training: bool) -> Array:
        """Return the largest pixels."""
        winners = pixels.argmax(axis=1, keepdims=True)
        if training:
            self.winners = winners
        return np.take_along_axis(pixels, winners, axis=1)

    def spread(self, grad: Array, dx: Array) -> None:
        """Write the gradient to the first of the largest."""
        dx[...] = 0
        np.put_along_axis(dx, self.winners, grad, axis=1)


class GlobalAveragePooling2D(GlobalPooling):
    """The mean of each channel, over the whole image; every pixel gets its share of the gradient.

    >>> GlobalAveragePooling2D()(np.arange(8.0).reshape(1, 2, 2, 2))
    array([[3., 4.]], dtype=float32)
    """

    def pool(self, pixels: Array, training: bool) -> Array:
        """Return the mean pixel."""
        _, size, _ = pixels.shape
        sums: Array = np.matmul(np.ones(size, pixels.dtype), pixels)
        return np.divide(sums, size, sums)

    def spread(self, grad: Array, dx: Array) -> None:
        """Divide the gradient among all pixels."""
        dx[...] = grad / dx.shape[1]


class GlobalMaxPooling1D(GlobalMaxPooling2D):
    """The largest number of each channel, over the whole sequence: see `GlobalMaxPooling2D`.

    >>> GlobalMaxPooling1D()(np.array([[[1.0], [3.0]]]))
    array([[3.]], dtype=float32)
    """

    rank = 1


class GlobalAveragePooling1D(GlobalAveragePooling2D):
    """The mean of each channel, over the whole sequence: see `GlobalAveragePooling2D`.

    >>> GlobalAveragePooling1D()(np.array([[[1.0], [3.0]]]))
    array([[2.]], dtype=float32)
    """

    rank = 1
