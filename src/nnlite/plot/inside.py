"""A look inside a model: the weights of a layer, and what a layer makes of an image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np

from nnlite.foundation.errors import look_up, type_error, value_error
from nnlite.foundation.types import Array
from nnlite.layers.depthwise_and_transposed import Conv2DTranspose
from nnlite.layers.layer import Layer
from nnlite.network.chain import Graph

if TYPE_CHECKING:
    from nnlite.models import Model

KINDS = {2: "Dense", 4: "convolution"}


def is_model(given: Any) -> TypeGuard[Model]:
    """Return whether this is a model of nnlite."""
    from nnlite.models import Model

    return isinstance(given, Model)


def find_weight(model: Any, layer: Any, axes: int, caller: str, shape: str) -> Array:
    """Return the weights W, with so many axes, of a model's layer, of a layer, or as given."""
    if is_model(model):
        model.check_built(caller)
        layers = chosen_layers(model, layer)
    elif isinstance(model, Layer):
        layers = [model]
        if not model.built:
            rule = f"{caller} draws weights, which are made when the layer is built."
            remedy = "Put it into a model that knows its input, or call layer.build(shape)."
            received = f"layer '{model.name}' without weights"
            raise value_error(rule, received, remedy=remedy)
    else:
        array = np.asarray(model)
        if array.dtype.kind not in "fiub" or array.ndim != axes or array.size == 0:
            rule = f"{caller} draws a model, a layer, or an array {shape}."
            received = f"an array of shape {array.shape}" if array.ndim else type(model).__name__
            raise value_error(rule, received)
        return array
    for found in layers:
        W = getattr(found.parameters.get("W"), "value", None)
        if W is not None and W.ndim == axes:
            # What a transposed convolution gives stands before what it takes.
            return np.asarray(W.swapaxes(2, 3) if isinstance(found, Conv2DTranspose) else W)
    rule = f"{caller} draws weights W of shape {shape}: those of a {KINDS[axes]} layer."
    choose = f"Choose a {KINDS[axes]} layer: layer='name'." if layer is not None else None
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


def output_of(model: Any, x: Any, layer: Any) -> Array:
    """Return the maps (height, width, filters) that a layer of the model makes of one image."""
    if not is_model(model):
        rule = "To make feature maps of an image, plot.feature_maps needs a model."
        remedy = "Feature maps that you have already are drawn without x."
        raise type_error(rule, type(model).__name__, remedy=remedy)
    model.check_built("plot.feature_maps")
    layers = chosen_layers(model, layer)
    for node in model.nodes:
        if node.layer in layers and len(node.output.shape) == 3 and _makes_maps(node.layer, layer):
            maps: Array = Graph(model.inputs, [node.output]).forpass(_one_image(model, x))[0]
            return maps
    rule = "Feature maps come from a layer whose output is (height, width, filters)."
    received = ", ".join(map(_describe, layers))
    raise value_error(rule, received, f"model '{model.name}'")


def _makes_maps(found: Layer, chosen: Any) -> bool:
    """Without a choice, the first layer with weights over a neighbourhood is meant."""
    return chosen is not None or any(weight.ndim == 4 for weight in found.weights)


def _one_image(model: Model, x: Any) -> Array:
    array = np.asarray(x)
    wanted = model.inputs[0].shape
    if array.size != int(np.prod(wanted)):
        rule = f"plot.feature_maps takes one image of shape {wanted}."
        remedy = "Choose one: x[0]." if array.shape[1:] == wanted else None
        received, where = f"x of shape {array.shape}", f"model '{model.name}'"
        raise value_error(rule, received, where, remedy)
    return model._inputs(array.reshape(1, *wanted))[0]


def _describe(layer: Layer) -> str:
    shapes = ", ".join(f"{name} {weight.value.shape}" for name, weight in layer.parameters.items())
    return f"{layer.name} with {shapes}" if shapes else layer.name
