"""The chain of layers that most networks are: a model to which layers are added."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from nnlite.foundation.checks import DType, Name, Seed
from nnlite.foundation.errors import told, type_error, value_error
from nnlite.foundation.undoing import all_or_nothing
from nnlite.given.data import peek
from nnlite.layers.input import Input, InputLayer
from nnlite.layers.joining import Tensor
from nnlite.layers.layer import Layer
from nnlite.models.model import Model
from nnlite.network.branches import Branches
from nnlite.network.chain import Chain


def as_list_of_layers(name: str, layers: Any, where: str | None) -> list[Any]:
    """Return the list that a Sequential takes."""
    if layers is not None and not isinstance(layers, list | tuple):
        remedy = "Put the layers in brackets: Sequential([Dense(4), Dense(1)])."
        raise type_error("A Sequential takes a list of layers.", told(layers), remedy=remedy)
    return list(layers or [])


def check_is_layer(entry: Any, where: str) -> None:
    """Raise unless this is a layer, with the remedy for what is often taken for one."""
    if isinstance(entry, Layer):
        return
    remedy = None
    if isinstance(entry, type) and issubclass(entry, Layer):
        remedy = f"Make one: {entry.__name__}(...)."
    elif isinstance(entry, str):
        remedy = "An activation by name is a layer of its own: Activation(name)."
    elif isinstance(entry, list | tuple):
        remedy = "One list for all layers is enough: leave out the inner brackets."
    elif isinstance(entry, Tensor):
        remedy = "Give the layer itself, without calling it: [Input(shape=(2,)), Dense(3)]."
    elif entry is Input:
        remedy = "Call it with a shape: Input(shape=(30,))."
    raise type_error("A Sequential is made of layers.", told(entry), where, remedy)


class Sequential(Model):
    """A chain of layers: each takes the output of the one before.

    Parameters
    ----------
    layers
        The layers; an `Input` may come first. More follow with `add`.
    name, seed, dtype
        As for `Model`.

    Examples
    --------
    >>> from nnlite.layers import Dense
    >>> model = Sequential([Dense(4, activation="sigmoid", input_shape=(2,)), Dense(1)], seed=0)
    >>> model.count_params()
    17
    >>> model.compile(optimizer="sgd", loss="mse")
    >>> history = model.fit([[0, 0], [1, 1]], [0, 1], epochs=3, verbose=0)
    >>> len(history.history["loss"])
    3
    """

    default_name = "sequential"

    def __init__(
        self,
        layers: Annotated[Any, as_list_of_layers] = None,
        name: Name = None,
        *,
        seed: Seed = None,
        dtype: DType = "float32",
    ) -> None:
        self._end: Tensor | None = None
        self._calls: list[Layer] = []
        self._start(name, seed, dtype)
        self._extend(layers)

    def add(self, layer: Any) -> None:
        """Put a layer at the end of the chain. The layers of a model are put there one by one."""
        self._extend([layer])

    def _extend(self, entries: list[Any]) -> None:
        """Put all of these at the end, or, if there is anything wrong with them, none."""
        parts = [self._parts(entry) for entry in entries]
        layers = [layer for calls in parts for layer in calls if isinstance(layer, Layer)]
        with all_or_nothing(self, *dict.fromkeys(layers)):
            for entry, calls in zip(entries, parts, strict=True):
                if isinstance(entry, Model) and entry.inputs and not (self._end or self.layers):
                    self._begin(entry.inputs[0])
                for place, layer in enumerate(calls):
                    # A model may call a layer again: only its first call is of a new one.
                    self._take(layer, is_new=layer not in calls[:place])
            self.forget_endings()
            self._name_layers()
            self._join()

    def _parts(self, entry: Any) -> list[Any]:
        """Return the layers of a model in the order of their calls; anything else as it is."""
        if isinstance(entry, InputLayer):
            return [Input(entry.input_shape, name=entry.given_name)]
        if not isinstance(entry, Model):
            return [entry]
        ends = [entry.inputs[:1], *([node.output] for node in entry.nodes)]
        if [node.inputs for node in entry.nodes] != ends[:-1]:
            rule = "The layers of a model are put into a Sequential one after the other."
            received = f"model '{entry.name}', with branches"
            remedy = f"x = Input(shape={entry.inputs[0].sample}); Model(x, {entry.name}(x))"
            raise value_error(rule, received, f"model '{self.name}'", remedy)
        return entry._calls if isinstance(entry, Sequential) else [n.layer for n in entry.nodes]

    def _take(self, layer: Any, is_new: bool) -> None:
        """Put this at the end of the list of layers; an Input, at its beginning."""
        if isinstance(layer, Tensor) and isinstance(layer.node.layer, InputLayer):
            if self._end is not None or self.layers:
                rule = "An Input comes first, before all layers."
                raise value_error(rule, repr(layer), f"model '{self.name}'")
            self._begin(layer)
            return
        if not is_new:
            self._calls.append(layer)
            return
        check_is_layer(layer, f"model '{self.name}'")
        if any(layer is other for other in self.layers):
            rule = "A layer stands in a Sequential once."
            remedy = "Make a new layer, or use Model to call one twice."
            raise value_error(rule, f"'{layer.name}' a second time", f"model '{self.name}'", remedy)
        if self._end is None and not self.layers and layer.input_shape is not None:
            self._begin(Input(layer.input_shape))
        self.layers.append(layer)
        self._calls.append(layer)

    def _begin(self, tensor: Tensor) -> None:
        self._end, self.inputs = tensor, [tensor]

    def _join(self) -> None:
        """Join the layers to the chain and build them, if the shape of the input is known."""
        if self._end is None or not self.layers:
            return
        for layer in self._calls[len(self.nodes) :]:
            self._end = layer(self._end)
            self.nodes.append(self._end.node)
        self.outputs = [self._end]
        self._connect()
        self._build()

    def _connect(self) -> None:
        calls = [node.layer for node in self.nodes]
        again = len(set(calls)) < len(calls)
        self.network = Branches(self.inputs, self.outputs) if again else Chain(calls)

    def pop(self) -> Layer:
        """Take the last layer off the chain, and return it."""
        if not self.layers:
            where = f"model '{self.name}'"
            raise value_error("There is no layer to take off.", "a model without layers", where)
        layer = self._calls.pop()
        if layer not in self._calls:
            self.layers.remove(layer)
        if self.nodes:
            self._end = self.nodes.pop().inputs[0]
            self.outputs = [self._end] if self.nodes else []
            self._connect()
        self.forget_endings()
        return layer

    def build(self, input_shape: Any) -> None:
        """Make the weights for samples of this shape; a leading None stands for their number."""
        shape = tuple(input_shape) if isinstance(input_shape, list | tuple) else (input_shape,)
        if len(shape) > 1 and shape[0] is None:
            shape = shape[1:]
        if self._end is None:
            with all_or_nothing(self, *self.layers):
                self._begin(Input(shape))
                self._join()

    def build_for(self, x: Any) -> None:
        """Take the shape of the input from the data, if nobody told it before."""
        if not self.layers:
            rule, received = "A model needs at least one layer.", "a Sequential without layers"
            raise value_error(rule, received, f"model '{self.name}'", "model.add(Dense(1))")
        if not self.built:
            shape = np.shape(peek(x, "x"))
            self.build(shape[1:] if len(shape) > 1 else (1,))
