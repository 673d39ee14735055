"""Where a classifier changes its mind: the plane of two features, coloured by class."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlite.foundation.types import Array
from nnlite.plot import style
from nnlite.plot.decisions import ask, labels_and_classes, margins_of, two_features
from nnlite.plot.style import Axes


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
    plane = [np.linspace(*style.padded(values, 0.25), resolution) for values in points.T]
    grid = np.stack(np.meshgrid(*plane), axis=-1).reshape(-1, 2)
    classes, margins, shades = margins_of(ask(model, grid), classes)
    ax = style.axes_or_new(ax, height=6)
    if shades is not None:
        _shade(ax, plane, shades)
    size = 70 if len(points) <= 30 else 30
    for number, name in enumerate(classes):
        margin = margins[:, number].reshape(resolution, resolution)
        if shades is None and margin.max() > 0:
            pale = style.lighter(style.look(number)["color"], 0.7)
            ax.contourf(*plane, margin, levels=[0.0, float(margin.max()) * 1.01], colors=[pale])
        if margin.min() < 0 < margin.max() and (len(classes) > 2 or number == 1):
            ax.contour(*plane, margin, levels=[0.0], colors=[style.INK], linewidths=1.2)
        mine = points[labels == name].T
        if mine.size:
            edge: dict[str, Any] = {"edgecolor": "white", "linewidth": 0.8, "zorder": 3}
            ax.scatter(mine[0], mine[1], size, label=f"class {name}", **edge, **style.look(number))
    limits = [values[[0, -1]] for values in plane]
    ax.set(xlim=limits[0], ylim=limits[1], xlabel=names[0], ylabel=names[1])
    _add_legend(ax)
    style.open_frame(ax)
    return ax


def _shade(ax: Axes, plane: list[Array], shades: Array) -> None:
    """Colour the plane from the first class to the second, paler where the model is in doubt."""
    ends = [style.lighter(style.look(number)["color"], 0.45) for number in (0, 1)]
    colours = style.blend(ends[0], "white", ends[1])
    heights = shades.reshape(len(plane[1]), len(plane[0]))
    ax.contourf(*plane, heights, levels=np.linspace(0, 1, 11), cmap=colours, vmin=0, vmax=1)


def _add_legend(ax: Axes) -> None:
    """Name the classes, side by side where there is room; not at all where there is none."""
    names = ax.get_legend_handles_labels()[1]
    width = (4 + style.LETTER * max(map(len, names))) * style.font_size()
    fitting = int(style.size_in_points(ax)[0] / width)
    if fitting:
        ax.legend(ncols=len(names) if len(names) <= min(fitting, 3) else 1)
