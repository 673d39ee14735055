"""The loss as a landscape over two weights, from above or in three dimensions."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from nnlite.foundation.checks import flag
from nnlite.foundation.errors import look_up, type_error, value_error
from nnlite.foundation.types import Array
from nnlite.given.numbers import as_numbers
from nnlite.models import Model
from nnlite.plot.style import (
    VERMILION,
    Axes,
    alike,
    axes_or_new,
    blend,
    round_numbers,
    short_number,
)

Loss = Callable[[float, float], float]
Range = tuple[float, float]
# The heights J, of shape (len(b), len(w)), over values of w and b: (w, b, J).
Landscape = tuple[Array, Array, Array]


def loss_surface(
    model: Any,
    x: Any = None,
    y: Any = None,
    *,
    weights: tuple[Any, Any] = (0, 1),
    w: Range | None = None,
    b: Range | None = None,
    kind: str = "contour",
    log: bool = False,
    resolution: int = 50,
    names: tuple[str, str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the loss J over two weights; a model's place in it is marked, with the loss there.

    Parameters
    ----------
    model
        A function J(w, b) of two numbers; or a compiled model, whose other weights stay as they
        are.
    x, y
        For a model, the data on which its loss is measured.
    weights
        For a model, which two: places in `model.weights_vector`, or names like "dense/W[0, 1]".
    w, b
        From where to where the first and the second weight go; by default −3 to 3, for a model 3
        to both sides of where it is.
    kind
        "contour", seen from above, or "surface", the landscape in three dimensions.
    log
        Whether heights are drawn on a logarithmic scale.
    resolution
        How many values each weight takes.
    names
        What the two weights are called.
    ax
        Where to draw; by default a new figure. kind="surface" needs one with projection="3d".

    Returns
    -------
    matplotlib.axes.Axes
        The axes with the landscape.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = loss_surface(lambda w, b: w**2 + b**2, ax=Figure().add_subplot())
    >>> axes.get_xlabel(), axes.get_ylabel()
    ('$w$', '$b$')
    """
    if kind not in ("contour", "surface"):
        raise value_error('kind must be "contour" or "surface".', f"kind={kind!r}")
    J, own_names, place = name_and_function(model, x, y, weights)
    centre = place or (0.0, 0.0)
    w, b = (limits or (at - 3.0, at + 3.0) for limits, at in zip((w, b), centre, strict=True))
    landscape = measure(J, w, b, resolution, log)
    names = names or own_names
    ax = axes_or_new(ax, 6.0, projection="3d" if kind == "surface" else None)
    if (kind == "surface") != (ax.name == "3d"):
        rule = 'kind="surface" is drawn on axes in three dimensions, kind="contour" on flat ones.'
        received = f"kind={kind!r} on axes of the projection {ax.name!r}"
        remedy = 'figure.add_subplot(projection="3d")' if kind == "surface" else None
        raise value_error(rule, received, remedy=remedy)
    draw = _draw_bowl if kind == "surface" else _draw_from_above
    # From pale, deep in the valley, to dark: ways stand out where they matter.
    draw(ax, landscape, log, blend("#F7FBFF", "#9DB8CC", "#3A5A73"))
    if place is not None and w[0] <= place[0] <= w[1] and b[0] <= place[1] <= b[1]:
        _mark(ax, place, height(J, *place), log)
    ax.set(xlim=w, ylim=b, xlabel=names[0], ylabel=names[1])
    round_numbers(ax.xaxis, ax.yaxis)
    return ax


def _mark(ax: Any, place: tuple[float, float], loss: float, log: bool) -> None:
    """Mark where the model stands, in front of the landscape."""
    levels = [np.log10(loss) if log else loss] if ax.name == "3d" else []
    look: dict[str, Any] = {"marker": "o", "ms": 10, "mew": 1.5, "zorder": 10}
    ax.plot(*([at] for at in (*place, *levels)), color=VERMILION, mec="white", **look)
    words = f"here $J = {short_number(loss)}$"
    if levels:
        ax.text(*place, *levels, f"    {words}", va="center", zorder=9)
        return
    box: dict[str, Any] = {"pad": 2, "fc": "white", "ec": "none", "alpha": 0.8}
    ax.annotate(words, place, (10, 10), textcoords="offset points", bbox=box, zorder=11)


def _draw_from_above(ax: Any, landscape: Landscape, log: bool, colours: Any) -> None:
    from matplotlib.colors import BoundaryNorm

    levels = _levels(landscape[2], log)
    norm = BoundaryNorm(levels, colours.N)
    filled = ax.contourf(*landscape, levels=levels, cmap=colours, norm=norm)
    ax.contour(*landscape, levels=levels, colors="white", linewidths=0.6)
    bar = ax.figure.colorbar(filled, ax=ax, pad=0.02)
    ticks = _round_ticks(levels, log)
    bar.set_ticks(ticks, labels=alike(ticks))
    bar.minorticks_off()
    bar.set_label("$J$")
    bar.outline.set_visible(False)


def _levels(heights: Array, log: bool, count: int = 14) -> Array:
    """Return the heights of contour lines: close together in the valley, where it matters."""
    low, high = float(np.nanmin(heights)), float(np.nanmax(heights))
    if high <= low:
        high = low + (abs(low) or 1.0)
    if log:
        return np.geomspace(low, high, count)
    if 0 < low < 0.02 * high:
        low = 0.0
    return np.asarray(low + (high - low) * np.linspace(0, 1, count) ** 2)


def _round_ticks(levels: Array, log: bool, count: int = 6) -> list[float]:
    """Return round numbers at about equal distances on the bar, whose levels are not round."""
    places = np.linspace(0, len(levels) - 1, count)
    wanted = np.interp(places, np.arange(len(levels)), np.log(levels) if log else levels)
    wanted = np.exp(wanted) if log else wanted
    gaps = np.diff(wanted)
    ticks = []
    for value, *room in zip(wanted, [gaps[0], *gaps], [*gaps, gaps[-1]], strict=True):
        finest = min([*room, *([abs(value)] if value else [])])
        power = 10.0 ** np.floor(np.log10(finest))
        step = max(s for s in (1, 2, 5) if s * power <= 1.0001 * finest) * power
        ticks.append(float(f"{round(value / step) * step:.12g}"))
    return sorted({tick for tick in ticks if levels[0] <= tick <= levels[-1]})


def _draw_bowl(ax: Any, landscape: Landscape, log: bool, colours: Any) -> None:
    places, J = np.meshgrid(*landscape[:2]), landscape[2]
    ax.computed_zorder = False
    mesh = {"rcount": 30, "ccount": 30, "edgecolor": "#6B8CA6", "linewidth": 0.3}
    ax.plot_surface(*places, np.log10(J) if log else J, cmap=colours, **mesh)
    # The words along the axes lie outside of them, and nothing else makes room for those.
    ax.set_box_aspect(None, zoom=0.82)
    ax.locator_params(nbins=4)
    ax.set_zlabel(r"$\log_{10} J$" if log else "$J$")


def measure(J: Loss, w: Range, b: Range, resolution: int, log: bool) -> Landscape:
    """Ask J at every place of the plane, one by one: it may do with its numbers what it likes."""
    flag("log", log)
    for name, limits in (("w", w), ("b", b)):
        if np.shape(limits) != (2,) or not limits[0] < limits[1]:
            rule = f"{name} goes from a smaller to a larger number."
            raise value_error(rule, f"{name}={limits}", remedy=f"Give both, as in {name}=(-3, 3).")
    places_w, places_b = np.linspace(*w, resolution), np.linspace(*b, resolution)
    with np.errstate(all="ignore"):
        heights = np.array([[height(J, u, v) for u in places_w] for v in places_b])
    heights[~np.isfinite(heights)] = np.nan
    if np.isnan(heights).all():
        rule = "The loss is nowhere finite between these limits."
        raise value_error(rule, f"w={w}, b={b}", remedy="Choose limits nearer to the minimum.")
    if log:
        positive = heights[heights > 0]
        if positive.size == 0:
            rule, remedy = "A logarithmic scale needs a loss above 0.", "Leave out log=True."
            raise value_error(rule, f"a largest loss of {np.nanmax(heights):g}", remedy=remedy)
        heights = np.maximum(heights, positive.min())
    return places_w, places_b, heights


def height(J: Loss, u: float, v: float) -> float:
    """Return J at one place, as a number."""
    try:
        result = as_numbers(J(float(u), float(v)), "J(w, b)")
    except OverflowError:
        return np.inf
    if result.size != 1:
        received = f"an array of shape {result.shape}"
        remedy = "Take the mean over the samples: np.mean(...)."
        raise value_error("J(w, b) returns one number, the loss.", received, remedy=remedy)
    return float(result.reshape(()))


def name_and_function(
    model: Any, x: Any, y: Any, weights: tuple[Any, Any]
) -> tuple[Loss, tuple[str, str], tuple[float, float] | None]:
    """Return J, what its two weights are called, and where a model's are now."""
    if not isinstance(model, Model):
        if not callable(model):
            rule = "plot.loss_surface needs a function J(w, b), or a compiled model with x and y."
            raise type_error(rule, type(model).__name__)
        return model, ("$w$", "$b$"), None
    model.check_built("plot.loss_surface")
    if x is None or y is None:
        received, where = "x=None" if x is None else "y=None", f"model '{model.name}'"
        rule = "The loss of a model is measured on data: x and y are needed."
        raise value_error(rule, received, where, "plot.loss_surface(model, x, y)")
    first, second = (_place(model, weight) for weight in weights)
    if first == second:
        raise value_error("The two weights must be different ones.", f"weights={weights}")

    def J(u: float, v: float) -> float:
        vector = model.weights_vector
        before = vector[[first, second]]
        try:
            vector[[first, second]] = u, v
            return float(model.evaluate(x, y, verbose=0, return_dict=True)["loss"])
        finally:
            vector[[first, second]] = before

    u, v = model.weights_vector[[first, second]].tolist()
    return J, (_name(model, first), _name(model, second)), (u, v)


def _place(model: Model, weight: Any) -> int:
    """Return where a weight lies in the vector, from its place or its name."""
    size = model.weights_vector.size
    if isinstance(weight, int | np.integer):
        if not -size <= weight < size:
            raise value_error(f"The model has {size} weights, counted from 0.", f"weight {weight}")
        return int(weight % size)
    found = re.fullmatch(r"(.+)/(\w+)\[([\d\s,]+)\]", str(weight))
    if found is None:
        rule = "A weight is named by layer, letter and place, or by its place in weights_vector."
        raise value_error(rule, repr(weight), remedy=f"For example {_name(model, 0)!r}, or 0.")
    layer, letter, places = found.groups()
    parts = {f"{model.name_of(part.layer)}/{part.name}": part for part in model.flat.parts}
    part = look_up("weight", f"{layer}/{letter}", parts)
    shape = part.weight.value.shape
    index = tuple(int(place) for place in places.split(","))
    if len(index) != len(shape) or any(i >= n for i, n in zip(index, shape, strict=True)):
        raise value_error(f"{layer}/{letter} has the shape {shape}.", f"{weight!r}")
    return int(part.place.start + np.ravel_multi_index(index, shape))


def _name(model: Model, place: int) -> str:
    part = next(part for part in model.flat.parts if place < part.place.stop)
    index = np.unravel_index(place - part.place.start, part.weight.value.shape)
    return f"{model.name_of(part.layer)}/{part.name}[{', '.join(str(int(i)) for i in index)}]"
