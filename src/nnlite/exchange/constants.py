"""What an ONNX file computes of constants alone, and of shapes: done while it is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnlite.exchange.graph import Call
from nnlite.foundation.types import Array

LONGEST = 32
"""Shapes are short: longer arrays are weights, which are taken as they are."""


OF_SHAPES = ("Concat", "Gather", "Slice", "Unsqueeze")


def fold(call: Call) -> bool:
    """Make a constant of a node, if it is one; return whether it was."""
    graph, inputs, operator = call.graph, [name for name in call.node.input if name], call.node
    if operator.op_type == "Shape" and call.node.input[0] in graph.values:
        # The number of samples is not known.
        graph.constants[call.output] = np.array([-1, *call.x.shape])
        return True
    given = [graph.constants[name] for name in inputs if name in graph.constants]
    if operator.op_type not in FOLDED or len(given) < len(inputs):
        return False
    short = all(array.ndim < 2 and array.size <= LONGEST for array in given)
    if operator.op_type in OF_SHAPES and not short:
        return False
    graph.constants[call.output] = np.asarray(FOLDED[operator.op_type](call, *given))
    return True


def _constant(call: Call) -> Any:
    (name,) = call.attributes
    told = call.attributes[name]
    return call.graph.onnx.numpy_helper.to_array(told) if name == "value" else told


def _unsqueeze(call: Call, array: Array, axes: Array) -> Array:
    return np.expand_dims(array, tuple(map(int, axes)))


def _slice(call: Call, array: Array, begin: Array, end: Array, *axes_and_steps: Array) -> Array:
    call.require(array.ndim == 1 and begin.size == end.size == 1, "A shape has one axis.")
    step = int(axes_and_steps[1].item()) if len(axes_and_steps) > 1 else 1
    return array[int(begin.item()) : int(end.item()) : step]


FOLDED: dict[str, Callable[..., Any]] = {
    "Cast": lambda call, array: array,
    "Concat": lambda call, *arrays: np.concatenate(arrays),
    "Constant": _constant,
    "Gather": lambda call, array, places: array[places],
    "Identity": lambda call, array: array,
    "Slice": _slice,
    "Transpose": lambda call, array: array.transpose(call.told("perm", None)),
    "Unsqueeze": _unsqueeze,
}
