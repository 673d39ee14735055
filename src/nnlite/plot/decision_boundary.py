"""Where a classifier changes its mind: the plane of two features, coloured by class.

A classifier may answer with labels, one number for a point, or rows of scores.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from nnlite.foundation.errors import type_error, value_error
from nnlite.foundation.types import Array
from nnlite.given.numbers import as_array, as_numbers
from nnlite.plot import style
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

    Where the model gives probabilities, the plane is the paler the less the first class leads. In
    all pictures class 0 is vermilion, 1 blue, 2 green, and each has a marker of its own.

    Parameters
    ----------
    model
        A model with two inputs, or a function that takes points (n, 2). It returns labels, or a
        number for each point (from the middle between two labels on, it is the second), or a row
        with a score for each class. Labels that are words it may number, in alphabetic order.
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
    boundary = Boundary(model, x, y, resolution)
    return boundary.draw(boundary.answer(model), names, ax)


class Answer(NamedTuple):
    """The classes, by how much each wins (above 0) or loses at every place (places, classes).

    If `certain`, these are numbers from −1 to 1, that tell how certain it is.
    """

    classes: Array
    margins: Array
    certain: bool


class Boundary:
    """The plane of two features, which can be coloured again when a classifier has changed."""

    def __init__(self, model: Any, x: Any, y: Any, resolution: int) -> None:
        self.points = two_features(model, x)
        self.labels, self.known = labels_and_classes(y, len(self.points))
        limits = [style.padded(values, 0.25) for values in self.points.T]
        self.plane = [np.linspace(*ends, resolution) for ends in limits]
        self.drawn: list[Any] = []

    def answer(self, model: Any) -> Answer:
        """Ask what class is at every place of the plane."""
        grid = np.stack(np.meshgrid(*self.plane), axis=-1).reshape(-1, 2)
        return margins_of(ask(model, grid), self.known)

    def draw(self, answer: Answer, names: tuple[str, str], ax: Axes | None) -> Axes:
        """Draw the plane, and the samples on it."""
        self.ax = ax = style.axes_or_new(ax, height=6)
        self.show(answer)
        size = 70 if len(self.points) <= 30 else 30
        for number, name in enumerate(answer.classes):
            mine = self.points[self.labels == name].T
            if mine.size:
                look: dict[str, Any] = style.class_look(number) | {"label": f"class {name}"}
                look |= {"edgecolor": "white", "linewidth": 0.8, "zorder": 3}
                ax.scatter(mine[0], mine[1], size, **look)
        limits = [values[[0, -1]] for values in self.plane]
        ax.set(xlim=limits[0], ylim=limits[1], xlabel=names[0], ylabel=names[1])
        _add_legend(ax)
        style.round_numbers(ax.xaxis, ax.yaxis)
        style.open_frame(ax)
        return ax

    def show(self, answer: Answer) -> None:
        """Colour the plane, instead of what was there."""
        for drawn in self.drawn:
            drawn.remove()
        self.drawn = []
        (classes, margins, certain), shape = answer, [len(values) for values in self.plane[::-1]]
        for number in range(len(classes)):
            margin = margins[:, number].reshape(shape)
            if not certain or len(classes) > 2 or number == 1:
                self._colour(margin, number, certain, both=len(classes) == 2)
            if margin.min() < 0 < margin.max() and (len(classes) > 2 or number == 1):
                look: dict[str, Any] = {"colors": [style.INK], "linewidths": 1.2}
                self.drawn.append(self.ax.contour(*self.plane, margin, levels=[0.0], **look))

    def _colour(self, margin: Array, number: int, certain: bool, both: bool) -> None:
        """Colour where a class wins; if margins tell how certain it is, from white to its colour.

        With `both`, the shades go on to the colour of the class that wins where this one loses.
        """
        own = style.class_look(number)["color"]
        look: dict[str, Any] = {"levels": np.linspace(0, 1, 11), "vmin": 0, "vmax": 1}
        if certain:
            colours: list[Any] = ["white", style.lighter(own, 0.45)]
            if both:
                margin = (margin + 1) / 2
                colours.insert(0, style.lighter(style.class_look(1 - number)["color"], 0.45))
            look["cmap"] = style.blend(*colours)
        elif margin.max() > 0:
            levels = [0.0, float(margin.max()) * 1.01]
            look = {"levels": levels, "colors": [style.lighter(own, 0.7)]}
        else:
            return
        self.drawn.append(self.ax.contourf(*self.plane, margin, **look))


def _add_legend(ax: Axes) -> None:
    """Name the classes, side by side where there is room; not at all where there is none."""
    names = ax.get_legend_handles_labels()[1]
    width = (4 + style.LETTER * max(map(len, names))) * style.font_size()
    fitting = int(style.size_in_points(ax)[0] / width)
    if fitting:
        ax.legend(ncols=len(names) if len(names) <= min(fitting, 3) else 1)


def two_features(model: Any, x: Any) -> Array:
    """Return the samples as points (n, 2), if both they and the model have two features."""
    points = as_numbers(x, "x").astype(np.float64)
    if points.ndim != 2 or points.shape[1] != 2 or len(points) == 0:
        rule = "A decision boundary is drawn over two features: x has two columns."
        many = f", {points.shape[1]} features" if points.ndim == 2 else ""
        remedy = "Choose two, x[:, [0, 1]], or reduce x to two with sklearn.decomposition.PCA(2), "
        remedy += "and train a model on these."
        raise value_error(rule, f"x of shape {points.shape}{many}", remedy=remedy)
    inputs = getattr(model, "inputs", None)
    takes = inputs[0].sample if inputs else (2,)
    if takes != (2,):
        rule = "A decision boundary is drawn over two features: the model takes two."
        received = f"a model of {takes[0]} features" if len(takes) == 1 else f"samples {takes}"
        remedy = "Train a model on two columns, x[:, [0, 1]]; or draw the plane of the first two "
        remedy += "principal components: lambda z: model.predict(pca.inverse_transform(z))."
        raise value_error(rule, received, f"model '{model.name}'", remedy)
    return points


def as_labels(name: str, y: Any, count: int, of: str) -> Array:
    """Return one label for each sample; of a row of probabilities, the place of the largest."""
    labels = as_array(y, name)
    if labels.ndim == 2 and labels.shape[1] > 1:
        labels = labels.argmax(axis=1)
    if labels.size != count or labels.ndim not in (1, 2):
        rule = f"{name} must hold a label for each of the {count} {of}."
        raise value_error(rule, f"{name} of shape {np.shape(y)}")
    labels = labels.reshape(-1)
    if labels.dtype.kind == "f":
        whole = all(label.is_integer() and abs(label) < 2**53 for label in labels.tolist())
        labels = labels.astype(int) if whole else labels
    return labels


def labels_and_classes(y: Any, count: int) -> tuple[Array, Array]:
    """Return the label of every sample, and the labels that there are."""
    labels = as_labels("y", y, count, "samples")
    labels = labels.astype(int) if labels.dtype.kind == "b" else labels
    classes = np.unique(labels)
    if labels.dtype.kind == "f" or len(classes) > 20:
        rule = "A decision boundary separates classes: y holds labels, at most 20 different."
        received = f"{len(classes)} different values, the first {labels[0]}"
        remedy = "For numbers to be predicted, use plot.predictions."
        raise value_error(rule, received, remedy=remedy)
    if labels.dtype.kind in "iu" and set(classes) <= {0, 1}:
        classes = np.array([0, 1])
    return labels, classes


def ask(model: Any, grid: Array) -> Array:
    """Return what the model or function answers to the points (n, 2)."""
    predict = getattr(model, "predict", model)
    if not callable(predict):
        rule = "plot.decision_boundary needs a model, or a function of points (n, 2)."
        raise type_error(rule, type(model).__name__)
    output = np.asarray(predict(grid))
    if output.ndim not in (1, 2) or len(output) != len(grid):
        rule = (
            f"The function is asked for {len(grid)} points at once, (n, 2), and returns a label, "
        )
        rule += "a number or a row for each."
        remedy = "Of a function of one point make one of many: "
        remedy += "lambda x: np.array([f(point) for point in x])."
        raise value_error(rule, f"an output of shape {output.shape}", remedy=remedy)
    return output


def margins_of(output: Array, classes: Array) -> Answer:
    """Return what an output says of the classes that there are, and of those it adds itself."""
    known = ", ".join(map(str, classes))
    if output.ndim == 2 and output.shape[1] > 1:
        columns = output.shape[1]
        if classes.dtype.kind in "iu" and classes.min() >= 0 and classes.max() < columns:
            classes = np.arange(columns)
        elif len(classes) != columns:
            rule = "The rows of the output must have a column for each class."
            raise value_error(rule, f"{columns} columns, {len(classes)} classes: {known}")
        scores = output.astype(np.float64)
        best = np.sort(scores, axis=1)
        rival = np.where(scores == best[:, -1:], best[:, -2:-1], best[:, -1:])
        certain = best[:, 0].min() >= 0 and np.abs(scores.sum(axis=1) - 1).max() < 1e-3
        return Answer(classes, scores - rival, bool(certain))
    values = output.reshape(-1)
    if values.dtype.kind != "f" or np.isin(values, classes).all():
        values = _as_classes(values, classes)
        classes = np.union1d(classes, values)
        return Answer(classes, np.where(values[:, None] == classes, 1.0, -1.0), False)
    if len(classes) != 2:
        rule = "One number for each point tells two classes apart."
        remedy = "End the model with a softmax of as many units as there are classes."
        raise value_error(rule, f"{len(classes)} classes in y: {known}", remedy=remedy)
    middle = float(classes.mean()) if classes.dtype.kind in "iu" else 0.5
    numbers = values.astype(np.float64)
    certain = middle == 0.5 and numbers.min() >= 0 and numbers.max() <= 1
    above = (2.0 if certain else 1.0) * (numbers - middle)
    return Answer(classes, np.stack([-above, above], axis=1), bool(certain))


def _as_classes(values: Array, classes: Array) -> Array:
    """Return the labels that were answered; a number may stand for a word, or be its number."""
    values = values.astype(int) if values.dtype.kind == "b" else values
    numeric = [array.dtype.kind in "iuf" for array in (values, classes)]
    if numeric[0] == numeric[1]:
        return values
    answered = np.unique(values)
    if numeric[0] and np.isin(answered.astype(str), classes.astype(str)).all():
        return values.astype(str)
    if numeric[0] and np.isin(answered, range(len(classes))).all():
        return np.asarray(classes[values.astype(int)])
    rule = f"The function answers with one of the labels in y: {', '.join(map(str, classes))}."
    if numeric[0]:
        numbered = [f"{number} for {name!r}" for number, name in enumerate(classes.tolist())]
        rule = "The function answers with one of the labels in y, or with its number: "
        rule += f"{', '.join(numbered)}."
    known = range(len(classes)) if numeric[0] else ()
    raise value_error(rule, repr(next(value for value in answered.tolist() if value not in known)))
