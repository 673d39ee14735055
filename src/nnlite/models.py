"""Models: `Model`, a graph of layers, and here `Sequential`, the chain that most networks are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from .data import peek
from .errors import explain_error, told
from .functional import Model
from .layers.base import Layer
from .layers.input import Input, InputLayer
from .layers.symbolic import Tensor
from .network import Chain, Graph

__all__ = ["Model", "Sequential", "load_model"]


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
        layers: Any = None,
        name: str | None = None,
        *,
        seed: int | None = None,
        dtype: Any = "float32",
    ) -> None:
        self._end: Tensor | None = None
        self._calls: list[Layer] = []
        if layers is not None and not isinstance(layers, list | tuple):
            raise TypeError(
                explain_error(
                    "A Sequential takes a list of layers.",
                    told(layers),
                    remedy="Put the layers in brackets: Sequential([Dense(4), Dense(1)]).",
                )
            )
        self._start(name, seed, dtype)
        for layer in layers or []:
            self.add(layer)

    def add(self, layer: Any) -> None:
        """Put a layer at the end of the chain. The layers of a model are put there one by one."""
        if isinstance(layer, Model):
            for tensor in layer.inputs if not self.layers else []:
                self.add(tensor)
            calls = [node.layer for node in layer.nodes]
            if isinstance(layer, Sequential):
                calls = layer._calls
            for place, inner in enumerate(calls):
                if inner in calls[:place]:
                    self._call(inner)
                else:
                    self.add(inner)
            return
        if isinstance(layer, InputLayer):
            layer = Input(layer.input_shape, name=layer._name)
        if isinstance(layer, Tensor):
            if self._end is not None or self.layers:
                raise ValueError(
                    explain_error(
                        "An Input comes first, before all layers.",
                        repr(layer),
                        f"model '{self.name}'",
                    )
                )
            self._end = layer
            self.inputs = [layer]
            return
        if not isinstance(layer, Layer):
            remedy = None
            if isinstance(layer, type) and issubclass(layer, Layer):
                remedy = f"Make one: {layer.__name__}(...)."
            elif isinstance(layer, str):
                remedy = "An activation by name is a layer of its own: Activation(name)."
            elif isinstance(layer, list | tuple):
                remedy = "One list for all layers is enough: leave out the inner brackets."
            elif layer is Input:
                remedy = "Call it with a shape: Input(shape=(30,))."
            raise TypeError(
                explain_error(
                    "A Sequential is made of layers.",
                    told(layer),
                    f"model '{self.name}'",
                    remedy,
                )
            )
        if any(layer is other for other in self.layers):
            raise ValueError(
                explain_error(
                    "A layer stands in a Sequential once.",
                    f"'{layer.name}' a second time",
                    f"model '{self.name}'",
                    "Make a new layer, or use Model to call one twice.",
                )
            )
        self.layers.append(layer)
        if self._end is None and len(self.layers) == 1 and layer.input_shape is not None:
            self._end = Input(layer.input_shape)
            self.inputs = [self._end]
        self._call(layer)

    def _call(self, layer: Layer) -> None:
        """Call a layer at the end of the chain: now, or once the input is known."""
        self._calls.append(layer)
        self._trainer = None
        if self._end is not None:
            self._append(layer)

    def _append(self, layer: Layer) -> None:
        """Join a layer to the end of the chain, now that its input is known, and build it."""
        self._end = layer(self._end)
        self.nodes.append(self._end.node)
        self.outputs = [self._end]
        self._connect()
        self._build()

    def _connect(self) -> None:
        calls = [node.layer for node in self.nodes]
        again = len(set(calls)) < len(calls)
        self.network = Graph(self.inputs, self.outputs) if again else Chain(calls)

    def pop(self) -> Layer:
        """Take the last layer off the chain, and return it."""
        if not self.layers:
            raise ValueError(
                explain_error(
                    "There is no layer to take off.",
                    "a model without layers",
                    f"model '{self.name}'",
                )
            )
        layer = self._calls.pop()
        if layer not in self._calls:
            self.layers.remove(layer)
        if self.nodes:
            self._end = self.nodes.pop().inputs[0]
            self.outputs = [self._end] if self.nodes else []
            self._connect()
        self._trainer = None
        return layer

    def build(self, input_shape: Any) -> None:
        """Make the weights for samples of this shape; a leading None stands for their number."""
        shape = tuple(input_shape) if isinstance(input_shape, list | tuple) else (input_shape,)
        if len(shape) > 1 and shape[0] is None:
            shape = shape[1:]
        if self._end is None:
            self._end = Input(shape)
            self.inputs = [self._end]
            for layer in self._calls:
                self._append(layer)

    def build_for(self, x: Any) -> None:
        """Take the shape of the input from the data, if nobody told it before."""
        if not self.layers:
            raise ValueError(
                explain_error(
                    "A model needs at least one layer.",
                    "a Sequential without layers",
                    f"model '{self.name}'",
                    "model.add(Dense(1))",
                )
            )
        if not self.built:
            shape = np.shape(peek(x, "x"))
            self.build(shape[1:] if len(shape) > 1 else (1,))


def load_model(
    filepath: str | Path, custom_objects: dict[str, Any] | None = None, compile: bool = True
) -> Model:
    """Read a model that `save` wrote.

    Parameters
    ----------
    filepath
        The file.
    custom_objects
        Your own classes and functions by their names, where the model has some.
    compile
        False leaves the optimizer, the loss and the metrics in the file.

    Examples
    --------
    >>> import tempfile
    >>> from nnlite.layers import Dense
    >>> class Wide(Dense):
    ...     "A layer of one's own."
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Sequential([Wide(3, input_shape=(2,))]).save(f"{folder}/model.npz")
    ...     model = load_model(f"{folder}/model.npz", custom_objects={"Wide": Wide})
    >>> model.layers
    [<Wide 'wide'>]
    """
    from .saving import load_model as load

    return load(filepath, custom_objects, compile)
