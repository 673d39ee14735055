"""A computation graph as on the blackboard: circles are gates, wires carry numbers.

Above each wire stands its value, below it the gradient that came back.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any

from ..errors import explain_error
from ..graph import Value
from .graph_layout import Layout, Wire, lay_out
from .style import (
    BLUE,
    GREY,
    INK,
    LETTER,
    PALE,
    VERMILION,
    WIDTH,
    check_axes,
    new_axes,
    short_number,
    size_in_points,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_VALUES = 150

VALUE_COLOUR, GRADIENT_COLOUR = BLUE, VERMILION
WIRE_COLOUR, GATE_COLOUR, GATE_INK = GREY, PALE, INK

# Lengths are in em, the size of the letters, so that words and lines fit each other.
ROW = 3.3
RADIUS = 1.2
GAP, GAP_PER_CLIMB = 1.6, 0.25
MARGIN = 0.4
LARGEST_FONT, SMALLEST_FONT = 18.0, 9.0


def graph(value: Value, ax: Axes | None = None) -> Axes:
    """Draw the computation graph of a value, its inputs at the left and itself at the right.

    Values stand above the wires, gradients below them once `value.backprop()` was called.

    Parameters
    ----------
    value
        The result of the calculation.
    ax
        Where to draw; by default a new figure of the right size.

    Returns
    -------
    matplotlib.axes.Axes
        The axes with the picture.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> x, y, z = Value(-2, "x"), Value(5, "y"), Value(-4, "z")
    >>> f = (x + y) * z
    >>> f.backprop()
    >>> axes = graph(f, ax=Figure().add_subplot())
    >>> [text.get_text() for text in axes.texts][:3]
    ['−2', '−4', '$x$']
    """
    drawing = _Drawing.of(_values_to_draw(value))
    if ax is None:
        ax = _new_axes(drawing)
    check_axes(ax)
    font = _font_size(ax, drawing)
    ax.set_axis_off()
    ax.set_xlim(0, drawing.width)
    ax.set_ylim(drawing.bottom, drawing.top)
    ax.set_aspect("equal")
    _draw_wires(ax, drawing)
    for number in range(len(drawing.values)):
        _draw_value(ax, drawing, number, font)
    return ax


@dataclass(frozen=True)
class _Drawing:
    """The places of everything, in em.

    In column c circles and names end at `stem_start[c]`; from there the level part of each wire,
    with its numbers, leads to `stem_end[c]`, where the wires begin to climb and fall.
    """

    values: Sequence[Value]
    captions: Sequence[str]
    layout: Layout
    shows_gradients: bool
    stem_start: list[float]
    stem_end: list[float]

    @classmethod
    def of(cls, values: Sequence[Value]) -> _Drawing:
        layout = _lay_out(values)
        shows_gradients = any(value.grad != 0 for value in values)
        climb, stem = [0.0] * len(layout.order), [0.0] * len(layout.order)
        for c, source, target, _ in layout.wires:
            rise = ROW * abs(layout.height[c][source] - layout.height[c + 1][target])
            climb[c] = max(climb[c], rise)
        captions = [_caption(value, is_result=value is values[-1]) for value in values]
        for value, caption, c in zip(values, captions, layout.column, strict=True):
            stem[c] = max(stem[c], _width(caption), _width(short_number(value.grad)))
        starts, ends = [], []
        x = 2 * MARGIN + max(_width(value.name) for value in values if not value.operands)
        for c, length in enumerate(stem):
            starts.append(x)
            ends.append(x + length + 2 * MARGIN)
            x = ends[c] + GAP + GAP_PER_CLIMB * climb[c] + 2 * RADIUS
        return cls(values, captions, layout, shows_gradients, starts, ends)

    @property
    def width(self) -> float:
        return self.stem_end[-1] + 2 * MARGIN + _width(self.values[-1].name)

    @property
    def height(self) -> float:
        return self.top - self.bottom

    @property
    def top(self) -> float:
        return ROW * (max(y for column in self.layout.height for y in column.values()) + 0.5)

    @property
    def bottom(self) -> float:
        return ROW * (min(y for column in self.layout.height for y in column.values()) - 0.5)

    def y(self, column: int, number: int) -> float:
        return ROW * self.layout.height[column][number]


def _lay_out(values: Sequence[Value]) -> Layout:
    number = {id(value): k for k, value in enumerate(values)}
    return lay_out(
        [[number[id(operand)] for operand in value.operands] for value in values],
        constants={k for k, value in enumerate(values) if value.is_constant},
        ordered={k for k, value in enumerate(values) if value.operation in ("−", "÷")},
    )


def _draw_wires(ax: Axes, drawing: _Drawing) -> None:
    """Draw the wire of each value as one path, with a dot where it forks."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    start, end = drawing.stem_start, drawing.stem_end
    entering = Counter((wire.column, wire.target) for wire in drawing.layout.wires)
    leaving = Counter((wire.column, wire.source) for wire in drawing.layout.wires)
    pieces: list[list[Path]] = []
    for number, c in enumerate(drawing.layout.column):
        y = drawing.y(c, number)
        pieces.append([Path([(start[c], y), (end[c], y)])])
    for wire in drawing.layout.wires:
        here, there = wire.column, wire.column + 1
        x, y = end[here], drawing.y(here, wire.source)
        x_end, y_end = _entrance(drawing, wire, entering[wire.column, wire.target])
        middle = (x + min(x_end, start[there] - 2 * RADIUS)) / 2
        bend = [(x, y), (middle, y), (middle, y_end), (x_end, y_end)]
        pieces[wire.source].append(Path(bend, [Path.MOVETO, *[Path.CURVE4] * 3]))
        if wire.source == wire.target:
            pieces[wire.source].append(Path([(x_end, y_end), (end[there], y_end)]))
    for of_one_value in pieces:
        path = Path.make_compound_path(*of_one_value)
        ax.add_patch(PathPatch(path, fill=False, edgecolor=WIRE_COLOUR, linewidth=1.3, zorder=1))
    forks = [(end[c], drawing.y(c, v)) for (c, v), uses in leaving.items() if uses > 1]
    x_forks, y_forks = [x for x, _ in forks], [y for _, y in forks]
    ax.scatter(x_forks, y_forks, s=16, color=WIRE_COLOUR, zorder=2)


def _entrance(drawing: _Drawing, wire: Wire, slots: int) -> tuple[float, float]:
    """Return where a wire meets the circle of its gate, or the circles' edge where it passes."""
    x = drawing.stem_start[wire.column + 1] - RADIUS
    y = drawing.y(wire.column + 1, wire.target)
    above = 0.5 * RADIUS * (slots - 1 - 2 * wire.slot)
    return x - sqrt(RADIUS**2 - above**2), y + above


def _draw_value(ax: Axes, drawing: _Drawing, number: int, font: float) -> None:
    """Write the name, the number and the gradient of one value, and draw its gate."""
    value, c = drawing.values[number], drawing.layout.column[number]
    start, end, y = drawing.stem_start[c], drawing.stem_end[c], drawing.y(c, number)
    name, middle = _in_italics(value.name), (start + end) / 2
    numbers: dict[str, Any] = {"size": font, "ha": "center"}
    names: dict[str, Any] = {"size": 1.1 * font, "va": "center_baseline"}
    ax.text(middle, y + 0.2, drawing.captions[number], color=VALUE_COLOUR, va="bottom", **numbers)
    if drawing.shows_gradients and not value.is_constant:
        gradient = short_number(value.grad)
        ax.text(middle, y - 0.25, gradient, color=GRADIENT_COLOUR, va="top", **numbers)
    if value.operands:
        _draw_gate(ax, (start - RADIUS, y), value.operation, font)
    elif name:
        ax.text(start - MARGIN, y, name, ha="right", **names)
    else:
        ax.scatter(start, y, s=14, facecolor="white", edgecolor=WIRE_COLOUR, zorder=2)
    if value.operands and value is drawing.values[-1] and name:
        ax.text(end + MARGIN, y, name, ha="left", **names)


def _draw_gate(ax: Axes, centre: tuple[float, float], operation: str, font: float) -> None:
    from matplotlib.patches import Circle

    exponent = operation.removeprefix("**")
    if exponent != operation:
        sign, size = f"$x^{{{exponent}}}$", 1.0
    else:
        sign, size = operation, {1: 1.2, 3: 0.95, 4: 0.85}[len(operation)]
    circle = Circle(centre, RADIUS, facecolor=GATE_COLOUR, edgecolor=GATE_INK, zorder=3)
    ax.add_patch(circle)
    size *= font
    ax.text(*centre, sign, size=size, color=GATE_INK, ha="center", va="center", zorder=4)


def _new_axes(drawing: _Drawing) -> Axes:
    """Return the axes of a new figure, at most a page wide unless the letters got too small."""
    font = min(LARGEST_FONT, max(SMALLEST_FONT, 72 * WIDTH / drawing.width))
    return new_axes(drawing.height * font / 72, drawing.width * font / 72)


def _font_size(ax: Axes, drawing: _Drawing) -> float:
    """Return the points of one em when the drawing fills the axes."""
    width, height = size_in_points(ax)
    return min(LARGEST_FONT, width / drawing.width, height / drawing.height)


def _caption(value: Value, is_result: bool) -> str:
    """Return what stands above the wire: the number, after the name of a value in the middle."""
    number = short_number(value.data)
    in_the_middle = value.operands and value.name and not is_result
    return f"{_in_italics(value.name)} = {number}" if in_the_middle else number


def _in_italics(name: str) -> str:
    """Set a letter as in a formula, with the digits behind it as its index."""
    symbol = re.fullmatch(r"([^\W\d_])_?(\d*)", name)
    if symbol is None:
        return name
    letter, index = symbol.groups()
    return f"${letter}_{{{index}}}$" if index else f"${letter}$"


def _width(text: str) -> float:
    return LETTER * len(re.sub(r"[${}_]", "", text))


def _values_to_draw(value: Value) -> list[Value]:
    if not isinstance(value, Value):
        raise TypeError(
            explain_error(
                "plot.graph draws a nnlite.graph.Value.",
                type(value).__name__,
                remedy="Build the formula from Values: x = Value(2, 'x').",
            )
        )
    values = value.nodes()
    if len(values) > MOST_VALUES:
        raise ValueError(
            explain_error(
                f"A picture holds at most {MOST_VALUES} values, or nobody can read it.",
                f"a graph of {len(values)} values",
                remedy="Draw a part of it: an earlier value, or a smaller example.",
            )
        )
    return values
