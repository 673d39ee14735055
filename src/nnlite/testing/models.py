"""The gradients of a whole model, loss and regularizers included, against differences."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np

from nnlite.foundation.checks import checked_number
from nnlite.foundation.errors import told, type_error, value_error
from nnlite.foundation.types import Array
from nnlite.given.data import Data, one_or_list
from nnlite.layers.layer import Layer
from nnlite.models import Model
from nnlite.testing.differences import Comparison, compare, measure_noise
from nnlite.testing.report import GradientReport, row_of
from nnlite.testing.subject import blamed_on, restorer
from nnlite.training.faster import training_mode
from nnlite.training.step import Step


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
    if not hasattr(model, "nodes"):
        is_layer = isinstance(model, Layer)
        remedy = "For a layer: check_layer(layer, input_shape)." if is_layer else None
        raise type_error("gradcheck takes a model.", told(model), remedy=remedy)
    checked_number("tolerance", tolerance, above=0)
    checked_number("max_entries", max_entries, least=1, whole=True)
    twin = twin_in_float64(model, x, loss)
    batch = BatchLoss(twin, twin.checked(x, y, sample_weight))
    notes = []
    if batch.samples == 1:
        notes.append(
            "A batch of one checks little: no sum over the samples is seen, and in batch "
            "normalization every gradient is 0. Give two samples or more."
        )
        warnings.warn(notes[0], stacklevel=2)
    rule = "A step goes forward and backward through all layers and the loss: check_layer looks at "
    rule += "a layer of your own, and the gradient(y, a) of a loss a number for each number of a."
    blamed = blamed_on(f"model '{model.name}'", rule, unless_explained=True)
    with np.errstate(all="ignore"), blamed:
        found, at_kinks = compare_all(batch, tolerance, max_entries)
    rows = [
        row_of(layer, name, comparison, batch.samples)
        for (layer, name), comparison in zip(batch.names, found, strict=True)
    ]
    if at_kinks:
        names = ", ".join(f"{layer}.{name}" for layer, name in at_kinks)
        notes.append(
            f"At a kink (of ReLU, |w| or max) there is no slope: {names} "
            "passed with all weights moved by up to 0.01."
        )
    return GradientReport(f"Gradients of '{model.name}'", rows, tolerance, notes)


def twin_in_float64(model: Model, x: Any, loss: Any) -> Model:
    """Return a copy of the model in float64 that shares nothing with it, compiled and built."""
    twin = model.twin(dtype="float64")
    if loss is not None:
        shares = model.compiled["loss_weights"] if model.compiled else None
        twin.compile(optimizer="sgd", loss=loss, loss_weights=shares)
    elif model.compiled is None:
        rule = "gradcheck differentiates a loss, and needs to know it."
        received = "a model that was not compiled, and loss=None"
        remedy = 'gradcheck(model, x, y, loss="mse"), or model.compile(...) first.'
        raise value_error(rule, received, f"model '{model.name}'", remedy)
    twin.build_for(x)
    return twin


def compare_all(
    batch: BatchLoss, tolerance: float, max_entries: int
) -> tuple[list[Comparison], list[tuple[str, str]]]:
    """Return the comparison of every array, and the names of those that stood at a kink.

    Gradients that seem wrong are looked at once more with the weights moved: at a kink of several
    neurons at once there is no slope to compare with, and a real fault stays wherever one looks.
    """

    def compared(places: Iterable[int]) -> dict[int, Comparison]:
        gradients, noise = batch.gradients(), measure_noise(batch.loss, batch.arrays)
        return {
            k: compare(batch.loss, batch.arrays[k], gradients[k], noise, tolerance, max_entries)
            for k in places
        }

    found = compared(range(len(batch.arrays)))
    wrong = [k for k, comparison in found.items() if not comparison.passed]
    if wrong:
        batch.move_weights()
        found.update(compared(wrong))
    right_now = [batch.names[k] for k in wrong if found[k].passed]
    return list(found.values()), right_now


class BatchLoss:
    """A model, a batch, and the loss between them.

    Parameters
    ----------
    model
        A compiled model in float64, whose weights may be moved.
    data
        The batch.
    """

    def __init__(self, model: Any, data: Data) -> None:
        self.model = model
        self.samples = data.size
        inputs, self.y, self.sample_weights = data.all()
        self.x = [x.copy() for x in inputs]
        self.step = Step(model, data)
        # The gradients alone: the weights stay.
        self.step.descend = lambda weights, gradients: None
        self.parts = model.flat.parts
        self.restart = restorer(model.layers)
        # The weights, then the inputs: changing their numbers changes the loss.
        self.arrays: list[Array] = [part.weight.value for part in self.parts] + self.x
        self.names = [(part.layer.name, "d" + part.name) for part in self.parts]
        self.names += [(name, "dx") for name in model.input_names]

    def loss(self) -> float:
        """Return the loss of the batch, in training, from the same random numbers each time."""
        self.restart()
        return self.forward()[0]

    def forward(self) -> tuple[float, list[Array]]:
        """Return the loss of the batch, and its gradient for each output."""
        outputs = self.step.network.forpass(one_or_list(self.x), True)
        return self.step.judge(self.y, outputs, self.sample_weights, 1.0)

    def gradients(self) -> list[Array]:
        """Return backprop's gradients, in the order of the arrays."""
        value = self.loss()
        if not np.isfinite(value):
            rule = "A loss has slopes only where it is finite."
            remedy = "Scale the inputs, or start from smaller weights."
            where = f"model '{self.model.name}'"
            raise value_error(rule, f"a loss of {value}", where, remedy)
        # What backprop forgets to write shows as 0, not as what an earlier step left there.
        self.model.flat.gradients[...] = 0
        with training_mode(self.model):
            # Twice, as in training: the second step finds the memory that the first one used.
            for _ in range(2):
                self.restart()
                self.step.take(self.x, self.y, self.sample_weights)
            weights = [part.weight.gradient.copy() for part in self.parts]
        return weights + self._input_gradients()

    def _input_gradients(self) -> list[Array]:
        """Return what the whole network's backprop returns; None says that x does not matter."""
        self.restart()
        dx = self.step.network.backprop(one_or_list(self.forward()[1]))
        given = dx if isinstance(dx, list) else [dx]
        return [
            np.zeros_like(x) if dx is None else np.array(dx).reshape(x.shape)
            for x, dx in zip(self.x, given, strict=True)
        ]

    def move_weights(self) -> None:
        """Move all weights a little, away from kinks such as those of biases of 0."""
        weights = self.model.flat.weights
        shift = np.random.default_rng(0).uniform(-1e-2, 1e-2, weights.shape)
        weights += shift * np.maximum(1, np.abs(weights))
