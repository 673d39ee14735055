"""What every model can do with data: compile, fit, evaluate, predict."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from . import compiling
from .callbacks import Callback, CallbackList, History, progress_callbacks, result_printer
from .checks import checked_number, positive_integer
from .data import Data, as_input, as_list, check_lengths, one_or_list, peek
from .errors import explain_error, explains_its_arguments, reject_unknown_arguments
from .flat import FlatWeights
from .layers.symbolic import Node, Tensor
from .network import Network
from .progress import epoch_line
from .rows import Rows
from .sample_weights import as_sample_weights
from .training import Trainer, train, training_mode
from .types import Array


class Learner:
    """The half of a model that deals with data; `Model` adds the network."""

    name: str
    dtype: np.dtype[Any]
    rng: np.random.Generator
    network: Network
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
        return [tensor.node.layer.name for tensor in self.inputs]

    @property
    def output_names(self) -> list[str]:
        """The names of the layers whose outputs the model gives."""
        return [tensor.node.layer.name for tensor in self.outputs]

    @property
    def built(self) -> bool:
        """Whether the model knows its input, and so has weights."""
        return bool(self.nodes)

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
        **options: Any,
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

    @explains_its_arguments
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
        validation_batch_size: int | None = None,
        check_finite: bool = True,
        workers: int | None = None,
    ) -> History:
        """Train the model, and return the history of losses and metrics.

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
        batch_size = positive_integer("batch_size", 32 if batch_size is None else batch_size, "fit")
        positive_integer("validation_freq", validation_freq, "fit")
        checked_number("epochs", epochs, least=0, whole=True)
        checked_number("initial_epoch", initial_epoch, least=0, whole=True)
        self.build_for(x)
        trainer = self._make_trainer()
        data = self._data(x, y, sample_weight, class_weight)
        validation = self._validation_data(validation_data)
        if validation_batch_size is not None:
            positive_integer("validation_batch_size", validation_batch_size, "fit")
        if validation is None and validation_split:
            data, validation = data.split(validation_split)
        self.history = History()
        self.stop_training = False
        given = callbacks if isinstance(callbacks, list | tuple) else [callbacks] * bool(callbacks)
        chosen: list[Callback] = [*progress_callbacks(verbose, given), *given, self.history]
        params = {
            "epochs": epochs,
            "steps": -(-data.size // batch_size),
            "initial_epoch": initial_epoch,
            "validates": validation is not None,
        }
        runner = CallbackList(chosen, self, params, trainer.results)
        train(
            trainer,
            data,
            validation,
            runner,
            batch_size=batch_size,
            validation_batch_size=validation_batch_size or batch_size,
            epochs=range(initial_epoch, epochs),
            shuffle=shuffle,
            check_finite=check_finite and not runner.watches_finiteness,
            validation_freq=validation_freq,
            workers=None if workers is None else positive_integer("workers", workers, "fit"),
        )
        return self.history

    @explains_its_arguments
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

        With `return_dict`, a dictionary by their names. `verbose` prints a line of them: 1 and
        "auto" where `fit` shows its progress, 2 among the results; 0 prints nothing.
        """
        show = result_printer(verbose)
        self.check_built("evaluate")
        trainer = self._make_trainer()
        data = self._data(x, y, sample_weight, None)
        trainer.start(data)
        with np.errstate(all="ignore"):
            results = trainer.evaluate(data, _prediction_batch(batch_size))
        show(epoch_line(results))
        return results if return_dict else one_or_list(list(results.values()))

    @property
    def metrics_names(self) -> list[str]:
        """The names of what `evaluate` returns, once the model has seen data."""
        return list(self._make_trainer().results())

    @explains_its_arguments
    def predict(self, x: Any, batch_size: int | None = None, verbose: Any = "auto") -> Any:
        """Return the output for every sample, as an array; a list of arrays for several outputs.

        `verbose` is taken for the sake of Keras scripts: a prediction prints nothing.
        """
        self.check_built("predict")
        data = Data(self._read(x), [])
        parts = []
        for arrays, _, _ in data.batches(_prediction_batch(batch_size)):
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
        return_dict: bool = False,
    ) -> Any:
        """Take one step on these samples; return the loss before it, with metrics a list."""
        self.build_for(x)
        trainer = self._make_trainer()
        data = self._data(x, y, sample_weight, class_weight)
        trainer.start(data)
        with training_mode(self), np.errstate(all="ignore"):
            trainer.train_step(*data.all())
        results = trainer.results()
        return results if return_dict else one_or_list(list(results.values()))

    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False
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
            readers = [node.layer.name for node in self.nodes if tensor in node.inputs]
            where = f"model '{self.name}', layer '{readers[0] if readers else tensor}'"
            arrays.append(as_input(data, tensor.shape, self.dtype, name, where))
        check_lengths(arrays)
        return arrays

    def _data(self, x: Any, y: Any, sample_weight: Any, class_weight: Any) -> Data:
        self._check_order(x, y)
        inputs = self._read(x)
        if y is None:
            raise ValueError(
                explain_error(
                    "Training and evaluation compare predictions with the truth: y is needed.",
                    "y=None",
                    f"model '{self.name}'",
                    "Give both: fit(x, y).",
                )
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
            raise ValueError(
                explain_error(
                    f"x is what goes in, samples of shape {takes}; y is what shall come out.",
                    f"x of samples {shape_x}, y of samples {shape_y}",
                    f"model '{self.name}'",
                    "They look swapped: fit(x, y) takes the data first.",
                )
            )

    def _validation_data(self, given: Any) -> Data | None:
        if given is None:
            return None
        if not isinstance(given, list | tuple) or len(given) not in (2, 3):
            raise ValueError(
                explain_error(
                    "validation_data must be (x, y) or (x, y, sample_weight).",
                    f"{type(given).__name__}"
                    + (f" of {len(given)}" if isinstance(given, list | tuple) else ""),
                    remedy="validation_data=(x_test, y_test)",
                )
            )
        return self._data(given[0], given[1], given[2] if len(given) == 3 else None, None)


def _prediction_batch(batch_size: int | None) -> int:
    # Without gradients to keep, larger batches cost little memory and save time.
    return 1024 if batch_size is None else positive_integer("batch_size", batch_size, "predict")
