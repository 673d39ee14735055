"""How layers are joined before there are numbers: each call on a `Tensor` draws one arrow.

A `Tensor` stands for the output of a layer, of which only the shape is known; a `Node` is one call.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..errors import explain_error
from ..types import Array, Shape
from .base import Layer
from .checks import check_shape


class InputLayer(Layer):
    """The place where data enters a model; `Input` makes it."""

    def __init__(self, input_shape: Any, name: str | None = None) -> None:
        super().__init__(input_shape=input_shape, name=name)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the shape of the data."""
        return check_shape(input_shape, "Input")


@dataclass(eq=False)
class Node:
    """One call of a layer: on these tensors, with this result."""

    layer: Layer
    inputs: list[Tensor]
    output: Tensor = field(init=False)

    @property
    def several(self) -> bool:
        """Whether the layer takes a list of inputs."""
        return self.layer.merges


@dataclass(eq=False)
class Tensor:
    """The output of a layer in a model to be: `shape` is that of one sample."""

    shape: Shape
    node: Node

    def __repr__(self) -> str:
        return f"<Tensor {(None, *self.shape)} of '{self.node.layer.name}'>"

    def __add__(self, other: Any) -> Any:
        raise TypeError(
            explain_error(
                "The outputs of layers are joined by layers: Add, Subtract, Multiply.",
                f"arithmetic with {self!r}",
                remedy="Write Add()([a, b]).",
            )
        )

    __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __add__

    def __array__(self, *args: Any, **kwargs: Any) -> Array:
        raise TypeError(
            explain_error(
                "A layer's output has no numbers before the model runs.",
                repr(self),
                remedy="Make a Model(inputs, outputs), then model.predict(x).",
            )
        )


def Input(shape: Any = None, name: str | None = None, **options: Any) -> Tensor:
    """Return the start of a model: data with samples of this shape.

    Parameters
    ----------
    shape
        The shape of one sample, without the axis of the samples: `(5,)`, or 5.
    name
        A name for the table of `summary`, and for data given as a dictionary.
    options
        `batch_size` and `dtype` are taken for the sake of Keras scripts, and do nothing.

    Examples
    --------
    >>> Input(shape=(5,)).shape, Input(shape=(2)).shape
    ((5,), (2,))
    """
    from ..errors import reject_unknown_arguments

    unknown = {key: options[key] for key in options if key not in ("batch_size", "dtype")}
    reject_unknown_arguments("Input", unknown, ["shape", "name", "batch_size", "dtype"])
    if shape is None:
        raise TypeError(
            explain_error(
                "Input needs the shape of one sample.",
                "shape=None",
                remedy="Input(shape=(30,)) for a table with 30 columns.",
            )
        )
    layer = InputLayer(check_shape(shape, "Input"), name=name)
    return _called(Node(layer, []), layer.input_shape)


def connect(layer: Layer, inputs: Any) -> Tensor:
    """Call a layer on tensors: return the tensor that stands for its output."""
    several = isinstance(inputs, list | tuple)
    tensors = list(inputs) if several else [inputs]
    for tensor in tensors:
        if not isinstance(tensor, Tensor):
            raise TypeError(
                explain_error(
                    "Layers are joined by calling them on Inputs or on other layers' outputs.",
                    f"{tensor!r} ({type(tensor).__name__})",
                    f"layer '{layer.name}'",
                    "x = Input(shape=(2,)); a = Dense(3)(x); b = Dense(3)(x); Add()([a, b])",
                )
            )
    merges = layer.merges
    if merges != several:
        raise ValueError(
            explain_error(
                "A merge layer takes a list of inputs."
                if merges
                else f"{type(layer).__name__} takes one input, not a list.",
                f"{inputs!r}",
                f"layer '{layer.name}'",
                f"Write {type(layer).__name__}()([a, b])."
                if merges
                else "Join them first: Concatenate()([a, b]).",
            )
        )
    shapes: Any = [tensor.shape for tensor in tensors]
    shape = layer.compute_output_shape(shapes if several else shapes[0])
    return _called(Node(layer, tensors), shape)


def _called(node: Node, shape: Shape) -> Tensor:
    node.output = Tensor(shape, node)
    if node.layer._first_call is None:
        node.layer._first_call = node
    return node.output
