"""Merge layers: several branches become one, and the gradient finds its way back into each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Annotated, Any

import numpy as np

from nnlite.foundation.checks import require
from nnlite.foundation.types import Array, Shape
from nnlite.layers.layer import Layer


class Merge(Layer):
    """A layer over a list of inputs; all of one shape, unless a subclass says otherwise."""

    merges = True
    number_of_inputs: int | None = None

    def build(self, input_shape: Any) -> None:
        """Check the shapes; there are no weights."""
        self.compute_output_shape(input_shape)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the shape that all inputs share."""
        shapes = self.check_list(input_shape)
        if any(shape != shapes[0] for shape in shapes):
            rule = f"{type(self).__name__} takes inputs of one shape."
            remedy = "Bring them to one shape with Dense, or join them with Concatenate."
            raise self.misfit(rule, f"shapes {', '.join(map(str, shapes))}", remedy)
        return shapes[0]

    def check_list(self, input_shape: Any) -> list[Shape]:
        """Return the shapes, or explain that a list of at least two inputs is wanted."""
        kind = type(self).__name__
        if not isinstance(input_shape, list) or len(input_shape) < 2:
            rule = f"{kind} takes a list of two inputs or more."
            raise self.misfit(rule, f"{input_shape}", f"Write {kind}()([a, b]).")
        if self.number_of_inputs not in (None, len(input_shape)):
            rule = f"{kind} takes exactly {self.number_of_inputs} inputs."
            raise self.misfit(rule, f"{len(input_shape)} inputs")
        return input_shape


class Add(Merge):
    """a = x₁ + x₂ + …; a sum hands its gradient on to every term.

    >>> Add()([np.ones((1, 2)), np.ones((1, 2))])
    array([[2., 2.]], dtype=float32)
    """

    def forpass(self, x: Sequence[Array], training: bool = False) -> Array:
        """Return the sum."""
        if training:
            self.terms = len(x)
        return reduce(np.add, x)

    def backprop(self, grad: Array) -> list[Array]:
        """Return grad for every term."""
        return [grad] * self.terms


class Subtract(Merge):
    """a = x₁ − x₂, so dx₁ = grad and dx₂ = −grad.

    >>> Subtract()([np.ones((1, 2)), np.ones((1, 2))])
    array([[0., 0.]], dtype=float32)
    """

    number_of_inputs = 2

    def forpass(self, x: Sequence[Array], training: bool = False) -> Array:
        """Return the difference."""
        return np.subtract(x[0], x[1])

    def backprop(self, grad: Array) -> list[Array]:
        """Return grad and −grad."""
        return [grad, -grad]


class Multiply(Merge):
    """a = x₁·x₂·…; a product swaps: each factor gets grad times all the others.

    >>> Multiply()([np.full((1, 2), 2.0), np.full((1, 2), 3.0)])
    array([[6., 6.]], dtype=float32)
    """

    def forpass(self, x: Sequence[Array], training: bool = False) -> Array:
        """Return the product."""
        if training:
            self.factors = list(x)
        return reduce(np.multiply, x)

    def backprop(self, grad: Array) -> list[Array]:
        """Return for every factor grad times the others; no division, so zeros are no trouble."""
        others = [self.factors[:i] + self.factors[i + 1 :] for i in range(len(self.factors))]
        return [reduce(np.multiply, factors, grad) for factors in others]


class Average(Merge):
    """a = (x₁ + x₂ + …)/n, so every dxᵢ = grad/n.

    >>> Average()([np.ones((1, 2)), np.zeros((1, 2))])
    array([[0.5, 0.5]], dtype=float32)
    """

    def forpass(self, x: Sequence[Array], training: bool = False) -> Array:
        """Return the mean."""
        if training:
            self.terms = len(x)
        return reduce(np.add, x) / len(x)

    def backprop(self, grad: Array) -> list[Array]:
        """Return grad/n for every term."""
        return [grad / self.terms] * self.terms


class Maximum(Merge):
    """a = the largest of x₁, x₂, …; the gradient goes to the winner alone, the first of ties.

    >>> Maximum()([np.array([[1.0, 5.0]]), np.array([[3.0, 2.0]])])
    array([[3., 5.]], dtype=float32)
    """

    def forpass(self, x: Sequence[Array], training: bool = False) -> Array:
        """Return the largest."""
        if training:
            self.winner, self.candidates = np.stack(x).argmax(axis=0), len(x)
        return reduce(np.maximum, x)

    def backprop(self, grad: Array) -> list[Array]:
        """Return grad where an input is the winner, else 0."""
        return [grad * (self.winner == place) for place in range(self.candidates)]


class Minimum(Maximum):
    """a = the smallest of x₁, x₂, …; the gradient goes to the winner alone, the first of ties.

    >>> Minimum()([np.array([[1.0, 5.0]]), np.array([[3.0, 2.0]])])
    array([[1., 2.]], dtype=float32)
    """

    def forpass(self, x: Sequence[Array], training: bool = False) -> Array:
        """Return the smallest."""
        if training:
            self.winner, self.candidates = np.stack(x).argmin(axis=0), len(x)
        return reduce(np.minimum, x)


_WHOLE = "axis must be a whole number other than 0, the axis of the samples."
Axis = Annotated[int, require(lambda axis: type(axis) is int and axis != 0, _WHOLE)]


class Concatenate(Merge):
    """The inputs side by side along an axis; each gets back its own slice of the gradient.

    `axis` counts the axis of the samples as 0, as in Keras: −1 is the last one.

    >>> Concatenate()([np.ones((1, 2)), np.zeros((1, 1))])
    array([[1., 1., 0.]], dtype=float32)
    """

    def __init__(self, axis: Axis = -1, **options: Any) -> None:
        super().__init__(**options)
        self.axis = axis

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the shape with the sizes along the axis added up."""
        shapes = self.check_list(input_shape)
        axes = len(shapes[0])
        place = self.axis - 1 if self.axis > 0 else self.axis + axes
        if not 0 <= place < axes:
            rule = f"axis must be one of the {axes + 1} axes of the inputs."
            raise self.misfit(rule, f"axis={self.axis}")
        others = {(*shape[:place], *shape[place + 1 :]) for shape in shapes}
        if len(others) > 1 or any(len(shape) != axes for shape in shapes):
            rule = "Concatenate takes inputs that differ along its axis only."
            raise self.misfit(rule, f"shapes {', '.join(map(str, shapes))}, axis={self.axis}")
        joined = sum(shape[place] for shape in shapes)
        return (*shapes[0][:place], joined, *shapes[0][place + 1 :])

    def forpass(self, x: Sequence[Array], training: bool = False) -> Array:
        """Return the inputs side by side."""
        if training:
            self.borders = np.cumsum([part.shape[self.axis] for part in x])[:-1]
        return np.concatenate(x, axis=self.axis)

    def backprop(self, grad: Array) -> list[Array]:
        """Return for every input its slice of the gradient."""
        return list(np.split(grad, self.borders, axis=self.axis))
