"""Where a classifier changes its mind: the plane of two features, coloured by class."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlite.errors import explain_error
from nnlite.plot.style import COLOURS, INK, MARKERS, lighter, new_axes, open_frame
from nnlite.types import Array

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
    points = _two_features(model, x)
    labels, classes = _labels(y, len(points))
    horizontal, vertical = (_range(values, resolution) for values in points.T)
    grid = np.stack(np.meshgrid(horizontal, vertical), axis=-1).reshape(-1, 2)
    output = _ask(model, grid)
    classes, margins, shades = _margins(output, classes)
    if ax is None:
        ax = new_axes(height=6)
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
    ax.legend()
    open_frame(ax)
    return ax


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


def _two_features(model: Any, x: Any) -> Array:
    points = np.asarray(x, dtype=np.float64)
    inputs = getattr(model, "inputs", None)
    takes = inputs[0].shape if inputs else (2,)
    if points.ndim != 2 or points.shape[1] != 2 or len(points) == 0:
        many = points.shape[1] if points.ndim == 2 else points.size
        raise ValueError(
            explain_error(
                "A decision boundary is drawn over two features: x has two columns.",
                f"x of shape {points.shape}" + (f", {many} features" if points.ndim == 2 else ""),
                remedy="Choose two, x[:, [0, 1]], or reduce x to two with "
                "sklearn.decomposition.PCA(2), and train a model on these.",
            )
        )
    if takes != (2,):
        raise ValueError(
            explain_error(
                "A decision boundary is drawn over two features: the model takes two.",
                f"a model of {takes[0]} features" if len(takes) == 1 else f"samples {takes}",
                f"model '{model.name}'",
                "Train a model on two columns, x[:, [0, 1]]; or draw the plane of the first two "
                "principal components: lambda z: model.predict(pca.inverse_transform(z)).",
            )
        )
    return points


def _labels(y: Any, count: int) -> tuple[Array, Array]:
    """Return the label of every sample, and the labels that there are."""
    labels = np.asarray(y)
    if labels.ndim == 2 and labels.shape[1] > 1:
        labels = labels.argmax(axis=1)
    if labels.size != count:
        raise ValueError(
            explain_error(
                "y must have a label for each sample.", f"{count} samples, y of {np.shape(y)}"
            )
        )
    labels = labels.reshape(-1)
    if labels.dtype.kind == "f" and (labels == np.round(labels)).all():
        labels = labels.astype(int)
    if labels.dtype.kind == "b":
        labels = labels.astype(int)
    classes = np.unique(labels)
    if labels.dtype.kind == "f" or len(classes) > 20:
        raise ValueError(
            explain_error(
                "A decision boundary separates classes: y holds labels, at most 20 different.",
                f"{len(classes)} different values, the first {labels[0]}",
                remedy="For numbers to be predicted, use plot.predictions.",
            )
        )
    if labels.dtype.kind in "iu" and set(classes) <= {0, 1}:
        classes = np.array([0, 1])
    return labels, classes


def _range(values: Array, resolution: int) -> Array:
    low, high = float(values.min()), float(values.max())
    margin = MARGIN * (high - low) or 0.5
    return np.linspace(low - margin, high + margin, resolution)


def _ask(model: Any, grid: Array) -> Array:
    predict: Callable[[Array], Any] = getattr(model, "predict", model)
    if not callable(predict):
        raise TypeError(
            explain_error(
                "plot.decision_boundary needs a model, or a function of points (n, 2).",
                type(model).__name__,
            )
        )
    output = np.asarray(predict(grid))
    if output.ndim not in (1, 2) or len(output) != len(grid):
        raise ValueError(
            explain_error(
                f"The function is asked for {len(grid)} points at once, (n, 2), and returns a "
                "label, a number or a row for each.",
                f"an output of shape {output.shape}",
                remedy="Of a function of one point make one of many: "
                "lambda x: np.array([f(point) for point in x]).",
            )
        )
    return output


def _margins(output: Array, classes: Array) -> tuple[Array, Array, Array | None]:
    """Return the classes, and for each point and class by how much it wins (above 0) or loses.

    For one number between 0 and 1 also this number, for the shades.
    """
    if output.ndim == 2 and output.shape[1] > 1:
        scores, classes = output.astype(np.float64), _classes_of_rows(output.shape[1], classes)
        best = np.sort(scores, axis=1)
        rival = np.where(scores == best[:, -1:], best[:, -2:-1], best[:, -1:])
        return classes, scores - rival, None
    values = output.reshape(-1)
    if values.dtype.kind not in "f" or np.isin(values, classes).all():
        values = values.astype(int) if values.dtype.kind == "b" else values
        classes = np.union1d(classes, values)
        return classes, np.where(values[:, None] == classes, 1.0, -1.0), None
    if len(classes) != 2:
        raise ValueError(
            explain_error(
                "One number for each point tells two classes apart.",
                f"{len(classes)} classes in y: {', '.join(map(str, classes))}",
                remedy="End the model with a softmax of as many units as there are classes.",
            )
        )
    middle = float(classes.mean()) if classes.dtype.kind in "iu" else 0.5
    shades = values.astype(np.float64)
    inside = middle == 0.5 and shades.min() >= 0 and shades.max() <= 1
    above = shades - middle
    return classes, np.stack([-above, above], axis=1), shades if inside else None


def _classes_of_rows(columns: int, classes: Array) -> Array:
    if classes.dtype.kind in "iu" and classes.min() >= 0 and classes.max() < columns:
        return np.arange(columns)
    if len(classes) == columns:
        return classes
    raise ValueError(
        explain_error(
            "The rows of the output must have a column for each class.",
            f"{columns} columns, {len(classes)} classes: {', '.join(map(str, classes))}",
        )
    )
