"""What an output is judged by: its loss, from the logits where that is possible, and metrics."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from nnlite import activations, losses, metrics
from nnlite.foundation.errors import nearest, shown, value_error
from nnlite.foundation.types import Array, Shape
from nnlite.given.rows import Rows, made_ready
from nnlite.layers.activated import ActivatedLayer
from nnlite.layers.layer import Layer
from nnlite.losses.base import one_for_each
from nnlite.losses.crossentropy import are_shares
from nnlite.training import faster as shortcuts


class Objective:
    """The loss and the metrics of one output.

    Parameters
    ----------
    loss, metric_list
        As given to `compile`.
    layer
        The layer whose output it is.
    shape
        The shape of one sample of that output.
    weight
        The share of this output in the whole loss.
    private
        Whether the loss alone sees this output, so that it may look at the logits instead.
    """

    def __init__(
        self,
        loss: Any,
        metric_list: Sequence[Any],
        layer: Layer,
        shape: Shape,
        weight: float = 1.0,
        private: bool = True,
    ) -> None:
        self.loss = losses.get(loss)
        self.requested = list(metric_list)
        self.layer, self.shape = layer, shape
        self.weight = weight
        self.private = private
        self.metrics: list[metrics.Metric] = []
        self.total = 0.0
        self.count = 0
        self.choose()

    def choose(self) -> None:
        """Choose the way to judge: what a user wrote, or hung on an object since, comes first."""
        loss: Any = self.loss
        layer = self.layer
        activation = layer.activation if isinstance(layer, ActivatedLayer) else activations.linear
        self.to_prediction: Callable[[Array], Array] | None = None
        self.owns_gradient = shortcuts.judges_as_written(loss)
        self.takes_shares = self.free_sums = False
        if isinstance(loss, losses.CrossEntropy):
            fits = self._fits(loss, activation)
            if fits and self.private and shortcuts.goes_around_the_activation(loss, layer):
                self.to_prediction = activation.forpass
            of_rows = loss.activation is activations.softmax and not loss.from_logits
            self.takes_shares = of_rows and not fits and self.owns_gradient
            # A layer with neither weights nor activation may hand on what a softmax gave.
            own_sums = activation.name != "linear" or bool(layer.weights)
            self.free_sums = self.takes_shares and own_sums
        self.values, self.slopes = loss.values, loss.gradient
        if self.free_sums:
            self.values = partial(loss.values_of, free_sums=True)
            self.slopes = partial(loss.gradient_of, free_sums=True)
        self.copies = not self.owns_gradient or any(map(shortcuts.keeps_arrays, self.metrics))

    def _fits(self, loss: losses.CrossEntropy, activation: activations.ActivationFunction) -> bool:
        """Return whether the output's activation is the loss's; raise if they cannot learn."""
        if activation is activations.softmax and self.shape[-1:] == (1,):
            raise value_error(
                "softmax over a single unit is always 1: it cannot learn.",
                f"an output of shape (n, {self.shape[-1]})",
                f"layer '{self.layer.name}'",
                "For yes or no, use one unit with sigmoid and binary_crossentropy.",
            )
        fits = activation.name == loss.activation.name
        if loss.from_logits and fits:
            raise value_error(
                "from_logits=True takes the numbers before the activation.",
                f"an output that has gone through {activation.name}",
                f"layer '{self.layer.name}', loss '{loss.name}'",
                f"Leave out from_logits=True, or the activation of '{self.layer.name}'.",
            )
        return fits

    def divides(self, a: Array) -> bool:
        """Return whether the loss divides rows of this prediction by their sums."""
        return self.free_sums or (self.takes_shares and not are_shares(a).all())

    def check(self, y: Any, dtype: Any) -> Array | Rows:
        """Return the truth for this output as an array that its loss understands."""
        return made_ready(y, y, lambda _, rows: self.loss.check_targets(rows, self.shape, dtype))

    def start(self, y: Array) -> None:
        """Forget earlier batches, and choose the metrics that fit this truth."""
        self.metrics = [metrics.get(m, y.shape[1:], self.shape) for m in self.requested]
        self.choose()
        self.reset()

    def reset(self) -> None:
        """Forget earlier batches."""
        self.total, self.count = 0.0, 0
        for metric in self.metrics:
            metric.reset_state()

    def judge(self, y: Array, output: Array, weights: Array | None) -> tuple[float, Array]:
        """Take a batch into account; return its mean loss, and the prediction."""
        loss: Any = self.loss
        if self.to_prediction is not None:
            a = self.to_prediction(output)
            values = loss.values_from_logits(y, output, a)
        else:
            a = output
            loss.check_predictions(a)
            values = one_for_each(self.values(y, a), len(a), loss.name)
        if weights is not None:
            values = values * weights
        total = float(np.add.reduce(values))
        self.total += total
        self.count += len(values)
        for metric in self.metrics:
            metric.update_state(y, a)
        return self.weight * total / len(values), a

    def gradient(self, y: Array, a: Array, weights: Array | None, scale: float = 1.0) -> Array:
        """Return `scale` × the gradient of the mean loss, for the logits if these were judged."""
        loss: Any = self.loss
        grad: Array
        if self.to_prediction is not None:
            grad = loss.gradient_from_logits(y, a)
        else:
            grad = self.slopes(y, a)
        grad = np.multiply(grad, scale * self.weight / len(a), grad if self.owns_gradient else None)
        if weights is not None:
            grad *= weights.reshape(-1, *[1] * (grad.ndim - 1))
        return grad

    def results(self) -> list[float]:
        """Return the mean loss over all batches, and each metric."""
        mean = self.total / self.count if self.count else 0.0
        return [mean, *(metric.result() for metric in self.metrics)]


def per_output(given: Any, names: Sequence[str], what: str, each: bool = False) -> list[Any]:
    """Return one entry for each output, from one for all, a list, or a dictionary by name.

    With `each`, an entry is itself a list (of metrics).
    """
    if isinstance(given, dict):
        unknown = [name for name in given if name not in names]
        if unknown:
            raise value_error(
                f"The {what} are given by the names of the outputs: {', '.join(names)}.",
                shown(unknown[0]),
                remedy=f"Did you mean {guess!r}?"
                if (guess := nearest(str(unknown[0]), names))
                else f"Give the output layer name={shown(unknown[0])}.",
            )
        return [given.get(name) for name in names]
    if each:
        entries = list(given) if isinstance(given, list | tuple) else [given] if given else []
        if len(names) > 1 and any(isinstance(entry, list | tuple) for entry in entries):
            _check_count(entries, names, what)
            return entries
        # A metric object counts for one output: the others get copies.
        return [entries, *(copy.deepcopy(entries) for _ in names[1:])]
    if isinstance(given, list | tuple):
        _check_count(given, names, what)
        return list(given)
    return [given] * len(names)


def _check_count(given: Sequence[Any], names: Sequence[str], what: str) -> None:
    if len(given) != len(names):
        raise value_error(
            f"{what}: one for each of the {len(names)} outputs {', '.join(names)}."
            if len(names) > 1
            else f"{what}: one for the only output, {names[0]}.",
            f"{len(given)}: {shown(given)}",
        )
