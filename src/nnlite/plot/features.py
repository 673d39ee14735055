"""What a network has learned to see: weights, filters and feature maps as pictures."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlite.foundation.checks import flag
from nnlite.foundation.errors import value_error
from nnlite.foundation.types import Array
from nnlite.given.numbers import as_array
from nnlite.models import Model
from nnlite.plot.cells import TEXT, writing
from nnlite.plot.grids import LARGEST_SIDE, MOST, as_images, draw_grid, inks_on
from nnlite.plot.history import whole_numbers
from nnlite.plot.of_model import find_weight, output_of, seen_image
from nnlite.plot.style import Axes, axes_or_new, round_numbers, signed_colours


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

    Blue weights speak for what the neuron looks for, vermilion ones against it. A layer of a model
    that does not weigh the image itself, since neurons, filters or pooling come before it, is drawn
    as its table W: an input in each row, a neuron in each column.

    Parameters
    ----------
    model
        A model, a layer, or weights of shape (inputs, neurons).
    shape
        The shape of one image, where the inputs are no square and the model does not tell.
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
    pictures, table = weight_pictures(model, shape, layer)
    if table:
        return _draw_table(ax, pictures[0], table, numbers)
    return _draw_signed(ax, pictures, "neurons", columns=columns, count=count, numbers=numbers)


def weight_pictures(model: Any, shape: tuple[int, ...] | None, layer: Any) -> tuple[Array, str]:
    """Return the image that each neuron weighs; or the one table W, and the name of its layer."""
    W, found = find_weight(model, layer, 2, "plot.weights", "(inputs, neurons)")
    if shape is None and found is not None and isinstance(model, Model):
        shape = seen_image(model, found)
        if shape is None:
            return W[np.newaxis], model.name_of(found)
        shape = shape if len(shape) > 1 else None
    pictures = as_images(W.T, shape, "weights of each neuron")
    return (pictures.mean(axis=-1) if pictures.ndim == 4 else pictures), ""


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
    kernels, channels = filter_pictures(model, layer, channel)
    ax = _draw_signed(ax, kernels, "filters", columns=columns, count=count, numbers=numbers)
    if channels > 1:
        words = [ax.get_title(), f"input channel {channel} of {channels}"]
        ax.set_title(", ".join(filter(None, words)))
    return ax


def filter_pictures(model: Any, layer: Any, channel: int) -> tuple[Array, int]:
    """Return the image of every filter, and how many channels there are."""
    W, _ = find_weight(model, layer, 4, "plot.filters", "(height, width, channels, filters)")
    channels = W.shape[2]
    if not 0 <= channel < channels:
        rule = f"The filters have {channels} input channel{'s' * (channels > 1)}, counted from 0."
        raise value_error(rule, f"channel={channel}")
    return np.moveaxis(W[:, :, channel], -1, 0), channels


def feature_maps(
    model: Any,
    x: Any = None,
    *,
    layer: Any = None,
    columns: int | None = None,
    count: int = MOST,
    numbers: bool = False,
    cmap: Any = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw what a convolution makes of one image: a map for each filter, bright where it answers.

    Maps with numbers below 0, of a layer without ReLU, are white at 0: blue above it, vermilion
    below.

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
        The colours from the smallest to the largest number, instead.
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
    maps = as_array(model, "maps") if x is None else output_of(model, x, layer)
    maps = maps[0] if x is None and maps.ndim == 4 and len(maps) == 1 else maps
    if maps.ndim != 3 or maps.size == 0:
        rule = "plot.feature_maps needs a model and one image, or maps (height, width, filters)."
        received = f"maps of shape {maps.shape}" if maps.ndim else f"{type(model).__name__}, x=None"
        raise value_error(rule, received, remedy="plot.feature_maps(model, x_test[0])")
    grid: dict[str, Any] = {"columns": columns, "count": count, "numbers": numbers}
    low, high = float(maps.min()), float(maps.max())
    if low < 0 and cmap is None:
        grid |= _signed_scale(maps)
    else:
        grid |= {"cmap": cmap or "viridis", "vmin": low, "vmax": high}
    return draw_grid(ax, np.moveaxis(maps, -1, 0), "feature maps", bar="activation", **grid)


def _draw_signed(ax: Axes | None, pictures: Array, what: str, **grid: Any) -> Axes:
    return draw_grid(ax, pictures, what, bar="weight", **grid, **_signed_scale(pictures))


def _signed_scale(values: Array) -> dict[str, Any]:
    """Return one scale for numbers of both signs, white where they are 0."""
    largest = float(np.abs(values).max()) or 1.0
    return {"cmap": signed_colours(), "vmin": -largest, "vmax": largest}


def _draw_table(ax: Axes | None, W: Array, name: str, numbers: bool) -> Axes:
    """Draw all weights of a layer as one table, with its inputs and its neurons."""
    flag("numbers", numbers)
    if numbers and max(W.shape) > LARGEST_SIDE:
        rule = f"Numbers are written into tables of at most {LARGEST_SIDE} by {LARGEST_SIDE}."
        raise value_error(
            rule, f"W of shape {W.shape}", f"layer '{name}'", "Leave out numbers=True."
        )
    ax = axes_or_new(ax, height=4.5)
    image = ax.imshow(W, aspect="auto", **_signed_scale(W))
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(whole_numbers())
    ax.set(xlabel="neurons", ylabel="inputs", title=f"{name}: W {W.shape}")
    bar = ax.figure.colorbar(image, cax=ax.inset_axes((1.02, 0.0, 0.03, 1.0)), label="weight")
    round_numbers(bar.ax.yaxis)
    if numbers:
        write, inks = writing([W]), inks_on(image)
        for (i, j), value in np.ndenumerate(W):
            ax.text(j, i, write(value), color=str(inks[i, j]), **TEXT)
    return ax
