"""Where a classifier changes its mind: the plane of two features, coloured by class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..types import Array
from .decisions import ask, labels_and_classes, margins_of, two_features
from .style import (
    COLOURS,
    INK,
    LETTER,
    MARKERS,
    check_axes,
    font_size,
    lighter,
    new_axes,
    open_frame,
    size_in_points,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARGIN = 0.25
SHADES = 10


def decision_boundary(
    model: Any,
    x: Any,
    y: Any,
    *,
    names: tuple[str, str] = ("$x_1$", "$x_2$"),
    resolution: int = 200,
    ax: Axes | None = None,
) -> Axes:
    """Draw which class a model gives to every place of the plane, and the samples on it.

    Parameters
    ----------
    model
        A model with two inputs, or a function that takes points (n, 2). It returns labels, or a
        number for each point (from the middle between two labels on, it is the second), or a row
        with a score for each class.
    x
        The samples, of shape (n, 2).
    y
        Their labels; or one-hot rows.
    names
        What the two features are called.
    resolution
        At how many places along each axis the model is asked.
    ax
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The axes with the coloured plane and the points.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    >>> axes = decision_boundary(
    ...     lambda x: x @ [2, 2] - 3 > 0, x, [0, 0, 0, 1], ax=Figure().add_subplot()
    ... )
    >>> [text.get_text() for text in axes.get_legend().get_texts()]
    ['class 0', 'class 1']
    """
    points = two_features(model, x)
    labels, classes = labels_and_classes(y, len(points))
    horizontal, vertical = (_range(values, resolution) for values in points.T)
    grid = np.stack(np.meshgrid(horizontal, vertical), axis=-1).reshape(-1, 2)
    output = ask(model, grid)
    classes, margins, shades = margins_of(output, classes)
    if ax is None:
        ax = new_axes(height=6)
    check_axes(ax)
    plane = (horizontal, vertical)
    if shades is not None:
        _shade(ax, plane, shades)
    for number in range(len(classes)):
        margin = margins[:, number].reshape(resolution, resolution)
        if shades is None and margin.max() > 0:
            levels = [0.0, float(margin.max()) * 1.01]
            ax.contourf(*plane, margin, levels=levels, colors=[lighter(_colour(number), 0.7)])
        if margin.min() < 0 < margin.max() and (len(classes) > 2 or number == 1):
            ax.contour(*plane, margin, levels=[0.0], colors=[INK], linewidths=1.2)
    for number, name in enumerate(classes):
        mine = points[labels == name]
        if len(mine):
            ax.scatter(
                mine[:, 0],
                mine[:, 1],
                s=70 if len(points) <= 30 else 30,
                color=_colour(number),
                marker=MARKERS[number % len(MARKERS)],
                edgecolor="white",
                linewidth=0.8,
                label=f"class {name}",
                zorder=3,
            )
    ax.set(xlim=horizontal[[0, -1]], ylim=vertical[[0, -1]], xlabel=names[0], ylabel=names[1])
    _add_legend(ax)
    open_frame(ax)
    return ax


def _add_legend(ax: Axes) -> None:
    """Name the classes, side by side where there is room; not at all where there is none."""
    names = ax.get_legend_handles_labels()[1]
    width = (4 + LETTER * max(map(len, names))) * font_size()
    fitting = int(size_in_points(ax)[0] / width)
    if fitting:
        ax.legend(ncols=len(names) if len(names) <= min(fitting, 3) else 1)


def _shade(ax: Axes, plane: tuple[Array, Array], shades: Array) -> None:
    """Colour the plane from the first class to the second, paler where the model is in doubt."""
    from matplotlib.colors import LinearSegmentedColormap

    ends = [lighter(COLOURS[0], 0.45), (1.0, 1.0, 1.0), lighter(COLOURS[1], 0.45)]
    colours = LinearSegmentedColormap.from_list("doubt", ends)
    levels = np.linspace(0, 1, SHADES + 1)
    side = len(plane[0])
    ax.contourf(*plane, shades.reshape(side, side), levels=levels, cmap=colours, vmin=0, vmax=1)


def _colour(number: int) -> str:
    return COLOURS[number % len(COLOURS)]


def _range(values: Array, resolution: int) -> Array:
    low, high = float(values.min()), float(values.max())
    margin = MARGIN * (high - low) or 0.5
    return np.linspace(low - margin, high + margin, resolution)
