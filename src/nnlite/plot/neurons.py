"""How a neuron is drawn: as a circle; or, with an image, as what it makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from nnlite.foundation.types import Array
from nnlite.plot import style
from nnlite.plot.columns import Column
from nnlite.plot.style import Axes

Range = tuple[float, float]


class Frame(NamedTuple):
    """The square in which a neuron is drawn, around (x, y); `points` is its side, as of letters."""

    x: float
    y: float
    side: float
    points: float

    def at(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Return where shares of the square lie on the page."""
        return self.x + self.side * (x - 0.5), self.y + self.side * (y - 0.5)

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """The left, the right, the lowest and the highest place."""
        (left, bottom), (right, top) = self.at(0.0, 0.0), self.at(1.0, 1.0)
        return left, right, bottom, top

    def dot(self, count: int) -> float:
        """Return the area of a dot, if so many are to be told apart in the square."""
        share = 0.045 if count <= 60 else 0.032
        return float(np.clip(share * self.points, 2.5, 8)) ** 2


class View(Protocol):
    """How the neurons of a network are drawn; `large` is the column that gets most room.

    `ranges` are the ends of each column's scale. Who draws the same network again may widen them.
    """

    large: int | None
    ranges: list[Range]

    def draw(
        self, ax: Axes, place: int, neuron: int, frame: Frame, drawn: Sequence[Any] = ()
    ) -> list[Any]:
        """Draw one neuron of the column at that place, and return what depends on weights.

        Of the same neuron, that is `drawn` already, only this is changed.
        """

    def handles(self) -> list[Any]:
        """Return the entries of the legend that explain the neurons."""


def signed_range(values: Array) -> Range:
    """Return a scale that holds these numbers, with 0 in its middle."""
    largest = float(np.abs(values).max())
    return -largest, largest


class Circles:
    """Neurons as circles, filled by their biases."""

    large: int | None = None

    def __init__(self, columns: list[Column]) -> None:
        self.biases = [column.biases for column in columns]
        self.ranges = [signed_range(biases) for biases in self.biases]

    def draw(
        self, ax: Axes, place: int, neuron: int, frame: Frame, drawn: Sequence[Any] = ()
    ) -> list[Any]:
        """Draw a circle, the bluer the larger the bias is, vermilion where that is negative."""
        from matplotlib.patches import Circle

        circle: Any = Circle(frame.at(0.5, 0.5), frame.side / 2, edgecolor=style.INK, zorder=2)
        circle = drawn[0] if drawn else ax.add_patch(circle)
        share = float(self.biases[place][neuron]) / (self.ranges[place][1] or 1.0)
        circle.set_facecolor(_bias_colour(share))
        return [circle]

    def handles(self) -> list[Any]:
        """Return the fillings, if there are biases."""
        if not any(biases.any() for biases in self.biases):
            return []
        signs = ((1, "$b > 0$"), (-1, "$b < 0$"))
        return [dot(_bias_colour(share), words, style.INK) for share, words in signs]


def _bias_colour(share: float) -> Any:
    """Return the filling of a neuron whose bias is that share of the largest of its layer."""
    return style.signed_colours()(0.5 + 0.35 * share)


def dot(fill: Any, words: str, edge: Any, marker: str = "o") -> Any:
    """Return an entry of the legend: a dot, and what it means."""
    from matplotlib.lines import Line2D

    return Line2D([], [], ls="", marker=marker, mfc=fill, mec=edge, ms=8, label=words)


def colour_of(share: float) -> Any:
    """Return the colour of a share of the largest value, from −1 to 1."""
    return style.signed_colours()(0.5 + 0.5 * share)


class Images:
    """Neurons of images: what each weighs, where it weighs the image itself, else what it gives.

    It is drawn for the first sample; a map is an image, a single number a cell that holds it.
    """

    def __init__(self, columns: list[Column], values: Any, truth: Array | None = None) -> None:
        self.columns = columns
        self.truth = None if truth is None or len(truth) < 2 else int(truth.argmax())
        self.pictures = [self._pictures(place, values) for place in range(len(columns))]
        self.large = 0 if columns[0].count == 1 else None
        start = self.pictures[0]
        self.ranges = [(float(start.min()), float(start.max()))]
        self.ranges += [signed_range(pictures) for pictures in self.pictures[1:]]

    def _pictures(self, place: int, values: Any) -> Array:
        """Return the pictures of a column, (neurons, height, width)."""
        column, start = self.columns[place], self.columns[0]
        if place == 1 and column.W is not None:
            weights = column.W.T.reshape(column.count, *image_shape(start.tensor.sample))
            return np.asarray(weights if weights.ndim == 3 else weights.mean(axis=-1))
        a = column.per_neuron(values[column.output])[0].T
        shape = column.tensor.sample if place else image_shape(start.tensor.sample)
        sides = shape[:2] if len(shape) == 3 or not place else (1, a.shape[1])
        return np.asarray(a.reshape(column.count, *sides))

    def draw(
        self, ax: Axes, place: int, neuron: int, frame: Frame, drawn: Sequence[Any] = ()
    ) -> list[Any]:
        """Draw the picture of the neuron in its frame."""
        picture, (low, high) = self.pictures[place][neuron], self.ranges[place]
        if place and not high:
            low, high = -1.0, 1.0
        made = list(drawn) or self._make(ax, place, neuron, frame)
        made[0].set(data=picture, clim=(low, high))
        if picture.size == 1:
            number = float(picture.item())
            ink = "white" if abs(number) > 0.6 * high else style.INK
            made[1].set(text=style.with_minus(f"{number:.2f}"), color=ink)
        return made

    def _make(self, ax: Axes, place: int, neuron: int, frame: Frame) -> list[Any]:
        """Make the image, and the text of a single number."""
        picture = self.pictures[place][neuron]
        colours: Any = style.signed_colours() if place else "gray"
        made: list[Any] = [ax.imshow(picture, extent=frame.extent, zorder=2, cmap=colours)]
        if picture.size == 1:
            words: dict[str, Any] = {"va": "center_baseline", "zorder": 4}
            words["size"] = min(style.font_size(), frame.points / (5 * style.LETTER))
            made.append(ax.text(*frame.at(0.5, 0.5), "", ha="center", **words))
            if place == len(self.columns) - 1 and len(self.pictures[place]) > 1:
                text = f"{neuron} $= y$" if neuron == self.truth else f"{neuron}"
                ax.text(*frame.at(1.15, 0.5), text, color=style.INK, ha="left", **words)
        return made

    def handles(self) -> list[Any]:
        """Return the colours of what is positive and of what is negative."""
        signs = ((1, "$> 0$"), (-1, "$< 0$"))
        return [dot(colour_of(share), words, style.GREY, "s") for share, words in signs]


def image_shape(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape of an image, also of one that lies flat.

    >>> image_shape((784,)), image_shape((8, 8, 3))
    ((28, 28), (8, 8, 3))
    """
    side = int(np.prod(shape) ** 0.5)
    return shape if len(shape) > 1 else (side, side)
