"""The loss as a landscape over two weights, from above or in three dimensions."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlite.foundation.errors import value_error
from nnlite.plot.landscape import Landscape, Range, measure, name_and_function
from nnlite.plot.style import Axes, axes_or_new, blend


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
        raise value_error('kind must be "contour" or "surface".', f"kind={kind!r}")
    J, own_names, centre = name_and_function(model, x, y, weights)
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
    draw(ax, landscape, blend("#F7FBFF", "#9DB8CC", "#3A5A73"))
    ax.set(xlim=w, ylim=b, xlabel=names[0], ylabel=names[1])
    return ax


def _draw_from_above(ax: Any, landscape: Landscape, colours: Any) -> None:
    from matplotlib.colors import BoundaryNorm

    levels, heights = landscape.levels(14), (landscape.w, landscape.b, landscape.J)
    norm = BoundaryNorm(levels, colours.N)
    filled = ax.contourf(*heights, levels=levels, cmap=colours, norm=norm)
    ax.contour(*heights, levels=levels, colors="white", linewidths=0.6)
    bar = ax.figure.colorbar(filled, ax=ax, format="%.2g", pad=0.02)
    bar.minorticks_off()
    bar.set_label("$J$")
    bar.outline.set_visible(False)


def _draw_bowl(ax: Any, landscape: Landscape, colours: Any) -> None:
    w, b = np.meshgrid(landscape.w, landscape.b)
    heights = np.log10(landscape.J) if landscape.log else landscape.J
    ax.computed_zorder = False
    mesh = {"rcount": 30, "ccount": 30, "edgecolor": "#6B8CA6", "linewidth": 0.3}
    ax.plot_surface(w, b, heights, cmap=colours, **mesh)
    # The words along the axes lie outside of them, and nothing else makes room for those.
    ax.set_box_aspect(None, zoom=0.82)
    ax.locator_params(nbins=4)
    ax.set_zlabel(r"$\log_{10} J$" if landscape.log else "$J$")
