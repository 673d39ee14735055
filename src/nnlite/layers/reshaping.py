"""Layers that only change the shape: the numbers stay, the gradient takes the old shape back."""

from __future__ import annotations

import math
from typing import Annotated, Any

import numpy as np

from nnlite.foundation.errors import shown, type_error
from nnlite.foundation.shapes import OneShape
from nnlite.foundation.types import Array, Shape
from nnlite.layers.layer import Layer


def as_target(name: str, target_shape: Any, where: str | None) -> Shape:
    """Return the shape as a tuple of whole numbers."""
    given = target_shape if isinstance(target_shape, list | tuple) else (target_shape,)
    if any(isinstance(n, bool) or not isinstance(n, int | np.integer) for n in given):
        rule = f"{name} must be made of whole numbers."
        remedy = "Write Reshape((28, 28, 1))."
        raise type_error(rule, f"{name}={shown(target_shape)}", where, remedy)
    return tuple(int(n) for n in given)


class Reshape(Layer):
    """The numbers of a sample in another shape; −1 once stands for what is left.

    >>> import numpy as np
    >>> Reshape((2, 2))(np.arange(4.0).reshape(1, 4))
    array([[[0., 1.],
            [2., 3.]]], dtype=float32)
    """

    def __init__(self, target_shape: Annotated[Any, as_target], **options: Any) -> None:
        super().__init__(**options)
        self.target_shape = target_shape

    def compute_output_shape(self, input_shape: OneShape) -> Shape:
        """Return the target shape, with −1 worked out."""
        return self.shape_from(input_shape)

    def shape_from(self, input_shape: Shape) -> Shape:
        """Return the same for a shape that is right."""
        size = math.prod(input_shape)
        known = math.prod(n for n in self.target_shape if n != -1)
        unknown = self.target_shape.count(-1)
        fits = size % known == 0 if unknown and known > 0 else size == known
        if not fits or unknown > 1 or any(n < -1 or n == 0 for n in self.target_shape):
            rule = "The new shape must hold as many numbers as the old one."
            old = f"samples of shape {input_shape}, {size} numbers"
            received = f"target_shape={self.target_shape} for {old}"
            raise self.misfit(rule, received, "Write -1 once for the axis to be worked out.")
        return tuple(size // known if n == -1 else n for n in self.target_shape)

    def forpass(self, x: Array, training: bool = False) -> Array:
        """Return x in the new shape."""
        if training:
            self.shape_of_x = x.shape
        return x.reshape(len(x), *self.shape_from(x.shape[1:]))

    def backprop(self, grad: Array) -> Array:
        """Return the gradient in the shape of x."""
        return grad.reshape(self.shape_of_x)


class Flatten(Reshape):
    """Every sample as one row: (m, 28, 28, 1) becomes (m, 784).

    >>> import numpy as np
    >>> Flatten()(np.zeros((5, 28, 28))).shape
    (5, 784)
    """

    def __init__(self, **options: Any) -> None:
        super().__init__((-1,), **options)

    def shape_from(self, input_shape: Shape) -> Shape:
        """Return the one size."""
        return (math.prod(input_shape),)
