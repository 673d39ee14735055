"""What an ONNX file computes of constants alone, and of shapes: done while it is read."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import numpy as np

from nnlite.exchange.onnx.graph import Call
from nnlite.foundation.types import Array

LONGEST = 32
"""Shapes are no longer than this."""

NUMBERWISE = ("Add", "Cast", "Div", "Identity", "Mul", "Neg", "Pow", "Reciprocal", "Sqrt", "Sub")
REARRANGING = ("Constant", "Shape", "Reshape", "Squeeze", "Transpose", "Unsqueeze")
OF_SHAPES = ("Concat", "Gather", "Slice")
FOLDED = {*NUMBERWISE, *REARRANGING, *OF_SHAPES}
"""Operators that give no more numbers than they are given: a small file stays small."""


def fold(call: Call) -> bool:
    """Make a constant of a node, if it is one; return whether it was."""
    graph, node = call.graph, call.node
    if node.op_type == "Shape" and node.input[0] in graph.values:
        # The number of samples is not known.
        graph.constants[call.output] = np.array([-1, *call.x.shape])
        return True
    names = [name for name in node.input if name]
    given = {name: graph.constants[name] for name in names if name in graph.constants}
    if node.op_type not in FOLDED or len(given) < len({*names}) or not stays_small(node, given):
        return False
    evaluator = graph.onnx.reference.ReferenceEvaluator(node)
    graph.constants[call.output] = np.asarray(evaluator.run(None, given)[0])
    return True


def stays_small(node: Any, given: dict[str, Array]) -> bool:
    """Return whether a node gives no more numbers than it is given, or those of a shape."""
    if node.op_type in OF_SHAPES:
        return all(array.ndim < 2 and array.size <= LONGEST for array in given.values())
    shapes = [array.shape for array in given.values()]
    if node.op_type not in NUMBERWISE or len(shapes) < 2:
        return True
    *_, whole = accumulate(shapes, np.broadcast_shapes)
    return int(np.prod(whole, dtype=float)) <= sum(array.size for array in given.values())
