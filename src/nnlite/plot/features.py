"""What a network has learned to see: weights, filters and feature maps as pictures."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlite.foundation.errors import value_error
from nnlite.foundation.types import Array
from nnlite.plot.grids import MOST, as_images, draw_grid
from nnlite.plot.inside import find_weight, output_of
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
