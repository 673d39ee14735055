"""What of a model is drawn: its layers, their weights, and what they make of an image."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlite.foundation.errors import look_up, type_error, value_error
from nnlite.foundation.types import Array
from nnlite.given.numbers import as_array
from nnlite.layers.depthwise_and_transposed import Conv2DTranspose
from nnlite.layers.layer import Layer
from nnlite.models import Model
from nnlite.network.branches import Branches


def find_weight(
    model: Any, layer: Any, axes: int, caller: str, shape: str
) -> tuple[Array, Layer | None]:
    """Return the weights W, with so many axes, and the layer they are of, if they are of one."""
    if isinstance(model, Model):
        model.check_built(caller)
        layers = chosen_layers(model, layer)
    elif isinstance(model, Layer):
        layers = [model]
        if not model.built:
            rule = f"{caller} draws weights, which are made when the layer is built."
            remedy = "Put it into a model that knows its input, or call layer.build(shape)."
            raise value_error(rule, f"layer '{model.name}' without weights", remedy=remedy)
    else:
        array = as_array(model, "weights")
        if array.dtype.kind not in "fiub" or array.ndim != axes or array.size == 0:
            received = f"an array of shape {array.shape}" if array.ndim else type(model).__name__
            raise value_error(f"{caller} draws a model, a layer, or an array {shape}.", received)
        return array, None
    for found in layers:
        W = getattr(found.parameters.get("W"), "value", None)
        if W is not None and W.ndim == axes:
            # What a transposed convolution gives stands before what it takes.
            W = W.swapaxes(2, 3) if isinstance(found, Conv2DTranspose) else W
            return np.asarray(W), found
    kind = {2: "Dense", 4: "convolution"}[axes]
    rule = f"{caller} draws weights W of shape {shape}: those of a {kind} layer."
    choose = f"Choose a {kind} layer: layer='name'." if layer is not None else None
    raise value_error(rule, ", ".join(map(_describe, layers)), remedy=choose)


def chosen_layers(model: Model, layer: Any) -> list[Layer]:
    """Return the layer of that name or number, or all."""
    if layer is None:
        return list(model.layers)
    if isinstance(layer, Layer):
        return [layer]
    if isinstance(layer, int):
        if not -len(model.layers) <= layer < len(model.layers):
            rule = f"Model '{model.name}' has {len(model.layers)} layers, counted from 0."
            raise value_error(rule, f"layer={layer}")
        return [model.layers[layer]]
    return [look_up("layer", str(layer), {model.name_of(found): found for found in model.layers})]


def seen_image(model: Model, layer: Layer) -> tuple[int, ...] | None:
    """Return the shape of the model's input, if the layer weighs its values one by one; else None.

    Between them, layers may only lay the values out anew, or change each by itself.
    """
    values = len(layer.W)
    found = [node.inputs[0] for node in model.nodes if node.layer is layer]
    if not found:
        return None
    tensor = found[0]
    while tensor not in model.inputs:
        node = tensor.node
        mixes = len(node.inputs) > 1 or any(weight.ndim > 1 for weight in node.layer.weights)
        if mixes or int(np.prod(node.inputs[0].sample)) != values:
            return None
        tensor = node.inputs[0]
    shape = tuple(tensor.sample)
    is_image = len(shape) < 3 or (len(shape) == 3 and shape[2] in (1, 3, 4))
    return shape if is_image and int(np.prod(shape)) == values else None


def output_of(model: Any, x: Any, layer: Any) -> Array:
    """Return the maps (height, width, filters) that a layer of the model makes of one image."""
    if not isinstance(model, Model):
        rule = "To make feature maps of an image, plot.feature_maps needs a model."
        remedy = "Feature maps that you have already are drawn without x."
        raise type_error(rule, type(model).__name__, remedy=remedy)
    model.check_built("plot.feature_maps")
    layers = chosen_layers(model, layer)
    for node in model.nodes:
        # Without a choice, the first layer with weights over a neighbourhood is meant.
        meant = layer is not None or any(weight.ndim == 4 for weight in node.layer.weights)
        if node.layer in layers and len(node.output.sample) == 3 and meant:
            return np.asarray(
                Branches(model.inputs, [node.output]).forpass(_one_image(model, x))[0]
            )
    rule = "Feature maps come from a layer whose output is (height, width, filters)."
    raise value_error(rule, ", ".join(map(_describe, layers)), f"model '{model.name}'")


def _one_image(model: Model, x: Any) -> Array:
    array = as_array(x, "x")
    wanted = model.inputs[0].sample
    if array.size != int(np.prod(wanted)):
        rule = f"plot.feature_maps takes one image of shape {wanted}."
        remedy = "Choose one: x[0]." if array.shape[1:] == wanted else None
        received, where = f"x of shape {array.shape}", f"model '{model.name}'"
        raise value_error(rule, received, where, remedy)
    return model.checked_inputs(array.reshape(1, *wanted))[0]


def _describe(layer: Layer) -> str:
    shapes = ", ".join(f"{name} {weight.value.shape}" for name, weight in layer.parameters.items())
    return f"{layer.name} with {shapes}" if shapes else layer.name
