"""The products of a Dense layer as rectangles: why a factor is transposed.

Two factors fit when the sides that meet are the same axis; over that axis the product adds up.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nnlite.explain.watching import Call, watch_step
from nnlite.foundation.errors import type_error, value_error
from nnlite.layers.dense import Dense
from nnlite.models import Model
from nnlite.plot.cells import TEXT
from nnlite.plot.of_model import chosen_layers
from nnlite.plot.style import BLUE, COLOURS, GREY, INK, VERMILION, Axes, axes_in_em

# Every axis has its colour, and its kind of line.
LOOKS: dict[str, tuple[str, Any]] = {
    "m": (BLUE, "-"),
    "n": (VERMILION, (0, (3, 0.6))),
    "k": (COLOURS[2], (0, (1, 0.4))),
    "": (GREY, "-"),
}

# In em: the longest side, the shortest that can be seen, the room between two rectangles, for a
# line of words, and around all; and the width of a letter.
LONGEST, SHORTEST, BETWEEN, LINE, MARGIN, LETTER = 10.0, 0.9, 4.0, 1.5, 1.2, 0.58
# Above and below the rectangles stand the words of a product.
ABOVE, BELOW = 3.2 * LINE, 3.4 * LINE
# So many cells are told apart along a side.
CELLS = 16
FORWARD_ONLY = (
    "The way back needs a loss and the truth: model.compile(...), plot.shapes(model, x, y)."
)
NOT_NEEDED = "not computed here: no weight before this layer asks for dX"


@dataclass(frozen=True)
class _Factor:
    """A rectangle: its name, the axes of its height and of its width, and the sign after it."""

    name: str
    rows: str
    columns: str
    sign: str = ""


@dataclass(frozen=True)
class _Product:
    """A row of the picture: what it computes, and why its factors fit."""

    title: str
    reason: str
    factors: tuple[_Factor, ...]


X, W, Z = _Factor("X", "m", "n", "·"), _Factor("W", "n", "k", "+"), _Factor("Z", "m", "k")
FORWARD = _Product(
    "forward", "a neuron adds up all inputs: n meets n", (X, W, _Factor("b", "", "k", "="), Z)
)
WITHOUT_BIAS = replace(FORWARD, factors=(X, replace(W, sign="="), Z))
WEIGHTS = _Product(
    "backward, for the weights",
    "a weight adds up all samples: X is turned, so m meets m",
    (_Factor("Xᵀ", "n", "m", "·"), _Factor("dZ", "m", "k", "="), _Factor("dW", "n", "k")),
)
INPUTS = _Product(
    "backward, for the inputs",
    "an input adds up all neurons: W is turned, so k meets k",
    (_Factor("dZ", "m", "k", "·"), _Factor("Wᵀ", "k", "n", "="), _Factor("dX", "m", "n")),
)


def shapes(model: Any, x: Any, y: Any = None, *, layer: Any = None, ax: Axes | None = None) -> Axes:
    """Draw the products of a Dense layer as rectangles, whose sides are the axes of the arrays.

    X·W + b = Z on the way forward; Xᵀ·dZ = dW and dZ·Wᵀ = dX on the way back. All sides are in
    proportion: m samples, n inputs and k neurons, each with its colour and its kind of line. Where
    two factors meet, the sides must be the same: for that one of them is transposed.

    Parameters
    ----------
    model
        A model.
    x, y
        A batch, as for `model.explain`. Without y, or before `compile`, the way forward is drawn.
    layer
        The name or the number of the Dense layer; by default the first.
    ax
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, whose patches are the rectangles, in their order.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from nnlite import Sequential
    >>> model = Sequential([Dense(2, input_shape=(3,))])
    >>> axes = shapes(model, [[1, 2, 3]] * 4, ax=Figure().add_subplot())
    >>> [patch.get_width() / patch.get_height() for patch in axes.patches][:2]
    [0.75, 0.6666666666666666]
    """
    if not isinstance(model, Model):
        rule = "plot.shapes draws a Dense layer of a model."
        raise type_error(rule, type(model).__name__, remedy="plot.shapes(model, x, y)")
    with np.errstate(all="ignore"):
        step = watch_step(model, x, y)
    # It was a copy that took the step.
    wanted = {model.name_of(found) for found in chosen_layers(model, layer)}
    calls = [call for call in step.calls if step.model.name_of(call.layer) in wanted]
    dense = [call for call in calls if isinstance(call.layer, Dense)]
    if not dense:
        names = ", ".join(sorted(wanted))
        remedy = "Choose a Dense layer: layer='name'." if layer is not None else None
        rule, where = "plot.shapes draws the products of a Dense layer.", f"model '{model.name}'"
        raise value_error(rule, names, where, remedy)
    return _Page(dense[0], bool(step.judgements)).draw(ax)


class _Page:
    """What is drawn, and how large, in em."""

    def __init__(self, call: Call, backward: bool) -> None:
        n, k = call.layer.W.shape
        *axes, m = call.x[0].shape[:-1]
        self.lengths = {"": 1, "m": call.x[0].size // n, "n": n, "k": k}
        self.words = {"m": f"m = {m} samples", "n": f"n = {n} inputs", "k": f"k = {k} neurons"}
        if axes:
            self.words["m"] = f"m = {'·'.join(map(str, (*axes, m)))} = {self.lengths['m']} rows"
        self.name = call.layer.name
        self.products = [FORWARD if call.layer.use_bias else WITHOUT_BIAS]
        if backward:
            needed = any(dx is not None for dx in call.dx)
            self.products += [WEIGHTS, INPUTS if needed else replace(INPUTS, reason=NOT_NEEDED)]
        self.unit = LONGEST / max(self.lengths.values())
        self.remarks = [] if backward else [FORWARD_ONLY]
        if self.unit * min(n, k, self.lengths["m"]) < SHORTEST:
            self.remarks.append("The shortest sides are drawn longer than they are, to be seen.")

    def side(self, axis: str) -> float:
        """Return how long a side is."""
        return max(float(self.unit * self.lengths[axis]), SHORTEST)

    def draw(self, ax: Axes | None) -> Axes:
        """Draw the way forward, and below it both products of the way back, side by side."""
        forward, *backward = self.products
        rows = [row for row in ([forward], backward) if row]
        highs = [max(self.side(f.rows) for product in row for f in product.factors) for row in rows]
        wides = [sum(map(self._width, row)) for row in rows]
        legend = LETTER * len(self.name + "".join(self.words.values())) + 14
        remarks = [LETTER * len(remark) for remark in self.remarks]
        width = max(legend, *wides, *remarks) + MARGIN
        end = MARGIN + 2 * LINE + sum(highs) + (ABOVE + BELOW) * len(rows) + LINE * len(remarks)
        self.ax, self.font = axes_in_em(ax, width, end, 0, smallest=7.4, largest=13.0)
        self._legend(MARGIN)
        y = MARGIN + 2 * LINE
        for row, high in zip(rows, highs, strict=True):
            x = MARGIN
            for product in row:
                self._product(product, x, y, y + ABOVE + high / 2)
                x += self._width(product)
            y += ABOVE + high + BELOW
        for remark in self.remarks:
            self._say(MARGIN, y, remark, color=GREY, ha="left", size=0.9 * self.font)
            y += LINE
        return self.ax

    def _slot(self, factor: _Factor) -> float:
        digits = sum(len(str(self.lengths[axis])) for axis in (factor.rows, factor.columns))
        return max(self.side(factor.columns), LETTER * digits + 2)

    def _width(self, product: _Product) -> float:
        slots = sum(self._slot(factor) + BETWEEN for factor in product.factors)
        return max(slots, LETTER * max(len(product.title), len(product.reason)) + 2)

    def _legend(self, y: float) -> None:
        """Write how long each axis is, behind a piece of its line."""
        self._say(MARGIN, y, self.name, weight="bold", ha="left")
        x = MARGIN + LETTER * len(self.name) + 2
        for axis, words in self.words.items():
            colour, line = LOOKS[axis]
            look: dict[str, Any] = {"linewidth": 4, "solid_capstyle": "butt"}
            self.ax.plot([x, x + 2], [y, y], color=colour, linestyle=line, **look)
            self._say(x + 2.5, y, words, ha="left")
            x += LETTER * len(words) + 3.5

    def _product(self, product: _Product, x: float, y: float, middle: float) -> None:
        """Write the title, and draw the rectangles side by side."""
        alpha = 0.35 if product.reason == NOT_NEEDED else 1.0
        self._say(x, y, product.title, weight="bold", ha="left")
        self._say(x, y + LINE, product.reason, color=GREY, ha="left")
        bottom = middle + max(self.side(factor.rows) for factor in product.factors) / 2
        x += 1.5
        for factor in product.factors:
            slot = self._slot(factor)
            self._rectangle(factor, x + slot / 2, middle, alpha)
            self._name(factor, x + slot / 2, bottom + LINE)
            self._say(x + slot + BETWEEN / 2 - 0.5, middle, factor.sign, size=1.8 * self.font)
            x += slot + BETWEEN

    def _name(self, factor: _Factor, x: float, y: float) -> None:
        """Write the name, and below it how long the sides are, in the colours of their axes."""
        self._say(x, y, factor.name, size=1.1 * self.font)
        sides = [(axis, str(self.lengths[axis])) for axis in (factor.rows, factor.columns) if axis]
        if len(sides) == 2:
            self._say(x, y + LINE, "×", color=GREY)
        for (axis, length), align, shift in zip(
            sides, ("right", "left"), (-0.5, 0.5), strict=False
        ):
            place = (x + shift, align) if len(sides) == 2 else (x, "center")
            self._say(place[0], y + LINE, length, ha=place[1], color=LOOKS[axis][0], weight="bold")

    def _rectangle(self, factor: _Factor, x: float, y: float, alpha: float) -> None:
        """Draw cells with sides in the colours of their axes, around the point (x, y)."""
        from matplotlib.patches import Rectangle

        wide, high = self.side(factor.columns), self.side(factor.rows)
        left, top, right, bottom = x - wide / 2, y - high / 2, x + wide / 2, y + high / 2
        self.ax.add_patch(
            Rectangle((left, top), wide, high, facecolor="0.95", linewidth=0, alpha=alpha)
        )
        rows, columns = self.lengths[factor.rows], self.lengths[factor.columns]
        inner: dict[str, Any] = {"color": "0.75", "linewidth": 0.7, "alpha": alpha}
        if max(rows, columns) <= CELLS:
            self.ax.vlines(np.linspace(left, right, columns + 1)[1:-1], top, bottom, **inner)
            self.ax.hlines(np.linspace(top, bottom, rows + 1)[1:-1], left, right, **inner)
        for axis, ends in {
            factor.rows: [((left, left), (top, bottom)), ((right, right), (top, bottom))],
            factor.columns: [((left, right), (top, top)), ((left, right), (bottom, bottom))],
        }.items():
            colour, line = LOOKS[axis]
            for along, up in ends:
                style = {"color": colour, "linestyle": line, "linewidth": 3.5 if axis else 1}
                self.ax.plot(along, up, **style, alpha=alpha, solid_capstyle="butt")
        for at, axis in (((left - 0.9, y), factor.rows), ((x, top - 0.9), factor.columns)):
            self._say(*at, axis, weight="bold", color=LOOKS[axis][0], alpha=alpha)

    def _say(self, x: float, y: float, text: str, **style: Any) -> None:
        if text:
            self.ax.text(x, y, text, **{"size": self.font, "color": INK, **TEXT, **style})
