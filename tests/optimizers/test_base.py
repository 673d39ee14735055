from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nnlite import Sequential
from nnlite.layers import Dense
from nnlite.optimizers import SGD, Adam, Optimizer
from nnlite.optimizers.schedules import ExponentialDecay


def step(optimizer: Optimizer, gradient: list[float]) -> list[float]:
    """Return where one step from the origin leads."""
    w = np.zeros(len(gradient))
    optimizer.step(w, np.array(gradient))
    return [float(value) for value in w]


def test_clipvalue_cuts_every_number_alone() -> None:
    assert step(SGD(1.0, clipvalue=2.0), [3.0, -5.0, 1.0]) == [-2.0, 2.0, -1.0]


def test_clipnorm_shortens_each_weight_array_on_its_own() -> None:
    optimizer = SGD(1.0, clipnorm=1.0)
    optimizer.parts = [slice(0, 2), slice(2, 4)]
    # (3, 4) has length 5 and is shortened; (0.6, 0.6) is short enough and stays.
    assert step(optimizer, [3.0, 4.0, 0.6, 0.6]) == pytest.approx([-0.6, -0.8, -0.6, -0.6])


def test_global_clipnorm_shortens_the_whole_gradient() -> None:
    optimizer = SGD(1.0, global_clipnorm=6.5)
    optimizer.parts = [slice(0, 2), slice(2, 4)]
    # (3, 4, 12, 0) has length 13.
    assert step(optimizer, [3.0, 4.0, 12.0, 0.0]) == pytest.approx([-1.5, -2.0, -6.0, 0.0])


def test_a_gradient_that_is_short_enough_stays_as_it_is() -> None:
    assert step(SGD(1.0, clipnorm=5.0), [3.0, 4.0]) == [-3.0, -4.0]
    assert step(SGD(1.0, global_clipnorm=5.0), [3.0, 4.0]) == [-3.0, -4.0]
    assert step(SGD(1.0, clipnorm=5.0), [0.0, 0.0]) == [0.0, 0.0]


def test_clipnorm_does_not_overflow_in_float32() -> None:
    w = np.zeros(2, np.float32)
    SGD(1.0, clipnorm=1.0).step(w, np.array([3e30, -4e30], np.float32))
    np.testing.assert_allclose(w, [-0.6, 0.8], rtol=1e-6)
    assert w.dtype == np.float32


def test_clipping_leaves_an_infinite_gradient_for_the_training_loop_to_find() -> None:
    assert step(SGD(1.0, clipnorm=1.0), [math.inf, 1.0]) == [-math.inf, -1.0]


def test_clipping_does_not_change_the_gradient_it_was_given() -> None:
    gradient = np.array([30.0, 40.0])
    SGD(1.0, clipnorm=1.0, clipvalue=2.0, global_clipnorm=1.0).step(np.zeros(2), gradient)
    assert gradient.tolist() == [30.0, 40.0]


def test_clipnorm_in_a_model_goes_by_its_weights() -> None:
    model = Sequential([Dense(1, input_shape=(2,), kernel_initializer="zeros")], dtype="float64")
    model.compile(optimizer=SGD(1.0, clipnorm=1.0), loss="half_squared_error")
    # The error is −10: dW = (−30, −40), of length 50, and db = −10 become (−0.6, −0.8) and −1.
    model.train_on_batch([[3.0, 4.0]], [10.0])
    W, b = model.get_weights()
    np.testing.assert_allclose(W.ravel(), [0.6, 0.8], rtol=1e-14)
    np.testing.assert_allclose(b, [1.0], rtol=1e-14)


def test_weight_decay_shrinks_the_weights_beside_the_gradient() -> None:
    w = np.array([4.0, -2.0])
    SGD(0.5, weight_decay=0.1).step(w, np.array([1.0, 0.0]))
    # 4·(1 − 0.05) − 0.5 and −2·(1 − 0.05).
    np.testing.assert_allclose(w, [3.3, -1.9], rtol=1e-15)


def test_weight_decay_does_not_enter_momentum() -> None:
    optimizer = SGD(1.0, momentum=0.5, weight_decay=0.5)
    w = np.array([8.0])
    optimizer.step(w, np.array([0.0]))
    optimizer.step(w, np.array([0.0]))
    assert w.tolist() == [2.0]


def test_the_learning_rate_can_be_set_while_training() -> None:
    optimizer = SGD(1.0)
    w = np.array([0.0])
    optimizer.step(w, np.array([1.0]))
    optimizer.learning_rate = 0.25
    optimizer.step(w, np.array([1.0]))
    assert w.tolist() == [-1.25]
    optimizer.lr = 0.5
    assert optimizer.learning_rate == 0.5
    optimizer.learning_rate = ExponentialDecay(0.8, 2, 0.5)
    assert optimizer.learning_rate == 0.4


def test_a_number_replaces_a_schedule() -> None:
    optimizer = SGD(ExponentialDecay(0.8, 1, 0.5))
    optimizer.learning_rate = 0.1
    optimizer.step(np.zeros(1), np.zeros(1))
    assert optimizer.learning_rate == 0.1


def test_lr_and_learning_rate_mean_the_same() -> None:
    assert SGD(lr=0.3).learning_rate == SGD(learning_rate=0.3).lr == SGD(0.3).learning_rate == 0.3
    with pytest.raises(ValueError, match="lr and learning_rate mean the same"):
        SGD(learning_rate=0.1, lr=0.1)


def test_numpy_numbers_are_learning_rates() -> None:
    for rate in (np.float32(0.5), np.array(0.5), np.float64(0.5)):
        optimizer = SGD(rate)
        assert optimizer.learning_rate == 0.5
        assert type(optimizer.learning_rate) is float


@pytest.mark.parametrize("rate", [-0.1, math.inf, math.nan])
def test_a_learning_rate_that_leads_nowhere_is_explained(rate: float) -> None:
    with pytest.raises(ValueError, match="learning_rate must be from 0 on, and finite"):
        SGD(rate)


@pytest.mark.parametrize("rate", ["0.1", True, [0.1]])
def test_a_learning_rate_that_is_no_number_is_explained(rate: Any) -> None:
    with pytest.raises(TypeError, match="learning_rate must be a number or a schedule"):
        SGD(rate)


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: SGD(clipnorm=0), "clipnorm must be above 0"),
        (lambda: SGD(clipvalue=-1), "clipvalue must be above 0"),
        (lambda: SGD(global_clipnorm=0.0), "global_clipnorm must be above 0"),
        (lambda: SGD(weight_decay=-0.1), "weight_decay must be from 0 on"),
    ],
)
def test_clipping_to_nothing_is_explained(make: Callable[[], Any], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        make()


def test_no_weight_decay_may_be_said_as_0() -> None:
    assert step(SGD(1.0, weight_decay=0), [1.0]) == [-1.0]


def test_keras_old_decay_names_the_schedule_that_replaces_it() -> None:
    with pytest.raises(TypeError, match=r"InverseTimeDecay\(rate, decay_steps=1, decay_rate="):
        SGD(0.1, decay=1e-3)


def test_an_unknown_argument_names_the_nearest() -> None:
    with pytest.raises(TypeError, match="Did you mean learning_rate="):
        SGD(learning_rat=0.1)


def test_the_state_is_kept_between_steps_and_forgotten_on_reset() -> None:
    optimizer = SGD(1.0, momentum=0.5)
    assert step(optimizer, [1.0]) == [-1.0]
    assert step(optimizer, [1.0]) == [-1.5]
    optimizer.reset()
    assert step(optimizer, [1.0]) == [-1.0]
    assert optimizer.iterations == 1


def test_the_state_starts_anew_when_the_vector_has_another_length() -> None:
    optimizer = Adam(0.1)
    for _ in range(5):
        step(optimizer, [1.0, 1.0])
    assert step(optimizer, [1.0, 1.0, 1.0]) == pytest.approx([-0.1] * 3, rel=1e-5)
    assert optimizer.iterations == 1


def test_the_state_starts_anew_when_the_dtype_changes() -> None:
    optimizer = SGD(1.0, momentum=0.5)
    step(optimizer, [1.0])
    w = np.zeros(1, np.float32)
    optimizer.step(w, np.ones(1, np.float32))
    assert w.tolist() == [-1.0]


def test_two_optimizers_share_nothing() -> None:
    first, second = SGD(1.0, momentum=0.5), SGD(1.0, momentum=0.5)
    step(first, [1.0])
    assert step(second, [1.0]) == [-1.0]


def test_an_optimizer_of_your_own_writes_update() -> None:
    class SignDescent(Optimizer):
        def update(self, weights: Any, gradients: Any, learning_rate: float) -> None:
            weights -= learning_rate * np.sign(gradients)

    assert step(SignDescent(0.5), [3.0, -7.0]) == [-0.5, 0.5]
    with pytest.raises(TypeError, match="Optimizer must define update"):
        step(Optimizer(0.5), [1.0])


def test_the_configuration_holds_what_the_constructor_took() -> None:
    config = Adam(0.1, beta_1=0.8, clipnorm=1.0).get_config()
    assert config["learning_rate"] == 0.1
    assert config["beta_1"] == 0.8
    assert config["clipnorm"] == 1.0
    assert Adam(beta_1=0.8).get_config()["learning_rate"] == 0.001
    assert Adam.from_config(Adam(lr=0.2).get_config()).learning_rate == 0.2
    assert repr(Adam.from_config({"learning_rate": 0.1})) == "Adam(learning_rate=0.1)"
