"""How layers are joined before there are numbers: each call on a `Tensor` draws one arrow.

A `Tensor` stands for the output of a layer, of which only the shape is known; a `Node` is one call.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlite.foundation.errors import attribute_error, shown, told, type_error
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
    """The output of a layer in a model to be: `sample` is the shape of one sample.

    `+`, `-` and `*` with another tensor are the layers Add, Subtract and Multiply; with a number,
    Rescaling.
    """

    sample: Shape
    node: Node
    # Numbers of NumPy on the left leave arithmetic to the tensor.
    __array_priority__ = 1.0

    @property
    def shape(self) -> tuple[int | None, ...]:
        """The shape of a batch, None standing for the number of samples."""
        return (None, *self.sample)

    def __repr__(self) -> str:
        return f"<Tensor {self.shape} of '{self.node.layer.name}'>"

    def __add__(self, other: Any) -> Tensor:
        return self._merged("Add", other) or self._rescaled(1.0, self._number(other))

    def __sub__(self, other: Any) -> Tensor:
        return self._merged("Subtract", other) or self._rescaled(1.0, -self._number(other))

    def __rsub__(self, other: Any) -> Tensor:
        return self._rescaled(-1.0, self._number(other))

    def __mul__(self, other: Any) -> Tensor:
        return self._merged("Multiply", other) or self._rescaled(self._number(other))

    def __truediv__(self, other: Any) -> Tensor:
        return self._rescaled(1 / self._number(other))

    def __neg__(self) -> Tensor:
        return self._rescaled(-1.0)

    def __pow__(self, other: Any) -> Tensor:
        raise self._not_joined(other)

    __radd__, __rmul__ = __add__, __mul__
    __rtruediv__ = __rpow__ = __matmul__ = __rmatmul__ = __pow__

    def _merged(self, layer: str, other: Any) -> Tensor | None:
        """Return what a merge layer makes of two tensors; None if the other is something else."""
        if not isinstance(other, Tensor):
            return None
        from nnlite.layers import merging  # It builds on this file.

        merged: Tensor = getattr(merging, layer)()([self, other])
        return merged

    def _rescaled(self, scale: float, offset: float = 0.0) -> Tensor:
        from nnlite.layers.preprocessing import Rescaling  # It builds on this file.

        rescaled: Tensor = Rescaling(scale, offset)(self)
        return rescaled

    def _number(self, other: Any) -> float:
        if isinstance(other, int | float | np.number) and not isinstance(other, bool):
            return float(other)
        raise self._not_joined(other)

    def _not_joined(self, other: Any) -> TypeError:
        rule = "The outputs of layers are joined by + - * with each other, by + - * / with numbers."
        remedy = "Anything else is a layer, of your own perhaps: x = Scale()(x)."
        return type_error(rule, f"{self!r} and {told(other)}", remedy=remedy)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        rule = f"A layer's output has a shape, but no {name}: numbers come when the model runs."
        remedy = "Make a Model(inputs, outputs), then model.predict(x)."
        raise attribute_error(rule, repr(self), remedy=remedy)

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
    shapes: Any = [tensor.sample for tensor in tensors]
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
