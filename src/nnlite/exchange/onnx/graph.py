"""The graph in an ONNX file, as it is read: its arrays by name, and what each node asks of them.

There channels come first, here last. So an array of the file stands for a tensor of ours and says
which of its axes is which of the file's; a Transpose only changes what is said.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlite.foundation.errors import value_error
from nnlite.foundation.types import Array, Shape
from nnlite.layers import KNOWN, Layer
from nnlite.layers.joining import Tensor

CHANNELS_FIRST = {"Conv", "ConvTranspose", "MaxPool", "AveragePool", "BatchNormalization"}
CHANNELS_FIRST |= {"GlobalMaxPool", "GlobalAveragePool"}
LAID_OUT_ANEW = {"Transpose", "Reshape", "Flatten", "Gemm", "MatMul", "ReduceMean", "ReduceMax"}


@dataclass(frozen=True)
class Value:
    """An array of the file: our tensor, and for every axis of the file which of ours it is.

    `flat` is set where the file flattened images channels first: the places of its axes before.
    Then the numbers of a row are in another order than ours.
    """

    tensor: Tensor
    axes: tuple[int, ...]
    flat: tuple[Shape, tuple[int, ...]] | None = None

    @property
    def sample(self) -> Shape:
        """The shape of our samples."""
        return self.tensor.sample

    @property
    def shape(self) -> Shape:
        """The shape of a sample in the file."""
        return tuple(self.sample[axis - 1] for axis in self.axes[1:])

    def numbers(self) -> Array:
        """Return for every number of a row in the file which of ours it is."""
        (n,) = self.sample
        if self.flat is None:
            return np.arange(n)
        shape, axes = self.flat
        return np.arange(n).reshape(shape).transpose([axis - 1 for axis in axes[1:]]).ravel()


def plain(tensor: Tensor) -> Value:
    """Return the value of a tensor that has its axes in the order of the file."""
    return Value(tensor, tuple(range(len(tensor.shape))))


def first_axes(rank: int) -> tuple[int, ...]:
    """Return our axes of (n, c, …), for images of this many axes besides the channels.

    >>> first_axes(2)
    (0, 3, 1, 2)
    """
    return (0, rank + 1, *range(1, rank + 1))


class Graph:
    """What the file says: constants, and who reads which array.

    `layers` has those made so far; a node that repeats another with the same weights calls its
    layer again.
    """

    def __init__(self, onnx: Any, proto: Any, where: str) -> None:
        self.onnx, self.where = onnx, where
        self.is_ours = proto.producer_name == "nnlite"
        graph = proto.graph
        self.constants = {t.name: onnx.numpy_helper.to_array(t) for t in graph.initializer}
        self.outputs = [output.name for output in graph.output]
        self.readers: defaultdict[str, list[Any]] = defaultdict(list)
        for node in graph.node:
            for name in node.input:
                self.readers[name].append(node)
        self.values: dict[str, Value] = {}
        self.layers: dict[Any, Layer] = {}
        self.weights: dict[Layer, list[Array]] = {}
        self.names: set[str] = set()
        self.done: set[int] = set()
        self.batch = 0

    def only_reader(self, name: str) -> Any:
        """Return the node that alone reads an array; None if there are others, or it goes out."""
        readers = self.readers[name]
        return readers[0] if len(readers) == 1 and name not in self.outputs else None

    def wants_channels_first(self, name: str) -> bool:
        """Return whether an array, or what is computed of it number by number, enters images."""
        todo, seen = [] if self.is_ours else [name], {name}
        while todo:
            for node in self.readers[todo.pop()]:
                if node.op_type in CHANNELS_FIRST:
                    return True
                if node.op_type not in LAID_OUT_ANEW:
                    fresh = {*node.output} - seen
                    seen |= fresh
                    todo += fresh
        return False

    def new_name(self, node: Any) -> str | None:
        """Return the name of the layer that a node was drawn for; None if there is none."""
        name: str = node.name.rpartition("/")[0]
        if not self.is_ours or not name or name in self.names:
            return None
        self.names.add(name)
        return name

    def refusal(self, node: Any, rule: str, received: str = "", remedy: str | None = None) -> Any:
        """Return the error of a node that no layer stands for."""
        which = f"operator {node.op_type}" + (f", node '{node.name}'" if node.name else "")
        received = f"{received}, {which}" if received else which
        return value_error(rule, received, self.where, remedy)


class Call:
    """A node, with what it is given and what it is told."""

    def __init__(self, graph: Graph, node: Any) -> None:
        self.graph, self.node = graph, node
        get = graph.onnx.helper.get_attribute_value
        self.attributes = {attribute.name: get(attribute) for attribute in node.attribute}
        self.output = node.output[0]

    @property
    def x(self) -> Value:
        """The first input."""
        return self.value(0)

    def value(self, place: int) -> Value:
        """Return an input that the network computes."""
        name = self.node.input[place]
        if name not in self.graph.values:
            raise self.refusal("The network begins at its inputs.", f"'{name}', which is constant")
        return self.graph.values[name]

    def is_constant(self, place: int) -> bool:
        """Return whether an input is in the file."""
        return self.node.input[place] in self.graph.constants

    def constant(self, place: int, default: Any = None) -> Any:
        """Return the numbers of an input that must be in the file."""
        name = self.node.input[place] if place < len(self.node.input) else ""
        if not name and default is not None:
            return default
        if name not in self.graph.constants:
            rule = "Weights and sizes must be constants in the file."
            raise self.refusal(rule, f"'{name}', which the network computes")
        return self.graph.constants[name]

    def told(self, name: str, default: Any) -> Any:
        """Return an attribute: text as text, several numbers as a tuple."""
        told = self.attributes.get(name, default)
        if isinstance(told, bytes):
            return told.decode()
        return tuple(told) if isinstance(told, list) else told

    def require(
        self, holds: bool, rule: str, received: str = "", remedy: str | None = None
    ) -> None:
        """Raise unless this holds."""
        if not holds:
            raise self.refusal(rule, received, remedy)

    def expect(self, **attributes: Any) -> None:
        """Raise unless attributes, where they are given, have the values that layers have."""
        for name, wanted in attributes.items():
            told = self.told(name, wanted)
            self.require(told == wanted, f"{name} must be {wanted}.", f"{name}={told}")

    def refusal(self, rule: str, received: str = "", remedy: str | None = None) -> ValueError:
        """Return the error of this node; `raise` it."""
        error: ValueError = self.graph.refusal(self.node, rule, received, remedy)
        return error

    @property
    def kind(self) -> str:
        """The class of the layer that the node was drawn for, if to_onnx drew it."""
        told: str = self.node.doc_string
        return told if self.graph.is_ours and told in KNOWN.named else ""

    def follower(self, operator: str) -> Call | None:
        """Return the node that alone reads the output, if it is of this operator and layer."""
        node = self.graph.only_reader(self.output)
        if node is None or node.op_type != operator or node.doc_string != self.node.doc_string:
            return None
        return Call(self.graph, node)

    def absorb(self, *others: Call) -> None:
        """Stand for these nodes, too, which come behind."""
        for other in others:
            self.graph.done.add(id(other.node))
        self.output = others[-1].output

    def images(self, ranks: Sequence[int] = (1, 2)) -> Value:
        """Return the first input, which must be images or sequences, channels first."""
        rank = len(self.x.sample) - 1
        rule = "Layers of images take (samples, channels, height, width), of sequences "
        rule += "(samples, channels, steps)."
        right = rank in ranks and self.x.axes == first_axes(rank)
        self.require(right, rule, f"samples of shape {self.x.shape}")
        return self.x

    def joined(
        self,
        make: type[Layer],
        x: Value | list[Value],
        weights: Sequence[Array] = (),
        axes: tuple[int, ...] | None = None,
        **arguments: Any,
    ) -> Value:
        """Return what a layer makes of its inputs; one with the same weights is called again.

        The axes of the file are those of the input, unless others are given.
        """
        graph, given = self.graph, x if isinstance(x, list) else [x]
        constants = tuple(name for name in self.node.input if name in graph.constants)
        key = (make, constants, repr(arguments)) if weights else id(self.node)
        layer = graph.layers.get(key)
        if layer is None:
            layer = graph.layers[key] = make(name=graph.new_name(self.node), **arguments)
            graph.weights[layer] = list(weights)
        tensors = [value.tensor for value in given]
        tensor: Tensor = layer(tensors if isinstance(x, list) else tensors[0])
        kept = given[0].axes if axes is None else axes
        return Value(tensor, kept, given[0].flat if len(tensor.sample) == 1 else None)


def is_trivial(sample: Shape) -> bool:
    """Return whether images have the same numbers in the same order, channels first or last.

    >>> is_trivial((5, 6, 1)), is_trivial((1, 1, 9)), is_trivial((5, 6, 2))
    (True, True, False)
    """
    return sample[-1] == 1 or math.prod(sample[:-1]) == 1
