"""The graph of an ONNX file while it is drawn: nodes, constants, and the names of arrays.

Here channels come last, in ONNX first. So an array of images may go by two names, one for each
order of its axes; a Transpose leads from one to the other, and is drawn when somebody asks for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnlite.foundation.types import Array, Shape

LAST, FIRST = "channels last", "channels first"


class Value:
    """An array of the graph: the shape of its samples, and the name for each order of its axes."""

    def __init__(self, sample: Shape, names: dict[str, str]) -> None:
        self.sample, self.names = sample, names

    @property
    def order(self) -> str:
        """The order in which the array is there already; rows of numbers are in both."""
        return LAST if LAST in self.names else FIRST

    def axes(self, order: str) -> list[int]:
        """Return our axes in the order of the file: for images 0, 3, 1, 2 where channels are first.

        >>> Value((5, 6, 2), {}).axes(FIRST), Value((4,), {}).axes(FIRST)
        ([0, 3, 1, 2], [0, 1])
        """
        ours = list(range(len(self.sample) + 1))
        return ours if order == LAST or len(ours) == 2 else [0, ours[-1], *ours[1:-1]]


class Drawing:
    """The nodes of a file so far. `begin` says which layer the next ones belong to."""

    def __init__(self, onnx: Any) -> None:
        self.onnx = onnx
        self.nodes: list[Any] = []
        self.constants: dict[str, Any] = {}
        self.taken: set[str] = set()

    def begin(self, layer: str, kind: str) -> None:
        """Draw for this layer from now on."""
        self.layer, self.kind = layer, kind

    def name(self, wanted: str) -> str:
        """Return a name that nothing else in the file has."""
        name, number = wanted, 0
        while name in self.taken:
            number += 1
            name = f"{wanted}_{number}"
        self.taken.add(name)
        return name

    def input(self, name: str, sample: Shape) -> Value:
        """Return an array that enters the graph."""
        return Value(sample, {LAST: self.name(name)})

    def node(self, operator: str, inputs: Sequence[str], **attributes: Any) -> str:
        """Draw a node, and return the name of what it gives."""
        name = self.name(f"{self.layer}/{operator}")
        make = self.onnx.helper.make_node
        drawn = make(operator, list(inputs), [name], name, self.kind, **attributes)
        self.nodes.append(drawn)
        return name

    def constant(self, name: str, numbers: Any) -> str:
        """Return the name of constant numbers of this layer; a weight is there once."""
        name = f"{self.layer}/{name}"
        if name not in self.constants:
            # A twin in float32 of a model in float64 may still have its weights as they were.
            dtype = np.float32 if np.asarray(numbers).dtype.kind == "f" else np.int64
            array = np.array(numbers, dtype, order="C")
            self.taken.add(name)
            self.constants[name] = self.onnx.numpy_helper.from_array(array, name)
        return name

    def ask(self, value: Value, order: str) -> str:
        """Return the array's name in this order, after a Transpose if it was not there."""
        if len(value.sample) == 1:
            order = LAST
        if order not in value.names:
            # From one order into the other: which of its axes each axis will be.
            axes = value.axes(FIRST)
            perm = axes if order == FIRST else np.argsort(axes).tolist()
            value.names[order] = self.node("Transpose", [value.names[value.order]], perm=perm)
        return value.names[order]

    def give(self, name: str, sample: Shape, order: str = LAST) -> Value:
        """Return the value of a name."""
        return Value(sample, {LAST if len(sample) == 1 else order: name})

    def shared_order(self, values: Sequence[Value]) -> str:
        """Return the order that the values are there in, channels last if they differ."""
        return FIRST if all(value.order == FIRST for value in values) else LAST

    def numberwise(
        self, operator: str, values: Sequence[Value], *constants: str, **attributes: Any
    ) -> Value:
        """Draw what works number by number, in whatever order the values are there."""
        order = self.shared_order(values)
        names = [self.ask(value, order) for value in values]
        drawn = self.node(operator, [*names, *constants], **attributes)
        return self.give(drawn, values[0].sample, order)


def in_order(value: Value, order: str, of_sample: Sequence[int], of_samples: int) -> list[int]:
    """Return one number for each axis of the file, from those for the axes of a sample.

    >>> in_order(Value((5, 6, 2), {}), FIRST, [2, 3, 1], 1)
    [1, 1, 2, 3]
    """
    ours = [of_samples, *of_sample]
    return [ours[axis] for axis in value.axes(order)]


def with_channels_first(kernel: Array) -> Array:
    """Return a kernel (kh, kw, c, f) as (f, c, kh, kw)."""
    return np.moveaxis(kernel, (-1, -2), (0, 1))
