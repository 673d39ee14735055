"""The loss as a landscape over two weights, and the way that training takes downhill."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlite.errors import explain_error
from nnlite.plot.landscape import Landscape, measure, name_and_function, walk
from nnlite.plot.style import COLOURS, LINES, MARKERS, new_axes, open_frame
from nnlite.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Range = tuple[float, float]
LEVELS = 14


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
    ax: Any = None,
) -> Axes:
    """Draw the loss J over two weights.

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
        raise ValueError(explain_error('kind must be "contour" or "surface".', f"kind={kind!r}"))
    J, own_names, centre = name_and_function(model, x, y, weights)
    w = w or (centre[0] - 3.0, centre[0] + 3.0)
    b = b or (centre[1] - 3.0, centre[1] + 3.0)
    landscape = measure(J, w, b, resolution)
    names = names or own_names
    if ax is None:
        ax = new_axes(6.0, projection="3d" if kind == "surface" else None)
    if (kind == "surface") != (ax.name == "3d"):
        raise ValueError(
            explain_error(
                'kind="surface" is drawn on axes in three dimensions, kind="contour" on flat ones.',
                f"kind={kind!r} on axes of the projection {ax.name!r}",
                remedy='figure.add_subplot(projection="3d")' if kind == "surface" else None,
            )
        )
    if kind == "surface":
        _draw_bowl(ax, landscape, log)
    else:
        _draw_from_above(ax, landscape, log)
    ax.set(xlim=w, ylim=b, xlabel=names[0], ylabel=names[1])
    return ax  # type: ignore[no-any-return]


def gradient_path(
    paths: Any,
    surface: Callable[[float, float], float] | None = None,
    *,
    start: tuple[float, float] | None = None,
    steps: int = 30,
    w: Range | None = None,
    b: Range | None = None,
    ax: Any = None,
) -> Axes:
    """Draw the way of one or several optimizers over the landscape of the loss.

    Parameters
    ----------
    paths
        The way: points (n, 2), one for each step, or an optimizer of `nnlite.optimizers` that
        shall walk from `start`; or a dictionary of these, by the names of the legend.
    surface
        The function J(w, b) on which the optimizers walk. With it and without `ax`, it is drawn.
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
    fresh = ax is None
    if ax is None:
        span_w, span_b = _span(ways, surface)
        if surface is not None:
            ax = loss_surface(surface, w=w or span_w, b=b or span_b)
        else:
            ax = new_axes(6.0)
            ax.set(xlim=w or span_w, ylim=b or span_b, xlabel="$w$", ylabel="$b$")
            open_frame(ax)
    elif w or b:
        ax.set(**{key: value for key, value in (("xlim", w), ("ylim", b)) if value})
    limits = ax.get_xlim(), ax.get_ylim()
    for number, (name, points) in enumerate(ways.items()):
        _draw_way(ax, number, name, points, surface)
    if not fresh and not (ax.collections or ax.images):
        limits = _span(ways, surface)
    ax.set(xlim=limits[0], ylim=limits[1])
    if any(ways):
        ax.legend()
    return ax  # type: ignore[no-any-return]


def _draw_from_above(ax: Axes, landscape: Landscape, log: bool) -> None:
    from matplotlib.colors import BoundaryNorm

    levels = landscape.levels(LEVELS, log)
    colours = _heights()
    norm = BoundaryNorm(levels, colours.N)
    filled = ax.contourf(
        landscape.w, landscape.b, landscape.J, levels=levels, cmap=colours, norm=norm
    )
    ax.contour(landscape.w, landscape.b, landscape.J, levels=levels, colors="white", linewidths=0.6)
    bar = ax.figure.colorbar(filled, ax=ax, format="%.3g", pad=0.02)
    bar.set_label("$J$")
    bar.outline.set_visible(False)


def _draw_bowl(ax: Any, landscape: Landscape, log: bool) -> None:
    w, b = np.meshgrid(landscape.w, landscape.b)
    heights = np.log10(landscape.J) if log else landscape.J
    ax.plot_surface(w, b, heights, cmap=_heights(), alpha=0.85, linewidth=0, antialiased=True)
    ax.set_zlabel(r"$\log_{10} J$" if log else "$J$")


def _heights() -> Any:
    """Return colours from pale, deep in the valley, to dark: ways stand out where they matter."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("heights", ["#F7FBFF", "#9DB8CC", "#3A5A73"])


def _draw_way(ax: Any, number: int, name: str, points: Array, surface: Any) -> None:
    style: dict[str, Any] = {
        "color": COLOURS[number % len(COLOURS)],
        "linestyle": LINES[number % len(LINES)],
        "marker": MARKERS[number % len(MARKERS)],
        "markersize": 5,
        "markeredgecolor": "white",
        "markeredgewidth": 0.6,
        "label": name or None,
        "zorder": 5,
    }
    if ax.name != "3d":
        ax.plot(points[:, 0], points[:, 1], **style)
        return
    if surface is None:
        raise ValueError(
            explain_error(
                "On a landscape in three dimensions, a way needs the heights of its points.",
                "surface=None",
                remedy="plot.gradient_path(path, J, ax=ax)",
            )
        )
    heights = [float(surface(float(first), float(second))) for first, second in points]
    ax.plot(points[:, 0], points[:, 1], heights, **style)


def _ways(paths: Any, surface: Any, start: Any, steps: int) -> dict[str, Array]:
    """Return the points of every way, those of optimizers after a walk."""
    named = paths if isinstance(paths, Mapping) else {"": paths}
    if not named:
        raise ValueError(explain_error("There must be a way to draw.", "no way"))
    ways = {}
    for name, path in named.items():
        if hasattr(path, "step"):
            ways[str(name)] = walk(path, surface, start, steps)
            continue
        points = np.asarray(path, dtype=np.float64)
        if points.ndim != 2 or points.shape[1] != 2 or len(points) == 0:
            raise ValueError(
                explain_error(
                    "A way is a list of points (w, b), of shape (steps, 2); or an optimizer.",
                    f"an array of shape {points.shape}",
                )
            )
        ways[str(name)] = points
    return ways


def _span(ways: Mapping[str, Array], surface: Any) -> tuple[Range, Range]:
    """Return limits that hold every way that leads downhill, and the start of the others."""
    kept = []
    for points in ways.values():
        good = points[np.isfinite(points).all(axis=1)]
        uphill = surface is not None and not surface(*good[-1]) <= surface(*good[0])
        kept.append(good[:1] if uphill or len(good) < len(points) else good)
    everything = np.concatenate(kept)
    low, high = everything.min(axis=0), everything.max(axis=0)
    margin = np.where(high > low, 0.2 * (high - low), 1.0)
    (left, bottom), (right, top) = (low - margin).tolist(), (high + margin).tolist()
    return (left, right), (bottom, top)
