"""Compile, fit, freeze, save, load and the rest in any order, against a naive twin."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import seed
from hypothesis import settings as Settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from attack.tiers import SEED, both
from nnlite import Sequential, load_model
from nnlite.callbacks import Callback
from nnlite.layers import Dense
from nnlite.optimizers import SGD
from nnlite.testing import gradcheck

X = np.array([[0.0, 1.0], [1.0, 0.5], [-0.5, 0.25], [0.75, -1.0], [0.5, 0.5]])
Y = np.array([[0.5], [-1.0], [1.0], [0.25], [-0.5]])
NAMES = ("W1", "b1", "W2", "b2")
SHAPES = {"W1": (2, 3), "b1": (3,), "W2": (3, 1), "b2": (1,)}
RATES = st.sampled_from([0.05, 0.1, 0.2])
NUMBERS = st.integers(0, 2**31 - 1)


class OwnFault(Exception):
    """What a callback of the user's raises."""


class FailsAfter(Callback):
    """Raises after so many batches."""

    def __init__(self, batches: int) -> None:
        self.left = batches

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.left -= 1
        if not self.left:
            raise OwnFault


class Naive:
    """The same network as a dictionary of arrays: a tanh layer, a neuron, half the mean square."""

    def __init__(self) -> None:
        self.weights = {name: np.zeros(shape) for name, shape in SHAPES.items()}
        self.velocity = {name: np.zeros(shape) for name, shape in SHAPES.items()}
        self.frozen = {"1": False, "2": False}
        self.rate: float | None = None
        self.momentum = 0.0
        self.history: list[float] | None = None

    def compile(self, rate: float, momentum: float) -> None:
        self.rate, self.momentum = rate, momentum
        self.velocity = {name: np.zeros(shape) for name, shape in SHAPES.items()}

    def predict(self, x: Any) -> Any:
        w = self.weights
        return np.tanh(x @ w["W1"] + w["b1"]) @ w["W2"] + w["b2"]

    def loss(self, x: Any, y: Any) -> float:
        return float(np.mean((self.predict(x) - y) ** 2))

    def step(self, x: Any, y: Any) -> None:
        w = self.weights
        a = np.tanh(x @ w["W1"] + w["b1"])
        dz = 2 * (a @ w["W2"] + w["b2"] - y) / len(x)
        dz1 = dz @ w["W2"].T * (1 - a**2)
        gradients = {"W1": x.T @ dz1, "b1": dz1.sum(0), "W2": a.T @ dz, "b2": dz.sum(0)}
        for name, gradient in gradients.items():
            if not self.frozen[name[1]]:
                self.velocity[name] = self.momentum * self.velocity[name] - self.rate * gradient
                self.weights[name] = w[name] + self.velocity[name]

    def fit(self, epochs: int, batch_size: int, most_steps: int = 10_000) -> None:
        history, steps = [], 0
        for _ in range(epochs):
            losses = 0.0
            for first in range(0, len(X), batch_size):
                x, y = X[first : first + batch_size], Y[first : first + batch_size]
                losses += self.loss(x, y) * len(x)
                self.step(x, y)
                steps += 1
                if steps == most_steps:
                    self.history = history
                    return
            history.append(losses / len(X))
        self.history = history


class AnyOrder(RuleBasedStateMachine):
    """A model and its naive twin, to which the same is done."""

    @initialize()
    def begin(self) -> None:
        layers = [Dense(3, "tanh", input_shape=(2,)), Dense(1)]
        self.model: Any = Sequential(layers, dtype="float64", seed=0)
        self.naive = Naive()
        self.set_weights(0)

    @rule(number=NUMBERS)
    def set_weights(self, number: int) -> None:
        rng = np.random.default_rng(number)
        weights = [rng.standard_normal(shape) for shape in SHAPES.values()]
        self.model.set_weights(weights)
        self.naive.weights = dict(zip(NAMES, weights, strict=True))

    @rule(rate=RATES, momentum=st.sampled_from([0.0, 0.5]))
    def compile(self, rate: float, momentum: float) -> None:
        self.model.compile(SGD(rate, momentum=momentum), "mse")
        self.naive.compile(rate, momentum)

    @rule(layer=st.sampled_from("12"), frozen=st.booleans())
    def freeze(self, layer: str, frozen: bool) -> None:
        self.model.layers[int(layer) - 1].trainable = not frozen
        self.naive.frozen[layer] = frozen

    @rule(frozen=st.booleans())
    def freeze_all(self, frozen: bool) -> None:
        self.model.trainable = not frozen
        self.naive.frozen = {"1": frozen, "2": frozen}

    @precondition(lambda self: self.naive.rate is not None)
    @rule(epochs=st.integers(1, 3), batch_size=st.integers(1, 6))
    def fit(self, epochs: int, batch_size: int) -> None:
        options = {"epochs": epochs, "batch_size": batch_size, "shuffle": False, "verbose": 0}
        self.model.fit(X, Y, **options)
        self.naive.fit(epochs, batch_size)

    @precondition(lambda self: self.naive.rate is not None)
    @rule(steps=st.integers(1, 5), batch_size=st.integers(1, 3))
    def fit_with_a_fault(self, steps: int, batch_size: int) -> None:
        options: dict[str, Any] = {"batch_size": batch_size, "shuffle": False, "verbose": 0}
        with pytest.raises(OwnFault):
            self.model.fit(X, Y, epochs=9, callbacks=[FailsAfter(steps)], **options)
        self.naive.fit(9, batch_size, steps)

    @precondition(lambda self: self.naive.rate is not None)
    @rule(count=st.integers(1, 5))
    def train_on_batch(self, count: int) -> None:
        loss = self.model.train_on_batch(X[:count], Y[:count])
        assert loss == pytest.approx(self.naive.loss(X[:count], Y[:count]), rel=1e-9, abs=1e-12)
        self.naive.step(X[:count], Y[:count])

    @precondition(lambda self: self.naive.rate is None)
    @rule()
    def train_before_compile(self) -> None:
        for method in (self.model.fit, self.model.evaluate, self.model.train_on_batch):
            with pytest.raises(ValueError, match="compile comes first"):
                method(X, Y)

    @rule()
    def give_what_does_not_fit(self) -> None:
        with pytest.raises(ValueError, match="Received: "):
            self.model.predict(X.T)
        with pytest.raises(ValueError, match="Received: "):
            self.model.set_weights([X])
        with pytest.raises(ValueError, match="Received: "):
            self.model.compile("sgdd", "mse")
        with pytest.raises(ValueError, match="Received: "):
            self.model.fit(X, Y[:2])

    @rule(weights_alone=st.booleans())
    def save_and_load(self, weights_alone: bool) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.npz"
            if weights_alone:
                self.model.save_weights(path)
                self.model.set_weights([np.zeros_like(w) for w in self.model.get_weights()])
                self.model.load_weights(path)
                return
            self.model.save(path)
            self.model = load_model(path)
            self.naive.history = None

    @rule()
    def twin(self) -> None:
        before = self.model
        self.model = before.twin()
        before.set_weights([np.full_like(weight, 9.0) for weight in before.get_weights()])

    @precondition(lambda self: self.naive.rate is not None)
    @rule()
    def look_at_it(self) -> None:
        self.model.explain(X, Y)
        self.model.evaluate(X, Y, verbose=0)
        if not all(self.naive.frozen.values()):
            gradcheck(self.model, X, Y, max_entries=5)

    @precondition(lambda self: self.naive.rate is not None)
    @rule(number=NUMBERS)
    def diagnose(self, number: int) -> None:
        if number % 4 == 0:
            self.model.diagnose(X, Y, seconds=0.01, seed=number)

    @invariant()
    def it_is_as_the_naive_one(self) -> None:
        if not hasattr(self, "naive"):
            return
        model, naive = self.model, self.naive
        for name, weight in zip(NAMES, model.get_weights(), strict=True):
            np.testing.assert_allclose(weight, naive.weights[name], rtol=1e-9, atol=1e-9)
        trained = [w for name, w in naive.weights.items() if not naive.frozen[name[1]]]
        assert model.weights_vector.size == sum(weight.size for weight in trained)
        flat = np.concatenate([np.zeros(0), *(weight.ravel() for weight in trained)])
        np.testing.assert_allclose(model.weights_vector, flat, rtol=1e-9, atol=1e-9)
        assert [layer.trainable for layer in model.layers] == [
            not frozen for frozen in naive.frozen.values()
        ]
        np.testing.assert_allclose(model.predict(X), naive.predict(X), rtol=1e-9, atol=1e-9)
        if naive.rate is None:
            assert model.compiled is None
        else:
            assert model.evaluate(X, Y, verbose=0) == pytest.approx(naive.loss(X, Y), rel=1e-9)
            assert model.optimizer.learning_rate == naive.rate
        if naive.history is None:
            assert model.history is None
        else:
            assert model.history.history.get("loss", []) == pytest.approx(naive.history, rel=1e-9)


@both(12, 150)
def test_in_any_order_a_model_is_as_its_naive_twin(examples: Settings) -> None:
    machine: Any = AnyOrder
    if not examples.derandomize:
        print(f"NNLITE_ATTACK_SEED={SEED}")
        machine = seed(SEED)(AnyOrder)
    run_state_machine_as_test(machine, settings=Settings(examples, stateful_step_count=25))
