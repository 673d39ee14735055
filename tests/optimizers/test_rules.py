"""Every rule against a loop over single numbers, written from its formula."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from nnlite.optimizers import SGD, Adagrad, Adam, AdamW, RMSprop

Rule = Callable[[float, Iterator[float]], float]


def sgd(rate: float, momentum: float = 0.0, nesterov: bool = False) -> Rule:
    def walk(w: float, gradients: Iterator[float]) -> float:
        v = 0.0
        for g in gradients:
            v = momentum * v - rate * g
            w += momentum * v - rate * g if nesterov else v
        return w

    return walk


def rmsprop(
    rate: float, rho: float, epsilon: float, momentum: float = 0.0, centered: bool = False
) -> Rule:
    def walk(w: float, gradients: Iterator[float]) -> float:
        s = mean = v = 0.0
        for g in gradients:
            s = rho * s + (1 - rho) * g * g
            mean = rho * mean + (1 - rho) * g
            size = s - mean * mean if centered else s
            v = momentum * v + rate * g / math.sqrt(size + epsilon)
            w -= v
        return w

    return walk


def adagrad(rate: float, start: float, epsilon: float) -> Rule:
    def walk(w: float, gradients: Iterator[float]) -> float:
        s = start
        for g in gradients:
            s += g * g
            w -= rate * g / math.sqrt(s + epsilon)
        return w

    return walk


def adam(
    rate: float,
    beta_1: float,
    beta_2: float,
    epsilon: float,
    amsgrad: bool = False,
    weight_decay: float = 0.0,
) -> Rule:
    def walk(w: float, gradients: Iterator[float]) -> float:
        m = v = largest = 0.0
        for t, g in enumerate(gradients, start=1):
            w -= rate * weight_decay * w
            m = beta_1 * m + (1 - beta_1) * g
            v = beta_2 * v + (1 - beta_2) * g * g
            largest = max(largest, v)
            size = math.sqrt(largest if amsgrad else v)
            # Keras adds ε before the correction of v: α·√(1−β₂ᵗ)/(1−β₁ᵗ) · m/(√v + ε).
            w -= rate * math.sqrt(1 - beta_2**t) / (1 - beta_1**t) * m / (size + epsilon)
        return w

    return walk


RULES: list[Any] = [
    pytest.param(SGD(0.1), sgd(0.1), id="sgd"),
    pytest.param(SGD(), sgd(0.01), id="sgd as it comes"),
    pytest.param(SGD(0.1, momentum=0.9), sgd(0.1, 0.9), id="momentum"),
    pytest.param(SGD(0.1, 0.8, nesterov=True), sgd(0.1, 0.8, True), id="nesterov"),
    pytest.param(RMSprop(), rmsprop(0.001, 0.9, 1e-7), id="rmsprop as it comes"),
    pytest.param(RMSprop(0.1, rho=0.8, epsilon=0.5), rmsprop(0.1, 0.8, 0.5), id="rmsprop"),
    pytest.param(
        RMSprop(0.1, rho=0.8, momentum=0.5), rmsprop(0.1, 0.8, 1e-7, 0.5), id="rmsprop momentum"
    ),
    pytest.param(
        RMSprop(0.1, rho=0.8, centered=True),
        rmsprop(0.1, 0.8, 1e-7, centered=True),
        id="rmsprop centered",
    ),
    pytest.param(
        RMSprop(0.1, rho=0.8, momentum=0.5, centered=True),
        rmsprop(0.1, 0.8, 1e-7, 0.5, centered=True),
        id="rmsprop centered with momentum",
    ),
    pytest.param(Adagrad(), adagrad(0.001, 0.1, 1e-7), id="adagrad as it comes"),
    pytest.param(
        Adagrad(0.1, initial_accumulator_value=0.25, epsilon=0.5),
        adagrad(0.1, 0.25, 0.5),
        id="adagrad",
    ),
    pytest.param(Adam(), adam(0.001, 0.9, 0.999, 1e-7), id="adam as it comes"),
    pytest.param(Adam(0.1, 0.7, 0.8, 0.01), adam(0.1, 0.7, 0.8, 0.01), id="adam"),
    pytest.param(
        Adam(0.1, 0.7, 0.6, amsgrad=True), adam(0.1, 0.7, 0.6, 1e-7, amsgrad=True), id="amsgrad"
    ),
    pytest.param(
        AdamW(), adam(0.001, 0.9, 0.999, 1e-7, weight_decay=0.004), id="adamw as it comes"
    ),
    pytest.param(
        AdamW(0.1, weight_decay=0.5), adam(0.1, 0.9, 0.999, 1e-7, weight_decay=0.5), id="adamw"
    ),
]

# One gradient that stays, one that turns, one that fades and one that is 0 at first.
GRADIENTS = np.array(
    [
        [2.0, 1.0, 4.0, 0.0],
        [2.0, -3.0, 1.0, 0.0],
        [2.0, 2.0, 0.25, 5.0],
        [2.0, -0.5, 0.0, -1.0],
        [2.0, 4.0, 0.01, 0.5],
    ]
)
START = np.array([1.0, -2.0, 0.5, 3.0])


@pytest.mark.parametrize(("optimizer", "walk"), RULES)
def test_the_rule_walks_like_a_loop_over_single_numbers(optimizer: Any, walk: Rule) -> None:
    optimizer.reset()
    w = START.copy()
    for gradient in GRADIENTS:
        optimizer.step(w, gradient)
    expected = [
        walk(float(s), iter(map(float, g))) for s, g in zip(START, GRADIENTS.T, strict=True)
    ]
    np.testing.assert_allclose(w, expected, rtol=1e-13, atol=0)


@pytest.mark.parametrize(("optimizer", "walk"), RULES)
def test_float32_stays_float32_and_close(optimizer: Any, walk: Rule) -> None:
    optimizer.reset()
    w = START.astype(np.float32)
    for gradient in GRADIENTS.astype(np.float32):
        optimizer.step(w, gradient)
    assert w.dtype == np.float32
    assert {kept.dtype for kept in optimizer.bound_state.arrays.values()} == {np.dtype(np.float32)}
    expected = [
        walk(float(s), iter(map(float, g))) for s, g in zip(START, GRADIENTS.T, strict=True)
    ]
    np.testing.assert_allclose(w, expected, rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize(("optimizer", "walk"), RULES)
def test_the_gradient_is_not_changed(optimizer: Any, walk: Rule) -> None:
    optimizer.reset()
    gradient = GRADIENTS[1].copy()
    for _ in range(3):
        optimizer.step(START.copy(), gradient)
        assert gradient.tolist() == [2.0, -3.0, 1.0, 0.0]


def test_sgd_steps_against_the_gradient() -> None:
    w = np.array([1.0, 2.0])
    SGD(0.5).step(w, np.array([1.0, -4.0]))
    assert w.tolist() == [0.5, 4.0]


def test_momentum_picks_up_speed() -> None:
    optimizer = SGD(1.0, momentum=0.5)
    w = np.array([0.0])
    places = []
    for _ in range(3):
        optimizer.step(w, np.array([1.0]))
        places.append(w[0])
    # The steps are 1, 1 + ½, 1 + ½ + ¼.
    assert places == [-1.0, -2.5, -4.25]


def test_nesterov_is_one_step_of_momentum_ahead() -> None:
    optimizer = SGD(1.0, momentum=0.5, nesterov=True)
    w = np.array([0.0])
    places = []
    for _ in range(2):
        optimizer.step(w, np.array([1.0]))
        places.append(w[0])
    # v = −1, −1.5; each step is ½v − 1.
    assert places == [-1.5, -3.25]


def test_adam_begins_with_steps_as_long_as_the_learning_rate() -> None:
    # Without the correction of m and v, the first step would be 0.1/√0.001 ≈ 3.16 times as long.
    w = np.array([1.0, 1.0, 1.0])
    Adam(0.1).step(w, np.array([1000.0, 1.0, -0.01]))
    np.testing.assert_allclose(w, [0.9, 0.9, 1.1], atol=1e-4)


def test_amsgrad_never_forgets_the_largest_gradient() -> None:
    plain, remembering = Adam(0.1, beta_2=0.5), Adam(0.1, beta_2=0.5, amsgrad=True)
    w, w_remembering = np.array([0.0]), np.array([0.0])
    for gradient in [10.0, *[0.1] * 10]:
        plain.step(w, np.array([gradient]))
        remembering.step(w_remembering, np.array([gradient]))
    assert w[0] < 1.2 * w_remembering[0] < 0


def test_centered_rmsprop_survives_a_gradient_that_never_changes() -> None:
    # In float32 the mean of the squares can fall below the square of the mean.
    optimizer = RMSprop(0.01, rho=0.5, centered=True)
    w = np.zeros(200, np.float32)
    gradient = np.geomspace(0.1, 1e6, 200).astype(np.float32)
    for _ in range(100):
        optimizer.step(w, gradient)
    assert np.isfinite(w).all()


def test_adamw_decays_by_default_and_adam_does_not() -> None:
    w = np.array([1.0])
    Adam(0.5).step(w, np.array([0.0]))
    assert w.tolist() == [1.0]
    AdamW(0.5).step(w, np.array([0.0]))
    assert w.tolist() == [0.998]


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: SGD(momentum=1.5), "momentum"),
        (lambda: RMSprop(rho=-0.1), "rho"),
        (lambda: RMSprop(momentum=2), "momentum"),
        (lambda: Adam(beta_1=1.01), "beta_1"),
        (lambda: Adam(beta_2=-1), "beta_2"),
    ],
)
def test_a_share_outside_0_to_1_is_explained(make: Callable[[], Any], name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} must be between 0 and 1.\nReceived: {name}="):
        make()
