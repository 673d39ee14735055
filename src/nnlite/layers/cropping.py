"""A layer that makes images smaller by cutting off their edges."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from nnlite.foundation.types import Array, Shape
from nnlite.layers.options import DataFormat
from nnlite.layers.resizing import as_sides
from nnlite.layers.windows import ImageLayer


class Cropping2D(ImageLayer):
    """Images (n, h, w, c) without their edges; what was cut off has gradient 0.

    Parameters
    ----------
    cropping
        How many rows and columns to cut off: a number for all four sides; a pair, for above and
        below, and for left and right; or two pairs ((above, below), (left, right)).
    data_format
        None, or "channels_last".
    options
        `input_shape`, `name`: see `Layer`.

    Examples
    --------
    >>> Cropping2D(((1, 0), (0, 1)))(np.arange(4.0).reshape(1, 2, 2, 1))[0, :, :, 0]
    array([[2.]], dtype=float32)
    """

    def __init__(
        self,
        cropping: Annotated[Any, as_sides] = ((0, 0), (0, 0)),
        data_format: DataFormat = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.rows, self.columns = cropping

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return (h − above − below, w − left − right, c)."""
        return self.shape_from(input_shape)

    def shape_from(self, input_shape: Shape) -> Shape:
        """Return the same for a shape that is right."""
        self.check_axes(input_shape)
        h, w, c = input_shape
        left = (h - sum(self.rows), w - sum(self.columns), c)
        if min(left) < 1:
            received = f"samples of shape {input_shape}, cropping={self.rows, self.columns}"
            raise self.misfit("Cropping must leave some of the image.", received)
        return left

    def forpass(self, x: Array, training: bool = False) -> Array:
        """Return the middle of the images."""
        h, w, _ = self.shape_from(x.shape[1:])
        above, left = self.rows[0], self.columns[0]
        return x[:, above : above + h, left : left + w]

    def backprop(self, grad: Array) -> Array:
        """Return the gradient of the middle, in a frame of zeros."""
        return np.pad(grad, ((0, 0), self.rows, self.columns, (0, 0)))
