"""Adadelta and Nadam against a loop over single numbers, written from their formulas."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from nnlite import Sequential, load_model, optimizers
from nnlite.layers import Dense
from nnlite.optimizers import Adadelta, Nadam

GRADIENTS = np.array([[2.0, 1.0, 4.0, 0.0], [2.0, -3.0, 1.0, 0.0], [2.0, 0.5, 0.25, 5.0]])
START = np.array([1.0, -2.0, 0.5, 3.0])


def adadelta(w: float, gradients: Any, rate: float, rho: float, epsilon: float) -> float:
    s = u = 0.0
    for g in gradients:
        s = rho * s + (1 - rho) * g * g
        d = g * math.sqrt(u + epsilon) / math.sqrt(s + epsilon)
        u = rho * u + (1 - rho) * d * d
        w -= rate * d
    return w


def nadam(w: float, gradients: Any, rate: float, b1: float, b2: float, epsilon: float) -> float:
    m = v = 0.0
    product = 1.0
    for t, g in enumerate(gradients, 1):
        now, soon = (b1 * (1 - 0.5 * 0.96**k) for k in (t, t + 1))
        product *= now
        m = b1 * m + (1 - b1) * g
        v = b2 * v + (1 - b2) * g * g
        ahead = soon * m / (1 - product * soon) + (1 - now) * g / (1 - product)
        w -= rate * ahead / (math.sqrt(v / (1 - b2**t)) + epsilon)
    return w


RULES = [
    (Adadelta, (0.001, 0.95, 1e-7), adadelta),
    (Adadelta, (1.0, 0.5, 0.01), adadelta),
    (Nadam, (0.001, 0.9, 0.999, 1e-7), nadam),
    (Nadam, (0.1, 0.5, 0.7, 0.01), nadam),
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("kind", "numbers", "walk"), RULES)
def test_the_rule_walks_like_its_loop(kind: Any, numbers: Any, walk: Any, dtype: str) -> None:
    optimizer, w = kind(*numbers), START.astype(dtype)
    for gradient in GRADIENTS.astype(dtype):
        before = gradient.copy()
        optimizer.step(w, gradient)
        assert np.array_equal(gradient, before)
    wanted = [walk(s, g, *numbers) for s, g in zip(START, GRADIENTS.T, strict=True)]
    assert w.tolist() == pytest.approx(wanted, rel=1e-13 if dtype == "float64" else 1e-5)
    assert {a.dtype for a in optimizer.bound_state.arrays.values()} == {np.dtype(dtype)}


def test_their_defaults_are_those_of_keras() -> None:
    adadelta, nadam = optimizers.get("adadelta"), optimizers.get("Nadam")
    assert (adadelta.learning_rate, adadelta.rho, adadelta.epsilon) == (0.001, 0.95, 1e-7)
    assert (nadam.learning_rate, nadam.beta_1, nadam.beta_2, nadam.epsilon) == (
        *(0.001, 0.9, 0.999, 1e-7),
    )


def test_a_weight_that_thaws_later_takes_a_first_step_of_nadam_as_any_other() -> None:
    def moved(late: bool) -> float:
        model = Sequential([Dense(1, use_bias=False, kernel_initializer="ones") for _ in "ab"])
        model.build((None, 1))
        model.compile(Nadam(0.1), "mse")
        if late:
            model.layers[0].trainable = False
            model.fit([1.0], [10.0], epochs=20, verbose=0)
            model.layers[0].trainable = True
        before = model.layers[0].W.item()
        model.fit([1.0], [10.0], verbose=0)
        return float(abs(model.layers[0].W.item() - before))

    # μ₁ = 0.468 and μ₂ = 0.48528: 0.1·μ₂/(1 − μ₁μ₂) + 1 is 1.062788 times |g|, which divides it.
    assert moved(late=True) == pytest.approx(moved(late=False), rel=1e-5)
    assert moved(late=False) == pytest.approx(0.1062788, rel=1e-4)


@pytest.mark.parametrize("name", ["adadelta", "Adadelta", "nadam", "Nadam"])
def test_a_file_keeps_them_and_a_model_takes_their_names(name: str, tmp_path: Any) -> None:
    model = Sequential([Dense(1, input_shape=(1,))])
    model.compile(name, "mse")
    model.save(tmp_path / "m.npz")
    assert type(load_model(tmp_path / "m.npz").optimizer).__name__.lower() == name.lower()


def test_a_misspelt_optimizer_gets_a_suggestion_and_a_bad_share_is_explained() -> None:
    with pytest.raises(ValueError, match='Did you mean "adadelta"'):
        optimizers.get("adadleta")
    with pytest.raises(ValueError, match="rho must be between 0 and 1"):
        Adadelta(rho=2)
    with pytest.raises(ValueError, match="beta_1 must be below 1"):
        Nadam(beta_1=1)
