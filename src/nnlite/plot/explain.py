"""One training step as a picture: forward down the left side, backward up the right one.

Each layer is a band; below it stand its formulas, the shapes in them, and how large they came out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from nnlite.explain.explanation import FORWARD_ONLY, HEADINGS, Explanation, beside, wrapped
from nnlite.explain.lines import Line, Section
from nnlite.explain.symbols import numbered_symbols
from nnlite.foundation.errors import type_error, value_error
from nnlite.models import Model
from nnlite.plot.style import BLUE, GREY, INK, VERMILION, Axes, axes_in_em

WARNING_COLOUR = "#B3261E"

# Lengths are in em, the size of the letters of a formula.
LETTER, SMALL = 0.52, 0.88
TITLE, BAND, FORMULA, SHAPES, PAUSE = 2.2, 1.7, 1.5, 1.2, 0.7
MARGIN, NUMBER, GAP = 2.2, 4.6, 2.0


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
    return _Page(_as_explanation(explanation, x, y)).draw(ax)


def _as_explanation(given: Any, x: Any, y: Any) -> Explanation:
    if isinstance(given, Explanation):
        return given
    if not isinstance(given, Model):
        rule = "plot.explain draws what model.explain(x, y) returns, or a model and a batch."
        example = "nnlite.plot.explain(model.explain(x, y))"
        raise type_error(rule, type(given).__name__, remedy=example)
    if x is None:
        rule, where = "A step needs a batch to be taken on.", f"model '{given.name}'"
        remedy = "nnlite.plot.explain(model, x, y), with a few samples."
        raise value_error(rule, "a model without data", where, remedy)
    explanation: Explanation = given.explain(x, y)
    return explanation


class _Side(NamedTuple):
    """Where the formulas of one direction begin, where its numbers end, and their colour."""

    word: str
    start: float
    end: float
    colour: str


class _Page:
    """The places of everything, in em, from the top downward; `y` is how far it is filled."""

    def __init__(self, explanation: Explanation) -> None:
        self.symbols = numbered_symbols(explanation.values)
        self.texts: list[tuple[float, float, float, str, dict[str, Any]]] = []
        self.bands: list[float] = []
        back = {section.place: section for section in explanation.backward}
        middle = MARGIN + _width(explanation.forward) + GAP
        end = max(middle + _width(explanation.backward), MARGIN + LETTER * len(explanation.title))
        self.width = end + MARGIN
        left = _Side("forward", MARGIN, middle - GAP if back else end, BLUE)
        right = _Side("backward", middle, end, VERMILION)
        black = _Side("update", MARGIN, left.end, INK)
        self._write(MARGIN, TITLE / 2, explanation.title, weight="bold")
        for side in (left, right) if back else (left,):
            self._write(side.start, TITLE + BAND / 2, side.word, color=side.colour, weight="bold")
            self._numbers(side, TITLE + BAND / 2, HEADINGS, color=GREY)
        self.y = TITLE + BAND
        for section in explanation.forward:
            columns = [(left, section.lines)]
            if section.place in back:
                columns.append((right, back[section.place].lines))
            self._section(section, columns)
        bottom = self.y - PAUSE
        self.ways = [(MARGIN / 2, TITLE + BAND, bottom, BLUE)]
        if back:
            self.ways.append((self.width - MARGIN / 2, bottom, TITLE + BAND, VERMILION))
        for section in explanation.update:
            self._section(section, [(black, section.lines)])
        if not back:
            self._paragraph(FORWARD_ONLY, GREY)
        for warning in explanation.warnings:
            self._paragraph(warning, WARNING_COLOUR)

    def _section(self, section: Section, columns: list[tuple[_Side, list[Line]]]) -> None:
        """Write a band with a title, and below it the lines of one or of both sides."""
        self.bands.append(self.y)
        middle = self.y + BAND / 2
        self._write(MARGIN, middle, section.title, weight="bold")
        self._write(self.width - MARGIN, middle, section.remark, color=GREY, ha="right")
        self.y = PAUSE + max(self._lines(self.y + BAND, side, lines) for side, lines in columns)

    def _lines(self, y: float, side: _Side, lines: list[Line]) -> float:
        """Write formulas with their numbers, below them their shapes; return where they end."""
        for line in lines:
            formula = _typeset(line.equation, self.symbols)
            self._write(side.start, y + FORMULA / 2, formula, color=side.colour, parse_math=True)
            self._numbers(side, y + FORMULA / 2, line.sizes)
            y += FORMULA
            if beside(line):
                self._write(side.start + 1, y + SHAPES / 2, beside(line), SMALL, color=GREY)
                y += SHAPES
        return y

    def _numbers(self, side: _Side, y: float, numbers: Sequence[str], **style: Any) -> None:
        for end, number in zip((side.end - NUMBER, side.end), numbers, strict=True):
            self._write(end, y, number, SMALL, ha="right", **style)

    def _paragraph(self, text: str, colour: str) -> None:
        self.y += PAUSE
        for line in wrapped(text, int((self.width - 2 * MARGIN) / LETTER)):
            self._write(MARGIN, self.y + FORMULA / 2, line, color=colour)
            self.y += FORMULA

    def _write(self, x: float, y: float, text: str, size: float = 1.0, **style: Any) -> None:
        if text:
            self.texts.append((x, y, size, text, {"color": INK, "parse_math": False, **style}))

    def draw(self, ax: Axes | None) -> Axes:
        """Draw everything, in a font that has the signs of mathematics."""
        import matplotlib as mpl
        from matplotlib.patches import Rectangle

        ax, font = axes_in_em(ax, self.width, self.y, 0, smallest=7.5, largest=11.0)
        # A font for other scripts seldom has ⊙ and ᵀ; it still serves for the names of layers.
        families = ["DejaVu Sans", *mpl.rcParams["font.family"]]
        common: dict[str, Any] = {"va": "center_baseline", "math_fontfamily": "dejavusans"}
        for x, y, size, text, style in self.texts:
            ax.text(x, y, text, size=size * font, family=families, **common, **style)
        for y in self.bands:
            band = Rectangle((0, y + 0.1), self.width, BAND - 0.2, facecolor="0.93", zorder=0)
            ax.add_patch(band)
        for x, start, end, colour in self.ways:
            arrow: dict[str, Any] = {"arrowstyle": "-|>", "color": colour, "linewidth": 1.5}
            ax.annotate("", (x, end), (x, start), arrowprops=arrow)
        return ax


def _typeset(formula: str, symbols: re.Pattern[str]) -> str:
    """Set numbers as indices and ᵀ as a raised T: in mathematics, one symbol at a time."""
    text = symbols.sub(r"$\\mathregular{\1_{\2}}$", formula.replace("$", r"\$"))
    return text.replace("}$ᵀ", "^T}$").replace("ᵀ", r"$\mathregular{^T}$")


def _width(sections: Sequence[Section]) -> float:
    """Return the width of the longest line: of its formula with two numbers, or of its shapes."""
    lines = [line for section in sections for line in section.lines]
    formulas = [LETTER * len(line.equation) + 2 * NUMBER * any(line.sizes) for line in lines]
    return max([0.0, *formulas, *(LETTER * SMALL * len(beside(line)) + 1 for line in lines)])
