"""A computation graph as on the blackboard: circles are gates, wires carry numbers.

Above each wire stands its value, below it the gradient that came back.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from math import sqrt
from typing import Any

from nnlite.foundation.errors import type_error, value_error
from nnlite.graph import Value
from nnlite.plot import style
from nnlite.plot.graph_layout import lay_out
from nnlite.plot.style import Axes

MOST_VALUES = 150

# Lengths are in em, the size of the letters, so that words and lines fit each other.
ROW, RADIUS, MARGIN = 3.3, 1.2, 0.4
GAP, GAP_PER_CLIMB = 1.6, 0.25
LETTERS: dict[str, Any] = {"smallest": 9.0, "largest": 18.0}


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
    return draw(Drawing(values_to_draw(value)), ax)


def svg(value: Value) -> str:
    """Return the graph of a value as a picture for a notebook, without pyplot."""
    drawing = Drawing(values_to_draw(value))
    return style.as_svg(draw(drawing, style.sheet(*drawing.size, **LETTERS)))


def draw(drawing: Drawing, ax: Axes | None) -> Axes:
    """Draw all values and wires."""
    ax, font = style.axes_in_em(ax, *drawing.size, **LETTERS)
    _draw_wires(ax, drawing)
    for number in range(len(drawing.values)):
        _draw_value(ax, drawing, number, font)
    return ax


class Drawing:
    """The places of everything, in em.

    In column c circles and names end at `start[c]`; from there the level part of each wire, with
    its numbers, leads to `end[c]`, where the wires begin to climb and fall. `y[c]` holds the height
    of each value and of each passing wire. `size` is the width, the lowest place and the highest.
    Of each value there is room for all of its `gradients`. When it is drawn, `gates` has the
    circles and `numbers` the texts of the gradients, by the number of the value.
    """

    def __init__(
        self, values: Sequence[Value], gradients: Sequence[Sequence[float]] | None = None
    ) -> None:
        number = {id(value): k for k, value in enumerate(values)}
        self.values, self.gates, self.numbers = values, dict[int, Any](), dict[int, Any]()
        gradients = gradients or [[value.grad for value in values]]
        written = [
            max(map(_width, map(style.short_number, g))) for g in zip(*gradients, strict=True)
        ]
        self.layout = lay_out(
            [[number[id(operand)] for operand in value.operands] for value in values],
            constants={k for k, value in enumerate(values) if value.is_constant},
            ordered={k for k, value in enumerate(values) if value.operation in ("−", "÷")},
        )
        self.y = [{v: ROW * height for v, height in c.items()} for c in self.layout.height]
        self.shows_gradients = any(value.grad != 0 for value in values)
        self.captions = [_caption(value, is_result=value is values[-1]) for value in values]
        climb, stem = [0.0] * len(self.y), [0.0] * len(self.y)
        for c, source, target, _ in self.layout.wires:
            climb[c] = max(climb[c], abs(self.y[c][source] - self.y[c + 1][target]))
        for wide, caption, c in zip(written, self.captions, self.layout.column, strict=True):
            stem[c] = max(stem[c], _width(caption), wide)
        self.start: list[float] = []
        self.end: list[float] = []
        x = 2 * MARGIN + max(_width(value.name) for value in values if not value.operands)
        for c, length in enumerate(stem):
            self.start.append(x)
            self.end.append(x + length + 2 * MARGIN)
            x = self.end[c] + GAP + GAP_PER_CLIMB * climb[c] + 2 * RADIUS
        width = self.end[-1] + 2 * MARGIN + _width(values[-1].name)
        heights = [y for column in self.y for y in column.values()]
        self.size = width, min(heights) - ROW / 2, max(heights) + ROW / 2


def _draw_wires(ax: Axes, drawing: Drawing) -> None:
    """Draw the wire of each value as one path, with a dot where it forks."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    start, end, y, wires = drawing.start, drawing.end, drawing.y, drawing.layout.wires
    entering = Counter((wire.column, wire.target) for wire in wires)
    leaving = Counter((wire.column, wire.source) for wire in wires)
    stems = [(start[c], end[c], y[c][v]) for v, c in enumerate(drawing.layout.column)]
    pieces = [[Path([(left, level), (right, level)])] for left, right, level in stems]
    for wire in wires:
        here, there = wire.column, wire.column + 1
        # A wire ends at the circle of its gate; at the circles' edge where it passes.
        above = 0.5 * RADIUS * (entering[here, wire.target] - 1 - 2 * wire.slot)
        x_end = start[there] - RADIUS - sqrt(RADIUS**2 - above**2)
        y_end = y[there][wire.target] + above
        middle = (end[here] + min(x_end, start[there] - 2 * RADIUS)) / 2
        level = y[here][wire.source]
        bend = [(end[here], level), (middle, level), (middle, y_end), (x_end, y_end)]
        pieces[wire.source].append(Path(bend, [Path.MOVETO, *[Path.CURVE4] * 3]))
        if wire.source == wire.target:
            pieces[wire.source].append(Path([(x_end, y_end), (end[there], y_end)]))
    for of_one_value in pieces:
        path = Path.make_compound_path(*of_one_value)
        ax.add_patch(PathPatch(path, fill=False, edgecolor=style.GREY, linewidth=1.3, zorder=1))
    forks = [(c, value) for (c, value), uses in leaving.items() if uses > 1]
    places = [end[c] for c, _ in forks], [y[c][value] for c, value in forks]
    ax.scatter(*places, s=16, color=style.GREY, zorder=2)


def _draw_value(ax: Axes, drawing: Drawing, number: int, font: float) -> None:
    """Write the name, the number and the gradient of one value, and draw its gate."""
    value, c = drawing.values[number], drawing.layout.column[number]
    start, end, y = drawing.start[c], drawing.end[c], drawing.y[c][number]
    name, middle = in_italics(value.name), (start + end) / 2
    numbers: dict[str, Any] = {"size": font, "ha": "center"}
    names: dict[str, Any] = {"size": 1.1 * font, "va": "center_baseline"}
    ax.text(middle, y + 0.2, drawing.captions[number], color=style.BLUE, va="bottom", **numbers)
    if drawing.shows_gradients and not value.is_constant:
        numbers |= {"color": style.VERMILION, "va": "top"}
        gradient = style.short_number(value.grad)
        drawing.numbers[number] = ax.text(middle, y - 0.25, gradient, **numbers)
    if value.operands:
        drawing.gates[number] = _draw_gate(ax, (start - RADIUS, y), value.operation, font)
    elif name:
        ax.text(start - MARGIN, y, name, ha="right", **names)
    else:
        ax.scatter(start, y, s=14, facecolor="white", edgecolor=style.GREY, zorder=2)
    if value.operands and value is drawing.values[-1] and name:
        ax.text(end + MARGIN, y, name, ha="left", **names)


def _draw_gate(ax: Axes, centre: tuple[float, float], operation: str, font: float) -> Any:
    from matplotlib.patches import Circle

    exponent = operation.removeprefix("**")
    sign, size = f"$x^{{{exponent}}}$", 1.0
    if exponent == operation:
        sign, size = operation, {1: 1.2, 3: 0.95, 4: 0.85}[len(operation)]
    ax.text(*centre, sign, size=size * font, color=style.INK, ha="center", va="center", zorder=4)
    circle = Circle(centre, RADIUS, facecolor=style.PALE, edgecolor=style.INK, zorder=3)
    return ax.add_patch(circle)


def _caption(value: Value, is_result: bool) -> str:
    """Return what stands above the wire: the number, after the name of a value in the middle."""
    number = style.short_number(value.data)
    in_the_middle = value.operands and value.name and not is_result
    return f"{in_italics(value.name)} = {number}" if in_the_middle else number


def in_italics(name: str) -> str:
    """Set a letter as in a formula, with the digits behind it as its index."""
    symbol = re.fullmatch(r"([^\W\d_])_?(\d*)", name)
    if symbol is None:
        return name
    letter, index = symbol.groups()
    return f"${letter}_{{{index}}}$" if index else f"${letter}$"


def _width(text: str) -> float:
    return style.LETTER * len(re.sub(r"[${}_]", "", text))


def values_to_draw(value: Value) -> list[Value]:
    """Return the values of the graph, operands before results; raise if they are too many."""
    if not isinstance(value, Value):
        remedy = "Build the formula from Values: x = Value(2, 'x')."
        given = type(value).__name__
        raise type_error("plot.graph draws a nnlite.graph.Value.", given, remedy=remedy)
    values = value.nodes()
    if len(values) > MOST_VALUES:
        rule = f"A picture holds at most {MOST_VALUES} values, or nobody can read it."
        remedy = "Draw a part of it: an earlier value, or a smaller example."
        raise value_error(rule, f"a graph of {len(values)} values", remedy=remedy)
    return values
