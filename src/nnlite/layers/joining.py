"""How layers are joined before there are numbers: each call on a `Tensor` draws one arrow.

A `Tensor` stands for the output of a layer, of which only the shape is known; a `Node` is one call.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nnlite.foundation.errors import shown, told, type_error
from nnlite.foundation.types import Array, Shape

if TYPE_CHECKING:
    from nnlite.layers.layer import Layer


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
        rule = "The outputs of layers are joined by layers: Add, Subtract, Multiply."
        raise type_error(rule, f"arithmetic with {self!r}", remedy="Write Add()([a, b]).")

    __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __add__

    def __array__(self, *args: Any, **kwargs: Any) -> Array:
        rule = "A layer's output has no numbers before the model runs."
        remedy = "Make a Model(inputs, outputs), then model.predict(x)."
        raise type_error(rule, repr(self), remedy=remedy)


def connect(layer: Layer, inputs: Any) -> Tensor:
    """Call a layer on tensors: return the tensor that stands for its output."""
    several = isinstance(inputs, list | tuple)
    tensors = list(inputs) if several else [inputs]
    for tensor in tensors:
        if not isinstance(tensor, Tensor):
            rule = "Layers are joined by calling them on Inputs or on other layers' outputs."
            raise type_error(rule, told(tensor), f"layer '{layer.name}'", _remedy_for(tensor))
    kind = type(layer).__name__
    if layer.merges and not several:
        rule = "A merge layer takes a list of inputs."
        raise layer.misfit(rule, shown(inputs), f"Write {kind}()([a, b]).")
    if several and not layer.merges:
        rule = f"{kind} takes one input, not a list."
        raise layer.misfit(rule, shown(inputs), "Join them first: Concatenate()([a, b]).")
    shapes: Any = [tensor.shape for tensor in tensors]
    shape = layer.compute_output_shape(shapes if several else shapes[0])
    return called(Node(layer, tensors), shape)


def _remedy_for(wrong: Any) -> str:
    """Say how what is no tensor becomes one."""
    if isinstance(wrong, type) and hasattr(wrong, "forpass"):
        return f"Make one, and call it: x = Input(shape=(2,)); {wrong.__name__}(...)(x)."
    if hasattr(wrong, "outputs"):
        if not wrong.outputs:
            return "Begin the model with Input(shape=(2,)), then take its output: model.output."
        return "Take the output of the model: model.output."
    if hasattr(wrong, "forpass"):
        return f"Call it first: x = Input(shape=(2,)); {type(wrong).__name__}(...)(x)."
    return "x = Input(shape=(2,)); a = Dense(3)(x); b = Dense(3)(x); Add()([a, b])"


def called(node: Node, shape: Shape) -> Tensor:
    """Return the tensor that a call gives, samples of this shape."""
    node.output = Tensor(shape, node)
    if node.layer._first_call is None:
        node.layer._first_call = node
    return node.output
