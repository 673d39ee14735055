"""The end of a network: the last activation and the loss of one output, taken together.

From z, the logits, come the prediction a = g(z) and the loss L(y, a). The way back would be
dL/dz = dL/da · g′(z), two factors, of which one goes to infinity where the other goes to 0. For
softmax or sigmoid and the cross-entropy that belongs to it, the product is simply

    dz = a·Σy − y        that is a − y, where the rows of y sum to 1, as one-hot rows do

So where nobody but the loss sees the output, the network ends at z, and the loss does the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from nnlite import activations, losses
from nnlite.foundation.errors import value_error
from nnlite.foundation.types import Array, Shape
from nnlite.given.rows import Rows, made_ready
from nnlite.layers.activated import ActivatedLayer
from nnlite.layers.layer import Layer
from nnlite.losses.base import like_the_prediction, one_for_each
from nnlite.losses.crossentropy import are_shares
from nnlite.losses.reduction import MEAN, NONE, times_the_mean
from nnlite.training import faster


@dataclass(eq=False)
class Ending:
    """How one output is judged.

    Parameters
    ----------
    loss
        As given to `compile`.
    metrics
        The metrics that were asked for this output: see `Figures`.
    layer
        The layer whose output it is.
    shape
        The shape of one sample of that output.
    weight
        The share of this output in the whole loss.
    private
        Whether the loss alone sees this output, so that it may look at the logits instead.
    weighted_metrics
        The metrics that see the weights of the samples.

    Attributes
    ----------
    at_logits
        Whether the network ends at z, before the activation.
    """

    loss: Any
    metrics: Sequence[Any]
    layer: Layer
    shape: Shape
    weight: float = 1.0
    private: bool = True
    weighted_metrics: Sequence[Any] = ()

    def __post_init__(self) -> None:
        self.loss = losses.get(self.loss)
        loss, layer = self.loss, self.layer
        activation = layer.activation if isinstance(layer, ActivatedLayer) else activations.linear
        self.activation, self.at_logits = activation.forpass, False
        self.owns_gradient = faster.judges_as_written(loss)
        self.takes_shares = self.free_sums = False
        self.values, self.slopes = loss.values, loss.gradient
        self.changes_truth = faster.changes_truth(loss)
        self.is_mean = loss.reduction in (MEAN, "mean")
        self.stays_apart = loss.reduction in (NONE, None)
        if isinstance(loss, losses.CrossEntropy):
            fits = self._fits(loss, activation)
            if fits and self.private:
                self.at_logits = faster.goes_around_the_activation(loss, layer)
            of_rows = loss.activation is activations.softmax and not loss.from_logits
            self.takes_shares = of_rows and not fits and self.owns_gradient
            # A layer with neither weights nor activation may hand on what a softmax gave.
            own_sums = activation.name != "linear" or bool(layer.weights)
            self.free_sums = self.takes_shares and own_sums
        if self.free_sums:
            self.values = partial(loss.values_of, free_sums=True)
            self.slopes = partial(loss.gradient_of, free_sums=True)

    def chosen_anew(self) -> Ending:
        """Return the ending for one training: a user may have hung methods on its parts since."""
        return replace(self)

    def _fits(self, loss: losses.CrossEntropy, activation: activations.ActivationFunction) -> bool:
        """Return whether the output's activation is the loss's; raise if they cannot learn."""
        if activation is activations.softmax and self.shape[-1:] == (1,):
            rule = "softmax over a single unit is always 1: it cannot learn."
            received = f"an output of shape (n, {self.shape[-1]})"
            remedy = "For yes or no, use one unit with sigmoid and binary_crossentropy."
            raise value_error(rule, received, f"layer '{self.layer.name}'", remedy)
        fits = activation.name == loss.activation.name
        if loss.from_logits and fits:
            rule = "from_logits=True takes the numbers before the activation."
            received = f"an output that has gone through {activation.name}"
            where = f"layer '{self.layer.name}', loss '{loss.name}'"
            remedy = f"Leave out from_logits=True, or the activation of '{self.layer.name}'."
            raise value_error(rule, received, where, remedy)
        return fits

    def divides(self, a: Array) -> bool:
        """Return whether the loss divides rows of this prediction by their sums."""
        return self.free_sums or (self.takes_shares and not are_shares(a).all())

    def check(self, y: Any, dtype: Any) -> Array | Rows:
        """Return the truth for this output as an array that its loss understands."""
        return made_ready(y, y, lambda _, rows: self.loss.check_targets(rows, self.shape, dtype))

    def judge(self, y: Array, output: Array, weights: Array | None) -> tuple[Array, Array]:
        """Return the loss of every sample, and the prediction."""
        loss = self.loss
        y = loss.truth(y) if self.changes_truth else y
        if self.at_logits:
            a = self.activation(output)
            values = loss.values_from_logits(y, output, a)
        else:
            a = output
            loss.check_predictions(a)
            values = one_for_each(self.values(y, a), len(a), loss.name)
        if weights is not None:
            values = values * weights
        if not (self.is_mean or self.stays_apart):
            values = values * times_the_mean(loss.reduction, a, weights)
        return values, a

    def descended(self, a: Array) -> float:
        """Return what is descended where losses stay apart, as a factor of what is shown."""
        return times_the_mean(self.loss.reduction, a)

    def gradient(self, y: Array, a: Array, weights: Array | None, scale: float = 1.0) -> Array:
        """Return `scale` × the gradient of the mean loss: for z, if the network ends there."""
        loss = self.loss
        y = loss.truth(y) if self.changes_truth else y
        if not self.is_mean:
            scale *= times_the_mean(loss.reduction, a, weights)
        slopes = loss.gradient_from_logits if self.at_logits else self.slopes
        grad: Array = slopes(y, a)
        if not self.owns_gradient:
            grad = like_the_prediction(grad, a, loss.name)
        grad = np.multiply(grad, scale * self.weight / len(a), grad if self.owns_gradient else None)
        if weights is not None:
            grad *= weights.reshape(-1, *[1] * (grad.ndim - 1))
        return grad
