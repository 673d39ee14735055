"""What a network has learned to see: weights, filters and feature maps as pictures."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlite.foundation.errors import look_up, type_error, value_error
from nnlite.foundation.types import Array
from nnlite.layers.depthwise_and_transposed import Conv2DTranspose
from nnlite.layers.layer import Layer
from nnlite.models import Model
from nnlite.network.branches import Branches
from nnlite.plot.grids import MOST, as_images, draw_grid
from nnlite.plot.style import Axes, signed_colours


def weights(
    model: Any,
    *,
    shape: tuple[int, ...] | None = None,
    layer: Any = None,
    columns: int | None = None,
    count: int = MOST,
    numbers: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw what each neuron of the first layer weighs, as an image over its inputs.

    Blue weights speak for what the neuron looks for, vermilion ones against it.

    Parameters
    ----------
    model
        A model, a layer, or weights of shape (inputs, neurons).
    shape
        The shape of one image, where the inputs are no square.
    layer
        The name or the number of the layer; by default the first that weighs all inputs.
    columns, count
        How many images stand side by side, and how many are drawn at most.
    numbers
        Whether the numbers are written into the pixels, of small images.
    ax
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, that holds all images.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = weights(np.ones((784, 10)), ax=Figure().add_subplot())
    >>> len(axes.images), axes.images[0].get_array().shape
    (10, (28, 28))
    """
    W = find_weight(model, layer, 2, "plot.weights", "(inputs, neurons)")
    pictures = as_images(W.T, shape, "weights of each neuron")
    if pictures.ndim == 4:
        pictures = pictures.mean(axis=-1)
    return _draw_signed(ax, pictures, "neurons", columns=columns, count=count, numbers=numbers)


def filters(
    model: Any,
    *,
    layer: Any = None,
    channel: int = 0,
    columns: int | None = None,
    count: int = MOST,
    numbers: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw the filters of a convolution, each as a small image.

    Parameters
    ----------
    model
        A model, a layer, or kernels of shape (height, width, channels, filters).
    layer
        The name or the number of the layer; by default the first convolution.
    channel
        Which input channel is drawn.
    columns, count
        How many filters stand side by side, and how many are drawn at most.
    numbers
        Whether the numbers are written into the pixels, of small images.
    ax
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, that holds all filters.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = filters(np.ones((3, 3, 1, 8)), ax=Figure().add_subplot())
    >>> len(axes.images)
    8
    """
    W = find_weight(model, layer, 4, "plot.filters", "(height, width, channels, filters)")
    channels = W.shape[2]
    if not 0 <= channel < channels:
        rule = f"The filters have {channels} input channel{'s' * (channels > 1)}, counted from 0."
        raise value_error(rule, f"channel={channel}")
    kernels = np.moveaxis(W[:, :, channel], -1, 0)
    ax = _draw_signed(ax, kernels, "filters", columns=columns, count=count, numbers=numbers)
    if channels > 1:
        words = [ax.get_title(), f"input channel {channel} of {channels}"]
        ax.set_title(", ".join(filter(None, words)))
    return ax


def feature_maps(
    model: Any,
    x: Any = None,
    *,
    layer: Any = None,
    columns: int | None = None,
    count: int = MOST,
    numbers: bool = False,
    cmap: str = "viridis",
    ax: Axes | None = None,
) -> Axes:
    """Draw what a convolution makes of one image: a map for each filter, bright where it answers.

    Parameters
    ----------
    model
        A model; or feature maps, of shape (height, width, filters).
    x
        One image as the model takes it.
    layer
        The name or the number of the layer; by default the first that gives maps.
    columns, count
        How many maps stand side by side, and how many are drawn at most.
    cmap
        The colours.
    numbers
        Whether the numbers are written into the pixels, of small images.
    ax
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, that holds all maps.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = feature_maps(np.ones((26, 26, 10)), ax=Figure().add_subplot())
    >>> len(axes.images)
    10
    """
    maps = np.asarray(model) if x is None else output_of(model, x, layer)
    maps = maps[0] if x is None and maps.ndim == 4 and len(maps) == 1 else maps
    if maps.ndim != 3 or maps.size == 0:
        rule = "plot.feature_maps needs a model and one image, or maps (height, width, filters)."
        received = f"maps of shape {maps.shape}" if maps.ndim else f"{type(model).__name__}, x=None"
        raise value_error(rule, received, remedy="plot.feature_maps(model, x_test[0])")
    grid: dict[str, Any] = {"columns": columns, "count": count, "numbers": numbers}
    grid |= {"cmap": cmap, "vmin": float(maps.min()), "vmax": float(maps.max())}
    return draw_grid(ax, np.moveaxis(maps, -1, 0), "feature maps", bar="activation", **grid)


def _draw_signed(ax: Axes | None, pictures: Array, what: str, **grid: Any) -> Axes:
    """Draw numbers of both signs on one scale, white where they are 0."""
    largest = float(np.abs(pictures).max()) or 1.0
    colours: dict[str, Any] = {"cmap": signed_colours(), "vmin": -largest, "vmax": largest}
    return draw_grid(ax, pictures, what, bar="weight", **grid, **colours)


def find_weight(model: Any, layer: Any, axes: int, caller: str, shape: str) -> Array:
    """Return the weights W, with so many axes, of a model's layer, of a layer, or as given."""
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
        array = np.asarray(model)
        if array.dtype.kind not in "fiub" or array.ndim != axes or array.size == 0:
            received = f"an array of shape {array.shape}" if array.ndim else type(model).__name__
            raise value_error(f"{caller} draws a model, a layer, or an array {shape}.", received)
        return array
    for found in layers:
        W = getattr(found.parameters.get("W"), "value", None)
        if W is not None and W.ndim == axes:
            # What a transposed convolution gives stands before what it takes.
            return np.asarray(W.swapaxes(2, 3) if isinstance(found, Conv2DTranspose) else W)
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
    array = np.asarray(x)
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
