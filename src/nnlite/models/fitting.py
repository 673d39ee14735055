"""What every model can do with data: compile, fit, evaluate, predict."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from typing import Any

import numpy as np

from nnlite.callbacks import History
from nnlite.callbacks.bar import progress_callbacks, result_printer
from nnlite.foundation.arguments import explains_its_arguments
from nnlite.foundation.checks import Count, Flag, PositiveInteger, PositiveOrNone
from nnlite.foundation.errors import value_error
from nnlite.foundation.types import Array
from nnlite.foundation.undoing import all_or_nothing
from nnlite.given.data import (
    Data,
    as_input,
    as_list,
    check_lengths,
    one_or_list,
    peek,
)
from nnlite.given.rows import Rows
from nnlite.given.sample_weights import as_sample_weights
from nnlite.layers.joining import Node, Tensor
from nnlite.layers.layer import Layer
from nnlite.network.chain import Network
from nnlite.network.vector import FlatWeights
from nnlite.training import compiling
from nnlite.training.loop import Loop
from nnlite.training.step import Trainer, training_mode
from nnlite.training.validation import Validation, with_own_figures

# Without gradients to keep, larger batches cost little memory and save time.
PREDICTION_BATCH = 1024


class Learner:
    """The half of a model that deals with data; `Model` adds the network."""

    name: str
    dtype: np.dtype[Any]
    rng: np.random.Generator
    network: Network
    layers: list[Layer]
    nodes: list[Node]
    inputs: list[Tensor]
    outputs: list[Tensor]
    stop_training = False
    history: History | None = None
    _compiled: dict[str, Any] | None = None
    _trainer: Trainer | None = None

    @property
    def flat(self) -> FlatWeights:
        """The weights and gradients as flat vectors."""
        raise AttributeError("flat")

    @property
    def input_names(self) -> list[str]:
        """The names of the inputs."""
        return [self.name_of(tensor.node.layer) for tensor in self.inputs]

    @property
    def output_names(self) -> list[str]:
        """The names of the layers whose outputs the model gives."""
        return [self.name_of(tensor.node.layer) for tensor in self.outputs]

    @property
    def built(self) -> bool:
        """Whether the model knows its input, and so has weights."""
        return bool(self.nodes)

    def name_of(self, layer: Layer) -> str:
        """Return what a layer is called in this model."""
        return layer.name

    def check_built(self, what: str) -> None:
        """Raise if the model does not know its input yet."""

    def build_for(self, x: Any) -> None:
        """Take the shape of the input from the data, where the model was not told."""

    @explains_its_arguments
    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        metrics: Any = None,
        loss_weights: Any = None,
        *,
        run_eagerly: Any = None,
        jit_compile: Any = None,
        steps_per_execution: Any = None,
    ) -> None:
        """Say how the model shall learn.

        Parameters
        ----------
        optimizer
            A name or an object of `nnlite.optimizers`.
        loss
            A name, function or object of `nnlite.losses`; with several outputs a list, or a
            dictionary by their names.
        metrics
            A list of names, functions or objects of `nnlite.metrics`.
        loss_weights
            With several outputs, the share of each in the whole loss.
        run_eagerly, jit_compile, steps_per_execution
            Taken for the sake of Keras scripts, and do nothing.
        """
        with all_or_nothing(self):
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
            raise value_error(
                "Training and evaluation need to know the loss: compile comes first.",
                "a model that was not compiled",
                f"model '{self.name}'",
                'model.compile(optimizer="sgd", loss="mse")',
            )
        if self._trainer is None:
            objectives = compiling.objectives(
                self._compiled, self.network, self.outputs, self.output_names
            )
            self._trainer = Trainer(self, self._compiled["optimizer"], objectives)
        return self._trainer

    @explains_its_arguments
    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: PositiveOrNone = None,
        epochs: Count = 1,
        verbose: Any = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: Flag = True,
        class_weight: Any = None,
        sample_weight: Any = None,
        initial_epoch: Count = 0,
        validation_freq: PositiveInteger = 1,
        *,
        validation_batch_size: PositiveOrNone = None,
        check_finite: Flag = True,
        workers: PositiveOrNone = None,
    ) -> History:
        """Train the model, and return the history of losses and metrics.

        Ctrl-C ends the training: `history.interrupted` is True then, and the program goes on. A
        second Ctrl-C, in the same `fit` or in the next, is raised.

        Parameters
        ----------
        x, y
            Data and truth: arrays, lists, or pandas frames; a list or a dictionary of them for
            several inputs or outputs.
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
        validation_batch_size
            Samples per step of the validation; `batch_size` if not given.
        check_finite
            Stop with an error when the loss is no longer finite.
        workers
            2 lets a second thread take half of each batch of images, 1 does without; None decides
            by the machine. The last bits of the result depend on it.
        """
        batch_size = batch_size or 32
        with all_or_nothing(self, *self.layers):
            self.build_for(x)
            trainer = with_own_figures(self._make_trainer())
            data = self._data(x, y, sample_weight, class_weight)
            watched = self._validation_data(validation_data)
            if watched is None and validation_split:
                data, watched = data.split(validation_split)
            trainer.claim_weights()
            trainer.start(data)
            validation = None
            if watched is not None:
                every = validation_batch_size or batch_size
                validation = Validation(watched, every, validation_freq)
            several = isinstance(callbacks, list | tuple)
            given = callbacks if several else [callbacks] * bool(callbacks)
            loop = Loop(
                trainer,
                data,
                validation,
                [*progress_callbacks(verbose, given), *given],
                batch_size=batch_size,
                epochs=range(initial_epoch, epochs),
                shuffle=shuffle,
                check_finite=check_finite,
                workers=workers,
            )
        return loop.run()

    @explains_its_arguments
    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: PositiveOrNone = None,
        verbose: Any = "auto",
        sample_weight: Any = None,
        return_dict: Flag = False,
    ) -> Any:
        """Return the loss over the data, or with metrics the list [loss, metric, …].

        With `return_dict`, a dictionary by their names. `verbose` prints a line of them: 1 and
        "auto" where `fit` shows its progress, 2 among the results; 0 prints nothing.
        """
        show = result_printer(verbose)
        self.check_built("evaluate")
        trainer = with_own_figures(self._make_trainer())
        data = self._data(x, y, sample_weight, None)
        trainer.start(data)
        with np.errstate(all="ignore"):
            results = trainer.evaluate(data, batch_size or PREDICTION_BATCH)
        show(results)
        return results if return_dict else one_or_list(list(results.values()))

    @property
    def metrics_names(self) -> list[str]:
        """The names of what `evaluate` returns, once the model has seen data."""
        return self._make_trainer().names()

    @explains_its_arguments
    def predict(self, x: Any, batch_size: PositiveOrNone = None, verbose: Any = "auto") -> Any:
        """Return the output for every sample, as an array; a list of arrays for several outputs.

        `verbose` is taken for the sake of Keras scripts: a prediction prints nothing.
        """
        self.check_built("predict")
        data = Data(self._read(x), [])
        parts = []
        for arrays, _, _ in data.batches(batch_size or PREDICTION_BATCH):
            output = self.network.forpass(one_or_list(arrays), False)
            parts.append(output if isinstance(output, list) else [output])
        return one_or_list([np.concatenate(outputs) for outputs in zip(*parts, strict=True)])

    def predict_on_batch(self, x: Any) -> Any:
        """Return the output for these samples, in one go."""
        return self.predict(x, batch_size=sys.maxsize)

    @explains_its_arguments
    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Any = None,
        return_dict: Flag = False,
    ) -> Any:
        """Take one step on these samples; return the loss before it, with metrics a list."""
        with nullcontext() if self.built else all_or_nothing(self, *self.layers):
            self.build_for(x)
            trainer = with_own_figures(self._make_trainer())
            data = self._data(x, y, sample_weight, class_weight)
        trainer.claim_weights()
        trainer.start(data)
        with training_mode(self), np.errstate(all="ignore"):
            trainer.train_step(*data.all())
        results = trainer.results()
        return results if return_dict else one_or_list(list(results.values()))

    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: Flag = False
    ) -> Any:
        """Return the loss of these samples, with metrics a list."""
        return self.evaluate(
            x,
            y,
            verbose=0,
            batch_size=sys.maxsize,
            sample_weight=sample_weight,
            return_dict=return_dict,
        )

    def _inputs(self, x: Any) -> list[Array]:
        """Return the inputs as one batch of checked arrays."""
        return Data(self._read(x), []).all()[0]

    def _read(self, x: Any) -> list[Array | Rows]:
        given = as_list(x, self.input_names, "input")
        names = ["x"] if len(given) == 1 else [f"x of '{name}'" for name in self.input_names]
        arrays = []
        for data, tensor, name in zip(given, self.inputs, names, strict=True):
            readers = [self.name_of(node.layer) for node in self.nodes if tensor in node.inputs]
            where = f"model '{self.name}', layer '{readers[0] if readers else tensor}'"
            arrays.append(as_input(data, tensor.shape, self.dtype, name, where))
        check_lengths(arrays)
        return arrays

    def _data(self, x: Any, y: Any, sample_weight: Any, class_weight: Any) -> Data:
        self._check_order(x, y)
        inputs = self._read(x)
        if y is None:
            raise value_error(
                "Training and evaluation compare predictions with the truth: y is needed.",
                "y=None",
                f"model '{self.name}'",
                "Give both: fit(x, y).",
            )
        given = as_list(y, self.output_names, "output", len(inputs[0]))
        check_lengths(inputs, [np.atleast_1d(peek(target, "y")) for target in given])
        objectives = self._make_trainer().objectives
        targets = [o.check(t, self.dtype) for o, t in zip(objectives, given, strict=True)]
        weights = as_sample_weights(
            sample_weight,
            class_weight,
            targets[0],
            len(inputs[0]),
            self.dtype,
            [tensor.shape for tensor in self.outputs],
        )
        return Data(inputs, targets, weights)

    def _check_order(self, x: Any, y: Any) -> None:
        """Raise if x looks like the truth and y like the data."""
        single = len(self.inputs) == len(self.outputs) == 1
        if not single or isinstance(x, dict) or isinstance(y, dict):
            return
        takes, gives = self.inputs[0].shape, self.outputs[0].shape
        shape_x = np.shape(peek(x, "x"))[1:]
        shape_y = () if y is None else np.shape(peek(y, "y"))[1:]
        if takes not in ((1,), shape_x) and shape_x in (gives, ()) and shape_y == takes:
            raise value_error(
                f"x is what goes in, samples of shape {takes}; y is what shall come out.",
                f"x of samples {shape_x}, y of samples {shape_y}",
                f"model '{self.name}'",
                "They look swapped: fit(x, y) takes the data first.",
            )

    def _validation_data(self, given: Any) -> Data | None:
        if given is None:
            return None
        if not isinstance(given, list | tuple) or len(given) not in (2, 3):
            raise value_error(
                "validation_data must be (x, y) or (x, y, sample_weight).",
                f"{type(given).__name__}"
                + (f" of {len(given)}" if isinstance(given, list | tuple) else ""),
                remedy="validation_data=(x_test, y_test)",
            )
        return self._data(given[0], given[1], given[2] if len(given) == 3 else None, None)
