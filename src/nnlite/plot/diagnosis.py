"""What a diagnosis tried: how much of the loss each remedy leaves over."""

from __future__ import annotations

import math
import textwrap
from typing import Any

from nnlite.diagnosis import Diagnosis
from nnlite.diagnosis.runs import WORST
from nnlite.foundation.errors import type_error, value_error
from nnlite.models import Model
from nnlite.plot.style import BLUE, GREY, INK, VERMILION, Axes, axes_or_new, font_size, open_frame

MOST = 1.3
"""Bars end here, in losses of a constant answer: whether it is 2 or 2000, nothing is learned."""
WORST_SHARE = 1 - WORST
BAR, WORDS = 0.38, 1.5
"""Inches for each bar, and for the words around them."""
LINE, ROOM, PALE_BAR = 60, 0.3, "0.75"


def diagnosis(model: Any, x: Any = None, y: Any = None, *, ax: Axes | None = None) -> Axes:
    """Draw what was tried and what helped, one bar for each copy that was trained.

    A bar is the loss that is left, as a share of that of the best constant answer: 100 % has
    learned nothing. The model as it is comes first, in vermilion; the remedies of causes are blue,
    what did not help is grey.

    Parameters
    ----------
    model
        What `model.diagnose(x, y)` returned; or the model, with the samples as x and y.
    x, y
        The samples, if a model was given.
    ax
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The axes; its `patches` are the bars.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from nnlite import Sequential
    >>> from nnlite.layers import Dense
    >>> model = Sequential([Dense(1, input_shape=(1,))], name="line")
    >>> model.compile("sgd", "mse")
    >>> axes = diagnosis(model, [[1], [1]], [2, 5], ax=Figure().add_subplot())
    >>> axes.get_title(loc="left")
    'line: The features do not tell the samples apart.'
    """
    found = _as_diagnosis(model, x, y)
    height = WORDS + BAR * max(len(found.runs), 1)
    ax = axes_or_new(ax, height=height)
    ax.set_title(f"{found.model}: {_first(found)}", loc="left", wrap=True)
    open_frame(ax)
    if found.runs:
        _draw(ax, found)
        return ax
    ax.set_axis_off()
    said = [f"{cause.evidence}.\n{cause.remedy}" for cause in found.causes]
    lines = [textwrap.fill(line, LINE) for words in said for line in words.splitlines()]
    ax.text(0, 1, "\n".join(lines), va="top", transform=ax.transAxes, color=INK)
    return ax


def _first(found: Diagnosis) -> str:
    if not found.causes:
        return found.verdict
    remedy = f"\nRemedy: {found.causes[0].remedy}" if found.runs else ""
    return "\n".join(textwrap.wrap(found.causes[0].says, LINE)) + "\n".join(
        textwrap.fill(line, LINE) for line in remedy.splitlines()
    )


def _draw(ax: Axes, found: Diagnosis) -> None:
    helping = {cause.tried for cause in found.causes}
    places = range(len(found.runs))
    shares = [1 - run.progress if math.isfinite(run.end) else math.inf for run in found.runs]
    colours = [BLUE if run.name in helping else PALE_BAR for run in found.runs]
    colours[0] = VERMILION
    bars = [min(share, MOST) for share in shares]
    ax.barh(places, bars, color=colours, height=0.7)
    for place, share, bar in zip(places, shares, bars, strict=True):
        words = "no number" if math.isinf(share) else f"{100 * share:.0f} %"
        words = "200 % or more" if WORST_SHARE <= share < math.inf else words
        inside = bar > ROOM
        ax.annotate(
            words,
            (0 if inside else bar, place),
            (5, 0),
            textcoords="offset points",
            va="center_baseline",
            color="white" if inside and colours[place] != PALE_BAR else INK,
        )
    ax.plot([1, 1], [-0.5, len(bars) - 0.5], color=INK, linestyle="--", linewidth=1)
    ax.annotate("constant answer", (1, -0.55), ha="center", color=GREY, size=0.9 * font_size())
    ax.set_yticks(places, [run.name for run in found.runs])
    ax.set_ylim(len(found.runs) - 0.5, -1.2)
    ax.set(xlim=(0, MOST), xlabel="loss that is left, of that of a constant answer")
    ax.set_xticks([0, 0.5, 1], ["0 %", "50 %", "100 %"])
    ax.tick_params("y", length=0)


def _as_diagnosis(given: Any, x: Any, y: Any) -> Diagnosis:
    if isinstance(given, Diagnosis):
        return given
    if not isinstance(given, Model):
        rule = "plot.diagnosis draws what model.diagnose(x, y) returns, or a model with samples."
        remedy = "nnlite.plot.diagnosis(model.diagnose(x, y))"
        raise type_error(rule, type(given).__name__, remedy=remedy)
    if x is None or y is None:
        rule, where = "A diagnosis needs samples and their truth.", f"model '{given.name}'"
        remedy = "nnlite.plot.diagnosis(model, x, y)"
        raise value_error(rule, "a model without them", where, remedy)
    made: Diagnosis = given.diagnose(x, y)
    return made
