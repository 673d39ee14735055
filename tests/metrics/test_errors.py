from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from nnlite.metrics import (
    MeanAbsoluteError,
    MeanSquaredError,
    R2Score,
    RootMeanSquaredError,
    mean_absolute_error,
    mean_squared_error,
    r2_score,
    root_mean_squared_error,
)

Y = [[1.0], [2.0], [3.0], [6.0]]
A = [[1.0], [4.0], [2.0], [2.0]]
# The errors are 0, 2, −1, −4.


def test_functions_give_a_value_per_sample_or_one_for_all() -> None:
    assert mean_squared_error(Y, A).tolist() == [0.0, 4.0, 1.0, 16.0]
    assert mean_absolute_error(Y, A).tolist() == [0.0, 2.0, 1.0, 4.0]
    assert root_mean_squared_error(Y, A) == math.sqrt(21 / 4)
    # y has mean 3 and spread 4 + 1 + 0 + 9 = 14.
    assert r2_score(Y, A) == 1 - 21 / 14


def test_classes_give_the_mean() -> None:
    assert MeanSquaredError()(Y, A) == 5.25
    assert MeanAbsoluteError()(Y, A) == 1.75
    assert RootMeanSquaredError()(Y, A) == math.sqrt(5.25)
    assert R2Score()(Y, A) == -0.5


def test_several_outputs_are_averaged() -> None:
    y, a = [[0.0, 0.0], [0.0, 2.0]], [[1.0, 3.0], [1.0, 3.0]]
    assert mean_squared_error(y, a).tolist() == [5.0, 1.0]
    assert MeanSquaredError()(y, a) == 3.0
    assert MeanAbsoluteError()(y, a) == 1.5
    assert RootMeanSquaredError()(y, a) == math.sqrt(3)


@pytest.mark.parametrize(
    "metric",
    [MeanSquaredError(), MeanAbsoluteError(), RootMeanSquaredError(), R2Score()],
    ids=repr,
)
@pytest.mark.parametrize("outputs", [1, 3])
def test_batches_add_up_to_the_whole(metric: Any, outputs: int) -> None:
    rng = np.random.default_rng(0)
    y, a = rng.normal(5, 2, (50, outputs)), rng.normal(5, 2, (50, outputs))
    whole = type(metric)()(y, a)
    metric.reset_state()
    for start in range(0, 50, 16):
        metric.update_state(y[start : start + 16], a[start : start + 16])
    assert metric.result() == pytest.approx(whole, rel=1e-13)
    metric.reset_state()
    metric.update_state(y[:7], a[:7])
    assert metric.result() == pytest.approx(type(metric)()(y[:7], a[:7]), rel=1e-14)


def test_r2_is_1_for_perfect_0_for_the_mean_and_below_for_worse() -> None:
    assert r2_score([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]) == 1.0
    assert r2_score([1.0, 2.0, 3.0], [2.0, 2.0, 2.0]) == 0.0
    assert r2_score([1.0, 2.0, 3.0], [3.0, 2.0, 1.0]) == -3.0


def test_r2_averages_over_the_outputs_one_by_one() -> None:
    y = [[1.0, 100.0], [2.0, 200.0], [3.0, 300.0]]
    a = [[1.0, 200.0], [2.0, 200.0], [3.0, 200.0]]
    assert r2_score(y, a) == 0.5


def test_r2_has_nothing_to_explain_where_y_never_varies() -> None:
    assert r2_score([2.0, 2.0], [2.0, 2.0]) == 1.0
    assert r2_score([2.0, 2.0], [2.0, 3.0]) == 0.0
    assert R2Score().result() == 0.0


def test_r2_keeps_its_digits_far_from_0() -> None:
    y = np.array([1e8 + 1, 1e8 + 2, 1e8 + 3, 1e8 + 4])
    a = y + np.array([0.5, -0.5, 0.5, -0.5])
    metric = R2Score()
    metric.update_state(y[:3], a[:3])
    metric.update_state(y[3:], a[3:])
    # The spread is 2·(1.5² + 0.5²) = 5, the error 4·¼.
    assert metric.result() == pytest.approx(0.8, rel=1e-7)


def test_r2_is_that_of_scikit_learn() -> None:
    from sklearn.metrics import r2_score as expected

    rng = np.random.default_rng(1)
    y, a = rng.normal(size=(30, 4)), rng.normal(size=(30, 4))
    assert r2_score(y, a) == pytest.approx(expected(y, a), rel=1e-13)


def test_a_row_of_truth_is_compared_with_a_column_one_by_one() -> None:
    assert MeanSquaredError()([1.0, 2.0, 3.0], [[1.0], [2.0], [5.0]]) == pytest.approx(4 / 3)
    assert r2_score([1.0, 2.0, 3.0], [[1.0], [2.0], [3.0]]) == 1.0


def test_a_single_number_is_one_sample() -> None:
    assert mean_squared_error(1.0, 3.0).tolist() == [4.0]
    assert MeanAbsoluteError()(1.0, 3.0) == 2.0


@pytest.mark.parametrize("kind", [np.uint8, np.int8, np.int16, np.int64, np.float16, np.float32])
def test_small_types_of_numbers_do_not_wrap_around(kind: Any) -> None:
    # The errors are −100 and 10.
    y, a = np.array([120, 10], kind), np.array([20, 20], kind)
    assert MeanSquaredError()(y, a) == 5050.0
    assert RootMeanSquaredError()(y, a) == math.sqrt(5050)
    assert MeanAbsoluteError()(y, a) == 55.0
    assert R2Score()(y, a) == 1 - 10100 / 6050
    assert mean_squared_error(y, a).tolist() == [10000.0, 100.0]


def test_true_and_false_are_numbers_too() -> None:
    assert MeanSquaredError()([True, False], [False, False]) == 0.5
    assert MeanAbsoluteError()([True, False], [False, True]) == 1.0


def test_a_large_whole_number_keeps_its_digits() -> None:
    assert MeanAbsoluteError()([2**40 + 1], [2**40]) == 1.0
