"""What a teacher would try: each treatment changes a copy, or its samples, in one respect."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np

from nnlite import activations, initializers, losses
from nnlite.foundation.types import Array
from nnlite.given.data import Data
from nnlite.layers import Dropout
from nnlite.layers.activated import ActivatedLayer, KernelLayer

Change = Callable[[Any], None]


class Treatment(NamedTuple):
    """What is done, in words, to a copy and to the numbers of its samples."""

    name: str
    model: Change | None = None
    x: bool = False
    y: bool = False
    batch_size: int | None = None
    seed: int = 0


NONE = Treatment("as it is")
SCALED_X = Treatment("features scaled", x=True)
SCALED_Y = Treatment("targets scaled", y=True)


def times(factor: float) -> Treatment:
    """Return the treatment with another learning rate."""

    def change(model: Any) -> None:
        optimizer = model.optimizer
        optimizer.learning_rate = rate_of(model) * factor

    return Treatment(f"learning rate × {factor:g}", change)


def rate_of(model: Any) -> float:
    """Return the learning rate of the next step; of a rate of 0, the usual one."""
    optimizer = model.optimizer
    return float(optimizer.learning_rate) or float(type(optimizer).default_learning_rate)


def scaled(arrays: list[Array], like: list[Array]) -> list[Array]:
    """Return the arrays with the mean 0 and the deviation 1 that the others would have.

    Columns one by one, images as a whole.
    """
    found = []
    for array, known in zip(arrays, like, strict=True):
        wide = known.astype(np.float64)
        axis = 0 if array.ndim == 2 else None
        mean, deviation = wide.mean(axis=axis), wide.std(axis=axis)
        # What rounding leaves of a constant column is not made large.
        flat = deviation <= 1e-6 * np.abs(mean)
        numbers = (array - mean) / np.where(flat | (deviation == 0), 1, deviation)
        found.append(numbers.astype(array.dtype))
    return found


def treated(data: Data, like: Data, treatment: Treatment) -> Data:
    """Return the samples as this treatment has them."""
    x, y, weights = data.all()
    x = scaled(x, like.all()[0]) if treatment.x else x
    y = scaled(y, like.all()[1]) if treatment.y else y
    return Data(x, y, weights, data.kept)


def without_dropout(model: Any) -> None:
    """Let no neuron fall silent."""
    for layer in model.layers:
        if isinstance(layer, Dropout):
            layer.rate = 0.0


def without_penalties(model: Any) -> None:
    """Let weights cost nothing."""
    for layer in model.layers:
        for weight in layer.parameters.values():
            weight.regularizer = None
    model.optimizer.weight_decay = None


def thawed(model: Any) -> None:
    """Let all layers learn."""
    for layer in model.layers:
        layer.trainable = True


def begun_anew(model: Any) -> None:
    """Draw the weights again as each layer says, and forget the optimizer's steps."""
    for layer in model.layers:
        # A layer of a user's may not know how it was made: it stays as it is.
        with suppress(Exception):
            again = type(layer).from_config(layer.get_config())
            again.dtype, again.rng = layer.dtype, model.rng
            again.ensure_built(layer.input_shape)
            layer.set_weights(again.get_weights())
    model.optimizer.bound_state = model.flat.state_of(model.optimizer)
    model.optimizer.reset()


def fresh(model: Any) -> None:
    """Draw all matrices and kernels by He or Glorot, and set the biases to 0."""
    for layer in model.layers:
        if isinstance(layer, KernelLayer):
            layer.W = _usual(layer)(layer.W.shape, layer.dtype, model.rng)
            if layer.use_bias:
                layer.b = np.zeros_like(layer.b)


def _usual(layer: KernelLayer) -> initializers.Initializer:
    rectified = layer.activation.name in ("relu", "leaky_relu", "linear")
    return initializers.HeNormal() if rectified else initializers.GlorotUniform()


def hidden(model: Any) -> list[ActivatedLayer]:
    """Return the layers with an activation whose output no loss sees."""
    last = {tensor.node.layer for tensor in model.outputs}
    return [
        layer for layer in model.layers if isinstance(layer, ActivatedLayer) and layer not in last
    ]


def rectified(model: Any) -> None:
    """Give the hidden layers relu, and weights that fit it."""
    for layer in hidden(model):
        layer.activation = activations.relu
    fresh(model)


def bent(model: Any) -> None:
    """Give relu to the hidden layers that have no activation."""
    for layer in hidden(model):
        if layer.activation.name == "linear":
            layer.activation = activations.relu


def judged_by_classes(model: Any) -> None:
    """Take the cross-entropy that fits the last activation."""
    is_rows = model.outputs[0].node.layer.activation.name == "softmax"
    loss = losses.CategoricalCrossentropy() if is_rows else losses.BinaryCrossentropy()
    model.compile(model.optimizer, loss)


WITHOUT_DROPOUT = Treatment("no dropout", without_dropout)
WITHOUT_PENALTIES = Treatment("no regularizer", without_penalties)
THAWED = Treatment("all layers learn", thawed)
FRESH = Treatment("weights by He or Glorot", fresh)
RECTIFIED = Treatment("relu in hidden layers", rectified)
BENT = Treatment("relu between the layers", bent)
OF_CLASSES = Treatment("cross-entropy", judged_by_classes)
