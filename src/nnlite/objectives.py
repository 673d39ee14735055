"""What an output is judged by: its loss, from the logits where that is possible, and metrics."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from . import activations, losses, metrics
from .errors import explain_error, nearest, shown
from .layers.base import ActivatedLayer, Layer
from .losses.base import one_for_each
from .rows import Rows, made_ready
from .types import Array, Shape


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
        self.shape = shape
        self.weight = weight
        self.metrics: list[metrics.Metric] = []
        self.total = 0.0
        self.count = 0
        activation = layer.activation if isinstance(layer, ActivatedLayer) else activations.linear
        self.to_prediction: Callable[[Array], Array] | None = None
        self.logits = False
        if isinstance(self.loss, losses.CrossEntropy):
            self._look_for_logits(self.loss, activation, layer, private)

    def _look_for_logits(
        self,
        loss: losses.CrossEntropy,
        activation: activations.ActivationFunction,
        layer: Layer,
        private: bool,
    ) -> None:
        if activation is activations.softmax and self.shape[-1:] == (1,):
            raise ValueError(
                explain_error(
                    "softmax over a single unit is always 1: it cannot learn.",
                    f"an output of shape (n, {self.shape[-1]})",
                    f"layer '{layer.name}'",
                    "For yes or no, use one unit with sigmoid and binary_crossentropy.",
                )
            )
        own = activation.name == loss.activation.name
        if loss.from_logits and own:
            raise ValueError(
                explain_error(
                    "from_logits=True takes the numbers before the activation.",
                    f"an output that has gone through {activation.name}",
                    f"layer '{layer.name}', loss '{loss.name}'",
                    f"Leave out from_logits=True, or the activation of '{layer.name}'.",
                )
            )
        self.logits = own and private
        if self.logits:
            self.to_prediction = activation.forpass

    def check(self, y: Any, dtype: Any) -> Array | Rows:
        """Return the truth for this output as an array that its loss understands."""
        return made_ready(y, y, lambda _, rows: self.loss.check_targets(rows, self.shape, dtype))

    def start(self, y: Array) -> None:
        """Forget earlier batches, and choose the metrics that fit this truth."""
        self.metrics = [metrics.get(m, y.shape[1:], self.shape) for m in self.requested]
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
            values = one_for_each(loss.values(y, a), len(a), loss.name)
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
            grad = loss.gradient(y, a)
        np.multiply(grad, scale * self.weight / len(a), grad)
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
            raise ValueError(
                explain_error(
                    f"The {what} are given by the names of the outputs: {', '.join(names)}.",
                    shown(unknown[0]),
                    remedy=f"Did you mean {guess!r}?"
                    if (guess := nearest(str(unknown[0]), names))
                    else f"Give the output layer name={shown(unknown[0])}.",
                )
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
        raise ValueError(
            explain_error(
                f"{what}: one for each of the {len(names)} outputs {', '.join(names)}."
                if len(names) > 1
                else f"{what}: one for the only output, {names[0]}.",
                f"{len(given)}: {shown(given)}",
            )
        )
