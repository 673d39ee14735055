"""A model becomes an ONNX file: layer by layer, as its data would flow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

import nnlite
from nnlite.exchange.onnx.activations_to_onnx import check_activation
from nnlite.exchange.onnx.drawing import LAST, Drawing, Value
from nnlite.exchange.onnx.layers_to_onnx import WRITERS
from nnlite.foundation.errors import told, type_error, value_error
from nnlite.foundation.extras import load_extra
from nnlite.foundation.files import as_path, check_folder, written_whole
from nnlite.foundation.ours import ours
from nnlite.layers.joining import Node
from nnlite.models import Model
from nnlite.training.standins import computes_as_written

OPSET, IR_VERSION = 20, 10
"""The oldest versions of ONNX that have all that is drawn."""

HELPING = ("activate", "depthwise", "mean_and_deviation", "places")
"""What the forpass of a layer calls besides: of a user's own, no file could tell."""


def to_onnx(model: Model, filepath: str | Path) -> None:
    """Write what a model predicts into an ONNX file, which many other programs read and run.

    The file takes batches of any size, and has the names of the model's inputs and outputs. As
    here, channels are last in what goes in and comes out. Dropout and random flips are left out:
    they do nothing in prediction. How the model was compiled is not in the file; `model.save` keeps
    all of it.

    Parameters
    ----------
    model
        A model in float32, made of the library's layers and activations.
    filepath
        The file, "model.onnx" for instance. It needs the package onnx: `pip install nnlite[onnx]`.

    Examples
    --------
    >>> from nnlite import Sequential
    >>> from nnlite.layers import Dense
    >>> model = Sequential([Dense(1, input_shape=(2,))], dtype="float64")
    >>> to_onnx(model, "model.onnx")
    Traceback (most recent call last):
        ...
    ValueError: An ONNX file holds a model in float32.
    Received: a model in float64
    Where: model 'sequential'
    Remedy: to_onnx(model.twin(dtype="float32"), path)
    """
    if not isinstance(model, Model):
        raise type_error("to_onnx takes a model.", told(model))
    path = as_path(filepath)
    check_folder(path)
    proto = as_onnx(model)
    with written_whole(path) as file:
        file.write(proto.SerializeToString(deterministic=True))


def as_onnx(model: Model) -> Any:
    """Return the model as the package onnx holds one."""
    model.check_built("to_onnx")
    if model.dtype != np.float32:
        rule = "An ONNX file holds a model in float32."
        remedy = 'to_onnx(model.twin(dtype="float32"), path)'
        received = f"a model in {model.dtype}"
        raise value_error(rule, received, f"model '{model.name}'", remedy)
    onnx = load_extra("onnx", "onnx", "An ONNX file")
    draw = Drawing(onnx)
    values = {
        tensor: draw.input(name, tensor.sample)
        for tensor, name in zip(model.inputs, model.input_names, strict=True)
    }
    entering = {value.names[LAST]: value.sample for value in values.values()}
    for node in model.nodes:
        draw.begin(model.name_of(node.layer), type(node.layer).__name__)
        given = [values[tensor] for tensor in node.inputs]
        values[node.output] = _drawn(draw, node, given)
    given = [values[tensor] for tensor in model.outputs]
    leaving = _named_outputs(draw, given, model.output_names, list(entering))
    describe, numbers = onnx.helper.make_tensor_value_info, onnx.TensorProto.FLOAT
    begins, ends = (
        [describe(name, numbers, ["batch", *sample]) for name, sample in those.items()]
        for those in (entering, leaving)
    )
    graph = onnx.helper.make_graph(draw.nodes, model.name, begins, ends, [*draw.constants.values()])
    opset = onnx.helper.make_opsetid("", OPSET)
    versions = {"ir_version": IR_VERSION, "producer_version": nnlite.__version__}
    made = onnx.helper.make_model
    return made(graph, opset_imports=[opset], producer_name="nnlite", **versions)


def _drawn(draw: Drawing, node: Node, given: list[Value]) -> Value:
    """Draw a call of a layer, and return what it gives."""
    layer = node.layer
    check_activation(draw, layer)
    kind = next((base for base in type(layer).__mro__ if base in WRITERS), None)
    if kind is None or not (computes_as_written(layer) and ours(layer, *HELPING)):
        rule = "ONNX has the library's layers: one of your own has no operator there."
        remedy = "Build it of the library's layers, or write the part before it: "
        remedy += f"Model(model.input, model.get_layer({draw.layer!r}).input)."
        received = f"a layer of class {type(layer).__name__}"
        raise value_error(rule, received, f"layer '{draw.layer}'", remedy)
    return WRITERS[kind](draw, layer, given if node.several else given[0], node.output.sample)


def _named_outputs(
    draw: Drawing, values: list[Value], names: list[str], entering: list[str]
) -> dict[str, Any]:
    """Call the arrays that leave the graph by the names of the outputs; return their shapes."""
    leaving: dict[str, Any] = {}
    renamed: dict[str, str] = {}
    for value, name in zip(values, names, strict=True):
        draw.begin(name, "")
        made, new = draw.ask(value, LAST), draw.name(name)
        if made in renamed or made in entering:
            made = draw.node("Identity", [made])
        renamed[made] = new
        leaving[new] = value.sample
    for node in draw.nodes:
        for names_of in (node.input, node.output):
            names_of[:] = [renamed.get(name, name) for name in names_of]
    return leaving
