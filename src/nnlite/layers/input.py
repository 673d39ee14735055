"""The start of a model: where data enters, and in which shape."""

from __future__ import annotations

from typing import Any

from nnlite.foundation.arguments import explains_its_arguments
from nnlite.foundation.checks import Name, check_shape
from nnlite.foundation.errors import type_error
from nnlite.foundation.types import Shape
from nnlite.layers.joining import Node, Tensor, called
from nnlite.layers.layer import Layer


class InputLayer(Layer):
    """The place where data enters a model; `Input` makes it."""

    def __init__(self, input_shape: Any, name: str | None = None) -> None:
        super().__init__(input_shape=input_shape, name=name)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the shape of the data."""
        return check_shape(input_shape, "Input")


@explains_its_arguments
def Input(
    shape: Any = None, name: Name = None, *, batch_size: Any = None, dtype: Any = None
) -> Tensor:
    """Return the start of a model: data with samples of this shape.

    Parameters
    ----------
    shape
        The shape of one sample, without the axis of the samples: `(5,)`, or 5.
    name
        A name for the table of `summary`, and for data given as a dictionary.
    batch_size, dtype
        Taken for the sake of Keras scripts, and do nothing.

    Examples
    --------
    >>> Input(shape=(5,)).shape, Input(shape=(2)).shape
    ((None, 5), (None, 2))
    """
    if shape is None:
        remedy = "Input(shape=(30,)) for a table with 30 columns."
        raise type_error("Input needs the shape of one sample.", "shape=None", remedy=remedy)
    layer = InputLayer(check_shape(shape, "Input"), name=name)
    return called(Node(layer, []), layer.input_shape)
