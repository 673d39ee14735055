"""Arrays as pictures: the data, what the first layer weighs, what a convolution sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nnlite.errors import explain_error
from nnlite.plot.grids import draw_grid
from nnlite.plot.inside import find_weight, output_of
from nnlite.plot.style import VERMILION, signed_colours
from nnlite.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.image import AxesImage

MOST = 100


def images(
    x: Any,
    y_true: Any = None,
    y_pred: Any = None,
    *,
    shape: tuple[int, ...] | None = None,
    columns: int | None = None,
    count: int = MOST,
    cmap: str = "gray",
    ax: Axes | None = None,
) -> Axes:
    """Draw images side by side, with their labels; what was predicted wrongly has a frame.

    Parameters
    ----------
    x
        Images: (n, height, width), with 1 or 3 channels at the end, or flat: (n, values).
    y_true, y_pred
        The right labels and the predicted: n of them, or a row of probabilities for each image.
        A wrong one reads "4 → 9": it is a 4 and was taken for a 9.
    shape
        The shape of one image, for flat ones that are no squares.
    columns, count
        How many stand side by side, and how many are drawn at most.
    cmap
        The colours of images with one channel.
    ax
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, that holds all images.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = images(np.zeros((3, 8, 8)), [1, 2, 3], [1, 2, 7], ax=Figure().add_subplot())
    >>> [text.get_text() for text in axes.texts]
    ['1', '2', '3 → 7']
    """
    from matplotlib.patches import Rectangle

    pictures = _as_images(x, shape)
    true = _labels("y_true", y_true, len(pictures))
    predicted = _labels("y_pred", y_pred, len(pictures))
    given = true if predicted is None else predicted
    captions = None if given is None else [str(label) for label in given]
    wrong: Array = np.zeros(len(pictures), bool)
    if true is not None and predicted is not None:
        wrong = true != predicted
        captions = [
            f"{t} → {p}" if bad else f"{p}"
            for t, p, bad in zip(true, predicted, wrong, strict=True)
        ]
    colours = {"cmap": cmap, "vmin": np.nanmin(pictures), "vmax": np.nanmax(pictures)}
    ax, drawn = draw_grid(ax, pictures[:count], captions and captions[:count], columns, **colours)
    for number, image in enumerate(drawn):
        if wrong[number]:
            left, right, bottom, top = image.get_extent()
            frame = Rectangle(
                (left, top), right - left, bottom - top, fill=False, edgecolor=VERMILION
            )
            frame.set(linewidth=2.5, zorder=3)
            ax.add_patch(frame)
            ax.texts[number].set(color=VERMILION, weight="bold")
    _tell_what_is_left_out(ax, len(drawn), len(pictures), "images")
    return ax


def weights(
    model: Any,
    *,
    shape: tuple[int, ...] | None = None,
    layer: Any = None,
    columns: int | None = None,
    count: int = MOST,
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
    pictures = _as_images(W.T, shape, "weights of each neuron")
    if pictures.ndim == 4:
        pictures = pictures.mean(axis=-1)
    return _draw_signed(pictures, columns, count, "neurons", "weight", ax)


def filters(
    model: Any,
    *,
    layer: Any = None,
    channel: int = 0,
    columns: int | None = None,
    count: int = MOST,
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
        raise ValueError(
            explain_error(
                f"The filters have {channels} input channel{'s' * (channels > 1)}, counted from 0.",
                f"channel={channel}",
            )
        )
    kernels = np.moveaxis(W[:, :, channel], -1, 0)
    ax = _draw_signed(kernels, columns, count, "filters", "weight", ax)
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
    if x is None and maps.ndim == 4 and len(maps) == 1:
        maps = maps[0]
    if maps.ndim != 3 or maps.size == 0:
        raise ValueError(
            explain_error(
                "plot.feature_maps needs a model and one image, or maps (height, width, filters).",
                f"maps of shape {maps.shape}" if maps.ndim else f"{type(model).__name__}, x=None",
                remedy="plot.feature_maps(model, x_test[0])",
            )
        )
    pictures = np.moveaxis(maps, -1, 0)
    limits = {"vmin": float(pictures.min()), "vmax": float(pictures.max())}
    ax, drawn = draw_grid(ax, pictures[:count], None, columns, cmap=cmap, **limits)
    _add_scale(ax, drawn[0], "activation")
    _tell_what_is_left_out(ax, len(drawn), len(pictures), "feature maps")
    return ax


def _draw_signed(
    pictures: Array, columns: int | None, count: int, what: str, scale: str, ax: Axes | None
) -> Axes:
    """Draw numbers of both signs on one scale, white where they are 0."""
    largest = float(np.abs(pictures).max()) or 1.0
    limits = {"cmap": signed_colours(), "vmin": -largest, "vmax": largest}
    ax, drawn = draw_grid(ax, pictures[:count], None, columns, **limits)
    _add_scale(ax, drawn[0], scale)
    _tell_what_is_left_out(ax, len(drawn), len(pictures), what)
    return ax


def _add_scale(ax: Axes, image: AxesImage, words: str) -> None:
    bar = ax.figure.colorbar(image, ax=ax, shrink=0.8, fraction=0.04, pad=0.02)
    bar.set_label(words)
    bar.outline.set_visible(False)


def _tell_what_is_left_out(ax: Axes, drawn: int, there: int, what: str) -> None:
    if drawn < there:
        ax.set_title(f"the first {drawn} of {there} {what}")


def _as_images(x: Any, shape: tuple[int, ...] | None, what: str = "x") -> Array:
    """Return images (n, height, width) or (n, height, width, 3), whatever they came as."""
    array = np.asarray(x)
    if array.size == 0 or array.ndim not in (2, 3, 4):
        raise ValueError(
            explain_error(
                "Images come as (n, height, width), (n, height, width, channels) or (n, values).",
                f"{what} of shape {array.shape}",
                remedy="For a single image write x[None]." if array.ndim == 1 else None,
            )
        )
    if array.ndim == 2:
        array = array.reshape(-1, *_image_shape(array.shape[1], shape, what))
    if array.ndim == 4 and array.shape[-1] == 1:
        array = array[..., 0]
    if array.ndim == 4 and array.shape[-1] not in (3, 4):
        raise ValueError(
            explain_error(
                "An image has 1 channel (grey) or 3 (red, green, blue).",
                f"{what} of shape {array.shape}",
                remedy="Draw one channel: x[..., 0]; or plot.feature_maps.",
            )
        )
    return array


def _image_shape(values: int, shape: tuple[int, ...] | None, what: str) -> tuple[int, ...]:
    if shape is not None:
        if int(np.prod(shape)) != values:
            raise ValueError(
                explain_error(
                    f"shape must hold the {values} values of an image.",
                    f"shape={shape}, which holds {int(np.prod(shape))}",
                )
            )
        return shape
    side = int(np.sqrt(values))
    if side * side != values:
        raise ValueError(
            explain_error(
                f"{what}: {values} values make no square image.",
                f"{values} values, between {side}×{side} and {side + 1}×{side + 1}",
                remedy="Say how they lie: shape=(rows, columns).",
            )
        )
    return side, side


def _labels(name: str, labels: Any, count: int) -> Array | None:
    """Return one label for each image; of a row of probabilities, the place of the largest."""
    if labels is None:
        return None
    array = np.asarray(labels)
    if array.ndim == 2 and array.shape[1] > 1:
        array = array.argmax(axis=1)
    if array.size != count or array.ndim not in (1, 2):
        raise ValueError(
            explain_error(
                f"{name} must hold a label for each of the {count} images.",
                f"{name} of shape {array.shape}",
            )
        )
    array = array.reshape(-1)
    if array.dtype.kind == "f" and (array == array.astype(int)).all():
        array = array.astype(int)
    return array
