"""A network as neurons and connections: the thicker a line, the larger its weight.

With data, every neuron is a small picture of what it sees.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from nnlite.foundation.checks import positive_integer
from nnlite.foundation.errors import value_error
from nnlite.models import Model
from nnlite.plot import style
from nnlite.plot.columns import Column, check_model, columns_of, flow, values_of
from nnlite.plot.network_page import Page, Places, places_of
from nnlite.plot.neurons import Circles, Images, View
from nnlite.plot.planes import Curves, Planes, truth_of
from nnlite.plot.style import Axes

DASHES = (0, (4, 1.5))
# Of more connections between two layers than this, only so many strong ones are not faded.
STRONGEST = 40
# How lines of each sign look, and what the legend says of them.
_SIGNED: dict[int, Any] = {
    1: (style.BLUE, "solid", "$w > 0$"),
    -1: (style.VERMILION, DASHES, "$w < 0$"),
}
_UNSIGNED: dict[int, Any] = {1: (style.GREY, "solid", "what goes along")}


def network(
    model: Any, x: Any = None, y: Any = None, *, most: int = 12, ax: Axes | None = None
) -> Axes:
    r"""Draw the neurons of a model and the connections between them; with data, what each sees.

    A line is the thicker the larger its weight, blue where that is positive, vermilion and dashed
    where it is negative. Of a layer with more neurons than `most`, only some are drawn, and its
    number stands above; of many lines, all but the strongest are faded.

    Without data, a neuron is a circle that the same colours fill by its bias. With data it is a
    picture on one scale for each layer, white where it gives what it gives at z = 0, blue where
    it gives more and vermilion where it gives less:

    - Of two features, the plane as the neuron sees it, with the line where z = 0. On the last
      plane are the samples, in the colours of what it should give there. Of neurons that compete
      in a softmax, white is one half, and the line is where two of them tie.
    - Of one feature, its curve.
    - Of images, the first of them on its way: maps; as numbers, what a neuron gives; and the
      weights of neurons that weigh the image itself. A grey line is as thick as what goes along
      it for this image is large.

    Parameters
    ----------
    model
        A chain of Dense layers, and others that leave the number of values as it is; for images,
        any chain of layers.
    x, y
        Samples and what is true of them: labels or what `fit` takes. For images x is enough.
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
    >>> len(network(model, [[0, 0], [1, 1]], [0, 1], ax=Figure().add_subplot()).images)
    7
    """
    check_model(model)
    if positive_integer("most", most, "plot.network") < 2:
        raise value_error("most must be at least 2.", f"most={most}")
    columns, view, wires = _look_at(model, x, y)
    places = places_of(columns, most, view)
    page = Page(ax, columns, places, view)
    for number, place in enumerate(places):
        if number:
            ends = page.ends_of_connections(number)
            _draw_connections(page.ax, ends, wires[number - 1], places[number - 1], place)
        for neuron, frame in zip(place.shown, page.frames(number), strict=True):
            view.draw(page.ax, number, int(neuron), frame)
    page.write(_legend(wires) + view.handles())
    return page.ax


def _look_at(model: Model, x: Any, y: Any) -> tuple[list[Column], View, list[_Wires]]:
    """Return the columns, how their neurons are drawn, and what leads from each to the next."""
    shape = model.inputs[0].sample
    seen, images = shape in ((1,), (2,)), _is_image(shape)
    columns = columns_of(model, maps=x is not None and images)
    wires = [_Wires(column.W) for column in columns[1:]]
    where = f"model '{model.name}'"
    if x is None:
        if y is not None:
            raise value_error("y is what is true of samples: x is needed.", "x=None", where)
        return columns, Circles(columns), wires
    if not (seen or images):
        rule = "Neurons are drawn as what they see of two features, of one, or of images."
        remedy = "Without x there are circles: plot.network(model). To see planes, train a model "
        remedy += "on two columns, x[:, [0, 1]]."
        raise value_error(rule, f"a model of samples {shape}", where, remedy)
    given = model.checked_inputs(x)
    if images:
        values = values_of(model, [given[0][:1]])
        for number, (here, before) in enumerate(zip(columns[1:], columns, strict=False)):
            if here.W is None or here.W.shape != (before.count, here.count):
                wires[number] = _Wires(flow(before, here, values), signed=False)
        truth = None if y is None else truth_of(y, len(given[0]), columns[-1].count)[0]
        return columns, Images(columns, values, truth), wires
    if y is None:
        rule = "The last plane shows the samples with what is true of them: y is needed."
        raise value_error(rule, "y=None", where, "plot.network(model, x, y)")
    kind = Planes if shape == (2,) else Curves
    return columns, kind(model, columns, given[0].astype(np.float64), y), wires


def _is_image(shape: tuple[int, ...]) -> bool:
    """Return whether samples of this shape are images; flat ones are squares of at least 5 by 5."""
    return len(shape) > 1 or (shape[0] >= 25 and int(shape[0] ** 0.5) ** 2 == shape[0])


class _Wires(NamedTuple):
    """What leads from each neuron to each of the next: weights, or else lengths without a sign."""

    matrix: Any
    signed: bool = True


def _draw_connections(
    ax: Axes, x: tuple[float, float], wires: _Wires, before: Places, here: Places
) -> None:
    """Draw the lines between two columns, at these two places; the strongest come last."""
    from matplotlib.collections import LineCollection
    from matplotlib.colors import to_rgba

    drawn = wires.matrix[np.ix_(before.shown, here.shown)]
    share = np.abs(drawn) / (float(np.abs(drawn).max()) or 1.0)
    weakest = np.sort(share, axis=None)[-STRONGEST] if share.size > STRONGEST else 0.0
    opacity = np.where(share >= weakest, 0.12 + 0.88 * share, 0.06)
    for sign, (colour, kind, _) in (_SIGNED if wires.signed else _UNSIGNED).items():
        pairs = np.argwhere(drawn * sign > 0)
        pairs = pairs[np.argsort(share[tuple(pairs.T)], kind="stable")]
        places = tuple(pairs.T)
        ends = [[(x[0], before.y[i]), (x[1], here.y[j])] for i, j in pairs]
        looks: dict[str, Any] = {"colors": [to_rgba(colour, o) for o in opacity[places]]}
        looks |= {"linewidths": 0.3 + 2.7 * share[places], "linestyles": [kind], "zorder": 1}
        ax.add_collection(LineCollection(ends, **looks))


def _legend(wires: list[_Wires]) -> list[Any]:
    """Return what explains the lines."""
    from matplotlib.lines import Line2D

    kinds = [_SIGNED[sign] for sign in _SIGNED if any(wire.signed for wire in wires)]
    kinds += [_UNSIGNED[1]] * (not all(wire.signed for wire in wires))
    return [Line2D([], [], color=c, lw=2, linestyle=kind, label=words) for c, kind, words in kinds]
