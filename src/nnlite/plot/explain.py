"""One training step as a picture: forward down the left side, backward up the right one.

Each layer is a band; below it stand its formulas, the shapes in them, and how large they came out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import explain_error
from ..explain import Explanation
from ..explain.lines import Line, Section, short
from ..explain.symbols import numbered_symbols
from ..explain.text import FORWARD_ONLY, HEADINGS, beside, wrapped
from ..functional import Model
from .style import (
    BLUE,
    GREY,
    INK,
    VERMILION,
    WIDTH,
    check_axes,
    new_axes,
    size_in_points,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BAND_COLOUR, WARNING_COLOUR = "0.93", "#B3261E"

# Lengths are in em, the size of the letters of a formula.
LETTER, SMALL = 0.52, 0.88
TITLE, BAND, FORMULA, SHAPES, PAUSE = 2.2, 1.7, 1.5, 1.2, 0.7
MARGIN, NUMBER, GAP = 2.2, 4.6, 2.0
LARGEST_FONT, SMALLEST_FONT = 11.0, 7.0


def explain(explanation: Any, x: Any = None, y: Any = None, ax: Axes | None = None) -> Axes:
    """Draw one training step: every layer's formulas, forward at the left, backward at the right.

    Parameters
    ----------
    explanation
        What `model.explain(x, y)` returned; or the model, with the batch as x and y.
    x, y
        The batch, if a model was given.
    ax
        Where to draw; by default a new figure of the right size.

    Returns
    -------
    matplotlib.axes.Axes
        The axes with the picture.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from nnlite import Sequential
    >>> from nnlite.layers import Dense
    >>> model = Sequential([Dense(1, input_shape=(2,))], name="line")
    >>> axes = explain(model, [[1, 2], [3, 4]], ax=Figure().add_subplot())
    >>> axes.texts[0].get_text()
    'line: forward on m = 2 samples'
    """
    page = _Page(_as_explanation(explanation, x, y))
    if ax is None:
        ax = _new_axes(page)
    check_axes(ax)
    page.draw(ax)
    return ax


def _as_explanation(given: Any, x: Any, y: Any) -> Explanation:
    if isinstance(given, Explanation):
        return given
    if not isinstance(given, Model):
        raise TypeError(
            explain_error(
                "plot.explain draws what model.explain(x, y) returns, or a model and a batch.",
                type(given).__name__,
                remedy="nnlite.plot.explain(model.explain(x, y))",
            )
        )
    if x is None:
        raise ValueError(
            explain_error(
                "A step needs a batch to be taken on.",
                "a model without data",
                f"model '{given.name}'",
                "nnlite.plot.explain(model, x, y), with a few samples.",
            )
        )
    return given.explain(x, y)


class _Page:
    """The places of everything, in em, from the top downward."""

    def __init__(self, explanation: Explanation) -> None:
        self.explanation = explanation
        self.backward = {section.place: section for section in explanation.backward}
        self.sides = [MARGIN, MARGIN + _width(explanation.forward) + GAP]
        right = _width(explanation.backward) if explanation.backward else 0.0
        self.width = self.sides[1] + right + MARGIN
        self.width = max(self.width, LETTER * len(explanation.title) + 2 * MARGIN)
        self.ends = [self.sides[1] - GAP, self.width - MARGIN]
        if not explanation.backward:
            self.ends[0] = self.width - MARGIN
        letters = int((self.width - 2 * MARGIN) / LETTER)
        remarks = [] if explanation.backward else [FORWARD_ONLY]
        self.remarks = [wrapped(text, letters) for text in remarks]
        self.warnings = [wrapped(text, letters) for text in explanation.warnings]
        self.height = (
            TITLE
            + BAND
            + sum(self.height_of(section) for section in explanation.forward)
            + sum(BAND + _lines_height(section.lines) for section in explanation.update)
            + sum(PAUSE + FORMULA * len(lines) for lines in [*self.remarks, *self.warnings])
        )

    def height_of(self, section: Section) -> float:
        """Return the height of a layer: that of its longer side."""
        sides = [section, self.backward.get(section.place, section)]
        return BAND + max(_lines_height(side.lines) for side in sides)

    def draw(self, ax: Axes) -> None:
        """Write everything."""
        ax.set_axis_off()
        ax.set_xlim(0, self.width)
        ax.set_ylim(self.height, 0)
        ax.set_aspect("equal")
        pen = _Pen(ax, _font_size(ax, self), numbered_symbols(self.explanation.values))
        pen.write(MARGIN, TITLE / 2, self.explanation.title, weight="bold")
        top = TITLE
        self._headings(pen, top)
        y = top + BAND
        for section in self.explanation.forward:
            self._layer(pen, y, section)
            y += self.height_of(section)
        self._arrows(ax, top + BAND, y - PAUSE)
        for section in self.explanation.update:
            self._band(pen, y, section)
            self._lines(pen, y + BAND, 0, section.lines, INK)
            y += BAND + _lines_height(section.lines)
        for colour, blocks in ((GREY, self.remarks), (WARNING_COLOUR, self.warnings)):
            for block in blocks:
                y += PAUSE
                for text in block:
                    pen.write(MARGIN, y + FORMULA / 2, text, color=colour)
                    y += FORMULA

    def _headings(self, pen: _Pen, y: float) -> None:
        sides = [("forward", BLUE), ("backward", VERMILION)]
        for side, (word, colour) in enumerate(sides[: 1 + bool(self.backward)]):
            pen.write(self.sides[side], y + BAND / 2, word, color=colour, weight="bold")
            for end, heading in zip(self._number_ends(side), HEADINGS, strict=True):
                pen.write(end, y + BAND / 2, heading, color=GREY, ha="right", size=SMALL)

    def _number_ends(self, side: int) -> tuple[float, float]:
        return self.ends[side] - NUMBER, self.ends[side]

    def _layer(self, pen: _Pen, y: float, section: Section) -> None:
        self._band(pen, y, section)
        self._lines(pen, y + BAND, 0, section.lines, BLUE)
        back = self.backward.get(section.place)
        if back is not None:
            self._lines(pen, y + BAND, 1, back.lines, VERMILION)

    def _band(self, pen: _Pen, y: float, section: Section) -> None:
        pen.band(self.width, y + 0.1, BAND - 0.2)
        pen.write(MARGIN, y + BAND / 2, section.title, weight="bold")
        pen.write(self.width - MARGIN, y + BAND / 2, section.remark, color=GREY, ha="right")

    def _lines(self, pen: _Pen, y: float, side: int, lines: Sequence[Line], colour: str) -> None:
        for line in lines:
            start = self.sides[side]
            pen.formula(start, y + FORMULA / 2, line.equation, colour)
            if line.value is not None:
                for end, number in zip(
                    self._number_ends(side), (line.mean, line.largest), strict=True
                ):
                    pen.write(end, y + FORMULA / 2, short(number), ha="right", size=SMALL)
            y += FORMULA
            if beside(line):
                pen.write(start + 1, y + SHAPES / 2, beside(line), color=GREY, size=SMALL)
                y += SHAPES

    def _arrows(self, ax: Axes, top: float, bottom: float) -> None:
        """Draw the way down at the left, and the way up at the right."""
        ways = [(MARGIN / 2, top, bottom, BLUE)]
        if self.backward:
            ways.append((self.width - MARGIN / 2, bottom, top, VERMILION))
        for x, start, end, colour in ways:
            ax.annotate(
                "",
                (x, end),
                (x, start),
                arrowprops={"arrowstyle": "-|>", "color": colour, "linewidth": 1.5},
            )


class _Pen:
    """Writes on the axes in a font that has the signs of mathematics."""

    def __init__(self, ax: Axes, font: float, symbols: re.Pattern[str]) -> None:
        import matplotlib as mpl

        self.ax, self.font, self.symbols = ax, font, symbols
        # A font for other scripts seldom has ⊙ and ᵀ; it still serves for the names of layers.
        self.families = ["DejaVu Sans", *mpl.rcParams["font.family"]]

    def write(self, x: float, y: float, text: str, size: float = 1.0, **style: Any) -> None:
        """Write plain text."""
        if not text:
            return
        style = {"color": INK, "va": "center_baseline", "family": self.families, **style}
        self.ax.text(x, y, text, size=size * self.font, parse_math=False, **style)

    def formula(self, x: float, y: float, text: str, colour: str) -> None:
        """Write a formula, the numbers of its symbols as indices."""
        self.ax.text(
            x,
            y,
            _typeset(text, self.symbols),
            size=self.font,
            color=colour,
            va="center_baseline",
            family=self.families,
            math_fontfamily="dejavusans",
        )

    def band(self, width: float, y: float, height: float) -> None:
        """Draw the ground of a title."""
        from matplotlib.patches import Rectangle

        self.ax.add_patch(Rectangle((0, y), width, height, facecolor=BAND_COLOUR, zorder=0))


def _typeset(formula: str, symbols: re.Pattern[str]) -> str:
    """Set numbers as indices and ᵀ as a raised T: in mathematics, one symbol at a time."""
    text = symbols.sub(r"$\\mathregular{\1_{\2}}$", formula.replace("$", r"\$"))
    return text.replace("}$ᵀ", "^T}$").replace("ᵀ", r"$\mathregular{^T}$")


def _width(sections: Sequence[Section]) -> float:
    """Return the width of the longest line: of its formula with two numbers, or of its shapes."""
    return max((width for section in sections for width in _widths(section)), default=0.0)


def _widths(section: Section) -> Iterator[float]:
    for line in section.lines:
        numbers = 0 if line.value is None else 2 * NUMBER
        yield LETTER * len(line.equation) + numbers
        yield LETTER * SMALL * len(beside(line)) + 1


def _lines_height(lines: Sequence[Line]) -> float:
    return sum(FORMULA + (SHAPES if beside(line) else 0) for line in lines) + PAUSE


def _new_axes(page: _Page) -> Axes:
    """Return the axes of a new figure, as wide as others unless the letters got too small."""
    font = min(LARGEST_FONT, max(SMALLEST_FONT, 72 * WIDTH / page.width))
    return new_axes(page.height * font / 72, page.width * font / 72)


def _font_size(ax: Axes, page: _Page) -> float:
    """Return the points of one em when the page fills the axes."""
    width, height = size_in_points(ax)
    return min(LARGEST_FONT, width / page.width, height / page.height)
