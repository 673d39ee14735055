"""An array as cells on a page: rows and columns, sheets beside each other, and its axes.

Of a long axis, the first and the last places are drawn, and those where something is chosen begins
or ends. All lengths are in em, the size of the letters; y grows downward.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from nnlite.foundation.types import Array
from nnlite.plot.style import BLUE, GREY, INK, LETTER, Axes, short_number, with_minus

# So many cells may hold numbers, if these are to be read.
MOST_NUMBERS = 60
PLAIN, CHOSEN, COPY = "#DBEBF4", BLUE, "white"

# The size of a cell without and with a number.
EMPTY, HIGH = 1.2, 1.8
# The room for dots at most.
DOTS = 2.4
# The room for a line of words, for an axis with its name, and between two sheets; the next sheet
# lies deeper.
LINE, AXIS, BETWEEN, STAIR = 1.3, 1.5, 1.4, 0.5
ARROW: dict[str, Any] = {"arrowstyle": "-|>", "color": GREY, "shrinkA": 0, "shrinkB": 0}
TEXT: dict[str, Any] = {"ha": "center", "va": "center_baseline", "parse_math": False}


def writing(arrays: Sequence[Array]) -> Callable[[Any], str]:
    """Return how the numbers of a picture are written: all with as many decimals.

    >>> write = writing([np.array([1.5, -0.25]), np.array([3.0])])
    >>> write(1.5), write(-0.25), write(3.0)
    ('1.50', '−0.25', '3.00')
    """
    if any(array.dtype.kind not in "fiu" for array in arrays):
        return _word
    whole = np.concatenate([np.ravel(array).astype(np.float64) for array in arrays])
    sizes = np.abs(whole[np.isfinite(whole) & (whole != 0)])
    if sizes.size and (sizes.max() >= 1e5 or sizes.max() < 1e-2):
        return lambda value: short_number(float(value))
    close = 1e-6 * sizes.max(initial=1.0)
    exact = (d for d in (0, 1, 2) if np.abs(np.round(sizes, d) - sizes).max(initial=0.0) < close)
    decimals = next(exact, 3 if sizes.max(initial=0.0) < 0.1 else 2)
    return lambda value: with_minus(f"{round(float(value), decimals) + 0.0:.{decimals}f}")


def _word(value: Any) -> str:
    """Write whole numbers, words and truth values as they are; others in about six characters."""
    if isinstance(value, float | np.floating):
        return short_number(float(value))
    text = str(value)
    return with_minus(text) if len(text) <= 7 else f"{text[:6]}…"


def shown_places(length: int, most: int, chosen: Any) -> list[int]:
    """Return the places of an axis that are drawn: all, if they are not too many.

    `chosen` tells of each place whether something is chosen there.

    >>> shown_places(100, 8, np.arange(100) == 50)
    [0, 1, 2, 50, 98, 99]
    """
    if length <= most:
        return list(range(length))
    inside = np.flatnonzero(chosen)
    ends = [*inside[:2], *inside[-2:]] if 0 < len(inside) < length else []
    # Of what shows few, a stack's sheets, one at the end is enough.
    first, last = (range(3), range(length - 2, length)) if most > 6 else (range(2), [length - 1])
    return sorted({*first, *last, *map(int, ends)})


class Cells:
    """An array of at most four axes as cells: rows and columns, and sheets of them.

    Parameters
    ----------
    values
        The array.
    chosen
        Which of its cells are chosen: as many truth values.
    real
        Which cells are the array's own; the others are copies that broadcasting makes.
    most
        How many rows and columns are drawn at most.
    words
        What stands below: the name and the shape.
    """

    def __init__(self, values: Array, chosen: Array, real: Array, most: int, words: str) -> None:
        self.ndim, self.words = values.ndim, words if values.size else f"{words}: no cells"
        # Always four axes: sheets below each other, sheets side by side, rows and columns.
        four = (1,) * (4 - values.ndim) + values.shape
        self.values, self.chosen, self.real = (a.reshape(four) for a in (values, chosen, real))
        limits = (4, 4 if self.ndim == 4 else 6, most, most if self.ndim > 1 else 2 * most)
        projections = [self.chosen.any(tuple({0, 1, 2, 3} - {axis})) for axis in range(4)]
        self.places = list(map(shown_places, four, limits, projections))

    @property
    def visible(self) -> Array:
        """The numbers that are drawn."""
        return np.asarray(self.values[np.ix_(*self.places)])

    def measure(self, write: Callable[[Any], str] | None, wide: float) -> None:
        """Find the place of every cell, of this width; numbers are written if `write` is given."""
        self.write, self.cell = write, (wide, HIGH if write else EMPTY)
        down, right, rows, columns = self.places
        self.y, high = _offsets(rows, self.cell[1])
        self.x, wide = _offsets(columns, self.cell[0])
        self.sheet = wide, high
        stairs = STAIR * (len(right) - 1) if right else 0.0
        named = LINE if self.ndim > 2 else 0.0
        self.sheet_x, wide = _offsets(right, wide, BETWEEN)
        self.sheet_step = high + stairs + named + BETWEEN
        self.sheet_y, high = _offsets(down, high + stairs + named, BETWEEN)
        self.left = AXIS + LINE if self.ndim > 1 else 0.0
        self.left += AXIS if self.ndim == 4 else 0.0
        self.top = AXIS + LINE if self.ndim else 0.0
        self.top += AXIS if self.ndim > 2 else 0.0
        self.whole = wide, high
        self.middle = self.top + high / 2
        # The words are as far to the left of the middle as to the right.
        half = max(wide, LETTER * len(self.words)) / 2
        self.left = max(self.left, half - wide / 2)
        self.width = self.left + wide / 2 + half
        self.height = self.top + high + 2 * LINE

    def draw(self, ax: Axes, x: float, y: float, font: float) -> None:
        """Draw all; (x, y) is the corner at the left and above."""
        self.ax, self.font, self.origin = ax, font, (x + self.left, y + self.top)
        for q in range(len(self.sheet_x) - 1):
            self._join(q)
        for p, q, i, j in np.ndindex(*map(len, self.places)):
            self._draw_cell((p, q, i, j))
        for p, q in np.ndindex(len(self.sheet_y), len(self.sheet_x)):
            self._draw_sheet(p, q)
        self._draw_axes()
        self._say(self.whole[0] / 2, self.whole[1] + LINE, self.words)

    def _at(self, p: int, q: int) -> tuple[float, float]:
        """Return the corner of a sheet."""
        return self.sheet_x[q], self.sheet_y[p] + STAIR * q

    def _say(self, x: float, y: float, text: str, size: float = 1.0, **style: Any) -> None:
        x, y = x + self.origin[0], y + self.origin[1]
        self.ax.text(x, y, text, size=size * self.font, **{"color": INK, **TEXT, **style})

    def _draw_cell(self, number: tuple[int, int, int, int]) -> None:
        from matplotlib.patches import Rectangle

        p, q, i, j = number
        place = tuple(shown[n] for shown, n in zip(self.places, number, strict=True))
        x, y = self._at(p, q)
        x, y = x + self.x[j], y + self.y[i]
        real, chosen = self.real[place], self.chosen[place]
        colour, ink = (CHOSEN, "white") if chosen else (PLAIN, INK) if real else (COPY, GREY)
        line: dict[str, Any] = {
            "edgecolor": GREY,
            "linewidth": 0.7,
            "linestyle": "-" if real else ":",
        }
        corner = x + self.origin[0], y + self.origin[1]
        self.ax.add_patch(Rectangle(corner, *self.cell, facecolor=colour, **line))
        if self.write:
            text = self.write(self.values[place])
            size = min(1.0, (self.cell[0] - 0.3) / (LETTER * max(1, len(text))))
            self._say(x + self.cell[0] / 2, y + self.cell[1] / 2, text, size, color=ink)

    def _draw_sheet(self, p: int, q: int) -> None:
        """Write dots where rows or columns are left out, and below a sheet its index."""
        down, right, rows, columns = self.places
        (x, y), (wide, high) = self._at(p, q), self.sheet
        for gap in _gaps(columns, self.x, self.cell[0]):
            self._say(x + gap, y + high / 2, "⋯")
        for gap in _gaps(rows, self.y, self.cell[1]):
            self._say(x + wide / 2, y + gap, "⋮")
        if q == 0:
            for gap in _gaps(right, self.sheet_x, wide):
                self._say(gap, y + high / 2, "⋯", 1.4)
        if p == 0:
            for gap in _gaps(down, self.sheet_y, self.sheet_step - BETWEEN):
                self._say(x + wide / 2, gap, "⋮", 1.4)
        if self.ndim > 2:
            index = f"[{down[p]}, {right[q]}]" if self.ndim == 4 else f"[{right[q]}]"
            self._say(x + wide / 2, y + high + LINE / 2, index, 0.9)

    def _join(self, q: int) -> None:
        """Draw the edges of the stack from a sheet to the next."""
        (wide, high), (x, y) = self.sheet, self.origin
        for p in range(len(self.sheet_y)):
            (x0, y0), (x1, y1) = self._at(p, q), self._at(p, q + 1)
            for dx, dy in ((wide, 0.0), (wide, high)):
                ends = [x + x0 + dx, x + x1 + dx - wide], [y + y0 + dy, y + y1 + dy]
                self.ax.plot(*ends, color=GREY, linewidth=0.7, zorder=0)

    def _draw_axes(self) -> None:
        """Draw each axis as an arrow with its number, and the numbers of rows and columns."""
        rows, columns = self.places[2:]
        if self.ndim and columns:
            for j, x in zip(columns, self.x, strict=True):
                self._say(x + self.cell[0] / 2, -LINE / 2, str(j), 0.9, color=GREY)
            self._arrow(-LINE, self.sheet[0], self.ndim - 1)
        if self.ndim > 1 and rows:
            for i, y in zip(rows, self.y, strict=True):
                self._say(-LINE / 2, y + self.cell[1] / 2, str(i), 0.9, color=GREY)
            self._arrow(-LINE, self.sheet[1], self.ndim - 2, down=True)
        if self.ndim > 2:
            self._arrow(-LINE - AXIS, self.whole[0], self.ndim - 3)
        if self.ndim == 4:
            self._arrow(-LINE - AXIS, self.whole[1] - LINE, 0, down=True)

    def _arrow(self, beside: float, length: float, axis: int, down: bool = False) -> None:
        """Draw an arrow of this length above the cells, or at their left, with the axis' number."""
        (x, y), line, words = self.origin, beside - 0.25, beside - 0.95
        ends = [(x, y + line), (x + length, y + line)]
        if down:
            ends = [(x + line, y), (x + line, y + length)]
        self.ax.annotate("", ends[1], ends[0], arrowprops=ARROW)
        at = (words, length / 2) if down else (length / 2, words)
        self._say(*at, f"axis {axis}", 0.9, rotation=90.0 if down else 0.0)


def _offsets(places: Sequence[int], size: float, between: float = 0.0) -> tuple[list[float], float]:
    """Return where each place begins, with room for dots where some are left out; and the end."""
    room = min(size, DOTS)
    steps = [between + room * (b > a + 1) for a, b in pairwise(places)]
    offsets = [k * size + sum(steps[:k]) for k in range(len(places))]
    return offsets, offsets[-1] + size if offsets else size


def _gaps(places: Sequence[int], offsets: Sequence[float], size: float) -> list[float]:
    """Return the middles of the rooms where places are left out."""
    pairs = zip(pairwise(places), pairwise(offsets), strict=True)
    return [(x + size + next_x) / 2 for (a, b), (x, next_x) in pairs if b > a + 1]
