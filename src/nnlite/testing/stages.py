"""A model, layer by layer: what each made of some samples. The model may be one of Keras."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlite.foundation.errors import told, type_error, value_error
from nnlite.foundation.types import Array
from nnlite.given.data import one_or_list
from nnlite.layers.input import InputLayer
from nnlite.layers.joining import Tensor
from nnlite.models import Model


@dataclass(frozen=True)
class Stage:
    """A layer of a model, and what it made of the samples."""

    name: str
    kind: str
    output: Array
    weights: Sequence[Array]
    config: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.name} ({self.kind})"


def stages(model: Any, inputs: list[Array]) -> Iterator[Stage]:
    """Yield the layers of a model of ours, or of Keras."""
    if isinstance(model, Model):
        return stages_of(model, model.checked_inputs(one_or_list(inputs)))
    if any(base.__module__.partition(".")[0] == "keras" for base in type(model).__mro__):
        return stages_of_keras(model, inputs)
    rule = "compare takes another model of nnlite, or one of Keras."
    remedy = "A network of PyTorch becomes one by saving.from_onnx(path)."
    raise type_error(rule, told(model), remedy=remedy)


def stages_of(model: Model, inputs: list[Array]) -> Iterator[Stage]:
    """Yield every layer, with the output of its first call."""
    values: dict[Tensor, Array] = dict(zip(model.inputs, inputs, strict=True))
    first: dict[Any, Array] = {}
    for node in model.nodes:
        given = [values[tensor] for tensor in node.inputs]
        made = node.layer.forpass(given if node.several else given[0], False)
        values[node.output] = made
        first.setdefault(node.layer, made)
    for layer in model.layers:
        if not isinstance(layer, InputLayer):
            about = layer.get_weights(), layer.get_config()
            yield Stage(model.name_of(layer), type(layer).__name__, first[layer], *about)


def stages_of_keras(model: Any, inputs: list[Array]) -> Iterator[Stage]:
    """Yield every layer of a model of Keras, with the output of its first call."""
    keras = importlib.import_module("keras")
    if not getattr(model, "inputs", None):
        rule = "A model of Keras is compared once it knows its input."
        remedy = "Begin it with keras.Input, or call it on samples first."
        raise value_error(rule, told(model), None, remedy)
    layers = [layer for layer in model.layers if type(layer).__name__ != "InputLayer"]
    each = keras.Model(model.inputs, [layer.output for layer in layers])
    outputs = each(one_or_list(inputs), training=False)
    for layer, output in zip(layers, outputs, strict=True):
        made = np.asarray(keras.ops.convert_to_numpy(output))
        about = layer.get_weights(), layer.get_config()
        yield Stage(layer.name, type(layer).__name__, made, *about)
