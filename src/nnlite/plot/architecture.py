"""A model as blocks: what each layer is, how many parameters it has, and what flows between them.

The blocks stand in the order in which the summary reads; every call of a layer is one.
"""

from __future__ import annotations

from typing import Any

from nnlite.foundation.checks import flag
from nnlite.plot import style
from nnlite.plot.blocks import Block, blocks_of
from nnlite.plot.graph_layout import Wire, lay_out
from nnlite.plot.style import Axes

# Lengths are in em, the size of the letters: a line of text and what lies around it, the room
# between neighbours, and for a wire to turn in, or to go straight on.
LINE, PADDING, GAP, TURN, STRAIGHT, MARGIN = 1.35, 0.6, 1.6, 1.7, 0.6, 0.8
SMALL, ROUND, DOOR = 0.85, 0.4, 1.4
LETTERS: dict[str, Any] = {"smallest": 8.0, "largest": 13.0}
COLOURS = {"weights": style.BLUE, "joins": style.VERMILION, "plain": "0.6", "end": "white"}


def architecture(
    model: Any,
    *,
    shapes: bool = True,
    names: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw the layers of a model as blocks, from its inputs to its outputs, with all branches.

    A block tells what a layer is called, its class, its activation and its number of parameters:
    blue if it has any, vermilion if it joins several inputs. Beside each wire stands the shape of
    what flows there. A layer that is called again is a block again, with a dashed edge.

    Parameters
    ----------
    model
        A model of any kind that knows the shape of its input.
    shapes
        Whether shapes stand beside the wires.
    names
        Whether the blocks have the names of the layers; else only their classes.
    ax
        Where to draw; by default a new figure of the right size.

    Returns
    -------
    matplotlib.axes.Axes
        The axes with the blocks.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from nnlite import Sequential
    >>> from nnlite.layers import Dense
    >>> model = Sequential([Dense(4, activation="relu", input_shape=(2,)), Dense(1)])
    >>> axes = architecture(model, ax=Figure().add_subplot())
    >>> [text.get_text() for text in axes.texts][:6]
    ['input_layer', 'InputLayer', '(None, 2)', 'dense', 'Dense, relu', '12 parameters']
    """
    return _Drawing(model, shapes, names).draw(ax)


def svg(model: Any) -> str:
    """Return the blocks of a model as a picture for a notebook, without pyplot."""
    drawing = _Drawing(model, shapes=True, names=True)
    return style.as_svg(drawing.draw(style.sheet(*drawing.size, **LETTERS)))


class _Drawing:
    """The places of everything, in em; y grows downward.

    Rank c goes from `top[c]` to `bottom[c]`, and its wires go straight on to `turn[c]`; `x[c]` has
    the middle of each of its blocks and of each wire that passes. All blocks are equally wide.
    """

    def __init__(self, model: Any, shapes: bool, names: bool) -> None:
        self.shapes = flag("shapes", shapes, "plot.architecture")
        self.blocks = blocks_of(model, flag("names", names, "plot.architecture"))
        joins = {number for number, block in enumerate(self.blocks) if len(block.reads) > 1}
        self.layout = lay_out([block.reads for block in self.blocks], ordered=joins)
        self.wide = max(map(_width, self.blocks)) + 2 * PADDING
        pitch, ranks = self.wide + GAP, range(len(self.layout.order))
        self.x = [{v: -pitch * h for v, h in rank.items()} for rank in self.layout.height]
        self._begin_at_the_margin()
        lines = [0 for _ in ranks]
        for block, c in zip(self.blocks, self.layout.column, strict=True):
            lines[c] = max(lines[c], len(block.words))
        bends = {wire.column for wire in self.layout.wires if not self._is_straight(wire)}
        self.top, self.bottom, self.turn = [], [], []
        y = MARGIN
        for c in ranks:
            self.top.append(y)
            self.bottom.append(y + LINE * lines[c] + PADDING)
            self.turn.append(self.bottom[c] + (LINE + 0.3) * self.shapes)
            y = self.turn[c] + (TURN if c in bends else STRAIGHT)
        self.size = self.width, self.bottom[-1] + MARGIN, 0.0

    def _begin_at_the_margin(self) -> None:
        """Move all to the right of the left margin, and measure the width."""
        label = 0.6 + SMALL * max(_letters(block.shape) for block in self.blocks) * self.shapes
        left, right = [], []
        for c, rank in enumerate(self.x):
            for number, x in rank.items():
                half = self.wide / 2 if self.layout.column[number] == c else 0.0
                left.append(x - half)
                right.append(x + max(half, label))
        self.x = [{v: x - min(left) + MARGIN for v, x in rank.items()} for rank in self.x]
        self.width = max(right) - min(left) + 2 * MARGIN

    def _is_straight(self, wire: Wire) -> bool:
        return abs(self.x[wire.column][wire.source] - self._door(wire)) < 0.01

    def _door(self, wire: Wire) -> float:
        """Return where a wire enters the next rank: side by side with the others of its block."""
        doors = 1 if wire.source == wire.target else len(self.blocks[wire.target].reads)
        return self.x[wire.column + 1][wire.target] + DOOR * (wire.slot - (doors - 1) / 2)

    def draw(self, ax: Axes | None) -> Axes:
        """Draw everything."""
        ax, font = style.axes_in_em(ax, *self.size, **LETTERS)
        self._draw_wires(ax)
        for number in range(len(self.blocks)):
            self._draw_block(ax, number, font)
        return ax

    def _draw_wires(self, ax: Axes) -> None:
        """Draw each stretch of the wires as a path, with an arrow where it enters a block."""
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path

        codes = [Path.MOVETO, Path.LINETO, *[Path.CURVE4] * 3, Path.LINETO]
        look: dict[str, Any] = {"edgecolor": style.GREY, "linewidth": 1.3, "zorder": 1}
        for wire in self.layout.wires:
            c, here, there = wire.column, self.x[wire.column][wire.source], self._door(wire)
            turn, end = self.turn[c], self.top[c + 1]
            passes, half = wire.source == wire.target, (turn + end) / 2
            bend = [(here, self.bottom[c]), (here, turn), (here, half), (there, half), (there, end)]
            bend.append((there, self.bottom[c + 1] if passes else end))
            ax.add_patch(PathPatch(Path(bend, codes), fill=False, capstyle="projecting", **look))
            if not passes:
                ax.scatter(there, end - 0.2, s=22, color=style.GREY, marker="v", zorder=2)

    def _draw_block(self, ax: Axes, number: int, font: float) -> None:
        """Draw a box with its words, and write beside its wire what leaves it."""
        from matplotlib.patches import FancyBboxPatch

        block, c = self.blocks[number], self.layout.column[number]
        x, top, bottom = self.x[c][number], self.top[c], self.bottom[c]
        corner = x - self.wide / 2 + ROUND, top + ROUND
        size = self.wide - 2 * ROUND, bottom - top - 2 * ROUND
        look: dict[str, Any] = {"facecolor": style.lighter(COLOURS[block.kind], 0.85), "zorder": 3}
        look |= {
            "edgecolor": style.INK,
            "linestyle": "--" if block.again else "-",
            "linewidth": 0.9,
        }
        ax.add_patch(FancyBboxPatch(corner, *size, boxstyle=f"round,pad={ROUND}", **look))
        common: dict[str, Any] = {"va": "center_baseline", "zorder": 4, "parse_math": False}
        first: dict[str, Any] = {"size": font, "weight": "bold", "color": style.INK}
        other: dict[str, Any] = {"size": SMALL * font, "color": style.INK}
        for line, word in enumerate(block.words):
            y = (top + bottom) / 2 + LINE * (line - (len(block.words) - 1) / 2)
            ax.text(x, y, word, ha="center", **common, **(other if line else first))
        if self.shapes and block.shape:
            y, grey = (bottom + self.turn[c]) / 2, other | {"color": style.GREY}
            ax.text(x + 0.6, y, block.shape, ha="left", **common, **grey)


def _letters(word: str) -> float:
    return style.LETTER * len(word)


def _width(block: Block) -> float:
    """Return how wide the words are; those of the first line are bold."""
    first, *others = block.words
    return max([1.12 * _letters(first), *(SMALL * _letters(word) for word in others)])
