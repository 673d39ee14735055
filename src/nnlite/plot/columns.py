"""A chain of layers as columns of neurons: what each gives, and what leads to it from the last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlite.foundation.errors import type_error, value_error
from nnlite.foundation.types import Array, Shape
from nnlite.layers.activated import ActivatedLayer
from nnlite.layers.joining import Tensor
from nnlite.layers.windows import ImageLayer
from nnlite.models import Model
from nnlite.network.branches import Branches

LONGEST_NAME = 14


@dataclass
class Column:
    """One layer of neurons, or of maps.

    Its `count` neurons are the last axis of `tensor`; `call` is the last call that bends them or
    makes them, None for the input. W leads to them from all values of the column before; `text`
    stands for their number, where that says more.
    """

    name: str
    tensor: Tensor
    count: int
    call: Any = None
    W: Array | None = None
    b: Array | None = None
    activation: str = ""
    text: str = ""

    @property
    def size(self) -> int:
        """How many values leave the column."""
        return int(np.prod(self.tensor.sample))

    @property
    def biases(self) -> Array:
        """What each neuron adds: 0 where it adds nothing."""
        return np.zeros(self.count) if self.b is None else self.b

    @property
    def bends(self) -> bool:
        """Whether an activation ends the column; one of the inputs alone changes no picture."""
        return self.call is not None and bool(self.activation)

    @property
    def words(self) -> str:
        """What stands above the layer."""
        return f"{_broken(self.name)}\n{self.text or self.count} {self.activation}".rstrip()

    @property
    def output(self) -> Tensor:
        """What the neurons give: a."""
        return self.tensor if self.call is None else self.call.output

    def z(self, values: dict[Tensor, Array]) -> Array:
        """Return z, what the activation bends; without one, what leaves the neurons."""
        if not self.bends:
            return values[self.output]
        return np.asarray(self.call.layer.forpass_z(values[self.call.inputs[0]], False))

    def middle(self) -> float:
        """Return what a neuron gives at its border: g(0); where neurons compete, one half."""
        if not self.bends:
            return 0.0
        return 0.5 if self.competes() else float(self._g(np.zeros((1, 1)))[0, 0])

    def competes(self) -> bool:
        """Return whether what a neuron gives depends on the others, as with softmax."""
        if self.count == 1 or not self.bends:
            return False
        alone, against = np.zeros((1, self.count)), np.eye(1, self.count, self.count - 1)
        return bool(self._g(alone)[0, 0] != self._g(against)[0, 0])

    def _g(self, z: Array) -> Array:
        return np.asarray(self.call.layer.activation(z))

    def per_neuron(self, values: Array) -> Array:
        """Return values (n, …) as (n, places, neurons)."""
        return values.reshape(len(values), -1, self.count)


def _broken(name: str) -> str:
    r"""Break a long name in two, behind the underscore that is nearest to its middle.

    >>> _broken("global_average_pooling2d"), _broken("max_pooling2d")
    ('global_average_\npooling2d', 'max_pooling2d')
    """
    cuts = [place + 1 for place, letter in enumerate(name) if letter == "_"]
    if len(name) <= LONGEST_NAME or not cuts:
        return name
    cut = min(cuts, key=lambda place: abs(place - len(name) / 2))
    return f"{name[:cut]}\n{name[cut:]}"


def columns_of(model: Any, maps: bool = False) -> list[Column]:
    """Return the input and each layer of neurons, from left to right; also of maps, if told so."""
    start = model.inputs[0]
    columns = [Column("input", start, _count(start.sample, maps, is_input=True))]
    columns[0].text = " × ".join(map(str, start.sample)) if maps else ""
    tensor = start
    for node in model.nodes:
        layer, name, last = node.layer, model.name_of(node.layer), columns[-1]
        if node.inputs != [tensor]:
            raise _misfit(model, f"'{name}', where branches meet or part")
        tensor = node.output
        size = int(np.prod(tensor.sample))
        W = getattr(layer.parameters.get("W"), "value", None)
        made = W is not None and W.shape == (last.size, size)
        mixes = isinstance(layer, ImageLayer) or (W is not None and W.ndim > 1)
        if not made and (size != last.size or mixes):
            if not maps:
                raise _misfit(model, f"{type(layer).__name__} '{name}' that makes {tensor.sample}")
            made, W = True, None
        bends = isinstance(layer, ActivatedLayer) and layer.activation.name != "linear"
        if made:
            b = getattr(layer.parameters.get("b"), "value", None)
            columns.append(Column(name, tensor, _count(tensor.sample, maps), node, W, b))
        elif last.call is not None:
            last.tensor = tensor if tensor.sample == last.tensor.sample else last.tensor
            last.call = node if bends or not last.activation else last.call
        if bends:
            columns[-1].activation = layer.activation.name
    return columns


def _count(shape: Shape, maps: bool, is_input: bool = False) -> int:
    """Return how many neurons there are: of maps one for each, an image being a single one."""
    if not maps or (len(shape) == 1 and not is_input):
        return int(np.prod(shape))
    return 1 if is_input and len(shape) < 3 else shape[-1]


def values_of(model: Model, x: list[Array]) -> dict[Tensor, Array]:
    """Return for a batch what enters the model and what leaves each call of a layer."""
    tensors = [*model.inputs, *(node.output for node in model.nodes)]
    return dict(zip(tensors, Branches(model.inputs, tensors).forpass(x), strict=True))


def flow(before: Column, here: Column, values: dict[Tensor, Array]) -> Array:
    """Return how much of one sample goes from each neuron to each of the next: (before, here).

    It is the length of what a neuron before adds to z, all others of its column being silent.
    """
    a = before.per_neuron(values[before.tensor][:1])
    alone = np.concatenate([a * 0, *(a * mask for mask in np.eye(before.count, dtype=a.dtype))])
    batch = alone.reshape(-1, *before.tensor.sample)
    asked = here.call.inputs[0] if here.bends else here.call.output
    through = {asked: batch} if asked is before.tensor else {}
    through = through or {asked: Branches([before.tensor], [asked]).forpass(batch)}
    z = here.per_neuron(here.z(through))
    return np.asarray(np.linalg.norm(z[1:] - z[:1], axis=1))


def check_model(model: Any) -> None:
    """Raise unless this is a model that knows its input."""
    if not isinstance(model, Model):
        raise type_error("plot.network draws a model.", type(model).__name__)
    model.check_built("plot.network")


def _misfit(model: Model, received: str) -> ValueError:
    rule = "plot.network draws a chain of Dense layers, where every neuron feeds every next."
    remedy = "For convolutions give an image, plot.network(model, x); for any model there is "
    remedy += "plot.architecture, and summary()."
    return value_error(rule, received, f"model '{model.name}'", remedy)
