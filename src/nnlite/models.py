"""A model is layers with a purpose: it learns from data what its weights should be.

`Sequential` is a chain of layers; `Model` a graph of them, between inputs and outputs.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from . import compiling, summaries
from .callbacks import Callback, CallbackList, History, progress_callbacks
from .data import Data, as_input, as_list, as_sample_weights, check_lengths
from .errors import explain_error, reject_unknown_arguments
from .flat import FlatWeights
from .layers.base import Layer
from .layers.checks import check_dtype, check_weights, positive_integer
from .layers.symbolic import Input, InputLayer, Node, Tensor
from .network import Chain, Graph, Network, missing_inputs
from .seeding import new_generator
from .training import Trainer, train, training_mode
from .types import Array


class Model:
    """A network between inputs and outputs, with branches and merges.

    Parameters
    ----------
    inputs, outputs
        Tensors: an `Input`, and the output of a layer called on it; or lists of them.
    name
        The model's name in `summary`.
    seed
        Where the random numbers of weights, shuffling and dropout start.
    dtype
        "float32" or "float64".

    Examples
    --------
    >>> from nnlite.layers import Add, Dense
    >>> x = Input(shape=(4,))
    >>> a = Dense(3, activation="relu")(x)
    >>> b = Dense(3)(x)
    >>> model = Model(x, Dense(1)(Add()([a, b])), seed=0)
    >>> model.predict(np.zeros((2, 4))).shape
    (2, 1)
    """

    default_name = "model"
    network: Network
    nodes: list[Node]
    history: History | None = None

    def __init__(
        self,
        inputs: Any,
        outputs: Any,
        name: str | None = None,
        *,
        seed: int | None = None,
        dtype: Any = "float32",
    ) -> None:
        self._start(name, seed, dtype)
        self.inputs = _tensors(inputs, "inputs")
        self.outputs = _tensors(outputs, "outputs")
        for tensor in self.inputs:
            if not isinstance(tensor.node.layer, InputLayer):
                raise ValueError(
                    explain_error(
                        "A model begins at Inputs.",
                        f"inputs={tensor!r}",
                        remedy="Make them with Input(shape=...).",
                    )
                )
        unconnected = missing_inputs(self.outputs, self.inputs, lambda t: f"{t!r}")
        if unconnected:
            raise ValueError(
                explain_error(
                    "The outputs depend on an Input that is not among inputs.",
                    ", ".join(unconnected),
                    remedy="Give every Input: Model([input_1, input_2], output).",
                )
            )
        self.network = graph = Graph(self.inputs, self.outputs)
        self.nodes = graph.nodes
        self.layers = list(
            dict.fromkeys([*(t.node.layer for t in self.inputs), *(n.layer for n in self.nodes)])
        )
        self._build()

    def _start(self, name: str | None, seed: int | None, dtype: Any) -> None:
        self.name = name or self.default_name
        self.dtype = check_dtype(dtype)
        self.rng = new_generator(seed)
        self.layers: list[Layer] = []
        self.inputs: list[Tensor] = []
        self.outputs: list[Tensor] = []
        self.stop_training = False
        self._flat: FlatWeights | None = None
        self._compiled: dict[str, Any] | None = None
        self._trainer: Trainer | None = None

    def _build(self) -> None:
        """Make the weights of all layers that have none yet, in their order."""
        self._name_layers()
        for node in self.nodes:
            layer = node.layer
            if not layer.built:
                layer.dtype = self.dtype
                if layer._rng is None:
                    layer._rng = self.rng
            shapes = [tensor.shape for tensor in node.inputs]
            layer.ensure_built(shapes if node.several else shapes[0])

    def _name_layers(self) -> None:
        """Give every layer without a name one of its own."""
        taken: set[str] = set()
        for layer in self.layers:
            if layer._name in taken:
                raise ValueError(
                    explain_error(
                        "Every layer of a model has a name of its own.",
                        f"two layers named '{layer._name}'",
                        f"model '{self.name}'",
                        "Make a new layer for each place, or give it another name=.",
                    )
                )
            if layer._name:
                taken.add(layer._name)
        for layer in self.layers:
            if layer._name is None:
                base, number = layer.name, 0
                while (name := f"{base}_{number}" if number else base) in taken:
                    number += 1
                layer._name = name
                taken.add(name)

    @property
    def built(self) -> bool:
        """Whether the model knows its input, and so has weights."""
        return bool(self.nodes)

    def _check_built(self, what: str) -> None:
        if not self.built:
            raise ValueError(
                explain_error(
                    f"{what} needs to know the shape of the model's input.",
                    "a model that was never told" if self.layers else "a model without layers",
                    f"model '{self.name}'",
                    "Begin with Input(shape=(30,)), give the first layer input_shape=(30,), "
                    "or call fit first.",
                )
            )

    @property
    def flat(self) -> FlatWeights:
        """The weights and gradients as flat vectors."""
        self._check_built("A weight vector")
        if self._flat is None or not self._flat.is_home():
            self._flat = FlatWeights(self.layers, self.dtype)
            if self._compiled is not None:
                self._compiled["optimizer"].parts = [part.place for part in self._flat.parts]
        return self._flat

    @property
    def weights_vector(self) -> Array:
        """All trainable weights: changing it changes the layers' W and b."""
        return self.flat.weights

    @property
    def gradient_vector(self) -> Array:
        """The gradients of all trainable weights, in the same order."""
        return self.flat.gradients

    @property
    def input_names(self) -> list[str]:
        """The names of the inputs."""
        return [tensor.node.layer.name for tensor in self.inputs]

    @property
    def output_names(self) -> list[str]:
        """The names of the layers whose outputs the model gives."""
        return [tensor.node.layer.name for tensor in self.outputs]

    @property
    def input_shape(self) -> Any:
        """The shape of the data, None standing for the number of samples."""
        return _shapes(self.inputs)

    @property
    def output_shape(self) -> Any:
        """The shape of the predictions, None standing for the number of samples."""
        return _shapes(self.outputs)

    @property
    def input(self) -> Any:
        """The tensor where data enters, or the list of them."""
        return self.inputs if len(self.inputs) > 1 else self.inputs[0]

    @property
    def output(self) -> Any:
        """The tensor that the model gives, or the list of them."""
        return self.outputs if len(self.outputs) > 1 else self.outputs[0]

    def forpass(self, x: Any, training: bool = False) -> Any:
        """Return the output for a batch: arrays in the model's dtype, as they come."""
        self._check_built("forpass")
        return self.network.forpass(x, training)

    def backprop(self, grad: Any) -> Any:
        """Write the gradients of all weights, and return that of the input."""
        return self.network.backprop(grad)

    def __call__(self, x: Any, training: bool = False) -> Any:
        """Apply the model to data, or join it to the outputs of other layers."""
        tensors = x if isinstance(x, list | tuple) else [x]
        if tensors and all(isinstance(tensor, Tensor) for tensor in tensors):
            self._check_built("A model inside a model")
            made = dict(zip(self.inputs, tensors, strict=True))
            for node in self.nodes:
                given = [made[tensor] for tensor in node.inputs]
                made[node.output] = node.layer(given if node.several else given[0])
            results = [made[tensor] for tensor in self.outputs]
            return results if len(results) > 1 else results[0]
        self._check_built("A call")
        arrays = self._inputs(x)
        return self.forpass(arrays if len(arrays) > 1 else arrays[0], training)

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        metrics: Any = None,
        loss_weights: Any = None,
        **options: Any,
    ) -> None:
        """Say how the model shall learn.

        Parameters
        ----------
        optimizer
            A name or an object of `nnlite.optimizers`.
        loss
            A name, function or object of `nnlite.losses`; with several outputs a list, or a dictionary
            by their names.
        metrics
            A list of names, functions or objects of `nnlite.metrics`.
        loss_weights
            With several outputs, the share of each in the whole loss.
        options
            Keras' `run_eagerly`, `jit_compile` and `steps_per_execution` are taken, and do nothing.
        """
        keras_only = ["run_eagerly", "jit_compile", "steps_per_execution"]
        unknown = {name: value for name, value in options.items() if name not in keras_only}
        known = ["optimizer", "loss", "metrics", "loss_weights", *keras_only]
        reject_unknown_arguments("compile", unknown, known)
        self._compiled = compiling.checked(optimizer, loss, metrics, loss_weights)
        self._trainer = None
        if self.built:
            self._make_trainer()

    @property
    def optimizer(self) -> Any:
        """The optimizer given to `compile`."""
        return self._compiled["optimizer"] if self._compiled else None

    def _make_trainer(self) -> Trainer:
        if self._compiled is None:
            raise ValueError(
                explain_error(
                    "Training and evaluation need to know the loss: compile comes first.",
                    "a model that was not compiled",
                    f"model '{self.name}'",
                    'model.compile(optimizer="sgd", loss="mse")',
                )
            )
        if self._trainer is None:
            objectives = compiling.objectives(self._compiled, self.network, self.outputs)
            self._trainer = Trainer(self, self._compiled["optimizer"], objectives)
        self._compiled["optimizer"].parts = [part.place for part in self.flat.parts]
        return self._trainer

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: Any = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        validation_freq: int = 1,
        *,
        check_finite: bool = True,
    ) -> History:
        """Train the model, and return the history of losses and metrics.

        Parameters
        ----------
        x, y
            Data and truth: arrays, lists, or pandas frames; a list or a dictionary of them for several
            inputs or outputs.
        batch_size
            Samples per step; 32 if not given. The last batch may be smaller.
        epochs
            How often to go through the data.
        verbose
            1 or "auto": one progress bar; 2: one line per epoch; 0: nothing.
        callbacks
            Objects of `nnlite.callbacks`.
        validation_split
            The share of the samples, from the end, that is only watched.
        validation_data
            `(x, y)` or `(x, y, sample_weight)` that is only watched.
        shuffle
            Whether every epoch takes the samples in a new order.
        class_weight, sample_weight
            How much samples count in the loss: by class, or one by one.
        initial_epoch
            The epoch to go on from.
        validation_freq
            Watch the validation data only every so many epochs.
        check_finite
            Stop with an error when the loss is no longer finite.
        """
        batch_size = positive_integer("batch_size", 32 if batch_size is None else batch_size, "fit")
        positive_integer("validation_freq", validation_freq, "fit")
        if isinstance(epochs, bool) or not isinstance(epochs, int | np.integer) or epochs < 0:
            raise ValueError(
                explain_error("epochs must be a whole number from 0 on.", f"epochs={epochs!r}")
            )
        self._build_for(x)
        trainer = self._make_trainer()
        data = self._data(x, y, sample_weight, class_weight)
        validation = self._validation_data(validation_data)
        if validation is None and validation_split:
            data, validation = data.split(validation_split)
        self.history = History()
        self.stop_training = False
        chosen: list[Callback] = [
            *progress_callbacks(verbose),
            *(callbacks if isinstance(callbacks, list | tuple) else [callbacks] * bool(callbacks)),
            self.history,
        ]
        steps = -(-data.size // batch_size)
        params = {"epochs": epochs, "steps": steps, "initial_epoch": initial_epoch}
        runner = CallbackList(chosen, self, params, trainer.results)
        train(
            trainer,
            data,
            validation,
            runner,
            batch_size=batch_size,
            epochs=range(initial_epoch, epochs),
            shuffle=shuffle,
            check_finite=check_finite and not runner.watches_finiteness,
            validation_freq=validation_freq,
        )
        return self.history

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: Any = "auto",
        sample_weight: Any = None,
        return_dict: bool = False,
    ) -> Any:
        """Return the loss over the data, or with metrics the list [loss, metric, …].

        With `return_dict`, a dictionary by their names. verbose=2 prints a line.
        """
        self._check_built("evaluate")
        trainer = self._make_trainer()
        data = self._data(x, y, sample_weight, None)
        trainer.start(data.y)
        with np.errstate(all="ignore"):
            results = trainer.evaluate(data, _prediction_batch(batch_size))
        if verbose == 2:
            print(" - ".join(f"{name}: {value:.4f}" for name, value in results.items()))
        if return_dict:
            return results
        return list(results.values()) if len(results) > 1 else results["loss"]

    @property
    def metrics_names(self) -> list[str]:
        """The names of what `evaluate` returns, once the model has seen data."""
        return list(self._make_trainer().results())

    def predict(self, x: Any, batch_size: int | None = None, verbose: Any = "auto") -> Any:
        """Return the output for every sample, as an array; a list of arrays for several outputs."""
        self._check_built("predict")
        data = Data(self._inputs(x), [])
        parts = []
        for arrays, _, _ in data.batches(_prediction_batch(batch_size)):
            output = self.network.forpass(arrays if len(arrays) > 1 else arrays[0], False)
            parts.append(output if isinstance(output, list) else [output])
        results = [np.concatenate(outputs) for outputs in zip(*parts, strict=True)]
        return results if len(results) > 1 else results[0]

    def predict_on_batch(self, x: Any) -> Any:
        """Return the output for these samples, in one go."""
        return self.predict(x, batch_size=len(x) if np.ndim(x) else None)

    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Any = None,
        return_dict: bool = False,
    ) -> Any:
        """Take one step on these samples; return the loss before it, with metrics a list."""
        self._build_for(x)
        trainer = self._make_trainer()
        data = self._data(x, y, sample_weight, class_weight)
        trainer.start(data.y)
        with training_mode(self), np.errstate(all="ignore"):
            trainer.train_step(data.x, data.y, data.weights)
        results = trainer.results()
        if return_dict:
            return results
        return list(results.values()) if len(results) > 1 else results["loss"]

    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """Return the loss of these samples, with metrics a list."""
        return self.evaluate(
            x, y, batch_size=len(x), sample_weight=sample_weight, return_dict=return_dict
        )

    def _build_for(self, x: Any) -> None:
        """Take the shape of the input from the data, where the model was not told."""

    def _inputs(self, x: Any) -> list[Array]:
        given = as_list(x, self.input_names, "input")
        names = ["x"] if len(given) == 1 else [f"x of '{name}'" for name in self.input_names]
        arrays = []
        for data, tensor, name in zip(given, self.inputs, names, strict=True):
            readers = [node.layer.name for node in self.nodes if tensor in node.inputs]
            where = f"model '{self.name}', layer '{readers[0] if readers else tensor}'"
            arrays.append(as_input(data, tensor.shape, self.dtype, name, where))
        return arrays

    def _data(self, x: Any, y: Any, sample_weight: Any, class_weight: Any) -> Data:
        inputs = self._inputs(x)
        if y is None:
            raise ValueError(
                explain_error(
                    "Training and evaluation compare predictions with the truth: y is needed.",
                    "y=None",
                    f"model '{self.name}'",
                )
            )
        given = as_list(y, self.output_names, "output")
        check_lengths(inputs, [np.atleast_1d(_peek(target)) for target in given])
        objectives = self._make_trainer().objectives
        targets = [o.check(t, self.dtype) for o, t in zip(objectives, given, strict=True)]
        weights = as_sample_weights(
            sample_weight, class_weight, targets[0], len(inputs[0]), self.dtype
        )
        return Data(inputs, targets, weights)

    def _validation_data(self, given: Any) -> Data | None:
        if given is None:
            return None
        if not isinstance(given, list | tuple) or len(given) not in (2, 3):
            raise ValueError(
                explain_error(
                    "validation_data must be (x, y) or (x, y, sample_weight).",
                    f"{type(given).__name__}"
                    + (f" of {len(given)}" if isinstance(given, list | tuple) else ""),
                )
            )
        return self._data(given[0], given[1], given[2] if len(given) == 3 else None, None)

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """Return a layer by its name or its place."""
        from .errors import look_up

        if index is not None:
            return self.layers[index]
        return look_up("layer", str(name), {layer.name: layer for layer in self.layers})

    @property
    def weights(self) -> list[Array]:
        """The weights of all layers, in their order."""
        return [weight for layer in self.layers for weight in layer.weights]

    @property
    def trainable_weights(self) -> list[Array]:
        """The weights that training changes."""
        return [weight for layer in self.layers for weight in layer.trainable_weights]

    @property
    def trainable(self) -> bool:
        """Whether training may change any layer; setting it sets it for all layers."""
        return any(layer.trainable for layer in self.layers)

    @trainable.setter
    def trainable(self, value: bool) -> None:
        for layer in self.layers:
            layer.trainable = value

    def get_weights(self) -> list[Array]:
        """Return copies of all weights, in the order of Keras."""
        self._check_built("get_weights")
        return [weight.copy() for weight in self.weights]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Set all weights, in the order of `get_weights`: what Keras' `get_weights` gives fits."""
        self._check_built("set_weights")
        check_weights(weights, self.weights, f"model '{self.name}'")
        for view, value in zip(self.weights, weights, strict=True):
            view[...] = value

    def count_params(self) -> int:
        """Return how many numbers the weights hold."""
        self._check_built("count_params")
        return sum(weight.size for weight in self.weights)

    def summary(self, line_length: int = 65, print_fn: Any = None) -> None:
        """Print the table of layers, output shapes, and numbers of parameters."""
        self._check_built("summary")
        (print_fn or print)(summaries.table(self, line_length))

    def save(self, filepath: str | Path) -> None:
        """Write layers, weights and how it was compiled into a file that `load_model` reads."""
        from .saving import save_model

        self._check_built("save")
        save_model(self, filepath)

    def save_weights(self, filepath: str | Path) -> None:
        """Write the weights alone into a file that `load_weights` reads."""
        from .saving import save_weights

        self._check_built("save_weights")
        save_weights(self, filepath)

    def load_weights(self, filepath: str | Path) -> None:
        """Read weights that `save_weights` or `save` wrote for a model like this one."""
        from .saving import load_weights

        self._check_built("load_weights")
        load_weights(self, filepath)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} '{self.name}' of {len(self.layers)} layers>"


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
        self._start(name, seed, dtype)
        self.nodes = []
        self._end: Tensor | None = None
        for layer in [] if layers is None else layers:
            self.add(layer)

    def add(self, layer: Any) -> None:
        """Put a layer at the end of the chain. The layers of a model are put there one by one."""
        if isinstance(layer, Model):
            for inner in [
                *(layer.inputs if not self.layers else []),
                *(inner for inner in layer.layers if not isinstance(inner, InputLayer)),
            ]:
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
            raise TypeError(
                explain_error(
                    "A Sequential is made of layers.",
                    f"{layer!r} ({type(layer).__name__})",
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
        self._trainer = None
        if self._end is None and len(self.layers) == 1 and layer.input_shape is not None:
            self._end = Input(layer.input_shape)
            self.inputs = [self._end]
        if self._end is not None:
            self._append(layer)

    def _append(self, layer: Layer) -> None:
        """Join a layer to the end of the chain, now that its input is known, and build it."""
        self._end = layer(self._end)
        self.nodes.append(self._end.node)
        self.outputs = [self._end]
        self.network = Chain([node.layer for node in self.nodes])
        self._build()

    def pop(self) -> Layer:
        """Take the last layer off the chain, and return it."""
        if not self.layers:
            raise ValueError(
                explain_error("There is no layer to take off.", "a model without layers")
            )
        layer = self.layers.pop()
        if self.nodes:
            self._end = self.nodes.pop().inputs[0]
            self.outputs = [self._end] if self.nodes else []
            self.network = Chain([node.layer for node in self.nodes])
        self._trainer = None
        return layer

    def build(self, input_shape: Any) -> None:
        """Make the weights for samples of this shape; a leading None, for the samples, is left out."""
        shape = tuple(np.atleast_1d(np.array(input_shape, dtype=object)))
        if shape and shape[0] is None:
            shape = shape[1:]
        if self._end is None:
            self._end = Input(shape)
            self.inputs = [self._end]
            for layer in self.layers:
                self._append(layer)

    def _build_for(self, x: Any) -> None:
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
            shape = np.shape(_peek(x))
            self.build(shape[1:] if len(shape) > 1 else (1,))

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Build a chain from what its `get_config` returned; see `load_model`."""
        from .saving import sequential_from_config

        return sequential_from_config(cls, config)


def load_model(filepath: str | Path, custom_objects: dict[str, type] | None = None) -> Model:
    """Read a model that `save` wrote; `custom_objects` gives your own classes by their names."""
    from .saving import load_model as load

    return load(filepath, custom_objects)


def _tensors(given: Any, what: str) -> list[Tensor]:
    tensors = list(given) if isinstance(given, list | tuple) else [given]
    for tensor in tensors:
        if not isinstance(tensor, Tensor):
            raise TypeError(
                explain_error(
                    f"{what} must be tensors: Inputs, or what a layer returned for them.",
                    f"{tensor!r} ({type(tensor).__name__})",
                    remedy="For a list of layers use Sequential."
                    if isinstance(tensor, Layer)
                    else "x = Input(shape=(2,)); y = Dense(1)(x); Model(x, y)",
                )
            )
    return tensors


def _shapes(tensors: list[Tensor]) -> Any:
    shapes = [(None, *tensor.shape) for tensor in tensors]
    return shapes if len(shapes) > 1 else shapes[0]


def _peek(data: Any) -> Any:
    """Return the data as an array, only to look at its shape."""
    return data if hasattr(data, "shape") else np.asarray(data, dtype=object)


def _prediction_batch(batch_size: int | None) -> int:
    # Without gradients to keep, larger batches cost little memory and save time.
    return 1024 if batch_size is None else positive_integer("batch_size", batch_size, "predict")
