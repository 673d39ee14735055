"""Many small images side by side: digits, weights, filters, feature maps.

Into images so small that each pixel counts, its number can be written.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnlite.foundation.checks import flag, positive_integer
from nnlite.foundation.errors import value_error
from nnlite.foundation.types import Array
from nnlite.given.numbers import as_array
from nnlite.plot import style
from nnlite.plot.cells import writing
from nnlite.plot.style import Axes

MOST = 100
# The width of an image in inches, if there are few.
LARGEST_IMAGE = 2.2
# The height of a caption, and the width of the bar with its words, in sizes of a letter.
CAPTION, BAR = 1.8, 7.0
# The space between two images, as a share of an image's width.
GAP = 0.08
# So many pixels an image may have in a row, if their numbers are to be read.
LARGEST_SIDE = 12


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

    flag("numbers", numbers)
    there, letter = len(pictures), style.font_size()
    count = positive_integer("count", count, "a grid of images")
    pictures, captions = pictures[:count], captions and captions[:count]
    # The room of a caption and of the bar, in points, and the width of an image on a new page.
    above, beside = CAPTION * letter * bool(captions), BAR * letter * bool(bar)
    if columns is None:
        most = _most_beside(pictures, style.WIDTH - beside / 72) if numbers else MOST
        columns = min(best_columns(len(pictures)), most)
    columns = min(len(pictures), positive_integer("columns", columns, "a grid of images"))
    rows, height = -(-len(pictures) // columns), pictures.shape[1] / pictures.shape[2]
    wide = min((style.WIDTH - beside / 72) / columns, LARGEST_IMAGE)
    high = wide * height + above / 72
    ax = style.axes_or_new(ax, rows * high + 0.3, columns * wide + beside / 72)
    # Here the images may be as wide as they fit, `unit` points.
    page_width, page_height = style.blank_page(ax)
    fitting = (page_width - beside) / (columns * (1 + GAP) + GAP)
    unit = max(min(fitting, (page_height / rows - above) / (height + GAP)), 1.0)
    for number, picture in enumerate(pictures):
        row, column = divmod(number, columns)
        x, y = column * (1 + GAP), row * (height + GAP + above / unit) + above / unit
        ax.imshow(picture, extent=(x, x + 1, y + height, y), **colours)
        ax.add_patch(Rectangle((x, y), 1, height, fill=False, edgecolor="0.8", linewidth=0.6))
    right, bottom = columns * (1 + GAP), rows * (height + GAP + above / unit)
    ax.set(xlim=(-GAP, right + beside / unit), ylim=(bottom, -GAP))
    _write_captions(ax, captions or (), unit)
    if numbers:
        _write_numbers(ax, unit)
    if bar:
        _add_bar(ax, bar, right, unit)
    if len(pictures) < there:
        ax.set_title(f"the first {len(pictures)} of {there} {what}")
    return ax


def _write_captions(ax: Axes, captions: Sequence[str], unit: float) -> None:
    """Write above each image, in letters so small that the longest caption has room."""
    size = min([style.font_size(), *(unit / (style.LETTER * max(1, len(c))) for c in captions)])
    for image, words in zip(ax.images, captions, strict=False):
        left, right, _, top = image.get_extent()
        y = top - 0.3 * CAPTION * style.font_size() / unit
        ax.text((left + right) / 2, y, words, size=size, ha="center", va="baseline")


def _width_of(word: int) -> float:
    """Return how wide a pixel must be for a word of so many letters, in sizes of a letter."""
    return style.LETTER * max(word + 0.5, 2)


def _most_beside(pictures: Array, width: float) -> int:
    """Return how many images fit side by side into so many inches, if numbers are to be read."""
    write, side = writing([pictures]), pictures.shape[2]
    longest = max(len(write(value)) for value in pictures.flat)
    image = side * _width_of(longest) * style.SMALLEST / 72
    return max(1, int((width - style.FREE) / (image * (1 + GAP))))


def _write_numbers(ax: Axes, unit: float) -> None:
    """Write its number into every pixel of the images, that are `unit` points wide.

    Black on light and white on dark.
    """
    write = writing([np.asarray(image.get_array()) for image in ax.images])
    for image in ax.images:
        values = np.asarray(image.get_array())
        if values.ndim != 2 or max(values.shape) > LARGEST_SIDE:
            side = LARGEST_SIDE
            rule = f"Numbers are written into images of one channel, at most {side} by {side}."
            received, remedy = f"images of shape {values.shape}", "Leave out numbers=True."
            raise value_error(rule, received, remedy=remedy)
        words = {place: write(value) for place, value in np.ndenumerate(values)}
        longest, pixel = max(map(len, words.values())), 1 / values.shape[1]
        size = min(1.4 * style.font_size(), unit * pixel / _width_of(longest))
        inks = inks_on(image)
        left, _, _, top = image.get_extent()
        for (i, j), word in words.items():
            x, y = left + (j + 0.5) * pixel, top + (i + 0.5) * pixel
            ax.text(x, y, word, color=inks[i, j], size=size, ha="center", va="center_baseline")


def inks_on(image: Any) -> Any:
    """Return, for every pixel of a drawn image, the colour in which a number can be read on it."""
    brightness = np.asarray(image.cmap(image.norm(image.get_array())))[..., :3] @ [0.3, 0.6, 0.1]
    return np.where(brightness > 0.5, "black", "white")


def _add_bar(ax: Axes, words: str, right: float, unit: float) -> None:
    """Draw the scale of colours at the right of the images."""
    start, end = ax.get_xlim()
    letter = style.font_size() / unit
    x, width = (right + 0.5 * letter - start) / (end - start), letter / (end - start)
    bar = ax.figure.colorbar(ax.images[0], cax=ax.inset_axes((x, 0.05, width, 0.9)))
    bar.set_label(words)
    style.round_numbers(bar.ax.yaxis)
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
    array = as_array(x, what)
    if array.size == 0 or array.ndim not in (2, 3, 4):
        rule = "Images come as (n, height, width), (n, height, width, channels) or (n, values)."
        remedy = "For a single image write x[None]." if array.ndim == 1 else None
        raise value_error(rule, f"{what} of shape {array.shape}", remedy=remedy)
    if array.ndim == 2:
        array = array.reshape(-1, *_image_shape(array.shape[1], shape, what))
    if array.ndim == 4 and array.shape[-1] == 1:
        array = array[..., 0]
    if array.ndim == 4 and array.shape[-1] not in (3, 4):
        rule = "An image has 1 channel (grey) or 3 (red, green, blue)."
        remedy = "Draw one channel: x[..., 0]; or plot.feature_maps."
        raise value_error(rule, f"{what} of shape {array.shape}", remedy=remedy)
    return array


def _image_shape(values: int, shape: tuple[int, ...] | None, what: str) -> tuple[int, ...]:
    if shape is None:
        side = int(np.sqrt(values))
        if side * side == values:
            return side, side
        received = f"{values} values, between {side}×{side} and {side + 1}×{side + 1}"
        remedy = "Say how they lie: shape=(rows, columns). A single image is x[np.newaxis]."
        raise value_error(f"{what}: {values} values make no square image.", received, remedy=remedy)
    if (held := int(np.prod(shape))) != values:
        rule = f"shape must hold the {values} values of an image."
        raise value_error(rule, f"shape={shape}, which holds {held}")
    return shape
