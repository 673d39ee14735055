"""Many small images side by side: digits, weights, filters, feature maps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..checks import positive_integer
from ..errors import explain_error
from ..types import Array
from .digits import write_numbers
from .style import LETTER, WIDTH, check_axes, font_size, new_axes, size_in_points

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FRAME = "0.8"
MOST = 100
LARGEST_IMAGE = 2.2
"""The width of an image in inches, if there are few."""
CAPTION, BAR = 1.8, 7.0
"""The height of a caption, and the width of the bar with its words, in sizes of a letter."""
GAP = 0.08
"""The space between two images, as a share of an image's width."""


def draw_grid(
    ax: Axes | None,
    pictures: Array,
    what: str,
    captions: Sequence[str] | None = None,
    *,
    columns: int | None,
    count: int,
    numbers: bool,
    bar: str = "",
    **colours: Any,
) -> Axes:
    """Draw pictures (n, height, width, …) row by row, at most `count`; the title tells if not all.

    On the axes, an image is one wide, and y grows downward.
    """
    from matplotlib.patches import Rectangle

    there = len(pictures)
    count = positive_integer("count", count, "a grid of images")
    pictures, captions = pictures[:count], captions and captions[:count]
    columns = best_columns(len(pictures)) if columns is None else columns
    columns = min(len(pictures), positive_integer("columns", columns, "a grid of images"))
    rows = -(-len(pictures) // columns)
    height = pictures.shape[1] / pictures.shape[2]
    if ax is None:
        ax = _page(rows, columns, height, bool(captions), bool(bar))
    check_axes(ax)
    unit = _width_of_an_image(ax, rows, columns, height, bool(captions), bool(bar))
    caption_room = CAPTION * font_size() / unit if captions else 0.0
    pitch = height + GAP + caption_room
    for number, picture in enumerate(pictures):
        row, column = divmod(number, columns)
        x, y = column * (1 + GAP), row * pitch + caption_room
        ax.imshow(picture, extent=(x, x + 1, y + height, y), **colours)
        frame = Rectangle((x, y), 1, height, fill=False, edgecolor=FRAME, linewidth=0.6)
        ax.add_patch(frame)
    right, bottom = columns * (1 + GAP), rows * pitch
    ax.set_axis_off()
    ax.set_xlim(-GAP, right + (BAR * font_size() / unit if bar else 0.0))
    ax.set_ylim(bottom, -GAP)
    if captions:
        _write_captions(ax, captions, unit)
    if numbers:
        write_numbers(ax, unit)
    if bar:
        _add_bar(ax, bar, right, unit)
    if len(pictures) < there:
        ax.set_title(f"the first {len(pictures)} of {there} {what}")
    return ax


def _page(rows: int, columns: int, height: float, has_captions: bool, has_bar: bool) -> Axes:
    """Return new axes into which the images fit without much space around them."""
    caption, bar = CAPTION * font_size() / 72 * has_captions, BAR * font_size() / 72 * has_bar
    image_width = min((WIDTH - bar) / columns, LARGEST_IMAGE)
    return new_axes(rows * (image_width * height + caption) + 0.3, columns * image_width + bar)


def _width_of_an_image(
    ax: Axes, rows: int, columns: int, height: float, has_captions: bool, has_bar: bool
) -> float:
    """Return how many points wide the images are when they fill the axes."""
    page_width, page_height = size_in_points(ax)
    caption, bar = CAPTION * font_size() * has_captions, BAR * font_size() * has_bar
    fitting_width = (page_width - bar) / (columns * (1 + GAP) + GAP)
    fitting_height = (page_height / rows - caption) / (height + GAP)
    return max(min(fitting_width, fitting_height), 1.0)


def _write_captions(ax: Axes, captions: Sequence[str], unit: float) -> None:
    """Write above each image, in letters so small that the longest caption has room."""
    longest = max(1, *(len(caption) for caption in captions))
    size = min(font_size(), unit / (LETTER * longest))
    for image, words in zip(ax.images, captions, strict=True):
        left, right, _, top = image.get_extent()
        y = top - 0.3 * CAPTION * font_size() / unit
        ax.text((left + right) / 2, y, words, size=size, ha="center", va="baseline")


def _add_bar(ax: Axes, words: str, right: float, unit: float) -> None:
    """Draw the scale of colours at the right of the images."""
    start, end = ax.get_xlim()
    letter = font_size() / unit
    x, width = (right + 0.5 * letter - start) / (end - start), letter / (end - start)
    bar = ax.figure.colorbar(ax.images[0], cax=ax.inset_axes((x, 0.05, width, 0.9)))
    bar.set_label(words)
    bar.outline.set_visible(False)


def best_columns(count: int) -> int:
    """Return how many columns make a grid a little wider than high, with few empty places.

    >>> [best_columns(count) for count in (1, 3, 10, 25, 32, 100)]
    [1, 3, 5, 5, 8, 10]
    """
    if count <= 6:
        return count
    root = count**0.5
    candidates = range(int(np.ceil(root)), int(2 * root) + 1)
    return min(candidates, key=lambda columns: (-count % columns, abs(columns - 1.26 * root)))


def as_images(x: Any, shape: tuple[int, ...] | None, what: str = "x") -> Array:
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
                remedy="Say how they lie: shape=(rows, columns). A single image is x[np.newaxis].",
            )
        )
    return side, side
