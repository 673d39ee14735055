"""Random networks of the layers in the list: chains, and graphs that share and merge."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest

from every_layer import CASES, Case
from nnlite import Input, Model, Sequential, losses
from nnlite.callbacks import Callback
from nnlite.layers import (
    BatchNormalization,
    Concatenate,
    Dense,
    Dropout,
    Flatten,
    Normalization,
    RandomFlip,
)
from nnlite.optimizers import SGD

SHAPES = [(5,), (4, 3), (6, 5, 2), (5, 6, 4)]
LARGEST = 400
"""More numbers than this leave no layer of a random network, for one sample."""

SINGLE = [case for case in CASES.values() if not isinstance(case.shape, list)]
MERGES = [case for case in CASES.values() if isinstance(case.shape, list)]


def shuffled(rng: Any, cases: list[Case]) -> list[Any]:
    """Return a layer of each class, made by one of its cases, in random order."""
    by_class: dict[type, list[Case]] = {}
    for case in cases:
        by_class.setdefault(case.layer_class, []).append(case)
    of_each = list(by_class.values())
    chosen = [of_each[place] for place in rng.permutation(len(of_each))]
    return [those[rng.integers(len(those))].make() for those in chosen]


ENDINGS: list[tuple[str, Any]] = [
    ("linear", losses.MeanSquaredError()),
    ("tanh", losses.HalfSquaredError()),
    ("linear", losses.MeanAbsoluteError()),
    ("linear", losses.Huber(0.7)),
    ("sigmoid", losses.BinaryCrossentropy()),
    ("softmax", losses.BinaryCrossentropy()),
    ("linear", losses.BinaryCrossentropy(from_logits=True)),
    ("softmax", losses.CategoricalCrossentropy()),
    ("sigmoid", losses.CategoricalCrossentropy()),
    ("linear", losses.CategoricalCrossentropy(from_logits=True)),
    ("softmax", losses.SparseCategoricalCrossentropy()),
    ("sigmoid", losses.SparseCategoricalCrossentropy()),
    ("linear", losses.SparseCategoricalCrossentropy(from_logits=True)),
    ("softmax", losses.CategoricalCrossentropy(label_smoothing=0.2)),
    ("linear", losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.1)),
    ("softmax", losses.KLDivergence(reduction="sum")),
    ("linear", losses.Hinge()),
]


class Problem(NamedTuple):
    """A model with random weights, the loss that fits its end, and a batch."""

    model: Any
    loss: Any
    x: Any
    y: Any


def random_problem(seed: int, with_branches: bool, dtype: str = "float64") -> Problem:
    """Return a network that this seed makes of the list of layers, and a batch for it."""
    rng = np.random.default_rng([seed, with_branches])
    tensors = [Input(SHAPES[rng.integers(len(SHAPES))])]
    for _ in range(rng.integers(2, 7)):
        tensors.append(_next(rng, tensors, with_branches))
    end, loss = ENDINGS[rng.integers(len(ENDINGS))]
    units = int(rng.integers(2, 5))
    tensors.append(Dense(units, end)(Flatten()(tensors[-1])))
    model = Model(tensors[0], tensors[-1], dtype=dtype, seed=seed)
    if not with_branches:
        # The same layers as a chain: other shortcuts are taken there.
        chain = [type(layer).from_config(layer.get_config()) for layer in model.layers]
        model = Sequential(chain, dtype=dtype, seed=seed)
    _shake_weights(rng, model)
    samples = int(rng.integers(2, 6))
    x = rng.standard_normal((samples, *tensors[0].sample))
    # Numbers that grow from layer to layer would end in probabilities of 0 and 1.
    before_end = Model(model.inputs, model.layers[-2].output, dtype=dtype).predict(x)
    model.layers[-1].W /= max(1.0, float(np.abs(before_end).max()))
    return Problem(model, loss, x, _truth(rng, loss.name, (samples, units)))


def _next(rng: Any, tensors: list[Any], with_branches: bool) -> Any:
    """Return the last tensor after one more layer, a new one or one that is called again."""
    x = tensors[-1]
    if with_branches and rng.random() < 0.5:
        merged = _merged(rng, tensors)
        if merged is not None:
            return merged
    if with_branches and rng.random() < 0.3:
        calls = [tensor.node for tensor in tensors[1:]]
        again = [call.layer for call in calls if [one.sample for one in call.inputs] == [x.sample]]
        # What draws twice, such as a dropout two masks, shows the last.
        again = [layer for layer in again if not isinstance(layer, Dropout | RandomFlip)]
        if again:
            return again[rng.integers(len(again))](x)
    for layer in shuffled(rng, SINGLE):
        if _fits(layer, x.sample):
            return layer(x)
    raise AssertionError(f"No layer of the list takes {x.sample}.")


def _merged(rng: Any, tensors: list[Any]) -> Any:
    """Return the last tensor merged with one before; None where none has a shape that fits."""
    for layer in shuffled(rng, MERGES):
        earlier = tensors[rng.integers(len(tensors))]
        pair = [tensors[-1], earlier]
        if _fits(layer, [tensor.sample for tensor in pair]):
            return layer(pair)
        if isinstance(layer, Concatenate):
            continue
        units = tensors[-1].sample[-1]
        if _fits(Dense(units), earlier.sample) and earlier.shape[:-1] == tensors[-1].shape[:-1]:
            return layer([tensors[-1], Dense(units, "tanh")(earlier)])
    return None


def _fits(layer: Any, shape: Any) -> bool:
    """Return whether the layer takes this shape, and makes no giant of it."""
    try:
        return 0 < int(np.prod(layer.compute_output_shape(shape))) <= LARGEST
    except ValueError:
        return False


def _shake_weights(rng: Any, model: Any) -> None:
    """Move all weights, a little: those that begin with 0 or 1 would hide mistakes."""
    for layer in model.layers:
        if isinstance(layer, Normalization):
            if not layer.is_given:
                layer.adapt(rng.standard_normal((9, *layer.input_shape)))
            continue
        for weight in layer.weights:
            size = 0.4 / np.sqrt(weight.size / weight.shape[-1])
            weight += size * rng.standard_normal(weight.shape)
        if isinstance(layer, BatchNormalization):
            layer.moving_variance = rng.uniform(0.5, 1.5, layer.moving_variance.shape)


def _truth(rng: Any, loss: str, shape: tuple[int, int]) -> Any:
    """Return a truth that the loss takes."""
    if loss == "sparse_categorical_crossentropy":
        return rng.integers(0, shape[1], shape[0])
    if loss == "categorical_crossentropy":
        return np.eye(shape[1])[rng.integers(0, shape[1], shape[0])]
    if loss == "hinge":
        return rng.choice([-1.0, 1.0], shape)
    if loss in ("binary_crossentropy", "kl_divergence"):
        return rng.uniform(0, 1, shape)
    return rng.standard_normal(shape)


def networks(count: int) -> Any:
    """Run a test with so many networks, half of them chains and half of them with branches."""
    return pytest.mark.parametrize(
        ("seed", "branches"),
        [
            pytest.param(seed, branches, id=f"{'graph' if branches else 'chain'} {seed}")
            for branches in (False, True)
            for seed in range(count // 2)
        ],
    )


class Saw(Callback):
    """What the only step of a training showed: its gradients, and what its layers drew."""

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.gradient = self.model.gradient_vector.copy()
        dropouts = [layer for layer in self.model.layers if isinstance(layer, Dropout)]
        self.masks = {layer.name: layer.mask.copy() for layer in dropouts}
        flips = [layer for layer in self.model.layers if isinstance(layer, RandomFlip)]
        self.masks |= {layer.name: layer.turned.copy() for layer in flips}


def seen_in_one_step(problem: Problem) -> Any:
    """Train one step; return what a callback saw, the loss, and by how much the weights moved."""
    model, loss, x, y = problem
    model.compile(SGD(1.0), loss)
    before, saw = model.weights_vector.copy(), Saw()
    history = model.fit(x, y, batch_size=len(x), shuffle=False, verbose=0, callbacks=[saw])
    return saw, history.history["loss"][0], before - model.weights_vector
