from __future__ import annotations

import numpy as np
import pytest

from nnlite import losses
from nnlite.losses import Loss

EVERY = [
    "mean_squared_error",
    "half_squared_error",
    "mean_absolute_error",
    "huber",
    "binary_crossentropy",
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
    "kl_divergence",
    "hinge",
]


def data_for(name, dtype):
    a = np.array([[0.2, 0.8], [0.6, 0.4], [0.5, 0.5]], dtype)
    return ([1, 0, 1] if name.startswith("sparse") else [[0, 1], [1, 0], [0, 1]]), a


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", EVERY)
def test_the_gradient_has_the_shape_and_dtype_of_the_prediction(name, dtype):
    y, a = data_for(name, dtype)
    gradient = losses.get(name).backprop(y, a)
    assert gradient.shape == a.shape
    assert gradient.dtype == dtype
    assert losses.get(name).values(*losses.get(name).prepare(y, a)).dtype == dtype


@pytest.mark.parametrize("name", EVERY)
def test_neither_truth_nor_prediction_is_changed(name):
    y, a = data_for(name, "float64")
    y = np.asarray(y, float)
    before = y.tobytes(), a.tobytes()
    losses.get(name)(y, a, [1.0, 2.0, 3.0])
    losses.get(name).backprop(y, a, [1.0, 2.0, 3.0])
    assert (y.tobytes(), a.tobytes()) == before


@pytest.mark.parametrize("name", EVERY)
def test_the_mean_loss_is_the_mean_of_the_function(name):
    y, a = data_for(name, "float64")
    assert losses.get(name)(y, a) == pytest.approx(getattr(losses, name)(y, a).mean())


@pytest.mark.parametrize(
    ("y", "a"),
    [
        ([1.0, 2.0, 3.0], [[1.0], [2.0], [5.0]]),
        ([[1.0], [2.0], [3.0]], [1.0, 2.0, 5.0]),
        ([1.0, 2.0, 3.0], [1.0, 2.0, 5.0]),
    ],
)
def test_a_column_and_a_row_of_numbers_are_the_same_and_never_a_table(y, a):
    loss = losses.MeanSquaredError()
    assert loss(y, a) == pytest.approx(4 / 3)
    assert loss.backprop(y, a).shape == np.shape(a)


def test_truth_and_prediction_must_be_of_one_length():
    with pytest.raises(ValueError, match="must have the same number of samples") as caught:
        losses.MeanSquaredError()([[1.0], [2.0]], [[1.0], [2.0], [3.0]])
    assert "y_true of shape (2, 1), y_pred of shape (3, 1)" in str(caught.value)


def test_whole_numbers_are_predictions_too():
    assert losses.MeanSquaredError()([1, 2], [1, 4]) == 2.0
    assert losses.MeanSquaredError()(1, 3) == 4.0


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("mse", "mean_squared_error"),
        ("MSE", "mean_squared_error"),
        ("mae", "mean_absolute_error"),
        ("BinaryCrossentropy", "binary_crossentropy"),
        (losses.mse, "mean_squared_error"),
        (losses.MAE, "mean_absolute_error"),
        (losses.huber, "huber"),
        (losses.Huber, "huber"),
        (losses.Huber(3.0), "huber"),
        ({"class_name": "Huber", "config": {"delta": 3.0}}, "huber"),
    ],
)
def test_a_loss_is_known_by_many_names(given, name):
    assert losses.get(given).name == name


def test_an_object_keeps_its_settings():
    assert losses.get(losses.Huber(3.0)).delta == 3.0


def test_an_unknown_loss_is_answered_with_the_nearest():
    with pytest.raises(ValueError, match="Unknown loss") as caught:
        losses.get("binary_crosentropy")
    assert 'Did you mean "binary_crossentropy"?' in str(caught.value)


def test_a_function_of_ones_own_needs_a_gradient():
    with pytest.raises(TypeError, match="A loss of your own needs its gradient beside its value"):
        losses.get(lambda y, a: abs(y - a))


def test_a_loss_of_ones_own_needs_values_and_gradient():
    class Quartic(Loss):
        name = "quartic"

        def values(self, y, a):
            return ((a - y) ** 4).sum(axis=1)

        def gradient(self, y, a):
            return 4 * (a - y) ** 3

    loss = Quartic()
    assert loss([[0.0], [1.0]], [[2.0], [1.0]]) == 8.0
    assert loss.backprop([[0.0], [1.0]], [[2.0], [1.0]]).tolist() == [[16.0], [0.0]]


def test_a_half_written_loss_says_what_is_missing():
    with pytest.raises(TypeError, match=r"must define values\(y, a\)"):
        Loss()([1.0], [2.0])
    with pytest.raises(TypeError, match=r"must define gradient\(y, a\)"):
        Loss().backprop([1.0], [2.0])


def test_a_loss_that_cannot_be_hashed_is_explained():
    class Distance(list):
        def __call__(self, y_true, y_pred):
            return 0.0

    with pytest.raises(TypeError, match="needs its gradient beside its value"):
        losses.get(Distance())
