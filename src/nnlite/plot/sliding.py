"""The picture of a convolution: to move its window, only what has changed is drawn.

Above stand image, kernel and map; below, the window, times the kernel, and the sum.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import index
from typing import Any

import numpy as np

from nnlite.foundation.errors import shown, value_error
from nnlite.foundation.types import Array
from nnlite.given.numbers import as_array
from nnlite.plot.cells import TEXT, writing
from nnlite.plot.grids import inks_on
from nnlite.plot.style import COLOURS, GREY, INK, LETTER, Axes, axes_in_em, signed_colours

FRAME: dict[str, Any] = {"fill": False, "edgecolor": COLOURS[4], "linewidth": 3, "zorder": 3}
# In em: the side of a pixel and of an image at most, and of the smallest pixel with a number; the
# side of a kernel's cell; the room between two grids, for words above them, and around all.
PIXEL, SIDE, SMALLEST, CELL, BETWEEN, WORDS, MARGIN = 2.2, 17.0, 1.6, 2.4, 2.6, 2.0, 1.0


class Sliding:
    """The picture of a convolution, whose window can be moved.

    Parameters
    ----------
    image, kernel, place, ax
        As for `plot.convolution`.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> sliding = Sliding(np.eye(4), np.ones((2, 2)), ax=Figure().add_subplot())
    >>> sliding.move((2, 2))
    >>> sliding.ax.images[6].get_array().tolist()
    [[2.0]]
    """

    def __init__(
        self, image: Any, kernel: Any, place: tuple[int, int] = (0, 0), ax: Axes | None = None
    ) -> None:
        image, kernel = _numbers("image", image), _numbers("kernel", kernel)
        if any(k > n for k, n in zip(kernel.shape, image.shape, strict=True)):
            rule = "A kernel is not larger than the image it slides over."
            received = f"an image {image.shape} and a kernel {kernel.shape}"
            raise value_error(rule, received, None, "The image comes first: (image, kernel).")
        self.kernel = kernel
        self.windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
        self.map = np.einsum("ijkl,kl->ij", self.windows, kernel)
        window, products = (
            self.windows[self._checked(place)],
            np.multiply.outer(_some(image), _some(kernel)),
        )
        pixel, cell = min(PIXEL, SIDE / max(image.shape)), CELL * min(1, 7 / max(kernel.shape))
        grey = {"cmap": "gray", "vmin": image.min(), "vmax": image.max()}
        weights, numbers, parts = map(_signed, (kernel, self.map, products))
        above = [
            _Grid(f"image {image.shape}", image, pixel, grey, "∗"),
            _Grid(f"kernel {kernel.shape}", kernel, cell, weights, "="),
            _Grid(f"map {self.map.shape}", self.map, pixel, numbers),
        ]
        below = [
            _Grid("window", window, cell, grey, "×"),
            _Grid("kernel", kernel, cell, weights, "="),
            _Grid("products", window * kernel, cell, parts, "→"),
            _Grid("sum", self.map[:1, :1], CELL, numbers),
        ]
        self.image_grid, _, self.map_grid = above
        self.window_grid, _, self.product_grid, self.sum_grid = below
        self.write = writing([image, kernel, self.map, products])
        self._draw(ax, above, below)
        self.move(place)

    def _draw(self, ax: Axes | None, *rows: list[_Grid]) -> None:
        """Draw the rows below each other, each in the middle; then the frames."""
        widths = [sum(grid.width + BETWEEN for grid in row) - BETWEEN for row in rows]
        width, y = max(widths) + 2 * MARGIN, MARGIN
        for row, wide in zip(rows, widths, strict=True):
            high, x = max(grid.height for grid in row), (width - wide) / 2
            for grid in row:
                grid.corner = x, y + WORDS + (high - grid.height) / 2
                x += grid.width + BETWEEN
            y += WORDS + high + MARGIN
        self.ax, font = axes_in_em(ax, width, y, 0, smallest=7.0, largest=13.0)
        for grid in (grid for row in rows for grid in row):
            grid.draw(self.ax, font, self.write)
        self.ax.set(xlim=(0, width), ylim=(y, 0))
        self.frames = [
            self.image_grid.frame(self.kernel.shape),
            self.map_grid.frame((1, 1)),
            self.window_grid.frame(self.kernel.shape),
            self.sum_grid.frame((1, 1)),
        ]

    def move(self, place: tuple[int, int]) -> None:
        """Move the window to the place of that number in the map."""
        row, column = self._checked(place)
        window = self.windows[row, column]
        for grid, frame in zip((self.image_grid, self.map_grid), self.frames, strict=False):
            frame.set_xy(grid.place(row, column))
        self.window_grid.show(window, self.write)
        self.product_grid.show(window * self.kernel, self.write)
        self.sum_grid.show(self.map[row : row + 1, column : column + 1], self.write)

    def places_from(self, place: tuple[int, int]) -> list[tuple[int, int]]:
        """Return the places of the map, row by row, from one on."""
        return [found for found in np.ndindex(self.map.shape) if found >= self._checked(place)]

    def fill(self, place: tuple[int, int]) -> None:
        """Show of the map what is known when the window has come to that place, row by row."""
        known = np.arange(self.map.size) <= np.ravel_multi_index(place, self.map.shape)
        hidden = np.ma.masked_array(self.map, ~known.reshape(self.map.shape))
        self.map_grid.image.set_data(hidden)
        for text, is_known in zip(self.map_grid.texts, known.tolist(), strict=False):
            text.set_visible(is_known)

    def _checked(self, place: Any) -> tuple[int, int]:
        rows, columns = self.map.shape
        try:
            row, column = map(index, place)
        except (TypeError, ValueError):
            row = column = -1
        if not (0 <= row < rows and 0 <= column < columns):
            rule = "place is the row and the column of a number in the map, counted from 0."
            where = f"a map of shape {self.map.shape}"
            remedy = f"The last one is ({rows - 1}, {columns - 1})."
            raise value_error(rule, f"place={shown(place)}", where, remedy)
        return row, column


class _Grid:
    """Numbers as an image of so large pixels, with its name above, and a sign after it."""

    def __init__(
        self, name: str, values: Array, side: float, colours: dict[str, Any], sign: str = ""
    ) -> None:
        self.name, self.values, self.side, self.colours, self.sign = (
            name,
            values,
            side,
            colours,
            sign,
        )
        self.height, self.width = (length * side for length in values.shape)
        self.corner = 0.0, 0.0
        self.texts: list[Any] = []

    def place(self, row: int, column: int) -> tuple[float, float]:
        """Return the corner of a pixel."""
        return self.corner[0] + column * self.side, self.corner[1] + row * self.side

    def draw(self, ax: Axes, font: float, write: Callable[[Any], str]) -> None:
        """Make the image and its words; numbers, where the pixels are large enough."""
        from matplotlib.patches import Rectangle

        (x, y), self.ax, self.font = self.corner, ax, font
        extent = (x, x + self.width, y + self.height, y)
        self.image = ax.imshow(self.values, extent=extent, interpolation="nearest", **self.colours)
        self.ax.add_patch(Rectangle((x, y), self.width, self.height, fill=False, edgecolor=GREY))
        name = {**TEXT, "va": "baseline", "color": INK}
        ax.text(x + self.width / 2, y - 0.5, self.name, size=font, **name)
        at = x + self.width + BETWEEN / 2, y + self.height / 2
        ax.text(*at, self.sign, size=1.4 * font, color=INK, **TEXT)
        if self.side >= SMALLEST:
            corners = [self.place(*pixel) for pixel in np.ndindex(self.values.shape)]
            half = self.side / 2
            self.texts = [ax.text(x + half, y + half, "", **TEXT) for x, y in corners]
            self.show(self.values, write)

    def show(self, values: Array, write: Callable[[Any], str]) -> None:
        """Change the numbers."""
        self.image.set_data(values)
        words = [write(value) for value in values.flat] if self.texts else []
        size = self.side / (LETTER * (max(map(len, words), default=0) + 0.5))
        for text, word, ink in zip(self.texts, words, inks_on(self.image).flat, strict=False):
            text.set(text=word, color=str(ink), size=self.font * min(1.0, size))

    def frame(self, shape: tuple[int, ...]) -> Any:
        """Draw a frame around so many rows and columns, at first those in the corner."""
        from matplotlib.patches import Rectangle
        from matplotlib.patheffects import withStroke

        rows, columns = shape
        frame = Rectangle(self.corner, columns * self.side, rows * self.side, **FRAME)
        # It is seen on every colour.
        frame.set_path_effects([withStroke(linewidth=5, foreground="black")])
        self.ax.add_patch(frame)
        return frame


def _numbers(name: str, given: Any) -> Array:
    """Return numbers with two axes; axes of length 1 at the end are left out."""
    array = as_array(given, name)
    shape = array.shape
    while array.ndim > 2 and array.shape[-1] == 1:
        array = array[..., 0]
    if array.ndim != 2 or array.size == 0 or array.dtype.kind not in "biuf":
        rule = "plot.convolution draws one channel: image and kernel of shape (height, width)."
        received = f"{name} of shape {shape}" if shape else f"{name}: {shown(given)}"
        remedy = (
            f"Choose a channel: {name}[:, :{', 0' * (len(shape) - 2)}]." if len(shape) > 2 else None
        )
        raise value_error(rule, received, None, remedy)
    if not np.isfinite(array).all():
        raise value_error("plot.convolution draws finite numbers.", f"{name} with nan or inf")
    return array.astype(np.int64) if array.dtype.kind in "biu" else array


def _some(values: Array) -> Array:
    """Return the numbers that there are, at most fifty of them."""
    found = np.unique(values)
    return np.asarray(found[:: -(-len(found) // 50)])


def _signed(values: Array) -> dict[str, Any]:
    largest = float(np.abs(values).max()) or 1.0
    return {"cmap": signed_colours(), "vmin": -largest, "vmax": largest}
