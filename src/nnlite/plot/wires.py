"""The lines between two columns of neurons: the thicker, the larger the weight is."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from nnlite.plot import style
from nnlite.plot.style import Axes

DASHES = (0, (4, 1.5))
# Of more connections between two layers than this, only so many strong ones are not faded.
STRONGEST = 40
# How lines of each sign look, and what the legend says of them.
_SIGNED: dict[int, Any] = {
    1: (style.BLUE, "solid", "$w > 0$"),
    -1: (style.VERMILION, DASHES, "$w < 0$"),
}
_UNSIGNED: dict[int, Any] = {1: (style.GREY, "solid", "what goes along")}


class Wires(NamedTuple):
    """What leads from each neuron to each of the next: weights, or else lengths without a sign."""

    matrix: Any
    signed: bool = True


class Connections:
    """The lines from the left to the right x, between neurons at the heights `before` and `here`.

    They can be drawn again, for other weights.
    """

    def __init__(
        self, ax: Axes, x: tuple[float, float], before: Any, here: Any, signed: bool
    ) -> None:
        from matplotlib.collections import LineCollection

        self.x, self.before, self.here, self.signed = x, before, here, signed
        self.lines = {}
        for sign, (_, kind, _) in (_SIGNED if signed else _UNSIGNED).items():
            self.lines[sign] = LineCollection([], linestyles=[kind], zorder=1)
            ax.add_collection(self.lines[sign], autolim=False)

    def show(self, drawn: Any, largest: float) -> None:
        """Draw the weights (before, here); one of the size `largest` is thickest."""
        from matplotlib.colors import to_rgba

        share = np.abs(drawn) / (largest or 1.0)
        weakest = np.sort(share, axis=None)[-STRONGEST] if share.size > STRONGEST else 0.0
        opacity = np.where(share >= weakest, 0.12 + 0.88 * share, 0.06)
        for sign, lines in self.lines.items():
            colour = (_SIGNED if self.signed else _UNSIGNED)[sign][0]
            pairs = np.argwhere(drawn * sign > 0)
            # The strongest come last, and lie on top.
            pairs = pairs[np.argsort(share[tuple(pairs.T)], kind="stable")]
            places = tuple(pairs.T)
            ends = [[(self.x[0], self.before[i]), (self.x[1], self.here[j])] for i, j in pairs]
            lines.set(segments=ends, linewidths=0.3 + 2.7 * share[places])
            lines.set_color([to_rgba(colour, o) for o in opacity[places]])


def legend(wires: list[Wires]) -> list[Any]:
    """Return what explains the lines."""
    from matplotlib.lines import Line2D

    kinds = [_SIGNED[sign] for sign in _SIGNED if any(wire.signed for wire in wires)]
    kinds += [_UNSIGNED[1]] * (not all(wire.signed for wire in wires))
    return [Line2D([], [], color=c, lw=2, linestyle=kind, label=words) for c, kind, words in kinds]
