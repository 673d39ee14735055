"""A network as neurons and connections: the thicker a line, the larger its weight.

With data, every neuron is a small picture of what it sees.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from nnlite.foundation.checks import positive_integer
from nnlite.foundation.errors import value_error
from nnlite.foundation.types import Array
from nnlite.models import Model
from nnlite.plot.columns import Column, check_model, columns_of, flow, values_of
from nnlite.plot.network_page import Page, places_of
from nnlite.plot.neurons import Circles, Images, View
from nnlite.plot.planes import Curves, Planes, truth_of
from nnlite.plot.style import Axes
from nnlite.plot.wires import Connections, Wires, legend


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
      in a softmax, white is one half, the line is where two of them tie, and the colours are those
      of the classes, as in `plot.decision_boundary`.
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
    look = look_at(model, x, y)
    return Network(look, most, ax).write(look)


class Look(NamedTuple):
    """A network as it is now: its columns, how their neurons are drawn, what leads to the next."""

    columns: list[Column]
    view: View
    wires: list[Wires]


class Network:
    """Neurons and connections on a page, that can be drawn again with other weights.

    `ranges` are the scales of the columns, `largest` those of the connections into each: they hold
    what is drawn first, and all that they were told to hold.
    """

    def __init__(self, look: Look, most: int, ax: Axes | None) -> None:
        if positive_integer("most", most, "plot.network") < 2:
            raise value_error("most must be at least 2.", f"most={most}")
        self.drawn: dict[tuple[int, int], list[Any]] = {}
        places = places_of(look.columns, most, look.view)
        handles = legend(look.wires) + look.view.handles()
        self.page = Page(ax, look.columns, places, look.view, handles)
        self.connections = []
        for number, (before, here) in enumerate(pairwise(places)):
            ends, signed = self.page.ends_of_connections(number + 1), look.wires[number].signed
            lines = Connections(self.page.ax, ends, before.y, here.y, signed)
            self.connections.append(lines)
        self.ranges = look.view.ranges
        self.largest = [0.0] * len(self.connections)
        self.hold(look)
        self.show(look)

    def hold(self, look: Look) -> None:
        """Widen the scales, so that this will fit."""
        pairs = zip(self.ranges, look.view.ranges, strict=True)
        self.ranges = [(min(a[0], b[0]), max(a[1], b[1])) for a, b in pairs]
        sizes = [np.abs(weights).max() for weights in self._between(look)]
        self.largest = np.maximum(self.largest, sizes).tolist()

    def write(self, look: Look) -> Axes:
        """Write the words on the page, that stay."""
        look.view.ranges = self.ranges
        self.page.write()
        return self.page.ax

    def _between(self, look: Look) -> list[Array]:
        """Return the weights between those neurons that are drawn."""
        pairs = zip(look.wires, pairwise(self.page.places), strict=True)
        return [wires.matrix[np.ix_(one.shown, two.shown)] for wires, (one, two) in pairs]

    def show(self, look: Look) -> None:
        """Draw the network as it is seen now."""
        page, look.view.ranges = self.page, self.ranges
        pairs = zip(self.connections, self._between(look), self.largest, strict=True)
        for lines, weights, largest in pairs:
            lines.show(weights, largest)
        for number, place in enumerate(page.places):
            for neuron, frame in zip(place.shown.tolist(), page.frames(number), strict=True):
                before = self.drawn.get((number, neuron), [])
                drawn = look.view.draw(page.ax, number, neuron, frame, before)
                self.drawn[number, neuron] = drawn


def look_at(model: Model, x: Any, y: Any) -> Look:
    """Return how the network of a model looks, with its weights of now."""
    shape = model.inputs[0].sample
    seen, images = shape in ((1,), (2,)), _is_image(shape)
    columns = columns_of(model, maps=x is not None and images)
    wires = [Wires(column.W) for column in columns[1:]]
    where = f"model '{model.name}'"
    if x is None:
        if y is not None:
            raise value_error("y is what is true of samples: x is needed.", "x=None", where)
        return Look(columns, Circles(columns), wires)
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
                wires[number] = Wires(flow(before, here, values), signed=False)
        truth = None if y is None else truth_of(y, len(given[0]), columns[-1].count)[0]
        return Look(columns, Images(columns, values, truth), wires)
    if y is None:
        rule = "The last plane shows the samples with what is true of them: y is needed."
        raise value_error(rule, "y=None", where, "plot.network(model, x, y)")
    kind = Planes if shape == (2,) else Curves
    return Look(columns, kind(model, columns, given[0].astype(np.float64), y), wires)


def _is_image(shape: tuple[int, ...]) -> bool:
    """Return whether samples of this shape are images; flat ones are squares of at least 5 by 5."""
    return len(shape) > 1 or (shape[0] >= 25 and int(shape[0] ** 0.5) ** 2 == shape[0])
