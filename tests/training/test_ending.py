"""How an output is judged: the last activation and the loss, taken together or one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnlite import Input, Model
from nnlite.layers import Dense
from nnlite.losses import BinaryCrossentropy, MeanSquaredError
from nnlite.training.ending import Ending


def ending(loss: Any, activation: str | None, units: int = 2, **options: Any) -> Ending:
    layer = Dense(units, activation=activation, dtype="float64")
    layer.ensure_built((3,))
    return Ending(loss, [], layer, (units,), **options)


HALF = np.full((1, 2), 0.5)


def test_softmax_and_cross_entropy_end_at_z_and_give_a_minus_y() -> None:
    end = ending("categorical_crossentropy", "softmax")
    assert end.at_logits
    values, a = end.judge(np.array([[1.0, 0.0]]), np.zeros((1, 2)), None)
    assert a.tolist() == [[0.5, 0.5]]
    assert values == pytest.approx([np.log(2)])
    assert end.gradient(np.array([[1.0, 0.0]]), a, None).tolist() == [[-0.5, 0.5]]


def test_rows_of_the_truth_that_sum_to_2_give_2a_minus_y() -> None:
    end = ending("categorical_crossentropy", "softmax")
    assert end.gradient(np.array([[2.0, 0.0]]), HALF, None).tolist() == [[-1.0, 1.0]]


def test_a_loss_without_an_activation_of_its_own_ends_at_a() -> None:
    end = ending("mse", "softmax")
    assert not end.at_logits
    values, a = end.judge(np.array([[1.5, 0.5]]), HALF, None)
    assert a is HALF
    # The mean over two outputs of (½ − 1½)² and 0; 2(a − y)/2.
    assert values.tolist() == [0.5]
    assert end.gradient(np.array([[1.5, 0.5]]), a, None).tolist() == [[-1.0, 0.0]]


def test_the_gradient_is_that_of_the_mean_with_its_weights_and_its_share() -> None:
    end = ending("half_squared_error", None, units=1, weight=3.0)
    y, a = np.array([[1.0], [1.0]]), np.array([[2.0], [3.0]])
    weights = np.array([1.0, 0.5])
    values, _ = end.judge(y, a, weights)
    assert values.tolist() == [0.5, 1.0]
    # 3·weight·(a − y)/2, and ten times that.
    assert end.gradient(y, a, weights).tolist() == [[1.5], [1.5]]
    assert end.gradient(y, a, weights, 10.0).tolist() == [[15.0], [15.0]]


def test_an_output_that_others_see_ends_at_a() -> None:
    assert not ending("binary_crossentropy", "sigmoid", private=False).at_logits


def test_what_is_hung_on_a_loss_counts_from_the_next_training_on() -> None:
    loss = BinaryCrossentropy()
    before = ending(loss, "sigmoid")
    vars(loss)["gradient"] = lambda y, a: a
    assert before.at_logits
    assert not before.chosen_anew().at_logits
    assert before.at_logits


def test_a_loss_of_ones_own_may_return_what_it_was_given() -> None:
    class Own(MeanSquaredError):
        def gradient(self, y: Any, a: Any) -> Any:
            return a

    a = np.array([[4.0, 8.0]])
    assert ending(Own(), None, weight=0.5).gradient(a, a, None).tolist() == [[2.0, 4.0]]
    assert a.tolist() == [[4.0, 8.0]]


def test_a_model_has_an_ending_for_each_output() -> None:
    x = Input((3,))
    model = Model(x, [Dense(1, "sigmoid")(x), Dense(2)(x)])
    model.compile("sgd", ["binary_crossentropy", "mse"], loss_weights=[1, 0.25])
    assert [(end.at_logits, end.weight) for end in model.endings] == [(True, 1.0), (False, 0.25)]
