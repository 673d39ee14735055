"""Layers that make images larger: with zeros around them, or with every pixel repeated."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from nnlite.foundation.checks import require
from nnlite.foundation.errors import shown, value_error
from nnlite.foundation.types import Array, Shape
from nnlite.layers.options import DataFormat, as_sizes
from nnlite.layers.windows import ImageLayer


def as_sides(name: str, padding: Any, where: str | None) -> tuple[Shape, Shape]:
    """Return how many rows (above, below) and columns (left, right)."""
    sides = (padding,) * 2 if isinstance(padding, int | np.integer) else padding
    if not isinstance(sides, list | tuple) or len(sides) != 2:
        rule = f"{name} must be a number, a pair, or two pairs."
        raise value_error(rule, f"{name}={shown(padding)}", where)
    return as_sizes(name, sides[0], where, least=0), as_sizes(name, sides[1], where, least=0)


_NEAREST = "Pixels are repeated as they are: nearest is the only interpolation."
Interpolation = Annotated[str, require(lambda how: how == "nearest", _NEAREST)]


class ZeroPadding2D(ImageLayer):
    """Zeros around images (n, h, w, c); the gradient is that of the middle.

    Parameters
    ----------
    padding
        How many rows and columns of zeros: a number for all four sides; a pair, for above and
        below, and for left and right; or two pairs ((above, below), (left, right)).
    data_format
        None, or "channels_last".
    options
        `input_shape`, `name`: see `Layer`.

    Examples
    --------
    >>> ZeroPadding2D(((0, 1), (1, 0)))(np.ones((1, 1, 2, 1)))[0, :, :, 0]
    array([[0., 1., 1.],
           [0., 0., 0.]], dtype=float32)
    """

    def __init__(
        self, padding: Annotated[Any, as_sides] = 1, data_format: DataFormat = None, **options: Any
    ) -> None:
        super().__init__(**options)
        self.rows, self.columns = padding

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return (above + h + below, left + w + right, c)."""
        self.check_axes(input_shape)
        h, w, c = input_shape
        return (h + sum(self.rows), w + sum(self.columns), c)

    def forpass(self, x: Array, training: bool = False) -> Array:
        """Return the images in their frames."""
        self.compute_output_shape(x.shape[1:])
        return np.pad(x, ((0, 0), self.rows, self.columns, (0, 0)))

    def backprop(self, grad: Array) -> Array:
        """Return the gradient without the frame."""
        h, w = grad.shape[1:3]
        (above, below), (left, right) = self.rows, self.columns
        return grad[:, above : h - below, left : w - right]


class UpSampling2D(ImageLayer):
    """Every pixel repeated; its gradient is the sum over its copies.

    Parameters
    ----------
    size
        How often: a number, or one for rows and one for columns.
    data_format
        None, or "channels_last".
    options
        `input_shape`, `name`: see `Layer`.

    Examples
    --------
    >>> UpSampling2D((1, 2))(np.array([[[[1.0], [2.0]]]]))[0, :, :, 0]
    array([[1., 1., 2., 2.]], dtype=float32)
    """

    def __init__(
        self,
        size: Annotated[Any, as_sizes] = 2,
        data_format: DataFormat = None,
        interpolation: Interpolation = "nearest",
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.size = size

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return (h·rows, w·columns, c)."""
        self.check_axes(input_shape)
        h, w, c = input_shape
        return (h * self.size[0], w * self.size[1], c)

    def forpass(self, x: Array, training: bool = False) -> Array:
        """Return the images with every pixel repeated."""
        self.compute_output_shape(x.shape[1:])
        return x.repeat(self.size[0], axis=1).repeat(self.size[1], axis=2)

    def backprop(self, grad: Array) -> Array:
        """Return, for each pixel, the sum over its copies."""
        n, h, w, c = grad.shape
        down, across = self.size
        copies = grad.reshape(n, h // down, down, w // across, across, c)
        sums: Array = copies.sum(axis=(2, 4))
        return sums
