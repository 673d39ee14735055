"""What a neuron sees of one or two features: its curve, its plane, and the border where z = 0."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnlite.foundation.errors import value_error
from nnlite.foundation.types import Array
from nnlite.given.numbers import check_finite
from nnlite.models import Model
from nnlite.plot import style
from nnlite.plot.columns import Column, values_of
from nnlite.plot.neurons import Frame, Range, colour_of, dot, signed_range
from nnlite.plot.style import Axes

PLANE, CURVE = 120, 240
# Samples, and the line where z = 0, must stand out from the plane below them.
PALER, PALEST = 0.2, 0.45


class Seen:
    """What all neurons give at places of one or two features, and the samples with their truth.

    Colours and curves stand on one scale for each column, whose middle is what a neuron gives
    where z = 0; `shares` are the truths on the scale of the last column, from −1 to 1.
    """

    large: int | None = -1

    def __init__(self, model: Model, columns: list[Column], x: Array, y: Any) -> None:
        self.columns, self.points = columns, x
        self.names = ["$x_1$", "$x_2$"] if x.shape[1] == 2 else ["$x$"]
        self.limits = [style.padded(values, 0.25) for values in x.T]
        count = PLANE if len(self.limits) == 2 else CURVE
        # Asked in the middle of every pixel.
        self.ticks = [low + (high - low) * _middles(count) for low, high in self.limits]
        grid = np.stack(np.meshgrid(*self.ticks), axis=-1).reshape(-1, len(self.limits))
        values = values_of(model, model.checked_inputs(grid))
        self.a = [column.per_neuron(values[column.output])[:, 0] for column in columns]
        self.z = [_borders(column, values) for column in columns]
        self.middles = [column.middle() for column in columns]
        self.truth = truth_of(y, len(x), columns[-1].count)
        self.ranges = [self._range(place) for place in range(len(columns))]

    def _range(self, place: int) -> Range:
        """Return how far the neurons of a column go from their middle, to both sides."""
        return signed_range(self.a[place] - self.middles[place])

    def shares(self, neuron: int) -> Array:
        """Return the truths from −1 to 1; of two different ones, these are the ends."""
        truth = self.truth[:, neuron]
        ends = np.unique(truth)
        if len(ends) == 2:
            return np.where(truth == ends[1], 1.0, -1.0)
        return np.clip((truth - self.middles[-1]) / (self.ranges[-1][1] or 1.0), -1, 1)

    def border(self, **look: Any) -> Any:
        """Return the entry of the legend for the line at z = 0."""
        from matplotlib.lines import Line2D

        words = "$z = 0$, or a tie" if self.columns[-1].competes() else "$z = 0$"
        return Line2D([], [], color=style.INK, label=words, **look)


def _middles(count: int) -> Array:
    return (np.arange(count) + 0.5) / count


def _borders(column: Column, values: Any) -> Array:
    """Return z, that is 0 at the border of a neuron; of those that compete, z less the rival's."""
    z = column.per_neuron(column.z(values))[:, 0].astype(np.float64)
    if not column.competes():
        return z
    ordered = np.sort(z, axis=1)
    return z - np.where(z == ordered[:, -1:], ordered[:, -2:-1], ordered[:, -1:])


def _marker(share: float) -> str:
    return style.MARKERS[share > 0]


class Planes(Seen):
    """Neurons of two features: the plane in the colours of what they give, and where z = 0.

    Where each of the last neurons speaks for a class, its plane and all samples have the colours of
    the classes.
    """

    def __init__(self, model: Model, columns: list[Column], x: Array, y: Any) -> None:
        super().__init__(model, columns, x, y)
        one_hot = np.isin(self.truth, (0, 1)).all() and (self.truth.sum(axis=1) == 1).all()
        self.labels = self.truth.argmax(axis=1) if one_hot and columns[-1].count > 1 else None

    def draw(
        self, ax: Axes, place: int, neuron: int, frame: Frame, drawn: Sequence[Any] = ()
    ) -> list[Any]:
        """Draw the plane as the neuron sees it; on the last ones, the samples."""
        last = place == len(self.columns) - 1
        image, *borders = drawn or [self._image(ax, last, neuron, frame)]
        picture = (self.a[place][:, neuron] - self.middles[place]).reshape(PLANE, PLANE)
        low, high = self.ranges[place]
        image.set(data=picture, clim=(low, high) if high else (-1.0, 1.0))
        for border in borders:
            border.remove()
        made = [image]
        z = self.z[place][:, neuron].reshape(PLANE, PLANE)
        if place and z.min() < 0 < z.max():
            places = frame.at(_middles(PLANE), _middles(PLANE))
            look: dict[str, Any] = {"linewidths": 2.0 if last else 1.4, "zorder": 3}
            made.append(ax.contour(*places, z, levels=[0.0], colors=[style.INK], **look))
        if last and not drawn:
            self._draw_samples(ax, neuron, frame)
        return made

    def _image(self, ax: Axes, last: bool, neuron: int, frame: Frame) -> Any:
        ends = [style.VERMILION, style.BLUE]
        if last and self.labels is not None:
            two = self.columns[-1].count == 2
            ends = [style.class_look(1 - neuron)["color"] if two else style.GREY]
            ends.append(style.class_look(neuron)["color"])
        low, high = (style.lighter(colour, PALEST if last else PALER) for colour in ends)
        options: dict[str, Any] = {"origin": "lower", "interpolation": "bilinear", "zorder": 2}
        options["cmap"] = style.blend(low, "white", high)
        return ax.imshow(np.zeros((PLANE, PLANE)), extent=frame.extent, **options)

    def handles(self) -> list[Any]:
        """Return the line at z = 0, and the samples of the classes, or of both sides."""
        border, ends = self.border(linewidth=1.6), np.unique(self.truth)
        if self.labels is not None:
            looks = {k: style.class_look(k) for k in np.unique(self.labels).tolist()}
            kinds = {k: (look["color"], "white", look["marker"]) for k, look in looks.items()}
            return [border, *(dot(c, f"$y = {k}$", edge, m) for k, (c, edge, m) in kinds.items())]
        words = [f"$y = {style.short_number(float(end))}$" for end in ends[::-1]]
        sides = zip((1, -1), words, strict=True) if len(ends) == 2 else ()
        return [
            border,
            *(dot(colour_of(side), word, "white", _marker(side)) for side, word in sides),
        ]

    def _draw_samples(self, ax: Axes, neuron: int, frame: Frame) -> None:
        low, high = np.array(self.limits).T
        places = np.stack(frame.at(*((self.points - low) / (high - low)).T), axis=1)
        common: dict[str, Any] = {"s": frame.dot(len(places)), "linewidths": 0.7, "zorder": 4}
        for number in () if self.labels is None else np.unique(self.labels).tolist():
            look = common | style.class_look(number) | {"edgecolors": "white"}
            ax.scatter(*places[self.labels == number].T, **look)
        if self.labels is None:
            self._draw_sides(ax, self.shares(neuron), places, common)

    def _draw_sides(self, ax: Axes, shares: Array, places: Array, common: dict[str, Any]) -> None:
        """Draw the samples in the colours of the plane, above its middle and below it."""
        # In the colours of the plane itself, numbers would not be seen but for their edges.
        edge = "white" if set(shares) <= {-1.0, 1.0} else style.INK
        for side in (True, False):
            mine = (shares > 0) == side
            if not mine.any():
                continue
            look = common | {"edgecolors": edge, "marker": _marker(1 if side else -1)}
            look["c"] = [colour_of(share) for share in shares[mine]]
            ax.scatter(*places[mine].T, **look)


class Curves(Seen):
    """Neurons of one feature: what they give as a curve, filled from the middle."""

    def _range(self, place: int) -> Range:
        """Return the lowest and the highest number in the pictures of a column."""
        held: list[Any] = [self.a[place].ravel(), [self.middles[place]]]
        if place == len(self.columns) - 1:
            held.append(self.truth.ravel())
        return style.padded(np.concatenate(held), 0.08)

    def handles(self) -> list[Any]:
        """Return the line at z = 0, and the samples."""
        return [self.border(linewidth=1.2, linestyle=":"), dot(style.COLOURS[2], "$y$", "white")]

    def draw(
        self, ax: Axes, place: int, neuron: int, frame: Frame, drawn: Sequence[Any] = ()
    ) -> list[Any]:
        """Draw the curve of the neuron; over the last ones, the samples."""
        for artist in drawn:
            artist.remove()
        (low, high), x = self.ranges[place], _middles(CURVE)
        a = (self.a[place][:, neuron] - low) / (high - low)
        middle = (self.middles[place] - low) / (high - low)
        xs, curve = frame.at(x, a)
        level = frame.at(0, middle)[1]
        made: list[Any] = []
        for colour, side in ((style.BLUE, a > middle), (style.VERMILION, a < middle)):
            fill: dict[str, Any] = {"color": style.lighter(colour, 0.65), "linewidth": 0}
            fill["zorder"] = 2
            made.append(ax.fill_between(xs, curve, level, where=side, interpolate=True, **fill))
        line: dict[str, Any] = {"color": style.GREY, "linewidth": 0.7, "zorder": 3}
        made += ax.plot(frame.extent[:2], [level, level], **line)
        line |= {"color": style.INK, "linewidth": 1.8, "solid_capstyle": "butt"}
        made += ax.plot(xs, curve, **line)
        z = self.z[place][:, neuron]
        for k in np.flatnonzero(z[:-1] * z[1:] < 0) if place else ():
            crossing = x[k] + (x[k + 1] - x[k]) * z[k] / (z[k] - z[k + 1])
            ends = frame.at(np.full(2, crossing), np.array([0, 1]))
            made += ax.plot(*ends, color=style.INK, linewidth=1.2, linestyle=":", zorder=3)
        if place == len(self.columns) - 1:
            start, end = self.limits[0]
            share_x = (self.points[:, 0] - start) / (end - start)
            places = frame.at(share_x, (self.truth[:, neuron] - low) / (high - low))
            edge: dict[str, Any] = {"edgecolors": "white", "linewidths": 0.6, "zorder": 4}
            edge |= {"s": frame.dot(len(share_x)), "c": [style.COLOURS[2]]}
            made.append(ax.scatter(*places, **edge))
        return made


def truth_of(y: Any, count: int, neurons: int) -> Array:
    """Return what each neuron of the last column should give: (samples, neurons).

    >>> truth_of(["no", "yes"], 2, 1).tolist(), truth_of([2, 0], 2, 3).tolist()
    ([[0.0], [1.0]], [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
    """
    truth = np.atleast_1d(y)
    if truth.dtype.kind not in "iufb":
        truth = np.unique(truth, return_inverse=True)[1].reshape(truth.shape)
    check_finite(truth, "y")
    rows = truth.reshape(count, -1) if len(truth) == count else truth
    received = f"y of shape {np.shape(y)}"
    if rows.shape == (count, 1) and neurons > 1:
        received = f"classes from {rows.min():g} to {rows.max():g}"
        labels = rows[:, 0].astype(int)
        if (labels == rows[:, 0]).all() and labels.min() >= 0 and labels.max() < neurons:
            rows = np.eye(neurons)[labels]
    if rows.shape != (count, neurons):
        rule = f"y is what is true of the samples: a number for each of the {count}."
        if neurons > 1:
            rule = f"y is what is true of the samples: for each of the {count} its class, from 0 "
            rule += f"to {neurons - 1}, or a row of {neurons} numbers."
        raise value_error(rule, received)
    return np.asarray(rows, np.float64)
