"""The gradients of a whole model, loss and regularizers included, against differences."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..data import Data
from ..errors import explain_error
from ..functional import Model
from ..layers.base import Layer
from ..training import training_mode
from ..types import Array
from .differences import Comparison, compare, measure_noise
from .guesses import guess
from .report import GradientReport, GradientRow, row_of
from .state import StartState


def gradcheck(
    model: Model,
    x: Any,
    y: Any,
    loss: Any = None,
    sample_weight: Any = None,
    tolerance: float = 1e-6,
    *,
    max_entries: int = 1000,
) -> GradientReport:
    """Compare the gradients that a model trains with, of every weight and input, with differences.

    The check runs on a twin of the model in float64: the model itself, its random numbers and its
    optimizer stay as they are. What is differentiated is the loss of training, penalties of
    regularizers included, with dropout on (the same masks each time) and batch normalization
    over this batch.

    The error of an entry is |a − n| / max(|a|, |n|, floor) for a by backprop and n by differences.
    The floor keeps round-off in tiny entries from looking like a mistake: it is a thousandth of the
    array's largest gradient, or the size at which the noise of the loss reaches the tolerance.

    Parameters
    ----------
    model
        A `Sequential` or `Model`.
    x, y, sample_weight
        A batch as for `fit`; a handful of samples is enough, but more than one.
    loss
        The loss to check with, in place of the one given to `compile`.
    tolerance
        The relative error up to which a gradient passes.
    max_entries
        Of a weight or input with more numbers, so many are looked at, spread at random.

    Returns
    -------
    GradientReport
        With `.passed`, `.max_error` and `.rows`; printed, it is a table.

    Examples
    --------
    >>> import nnlite
    >>> from nnlite.layers import Dense
    >>> model = nnlite.Sequential([Dense(3, activation="tanh", input_shape=(2,)), Dense(1)], seed=0)
    >>> report = gradcheck(model, [[0, 1], [1, 0], [1, 1]], [1, 1, 0], loss="mse")
    >>> report.passed
    True
    >>> [(row.layer, row.name, row.shape) for row in report.rows[:2]]
    [('dense', 'dW', (2, 3)), ('dense', 'db', (3,))]
    """
    _check_arguments(model, tolerance, max_entries)
    twin = twin_in_float64(model, x, loss)
    check = ModelCheck(twin, twin._data(x, y, sample_weight, None))
    samples = check.data.size
    notes = []
    if samples == 1:
        notes.append(
            "A batch of one checks little: no sum over the samples is seen, and in batch "
            "normalization every gradient is 0. Give two samples or more."
        )
        warnings.warn(notes[0], stacklevel=2)
    with np.errstate(all="ignore"):
        rows = check.rows(tolerance, max_entries)
    if check.at_kinks:
        notes.append(
            f"At a kink (of ReLU, |w| or max) there is no slope: {', '.join(check.at_kinks)} "
            "passed with all weights moved by up to 0.01."
        )
    return GradientReport(f"Gradients of '{model.name}'", rows, tolerance, notes)


def _check_arguments(model: Any, tolerance: float, max_entries: int) -> None:
    if not isinstance(model, Model):
        remedy = "For a layer: check_layer(layer, input_shape)."
        raise TypeError(
            explain_error(
                "gradcheck takes a model.",
                f"{model!r} ({type(model).__name__})",
                remedy=remedy if isinstance(model, Layer) else None,
            )
        )
    if not tolerance > 0:
        raise ValueError(explain_error("tolerance must be above 0.", f"tolerance={tolerance!r}"))
    if max_entries < 1:
        raise ValueError(
            explain_error("max_entries must be 1 or more.", f"max_entries={max_entries!r}")
        )


def twin_in_float64(model: Model, x: Any, loss: Any) -> Model:
    """Return a copy of the model in float64 that shares nothing with it, compiled and built."""
    left_out = (model.history, model._trainer, model._flat)
    memory: dict[int, Any] = {id(part): None for part in left_out}
    # One by one in their order, so that a long chain needs no deep recursion.
    for node in model.nodes:
        copy.deepcopy(node, memory)
    twin = copy.deepcopy(model, memory)
    twin.dtype = np.dtype(np.float64)
    for layer in twin.layers:
        layer.dtype = twin.dtype
        layer._workspace = None
        layer.skip_input_gradient = False
    if loss is not None:
        shares = model._compiled["loss_weights"] if model._compiled else None
        twin.compile(optimizer="sgd", loss=loss, loss_weights=shares)
    elif model._compiled is None:
        raise ValueError(
            explain_error(
                "gradcheck differentiates a loss, and needs to know it.",
                "a model that was not compiled, and loss=None",
                f"model '{model.name}'",
                'gradcheck(model, x, y, loss="mse"), or model.compile(...) first.',
            )
        )
    twin.build_for(x)
    return twin


class ModelCheck:
    """A model, a batch, and the loss between them as a function of every number in both."""

    def __init__(self, model: Model, data: Data) -> None:
        self.model, self.data = model, data
        self.x = [np.array(x, dtype=np.float64, order="C") for x in data.x]
        self.trainer = model._make_trainer()
        self.parts = model.flat.parts
        self.start = StartState(model.layers, [model.rng])
        self.at_kinks: list[str] = []

    def loss(self) -> float:
        """Return the loss of the batch, in training, from the same random numbers each time."""
        self.start.restore()
        return self.trainer.forward(self.x, self.data.y, self.data.weights, training=True)[0]

    def gradients(self) -> tuple[list[Array], list[Array]]:
        """Return backprop's gradients of all weights, and of the inputs."""
        # What backprop forgets to write shows as 0, not as what an earlier step left there.
        self.model.flat.gradients[...] = 0
        with training_mode(self.model):
            # Twice, as in training: the second step finds the memory that the first one used.
            for _ in range(2):
                self._compute_gradients()
            weights = [part.layer._views["d" + part.name].copy() for part in self.parts]
        with recorded_backprop(self.trainer) as results:
            self._compute_gradients()
        given = results[0] if isinstance(results[0], list) else [results[0]]
        # A layer that gives none says that its input does not matter.
        inputs = [
            np.zeros_like(x) if dx is None else np.array(dx)
            for x, dx in zip(self.x, given, strict=True)
        ]
        return weights, inputs

    def _compute_gradients(self) -> None:
        self.start.restore()
        self.trainer.compute_gradients(self.x, self.data.y, self.data.weights)

    def rows(self, tolerance: float, max_entries: int) -> list[GradientRow]:
        """Return a row for each weight, then one for each input."""
        value = self.loss()
        if not np.isfinite(value):
            raise ValueError(
                explain_error(
                    "A loss has slopes only where it is finite.",
                    f"a loss of {value}",
                    f"model '{self.model.name}'",
                    "Scale the inputs, or start from smaller weights.",
                )
            )
        arrays = [part.layer._views[part.name] for part in self.parts] + self.x
        names = [(part.layer.name, "d" + part.name) for part in self.parts]
        names += [(name, "dx") for name in self.model.input_names]

        def compared(places: Iterable[int]) -> dict[int, Comparison]:
            weights, inputs = self.gradients()
            analytic = weights + inputs
            noise = measure_noise(self.loss, arrays)
            return {
                k: compare(self.loss, arrays[k], analytic[k], noise, tolerance, max_entries)
                for k in places
            }

        found = compared(range(len(arrays)))
        wrong = [k for k in found if found[k].max_error > tolerance]
        if wrong:
            self.move_weights()
            found.update(compared(wrong))
        rows = []
        for k, (layer, name) in enumerate(names):
            error = found[k].max_error > tolerance
            remark = (
                guess(found[k].analytic, found[k].numeric, self.data.size, name) if error else None
            )
            rows.append(row_of(layer, name, found[k], tolerance, remark))
        self.at_kinks = [rows[k].layer + "." + rows[k].name for k in wrong if rows[k].passed]
        return rows

    def move_weights(self) -> None:
        """Move all weights a little: at a kink of several neurons at once there is no slope.

        With biases of 0 and a sample of zeros, all ReLUs of a layer are at their kink. A real
        fault stays wherever it is looked for.
        """
        weights = self.model.flat.weights
        shift = np.random.default_rng(0).uniform(-1e-2, 1e-2, weights.shape)
        weights += shift * np.maximum(1, np.abs(weights))


@contextmanager
def recorded_backprop(trainer: Any) -> Iterator[list[Any]]:
    """Collect what the network's backprop returns: the gradient of the input."""
    results: list[Any] = []
    network = trainer.network

    class Recorder:
        forpass = network.forpass

        def backprop(self, grad: Any) -> Any:
            results.append(network.backprop(grad))
            return results[-1]

    trainer.network = Recorder()
    try:
        yield results
    finally:
        trainer.network = network
