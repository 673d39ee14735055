from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from nnlite import losses, metrics
from nnlite.given.targets import class_numbers, numbers, one_hot_rows, probabilities
from nnlite.layers import Dense
from nnlite.models import Sequential


@pytest.mark.parametrize(
    "y", [[1, 2, 3], [[1], [2], [3]], np.array([[[1.0]], [[2.0]], [[3.0]]]), pd.Series([1, 2, 3])]
)
def test_a_row_a_column_and_a_series_are_the_same_truth(y: Any) -> None:
    assert numbers(y, (1,), "float32", "mse").tolist() == [[1], [2], [3]]


def test_truth_is_not_copied_when_it_fits() -> None:
    y = np.zeros((3, 1), np.float32)
    assert numbers(y, (1,), "float32", "mse") is y


def test_labels_on_the_border_are_probabilities() -> None:
    assert probabilities([0, 1, 0.5], (1,), "float64", "bce").tolist() == [[0], [1], [0.5]]
    assert probabilities([True, False], (1,), "float64", "bce").tolist() == [[1], [0]]


def test_soft_rows_that_sum_to_1_are_taken() -> None:
    rows = [[0.25, 0.75], [1 / 3, 2 / 3]]
    assert one_hot_rows(rows, (2,), "float64", "cce").tolist() == rows


@pytest.mark.parametrize("y", [[2, 0], [[2], [0]], [2.0, 0.0], np.array([2, 0], np.uint8)])
def test_class_numbers_come_as_whole_numbers_one_per_sample(y: Any) -> None:
    found = class_numbers(y, (3,), "scce")
    assert found.tolist() == [2, 0]
    assert found.dtype == np.int64


def test_every_place_of_a_sequence_has_a_class() -> None:
    assert class_numbers([[0, 1], [2, 0]], (2, 3), "scce").tolist() == [[0, 1], [2, 0]]


REGRESSION = [losses.mse, losses.mae, losses.huber, losses.half_squared_error]


@pytest.mark.parametrize("loss", REGRESSION)
@pytest.mark.parametrize("shapes", [((4,), (4, 1)), ((4, 1), (4,)), ((4, 1), (4, 1))])
def test_a_row_against_a_column_gives_one_loss_per_sample(loss: Any, shapes: Any) -> None:
    y, a = np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 2.0, 3.0, 14.0])
    values = loss(y.reshape(shapes[0]), a.reshape(shapes[1]))
    assert values.shape == (4,)
    assert values[:3].tolist() == [0, 0, 0]
    assert values[3] > 0


@pytest.mark.parametrize("from_logits", [False, True])
def test_a_row_against_a_column_gives_one_cross_entropy_per_sample(from_logits: bool) -> None:
    column = np.array([[0.5], [0.5], [0.5]])
    values = losses.binary_crossentropy([0, 1, 1], column, from_logits=from_logits)
    assert values.shape == (3,)


CLASSES = [
    losses.MeanSquaredError(),
    losses.MeanAbsoluteError(),
    losses.Huber(),
    losses.HalfSquaredError(),
    losses.BinaryCrossentropy(),
]


@pytest.mark.bits
@pytest.mark.parametrize("loss", CLASSES)
def test_the_gradient_has_the_shape_of_the_prediction(loss: losses.Loss) -> None:
    y, a = np.array([0.0, 1.0, 1.0]), np.array([0.25, 0.5, 0.75])
    flat = loss.backprop(y, a)
    column = loss.backprop(y, a[:, None])
    assert flat.shape == (3,)
    assert column.shape == (3, 1)
    assert flat.tolist() == column.ravel().tolist()
    assert loss(y, a) == loss(y[:, None], a) == loss(y, a[:, None])


@pytest.mark.parametrize(
    "metric",
    [
        metrics.MeanSquaredError(),
        metrics.MeanAbsoluteError(),
        metrics.RootMeanSquaredError(),
        metrics.R2Score(),
        metrics.BinaryAccuracy(),
        metrics.get("accuracy"),
    ],
)
def test_a_row_against_a_column_is_one_figure_and_never_a_square(metric: metrics.Metric) -> None:
    y, a = np.array([0.0, 1.0, 1.0, 0.0]), np.array([0.25, 0.5, 0.75, 0.5])
    expected = metric(y, a)
    for truth, prediction in ((y, a[:, None]), (y[:, None], a), (y.tolist(), a[:, None].tolist())):
        metric.reset_state()
        metric.update_state(truth, prediction)
        assert metric.result() == pytest.approx(expected, rel=1e-12)
        assert metric.count == 4


@pytest.mark.parametrize(
    "function",
    [
        metrics.mse,
        metrics.mae,
        metrics.binary_accuracy,
        metrics.accuracy,
        metrics.root_mean_squared_error,
        metrics.r2_score,
    ],
)
def test_metric_functions_take_a_row_for_a_column(function: Any) -> None:
    y, a = np.array([0.0, 1.0, 1.0]), np.array([0.25, 0.75, 0.5])
    assert np.shape(function(y, a[:, None])) == np.shape(function(y, a))
    assert np.asarray(function(y, a[:, None])).tolist() == np.asarray(function(y, a)).tolist()


def test_sigmoid_units_learn_classes_with_a_categorical_loss() -> None:
    x = np.eye(3).repeat(4, axis=0)
    y = np.array([0, 1, 2]).repeat(4)
    model = Sequential([Dense(3, activation="sigmoid", input_shape=(3,))], seed=0)
    model.compile("adam", "sparse_categorical_crossentropy")
    before = model.evaluate(x, y, verbose=0)
    model.fit(x, y, epochs=50, verbose=0)
    assert model.evaluate(x, y, verbose=0) < before


@pytest.mark.parametrize("y", [[0, 1e20], [0, 1e300], np.array([0, 2**63], np.uint64)])
def test_an_enormous_class_number_is_explained_without_a_warning(y: Any) -> None:
    with pytest.raises(ValueError, match=r"must be 0 to 2 .*\n.* at sample 1\n.*\n.*np.unique"):
        class_numbers(y, (3,), "scce")


def test_a_class_of_a_sequence_is_named_by_its_sample() -> None:
    with pytest.raises(ValueError, match="Received: 7 at sample 1"):
        class_numbers([[0, 1], [2, 7], [1, 1]], (2, 3), "scce")
