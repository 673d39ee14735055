from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnlite.metrics import (
    BinaryAccuracy,
    CategoricalAccuracy,
    SparseCategoricalAccuracy,
    accuracy,
    binary_accuracy,
    categorical_accuracy,
    sparse_categorical_accuracy,
)
from nnlite.metrics.accuracy import FittingAccuracy, _HitRate, fitting_accuracy


def test_binary_accuracy_counts_the_right_side_of_the_threshold() -> None:
    y = [[1], [1], [0], [0]]
    a = [[0.9], [0.5], [0.5], [0.1]]
    # 0.5 itself is not above the threshold.
    assert binary_accuracy(y, a).tolist() == [1.0, 0.0, 1.0, 1.0]
    assert binary_accuracy(y, a, threshold=0.4).tolist() == [1.0, 1.0, 0.0, 1.0]
    assert BinaryAccuracy()(y, a) == 0.75
    assert BinaryAccuracy(threshold=0.95)(y, a) == 0.5


def test_binary_accuracy_of_several_outputs_is_their_share() -> None:
    y = [[1, 0, 1, 0], [1, 1, 1, 1]]
    a = [[0.9, 0.1, 0.2, 0.3], [0.9, 0.1, 0.2, 0.3]]
    assert binary_accuracy(y, a).tolist() == [0.75, 0.25]
    assert BinaryAccuracy()(y, a) == 0.5


def test_categorical_accuracy_compares_the_largest_places() -> None:
    y = [[0, 0, 1], [1, 0, 0], [0, 1, 0]]
    a = [[0.1, 0.3, 0.6], [0.2, 0.5, 0.3], [0.2, 0.5, 0.3]]
    assert categorical_accuracy(y, a).tolist() == [1.0, 0.0, 1.0]
    assert CategoricalAccuracy()(y, a) == pytest.approx(2 / 3, rel=1e-15)


def test_sparse_categorical_accuracy_takes_class_numbers_as_row_or_column() -> None:
    a = [[0.1, 0.3, 0.6], [0.2, 0.5, 0.3], [0.2, 0.5, 0.3]]
    assert sparse_categorical_accuracy([2, 0, 1], a).tolist() == [1.0, 0.0, 1.0]
    assert sparse_categorical_accuracy([[2], [0], [1]], a).tolist() == [1.0, 0.0, 1.0]
    assert SparseCategoricalAccuracy()([[2], [0], [1]], a) == pytest.approx(2 / 3, rel=1e-15)


def test_sparse_categorical_accuracy_of_several_places_is_their_share() -> None:
    y = [[1, 0], [1, 1]]
    a = [[[0.2, 0.8], [0.9, 0.1]], [[0.2, 0.8], [0.9, 0.1]]]
    assert sparse_categorical_accuracy(y, a).tolist() == [1.0, 0.5]
    assert SparseCategoricalAccuracy()(y, a) == 0.75


@pytest.mark.parametrize(
    ("truth", "prediction", "kind"),
    [
        ((1,), (1,), BinaryAccuracy),
        ((), (), BinaryAccuracy),
        ((), (1,), BinaryAccuracy),
        ((3,), (3,), CategoricalAccuracy),
        ((), (3,), SparseCategoricalAccuracy),
        ((1,), (3,), SparseCategoricalAccuracy),
        ((5, 3), (5, 3), CategoricalAccuracy),
        ((5,), (5, 3), SparseCategoricalAccuracy),
    ],
)
def test_accuracy_chooses_its_kind_by_the_shapes(truth: Any, prediction: Any, kind: type) -> None:
    assert fitting_accuracy(truth, prediction) is kind


def test_accuracy_is_each_of_the_three() -> None:
    rows = [[0.2, 0.8], [0.7, 0.3], [0.6, 0.4]]
    assert accuracy([[1], [0]], [[0.9], [0.8]]).tolist() == [1.0, 0.0]
    assert accuracy([[0, 1], [0, 1], [1, 0]], rows).tolist() == [1.0, 0.0, 1.0]
    assert accuracy([1, 1, 0], rows).tolist() == [1.0, 0.0, 1.0]
    assert FittingAccuracy()([1, 1, 0], rows) == pytest.approx(2 / 3, rel=1e-15)
    assert FittingAccuracy()([[1], [0]], [[0.9], [0.8]]) == 0.5


@pytest.mark.parametrize("metric", [BinaryAccuracy(), FittingAccuracy()], ids=repr)
def test_a_smaller_last_batch_counts_by_its_size(metric: Any) -> None:
    metric.reset_state()
    metric.update_state(np.array([[1], [1], [1]]), np.array([[0.9], [0.9], [0.9]]))
    metric.update_state(np.array([[1]]), np.array([[0.1]]))
    # 3 of 4; the mean of the batches would be ½.
    assert metric.result() == 0.75
    metric.reset_state()
    assert metric.result() == 0.0
    metric.update_state(np.array([[1]]), np.array([[0.1]]))
    assert metric.result() == 0.0
    assert metric.count == 1


def test_batches_of_classes_add_up() -> None:
    categorical, sparse = CategoricalAccuracy(), SparseCategoricalAccuracy()
    rng = np.random.default_rng(0)
    labels, a = rng.integers(0, 3, 50), rng.random((50, 3))
    right = sum(int(label == row.argmax()) for label, row in zip(labels, a, strict=True))
    for start in range(0, 50, 16):
        part = slice(start, start + 16)
        categorical.update_state(np.eye(3)[labels[part]], a[part])
        sparse.update_state(labels[part], a[part])
    assert categorical.result() == sparse.result() == right / 50


def test_class_numbers_for_one_output_name_the_accuracy_that_fits() -> None:
    with pytest.raises(ValueError, match="for one output, binary_accuracy"):
        sparse_categorical_accuracy([1, 0], [0.9, 0.2])
    with pytest.raises(ValueError, match="one class number for each row"):
        sparse_categorical_accuracy([[1, 0], [0, 1]], [[0.2, 0.8], [0.9, 0.1]])


def test_truth_and_predictions_of_different_shapes_are_explained() -> None:
    with pytest.raises(ValueError, match=r"the same shape.\nReceived: y_true of shape \(2, 1\)"):
        categorical_accuracy([[1], [0]], [[0.2, 0.8], [0.9, 0.1]])
    with pytest.raises(ValueError, match="same number of samples"):
        binary_accuracy([1, 0], [0.5, 0.5, 0.5])
    with pytest.raises(ValueError, match="one class number for each row"):
        SparseCategoricalAccuracy()([[1, 0], [0, 1]], [[0.2, 0.8], [0.9, 0.1]])


def test_a_row_of_truth_is_compared_with_a_column_one_by_one() -> None:
    assert binary_accuracy([1, 0, 1], [[0.9], [0.8], [0.7]]).tolist() == [1.0, 0.0, 1.0]


def test_a_share_of_hits_of_your_own_must_say_its_hits() -> None:
    class Empty(_HitRate):
        pass

    with pytest.raises(TypeError, match=r"Empty must define hits\(y, a\)"):
        Empty().update_state(np.ones(2), np.ones(2))
