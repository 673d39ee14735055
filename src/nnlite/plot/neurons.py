"""A network as neurons and connections: the thicker a line, the larger its weight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlite.errors import explain_error
from nnlite.functional import Model
from nnlite.plot.style import BLUE, GREY, INK, VERMILION, font_size, new_axes, signed_colours
from nnlite.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST = 12
SHOWN_OF_MANY = 10
RADIUS = 0.3
SPACING = 3.2
FAINTEST, THICKEST = 0.12, 3.0


def network(model: Any, *, most: int = MOST, ax: Axes | None = None) -> Axes:
    r"""Draw the neurons of a model and the connections between them.

    A line is the thicker the larger its weight, blue where that is positive, vermilion and dashed
    where it is negative; the same colours fill a neuron by its bias. Of a layer with more neurons
    than `most`, only some are drawn, and its number stands above.

    Parameters
    ----------
    model
        A chain of Dense layers, and others that leave the number of values as it is.
    most
        How many neurons of a layer are drawn at most.
    ax
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The axes with the network.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from nnlite import Sequential
    >>> from nnlite.layers import Dense
    >>> model = Sequential([Dense(4, input_shape=(2,)), Dense(1)])
    >>> axes = network(model, ax=Figure().add_subplot())
    >>> [text.get_text() for text in axes.texts]
    ['input\n2', 'dense\n4', 'dense_1\n1']
    """
    columns = _columns(model)
    places = [_places(len(column.biases), most) for column in columns]
    tallest = max(len(place.y) + bool(place.dots) for place in places)
    if ax is None:
        ax = new_axes(height=min(6.0, 1.6 + 0.4 * tallest))
    for number in range(1, len(columns)):
        _draw_connections(ax, number, columns[number].W, places[number - 1], places[number])
    for number, (column, place) in enumerate(zip(columns, places, strict=True)):
        _draw_neurons(ax, number, column, place)
    top = max(float(place.y.max()) for place in places) + 2.5 * RADIUS
    for number, column in enumerate(columns):
        words = f"{column.name}\n{len(column.biases)}" + f" {column.activation}".rstrip()
        ax.text(SPACING * number, top, words, ha="center", va="bottom", size=font_size())
    ax.set_axis_off()
    ax.set_aspect("equal", adjustable="datalim")
    ax.set_xlim(-1.4, SPACING * (len(columns) - 1) + 1.4)
    ax.set_ylim(-top, top + 4 * RADIUS)
    return ax


@dataclass(frozen=True)
class _Column:
    """One layer: what leads into it, and what each neuron adds."""

    name: str
    activation: str
    W: Array
    biases: Array


@dataclass(frozen=True)
class _Places:
    """Which neurons of a layer are drawn, how high they stand, and where dots stand for others."""

    shown: Array
    y: Array
    dots: list[float]


def _places(count: int, most: int) -> _Places:
    if count <= most:
        return _Places(np.arange(count), (count - 1) / 2 - np.arange(count, dtype=float), [])
    half = max(1, min(SHOWN_OF_MANY, most) // 2)
    shown = np.concatenate([np.arange(half), np.arange(count - half, count)])
    heights = half - np.arange(2 * half + 1, dtype=float)
    return _Places(shown, np.delete(heights, half), [-0.25, 0.0, 0.25])


def _draw_connections(ax: Axes, number: int, W: Array, before: _Places, here: _Places) -> None:
    from matplotlib.collections import LineCollection
    from matplotlib.colors import to_rgba

    drawn = W[np.ix_(before.shown, here.shown)]
    share = np.abs(drawn) / (float(np.abs(drawn).max()) or 1.0)
    x0, x1 = SPACING * (number - 1), SPACING * number
    for sign, colour, kind in ((1, BLUE, "solid"), (-1, VERMILION, (0, (4, 1.5)))):
        pairs = np.argwhere(drawn * sign > 0)
        strength = np.array([share[i, j] for i, j in pairs])
        ax.add_collection(
            LineCollection(
                [[(x0, before.y[i]), (x1, here.y[j])] for i, j in pairs],
                linewidths=0.3 + (THICKEST - 0.3) * strength,
                colors=[to_rgba(colour, FAINTEST + (1 - FAINTEST) * s) for s in strength],
                linestyles=[kind],
                zorder=1,
            )
        )


def _draw_neurons(ax: Axes, number: int, column: _Column, place: _Places) -> None:
    from matplotlib.patches import Circle

    x = SPACING * number
    colours = signed_colours()
    largest = float(np.abs(column.biases).max()) or 1.0
    for neuron, y in zip(place.shown, place.y, strict=True):
        fill = colours(0.5 + 0.35 * float(column.biases[neuron]) / largest)
        ax.add_patch(Circle((x, y), RADIUS, facecolor=fill, edgecolor=INK, zorder=2))
    for y in place.dots:
        ax.add_patch(Circle((x, y), 0.05, color=GREY, zorder=2))


def _columns(model: Any) -> list[_Column]:
    """Return the input and each layer of neurons, from left to right."""
    if not isinstance(model, Model):
        raise TypeError(explain_error("plot.network draws a model.", type(model).__name__))
    model.check_built("plot.network")
    count = int(np.prod(model.inputs[0].shape))
    columns = [_Column("input", "", np.zeros((0, count)), np.zeros(count))]
    tensor = model.inputs[0]
    for node in model.nodes:
        if node.inputs != [tensor]:
            raise ValueError(_misfit(model, f"'{node.layer.name}', where branches meet or part"))
        tensor = node.output
        W = node.layer._views.get("W")
        size = int(np.prod(tensor.shape))
        activation = getattr(getattr(node.layer, "activation", None), "name", "")
        activation = "" if activation == "linear" else activation
        if W is not None and W.shape == (len(columns[-1].biases), size):
            b = node.layer._views.get("b", np.zeros(size))
            columns.append(_Column(node.layer.name, activation, W, b))
        elif size != len(columns[-1].biases) or (W is not None and W.ndim > 1):
            kind = type(node.layer).__name__
            raise ValueError(
                _misfit(model, f"{kind} '{node.layer.name}' that makes {tensor.shape}")
            )
        elif activation:
            last = columns[-1]
            columns[-1] = _Column(last.name, activation, last.W, last.biases)
    return columns


def _misfit(model: Model, received: str) -> str:
    return explain_error(
        "plot.network draws a chain of Dense layers, where every neuron feeds every next.",
        received,
        f"model '{model.name}'",
        "For convolutions see plot.filters and plot.feature_maps; for any model, summary().",
    )
