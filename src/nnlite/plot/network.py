"""A network as neurons and connections: the thicker a line, the larger its weight."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from nnlite.foundation.checks import positive_integer
from nnlite.foundation.errors import type_error, value_error
from nnlite.foundation.types import Array
from nnlite.models import Model
from nnlite.plot import style
from nnlite.plot.style import Axes

RADIUS, DASHES = 0.3, (0, (4, 1.5))


def network(model: Any, *, most: int = 12, ax: Axes | None = None) -> Axes:
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
    if positive_integer("most", most, "plot.network") < 2:
        raise value_error("most must be at least 2.", f"most={most}")
    places = [_places(len(column.biases), most) for column in columns]
    tallest = max(float(place.y.max()) for place in places)
    ax = style.axes_or_new(ax, height=min(6.5, 1.8 + 0.8 * tallest))
    # Letters are in points; all other lengths in distances between two neurons, `unit` points.
    width, height = style.size_in_points(ax)
    longest = max(len(line) for column in columns for line in column.words.split("\n"))
    font = min(style.font_size(), width / (style.LETTER * (longest + 2) * len(columns)))
    half, above, below = tallest + 1.5 * RADIUS, 3.2 * font, 2.0 * font
    unit = max((height - above - below) / (2 * half), 1.0)
    spacing = min(max(width / unit / len(columns), 2.0), 8.0)
    for number, (column, place) in enumerate(zip(columns, places, strict=True)):
        x = spacing * number
        if number:
            _draw_connections(ax, (x - spacing, x), column.W, places[number - 1], place)
        _draw_neurons(ax, x, column, place)
        ax.text(x, half, column.words, ha="center", va="bottom", size=font)
    _explain_colours(ax, font, has_biases=any(column.biases.any() for column in columns))
    ax.set_axis_off()
    limits = (-spacing / 2, spacing * (len(columns) - 0.5))
    ax.set(xlim=limits, ylim=(-half - below / unit, half + above / unit), aspect="equal")
    return ax


class _Column(NamedTuple):
    """One layer: what leads into it, and what each neuron adds."""

    name: str
    activation: str
    W: Array
    biases: Array

    @property
    def words(self) -> str:
        """What stands above the layer."""
        return f"{self.name}\n{len(self.biases)} {self.activation}".rstrip()


class _Places(NamedTuple):
    """Which neurons of a layer are drawn, how high they stand, and where dots stand for others."""

    shown: Array
    y: Array
    dots: tuple[float, ...] = ()


def _places(count: int, most: int) -> _Places:
    if count <= most:
        return _Places(np.arange(count), (count - 1) / 2 - np.arange(count, dtype=float))
    half = max(1, min(10, most) // 2)
    shown = np.concatenate([np.arange(half), np.arange(count - half, count)])
    heights = np.delete(half - np.arange(2 * half + 1, dtype=float), half)
    return _Places(shown, heights, (-0.25, 0.0, 0.25))


def _draw_connections(
    ax: Axes, x: tuple[float, float], W: Array, before: _Places, here: _Places
) -> None:
    from matplotlib.collections import LineCollection
    from matplotlib.colors import to_rgba

    drawn = W[np.ix_(before.shown, here.shown)]
    share = np.abs(drawn) / (float(np.abs(drawn).max()) or 1.0)
    for sign, colour, kind in ((1, style.BLUE, "solid"), (-1, style.VERMILION, DASHES)):
        chosen = drawn * sign > 0
        pairs, strength = np.argwhere(chosen), share[chosen]
        ends = [[(x[0], before.y[i]), (x[1], here.y[j])] for i, j in pairs]
        widths, colours = 0.3 + 2.7 * strength, [to_rgba(colour, 0.12 + 0.88 * s) for s in strength]
        lines = LineCollection(ends, linewidths=widths, colors=colours, linestyles=[kind], zorder=1)
        ax.add_collection(lines)


def _draw_neurons(ax: Axes, x: float, column: _Column, place: _Places) -> None:
    from matplotlib.patches import Circle

    largest = float(np.abs(column.biases).max()) or 1.0
    for bias, y in zip(column.biases[place.shown], place.y, strict=True):
        fill = _bias_colour(float(bias) / largest)
        ax.add_patch(Circle((x, y), RADIUS, facecolor=fill, edgecolor=style.INK, zorder=2))
    for y in place.dots:
        ax.add_patch(Circle((x, y), RADIUS / 6, color=style.GREY, zorder=2))


def _bias_colour(share: float) -> Any:
    """Return the filling of a neuron whose bias is that share of the largest of its layer."""
    return style.signed_colours()(0.5 + 0.35 * share)


def _explain_colours(ax: Axes, font: float, has_biases: bool) -> None:
    """Say below the network what lines and fillings mean."""
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], color=style.BLUE, linewidth=2, label="$w > 0$"),
        Line2D([], [], color=style.VERMILION, linewidth=2, linestyle=DASHES, label="$w < 0$"),
    ]
    neuron: dict[str, Any] = {"linestyle": "", "marker": "o", "markeredgecolor": style.INK, "ms": 8}
    for share, words in ((1, "$b > 0$"), (-1, "$b < 0$")) if has_biases else ():
        handles.append(Line2D([], [], markerfacecolor=_bias_colour(share), label=words, **neuron))
    frame: dict[str, Any] = {"frameon": False, "borderaxespad": 0, "ncols": len(handles)}
    ax.legend(handles=handles, loc="lower center", fontsize=font, **frame)


def _columns(model: Any) -> list[_Column]:
    """Return the input and each layer of neurons, from left to right."""
    if not isinstance(model, Model):
        raise type_error("plot.network draws a model.", type(model).__name__)
    model.check_built("plot.network")
    count = int(np.prod(model.inputs[0].sample))
    columns = [_Column("input", "", np.zeros((0, count)), np.zeros(count))]
    tensor = model.inputs[0]
    for node in model.nodes:
        name = model.name_of(node.layer)
        if node.inputs != [tensor]:
            raise _misfit(model, f"'{name}', where branches meet or part")
        tensor = node.output
        W = getattr(node.layer.parameters.get("W"), "value", None)
        size = int(np.prod(tensor.sample))
        activation = getattr(getattr(node.layer, "activation", None), "name", "")
        activation = "" if activation == "linear" else activation
        if W is not None and W.shape == (len(columns[-1].biases), size):
            b = getattr(node.layer.parameters.get("b"), "value", np.zeros(size))
            columns.append(_Column(name, activation, W, b))
        elif size != len(columns[-1].biases) or (W is not None and W.ndim > 1):
            raise _misfit(model, f"{type(node.layer).__name__} '{name}' that makes {tensor.sample}")
        elif activation:
            name, _, W, biases = columns.pop()
            columns.append(_Column(name, activation, W, biases))
    return columns


def _misfit(model: Model, received: str) -> ValueError:
    rule = "plot.network draws a chain of Dense layers, where every neuron feeds every next."
    remedy = "For convolutions see plot.filters and plot.feature_maps; for any model, summary()."
    return value_error(rule, received, f"model '{model.name}'", remedy)
