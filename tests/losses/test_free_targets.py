"""Rows of truth that do not sum to 1: z's gradient is a·Σy − y."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnlite import Sequential, testing
from nnlite.layers import Dense
from nnlite.losses import CategoricalCrossentropy

LN2, LN4 = np.log(2), np.log(4)
Y = np.full((3, 3), 0.01) + 0.98 * np.eye(3)[[0, 2, 1]]


def classifier(activation: str = "softmax", loss: Any = "categorical_crossentropy") -> Sequential:
    model = Sequential([Dense(3, activation, input_shape=(2,))], seed=0, dtype="float64")
    model.compile("sgd", loss, metrics=["accuracy"])
    return model


def test_the_gradient_of_z_is_a_times_the_sum_less_y() -> None:
    loss = CategoricalCrossentropy(from_logits=True)
    y, z = [[1.0, 1.0], [0.25, 0.25]], np.log([[1.0, 3.0], [1.0, 1.0]])
    # a is (¼, ¾) and (½, ½); Σy is 2 and ½.
    assert loss(y, z) == pytest.approx(((LN4 + LN4 - np.log(3)) + LN2 / 2) / 2)
    assert loss.backprop(y, z) == pytest.approx(np.array([[-0.5, 0.5], [0, 0]]) / 2)


@pytest.mark.parametrize("activation", ["softmax", "sigmoid"])
def test_training_follows_the_gradient_of_what_it_shows(activation: str) -> None:
    model, x = classifier(activation), np.array([[0.3, 1.0], [-1.0, 0.5], [2.0, 0.1]])
    assert testing.gradcheck(model, x, Y).passed
    loss = model.fit(x, Y, epochs=50, verbose=0).history["loss"]
    assert loss[-1] < loss[0]
    assert model.evaluate(x, Y, verbose=0)[1] in (0, 1 / 3, 2 / 3, 1)


def test_classes_weigh_by_the_largest_of_such_a_row() -> None:
    model = classifier()
    weights = model.checked(np.eye(3)[:, :2], Y, class_weight={0: 1, 1: 2, 2: 4}).all()[2]
    assert weights.tolist() == [1, 4, 2]


def test_explain_remarks_on_the_sums() -> None:
    x = np.eye(3)[:, :2]
    told = str(classifier().explain(x, np.where(np.eye(3), 0.99, 0.05)))
    assert "The rows of Y sum to 1.09 up to 1.09, not to 1" in told
    assert "dZ1 = (A1·ΣY − Y)/m" in told
    told = str(classifier().explain(x, np.eye(3)))
    assert "sum to" not in told
    assert "dZ1 = (A1 − Y)/m" in told
