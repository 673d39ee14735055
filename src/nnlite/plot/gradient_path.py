"""The way that training takes downhill, over the landscape of the loss."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnlite.foundation.errors import value_error
from nnlite.foundation.types import Array
from nnlite.given.numbers import as_numbers
from nnlite.plot.loss_surface import Loss, Range, height, loss_surface
from nnlite.plot.style import INK, LINES, Axes, axes_or_new, look, open_frame, padded, round_numbers


def gradient_path(
    paths: Any,
    surface: Loss | None = None,
    *,
    start: tuple[float, float] | None = None,
    steps: int = 30,
    w: Range | None = None,
    b: Range | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the way of one or several optimizers over the landscape of the loss.

    Parameters
    ----------
    paths
        The way: points (n, 2), one for each step, or an optimizer of `nnlite.optimizers` that
        shall walk from `start`; or a dictionary of these, by the names of the legend.
    surface
        The function J(w, b) on which the optimizers walk; on empty axes it is drawn too.
    start
        Where the optimizers begin.
    steps
        How many steps they take.
    w, b
        From where to where the picture goes; by default it holds all ways that lead downhill.
    ax
        Where to draw, for example what `loss_surface` returned.

    Returns
    -------
    matplotlib.axes.Axes
        The axes with the ways.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from nnlite.optimizers import SGD
    >>> axes = gradient_path(
    ...     SGD(0.25), lambda w, b: w**2 + b**2, start=(2, 1), steps=2, ax=Figure().add_subplot()
    ... )
    >>> axes.lines[0].get_xydata()
    array([[2.  , 1.  ],
           [1.  , 0.5 ],
           [0.5 , 0.25]])
    """
    ways = _ways(paths, surface, start, steps)
    ax = axes_or_new(ax, 6.0)
    if not ax.has_data():
        span_w, span_b = _span(ways, surface)
        w, b = w or span_w, b or span_b
        if surface is not None:
            kind = "surface" if ax.name == "3d" else "contour"
            loss_surface(surface, w=w, b=b, kind=kind, ax=ax)
        else:
            ax.set(xlabel="$w$", ylabel="$b$")
            round_numbers(ax.xaxis, ax.yaxis)
            open_frame(ax)
    limits = {"xlim": w or ax.get_xlim(), "ylim": b or ax.get_ylim()}
    for number, (name, points) in enumerate(ways.items()):
        # The shortest way lies on top, or the longer ones would hide it.
        on_top = sum(_length(other) >= _length(points) for other in ways.values())
        _draw_way(ax, number, name, points, surface, zorder=5 + on_top)
    ax.set(**limits)
    if any(ways):
        ax.legend()
    return ax


def _draw_way(
    ax: Axes, number: int, name: str, points: Array, surface: Loss | None, zorder: int
) -> None:
    places = list(points.T)
    if ax.name == "3d":
        if surface is None:
            rule = "On a landscape in three dimensions, a way needs the heights of its points."
            raise value_error(rule, "surface=None", remedy="plot.gradient_path(path, J, ax=ax)")
        places.append(np.array([height(surface, *point) for point in points]))
    line: dict[str, Any] = {"label": name or None, "linestyle": LINES[number % len(LINES)]}
    marker: dict[str, Any] = {"ms": 5, "mec": "white", "mew": 0.6}
    # At most forty of the points are marked.
    marker |= {"markevery": -(-len(points) // 40), **look(number)}
    ax.plot(*places, zorder=zorder, **line, **marker)
    start: dict[str, Any] = {"color": INK, "marker": "o", "markerfacecolor": "none", "ms": 11}
    ax.plot(*(values[:1] for values in places), zorder=zorder, **start)


def _length(points: Array) -> float:
    return float(np.hypot(*np.diff(points, axis=0).T).sum())


def _ways(paths: Any, surface: Loss | None, start: Any, steps: int) -> dict[str, Array]:
    """Return the points of every way, those of optimizers after a walk."""
    named = paths if isinstance(paths, Mapping) else {"": paths}
    if not named:
        raise value_error("There must be a way to draw.", "no way")
    ways = {}
    for name, path in named.items():
        walks = hasattr(path, "step")
        points = _walk(path, surface, start, steps) if walks else as_numbers(path, "A way")
        if points.ndim != 2 or points.shape[1] != 2 or len(points) == 0:
            rule = "A way is a list of points (w, b), of shape (steps, 2); or an optimizer."
            raise value_error(rule, f"an array of shape {points.shape}")
        ways[str(name)] = points
    return ways


def _span(ways: Mapping[str, Array], surface: Loss | None) -> list[Range]:
    """Return limits that hold every way that leads downhill, and the start of the others."""
    kept = []
    for points in ways.values():
        good = points[np.isfinite(points).all(axis=1)]
        uphill = surface is not None and not height(surface, *good[-1]) <= height(surface, *good[0])
        kept.append(good[:1] if uphill or len(good) < len(points) else good)
    return [padded(values, 0.2, alone=1.0) for values in np.concatenate(kept).T]


def _walk(optimizer: Any, J: Loss | None, start: Any, steps: int) -> Array:
    """Return the points (steps + 1, 2) that an optimizer visits on its way down from the start.

    The slopes are measured: differences to both sides.
    """
    if J is None or start is None:
        remedy = "plot.gradient_path(SGD(0.1), J, start=(-2, 2))"
        rule = "An optimizer walks on a function, from a start."
        raise value_error(rule, "surface=None" if J is None else "start=None", remedy=remedy)
    optimizer = type(optimizer).from_config(optimizer.get_config())
    place = np.array(start, dtype=np.float64)
    points = [place.copy()]
    for _ in range(steps):
        slope = _slope(J, place)
        with np.errstate(all="ignore"):
            optimizer.step(place, slope)
        if not np.isfinite(place).all():
            break
        points.append(place.copy())
    return np.array(points)


def _slope(J: Loss, place: Array) -> Array:
    slope = np.empty(2)
    for axis, h in enumerate(1e-5 * np.maximum(1.0, np.abs(place))):
        step = h * np.eye(2)[axis]
        ahead, behind = place + step, place - step
        slope[axis] = (height(J, *ahead) - height(J, *behind)) / (ahead - behind)[axis]
    return slope
