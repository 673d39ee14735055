"""Numbers written into the pixels of an image: for images so small that each of them counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..errors import explain_error
from .style import LETTER, font_size, short_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.image import AxesImage

LARGEST_SIDE = 12


def write_numbers(ax: Axes, unit: float) -> None:
    """Write its number into every pixel of the images, that are `unit` points wide.

    Black on light and white on dark.
    """
    for image in ax.images:
        shape = np.asarray(image.get_array()).shape
        if len(shape) != 2 or max(shape) > LARGEST_SIDE:
            side = LARGEST_SIDE
            rule = f"Numbers are written into images of one channel, at most {side} by {side}."
            received, remedy = f"images of shape {shape}", "Leave out numbers=True."
            raise ValueError(explain_error(rule, received, remedy=remedy))
        _write(ax, image, pixel=unit / shape[1])


def _write(ax: Axes, image: AxesImage, pixel: float) -> None:
    """Write into one image, whose pixels are so many points wide."""
    values = np.asarray(image.get_array())
    left, right, bottom, top = image.get_extent()
    rows, columns = values.shape
    words = [[_short(float(value)) for value in row] for row in values]
    longest = max(len(word) for row in words for word in row)
    size = min(1.4 * font_size(), pixel / (LETTER * max(longest + 0.5, 2)))
    brightness = np.asarray(image.cmap(image.norm(values)))[..., :3] @ [0.3, 0.6, 0.1]
    for i, j in np.ndindex(rows, columns):
        x = left + (j + 0.5) * (right - left) / columns
        y = top + (i + 0.5) * (bottom - top) / rows
        ink = "black" if brightness[i, j] > 0.5 else "white"
        ax.text(x, y, words[i][j], color=ink, size=size, ha="center", va="center_baseline")


def _short(value: float) -> str:
    """Write whole numbers as they are, others with three digits."""
    return short_number(value if value == round(value, 0) else float(f"{value:.3g}"))
