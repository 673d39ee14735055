"""Where the neurons of a network stand on the page, and the words around them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from nnlite.foundation.types import Array
from nnlite.plot import style
from nnlite.plot.columns import Column
from nnlite.plot.neurons import Circles, Frame, View
from nnlite.plot.planes import Curves, Seen
from nnlite.plot.style import Axes

# The distance of two neurons is 1; a circle, a picture, the large picture, and between columns.
RADIUS, SIDE, LARGE, GAP = 0.3, 0.86, 3.0, 1.0


class Places(NamedTuple):
    """Which neurons of a layer are drawn, how high they stand, and where dots stand for others."""

    shown: Array
    y: Array
    side: float
    dots: tuple[float, ...] = ()

    @property
    def top(self) -> float:
        """How high the highest neuron reaches."""
        return float(self.y.max()) + self.side / 2


def places_of(columns: list[Column], most: int, view: View) -> list[Places]:
    """Return the places of all columns; the large one takes the room that the others have."""
    round_ = isinstance(view, Circles)
    places = [_places(column.count, most, 2 * RADIUS if round_ else SIDE) for column in columns]
    if view.large is not None:
        small = places[view.large]
        alone = len(small.shown) == 1
        pitch = LARGE if alone else max(place.top for place in places) / small.top
        pitch = min(LARGE, pitch)
        side = LARGE if alone else SIDE * pitch
        places[view.large] = Places(small.shown, small.y * pitch, side, small.dots)
    return places


def _places(count: int, most: int, side: float) -> Places:
    if count <= most:
        return Places(np.arange(count), (count - 1) / 2 - np.arange(count, dtype=float), side)
    half = max(1, min(10, most) // 2)
    shown = np.concatenate([np.arange(half), np.arange(count - half, count)])
    heights = np.delete(half - np.arange(2 * half + 1, dtype=float), half)
    return Places(shown, heights, side, (-0.25, 0.0, 0.25))


class Page:
    """The axes, on which `unit` points are the distance of two neurons; letters are in points."""

    def __init__(
        self,
        ax: Axes | None,
        columns: list[Column],
        places: list[Places],
        view: View,
        handles: list[Any],
    ) -> None:
        self.columns, self.places, self.view, self.handles = columns, places, view, handles
        self.round = isinstance(view, Circles)
        self.half = max(place.top for place in places) + RADIUS / 2
        sides = [place.side for place in places]
        self.ax = style.axes_or_new(ax, self._height_of_new(sides))
        width, height = style.blank_page(self.ax)
        longest = max(len(line) for column in columns for line in column.words.split("\n"))
        font = min(style.font_size(), width / (style.LETTER * (longest + 2) * len(columns)))
        lines = max(column.words.count("\n") for column in columns)
        self.beside, letters = _beside(handles, width / font)
        rows = -(-len(handles) // self.beside)
        above, below = (1.9 + 1.3 * lines) * font, (0.5 + 1.5 * rows) * font
        self.words = min(style.font_size(), below / (0.5 + 1.5 * rows), width / letters)
        if isinstance(view, Seen):
            # The numbers below the last plane; those of a plane in the middle have room.
            free = (self.half - places[-1].top) * height / (2 * self.half)
            below += max(0.0, 3.0 * font - free)
        unit = max((height - above - below) / (2 * self.half), 1.0)
        least, widest = (2 - 2 * RADIUS, 8 - 2 * RADIUS) if self.round else (0.7 * GAP, 3.0 * GAP)
        if not self.round:
            unit = min(unit, width / (sum(sides) + least * len(sides)))
        self.gap = min(max((width / unit - sum(sides)) / len(sides), least), widest)
        slot = unit * (min(sides) + self.gap) / (style.LETTER * (longest + 1))
        self.unit, self.font = unit, font if self.round else min(font, slot)
        self.above, self.below = above / unit, below / unit
        self.lefts = np.cumsum([0.0, *(side + self.gap for side in sides)]).tolist()

    def _height_of_new(self, sides: list[float]) -> float:
        """Return how high a new figure is, in inches, if pictures fill its width."""
        if self.round:
            return min(6.5, 1.8 + 0.8 * (self.half - 1.5 * RADIUS))
        unit = style.WIDTH / (sum(sides) + GAP * len(sides))
        return min(8.0, 2 * self.half * unit + 7 * style.font_size() / 72)

    def frames(self, number: int) -> list[Frame]:
        """Return the squares of the neurons of a column that are drawn."""
        place = self.places[number]
        x, side = self.lefts[number] + place.side / 2, place.side
        return [Frame(x, y, side, side * self.unit) for y in place.y.tolist()]

    def ends_of_connections(self, number: int) -> tuple[float, float]:
        """Return where those into a column begin and end: at the edges of pictures."""
        before, here = self.places[number - 1].side, self.places[number].side
        begin, end = (before / 2, here / 2) if self.round else (before, 0.0)
        return self.lefts[number - 1] + begin, self.lefts[number] + end

    def write(self) -> None:
        """Write above every column what it is, and below all of them what things mean."""
        from matplotlib.patches import Circle, Rectangle

        ax = self.ax
        centred: dict[str, Any] = {"ha": "center", "va": "bottom", "size": self.font}
        edge: dict[str, Any] = {"edgecolor": style.INK, "linewidth": 0.8, "fill": False}
        edge["zorder"] = 3.5
        for number, (column, place) in enumerate(zip(self.columns, self.places, strict=True)):
            middle = self.lefts[number] + place.side / 2
            ax.text(middle, self.half, column.words, **centred)
            for y in place.dots:
                ax.add_patch(Circle((middle, y), RADIUS / 6, color=style.GREY, zorder=2))
            for frame in () if self.round else self.frames(number):
                ax.add_patch(Rectangle(frame.at(0, 0), frame.side, frame.side, **edge))
        if isinstance(self.view, Seen):
            self._write_scales(self.view)
        legend: dict[str, Any] = {"frameon": False, "borderaxespad": 0, "ncols": self.beside}
        legend |= {"loc": "lower center", "fontsize": self.words, "columnspacing": 1.2}
        ax.legend(handles=self.handles, **legend)
        limits = (-self.gap / 2, self.lefts[-1] - self.gap / 2)
        height = (-self.half - self.below, self.half + self.above)
        ax.set(xlim=limits, ylim=height, aspect="equal")

    def _write_scales(self, view: Seen) -> None:
        """Name the features at the input, and write round numbers at the lowest of the last."""
        em = self.font / self.unit
        small: dict[str, Any] = {"size": 0.8 * self.font, "color": style.GREY}
        below: dict[str, Any] = {"ha": "center", "va": "top"}
        beside: dict[str, Any] = {"ha": "left", "va": "center"}
        for name, frame in zip(view.names, self.frames(0), strict=False):
            x, y = frame.at(0, 0.5)
            self.ax.text(x - 0.4 * em, y, name, ha="right", va="center", size=self.font)
        frame = self.frames(len(self.places) - 1)[-1]
        across, up, names = view.limits[0], view.limits[-1], [view.names[0], view.names[-1]]
        if isinstance(view, Curves):
            up, names[1] = view.ranges[-1], "$y$"
        most = min(4, max(1, int(frame.side / em / 4)))
        across_ticks, up_ticks = (style.round_ticks(*limits, most) for limits in (across, up))
        for share, word in across_ticks:
            x, y = frame.at(share, 0)
            self.ax.text(x, y - 0.35 * em, word, **below, **small)
        for share, word in up_ticks:
            x, y = frame.at(1, share)
            self.ax.text(x + 0.35 * em, y, word, **beside, **small)
        longest = max((len(word) for _, word in up_ticks), default=0)
        (x, bottom), (right, y) = frame.at(0.5, 0), frame.at(1, 0.5)
        self.ax.text(x, bottom - 1.4 * em, names[0], size=self.font, **below)
        right += (0.9 + 0.5 * longest) * em
        self.ax.text(right, y, names[1], size=self.font, **beside)


def _beside(handles: list[Any], width: float) -> tuple[int, float]:
    """Return how many entries of a legend stand side by side, and how wide these are, in em."""
    words = [handle.get_label().replace("$", "") for handle in handles]
    wide = [4.5 + style.LETTER * len(word) for word in words]
    if sum(wide) <= width or not wide:
        return max(1, len(wide)), max(1.0, sum(wide))
    most = max(1, int(width / max(wide)))
    rows = -(-len(wide) // most)
    columns = -(-len(wide) // rows)
    return columns, columns * max(wide)
