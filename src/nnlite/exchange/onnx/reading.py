"""An ONNX file becomes a model: node by node, each read as one of our layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nnlite import layers
from nnlite.exchange.onnx import activations_from_onnx as activations
from nnlite.exchange.onnx import arithmetic_from_onnx as arithmetic
from nnlite.exchange.onnx import layers_from_onnx as weighted
from nnlite.exchange.onnx import shapes_from_onnx as shapes
from nnlite.exchange.onnx.constants import fold
from nnlite.exchange.onnx.files import damaged, read_proto
from nnlite.exchange.onnx.graph import Call, Graph, Value, first_axes, plain
from nnlite.foundation.errors import listed, value_error
from nnlite.foundation.extras import load_extra
from nnlite.foundation.files import as_path, check_exists
from nnlite.foundation.types import Shape
from nnlite.layers import Input
from nnlite.models import Model, Sequential
from nnlite.network.branches import ordered_nodes

READERS: dict[str, Callable[[Call], Value]] = {
    **dict.fromkeys(activations.READERS, activations.activation),
    **dict.fromkeys(("Identity", "Dropout", "ZipMap"), shapes.unchanged),
    "Add": arithmetic.add,
    "AveragePool": weighted.average_pooling,
    "BatchNormalization": weighted.batch_normalization,
    "Cast": shapes.cast,
    "Concat": arithmetic.concatenation,
    "Conv": weighted.convolution,
    "ConvTranspose": weighted.transposed,
    "Div": arithmetic.divide,
    "Flatten": shapes.flatten,
    "Gemm": weighted.gemm,
    "GlobalAveragePool": shapes.over_all_places(shapes.MEAN),
    "GlobalMaxPool": shapes.over_all_places(shapes.LARGEST),
    "MatMul": weighted.matmul,
    "Max": arithmetic.merging(layers.Maximum),
    "MaxPool": weighted.max_pooling,
    "Mean": arithmetic.merging(layers.Average),
    "Min": arithmetic.merging(layers.Minimum),
    "Mul": arithmetic.multiply,
    "Pad": shapes.pad,
    "ReduceMax": shapes.reduced(shapes.LARGEST),
    "ReduceMean": shapes.reduced(shapes.MEAN),
    "Reshape": shapes.reshape,
    "Resize": shapes.resize,
    "Scaler": arithmetic.scaler,
    "Slice": shapes.cut,
    "Squeeze": shapes.squeeze,
    "Sub": arithmetic.subtract,
    "Sum": arithmetic.merging(layers.Add),
    "Transpose": shapes.transpose,
    "Unsqueeze": shapes.unsqueeze,
}


def from_onnx(filepath: str | Path) -> Model:
    """Read a network from an ONNX file, as `to_onnx`, PyTorch, Keras or scikit-learn make them.

    The network is one of our layers: it can be explained, drawn, checked, and trained further.
    Where the file has channels first, they come last here: images go in as (samples, height, width,
    channels), and the weights behind a Flatten change places. Dropout is left out, and so are
    outputs that are no numbers of the network, such as the labels of a classifier. An operator that
    none of our layers stands for is refused by name.

    Parameters
    ----------
    filepath
        The file. It needs the package onnx: `pip install nnlite[onnx]`.

    Returns
    -------
    Model
        A `Sequential` where the network is a chain; not compiled.

    Examples
    --------
    >>> from_onnx("no_such_file.onnx")
    Traceback (most recent call last):
        ...
    FileNotFoundError: There is no such file.
    Received: no_such_file.onnx
    ...
    """
    path = as_path(filepath)
    check_exists(path)
    onnx = load_extra("onnx", "onnx", "An ONNX file")
    load_extra("onnx.reference", "onnx", "An ONNX file")
    proto = read_proto(onnx, path)
    try:
        return model_of(onnx, proto, f"{filepath}")
    except Exception as error:
        # However a file is made up, it gets one error with its name.
        if isinstance(error, ValueError) and f"Where: {filepath}" in str(error):
            raise
        raise damaged(filepath, str(error).partition("\nReceived: ")[0]) from error


def model_of(onnx: Any, proto: Any, where: str) -> Model:
    """Return the network that a file describes."""
    graph = Graph(onnx, proto, where)
    dtype = begin(graph, proto)
    numbers = onnx.TensorProto.FLOAT, onnx.TensorProto.DOUBLE
    wanted = [
        output.name
        for output in proto.graph.output
        if not output.type.HasField("tensor_type") or output.type.tensor_type.elem_type in numbers
    ]
    for node in needed(proto.graph.node, wanted):
        if id(node) not in graph.done:
            read(graph, node)
    outputs = [graph.values[name] for name in wanted if name in graph.values]
    flat = [value for value in outputs if value.flat]
    if flat or not outputs or len(outputs) < len(wanted):
        rule = "What goes out is numbers of the network, channels last."
        received = "rows that were flattened channels first" if flat else f"outputs {wanted}"
        raise value_error(rule, received, where)
    inputs = [graph.values[put.name] for put in proto.graph.input if put.name in graph.values]
    return assembled(graph, inputs, outputs, proto.graph.name, dtype)


def begin(graph: Graph, proto: Any) -> str:
    """Make an Input for every array that goes in; return the dtype."""
    numbers = graph.onnx.TensorProto
    types = {numbers.FLOAT: "float32", numbers.DOUBLE: "float64"}
    given = [put for put in proto.graph.input if put.name not in graph.constants]
    found = {types.get(put.type.tensor_type.elem_type, "") for put in given}
    if len(found) != 1 or "" in found:
        rule = "A network takes floating numbers, all of one type."
        raise value_error(rule, f"inputs {[put.name for put in given]}", graph.where)
    for put in given:
        batch, *sample = (size.dim_value for size in put.type.tensor_type.shape.dim or [None])
        shape: Shape = tuple(sample)
        if not shape or min(shape) < 1:
            rule = "The file must say the shape of a sample: only the number of samples is open."
            raise value_error(rule, f"input '{put.name}' of shape {(batch, *shape)}", graph.where)
        graph.batch = batch
        first = len(shape) > 1 and graph.wants_channels_first(put.name)
        ours = (*shape[1:], shape[0]) if first else shape
        tensor = Input(ours, name=put.name)
        graph.names.add(put.name)
        value = Value(tensor, first_axes(len(shape) - 1)) if first else plain(tensor)
        graph.values[put.name] = value
    return found.pop()


def needed(nodes: Sequence[Any], outputs: list[str]) -> list[Any]:
    """Return the nodes that these outputs depend on, in their order."""
    wanted, kept = set(outputs), []
    for node in reversed(nodes):
        if wanted & {*node.output}:
            kept.append(node)
            wanted |= {*node.input}
    return kept[::-1]


def read(graph: Graph, node: Any) -> None:
    """Read a node: what it gives is a constant from now on, or a value."""
    known = node.domain in ("", "ai.onnx") or node.op_type in ("Scaler", "ZipMap")
    call = Call(graph, node)
    if known and fold(call):
        return
    if not known or node.op_type not in READERS:
        rule = f"from_onnx reads these operators: {listed(READERS)}."
        remedy = "Run the file with onnxruntime, or write the part of the network before it alone."
        raise graph.refusal(node, rule, remedy=remedy)
    try:
        graph.values[call.output] = READERS[node.op_type](call)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        # What a layer explains gets the names of the file and the node.
        rule, explained, received = str(error).partition("\nReceived: ")
        if f"Where: {graph.where}" in received:
            raise
        if not explained:
            rule, received = "A node is made as ONNX defines its operator.", rule
        raise graph.refusal(node, rule, received.partition("\n")[0]) from error


def assembled(
    graph: Graph, inputs: list[Value], outputs: list[Value], name: str, dtype: str
) -> Model:
    """Return the model with its weights; a chain of layers as a `Sequential`."""
    begins, ends = ([value.tensor for value in values] for values in (inputs, outputs))
    nodes = ordered_nodes(ends, begins)
    if not nodes:
        # Nothing is left of a network of dropout alone.
        ends = [layers.Activation("linear")(tensor) for tensor in ends]
        nodes = ordered_nodes(ends, begins)
    tensors = [*begins, *(node.output for node in nodes)]
    name = name or "network"
    is_chain = [node.inputs for node in nodes] == [[tensor] for tensor in tensors[:-1]]
    if is_chain and len(begins) == 1 and len({node.layer for node in nodes}) == len(nodes):
        own = [node.layer for node in nodes]
        made = [layer.twin(built=False) for layer in own]
        start = Input(begins[0].sample, name=begins[0].node.layer.name)
        model: Model = Sequential([start, *made], name=name, dtype=dtype)
    else:
        model = Model(begins, ends, name=name, dtype=dtype)
        own = made = [layer for layer in model.layers if layer in graph.weights]
    for layer, copy in zip(own, made, strict=True):
        if arrays := graph.weights.get(layer):
            copy.set_weights([np.asarray(array) for array in arrays])
    return model
