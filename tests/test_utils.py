from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from nnlite.utils import to_categorical


@pytest.mark.parametrize(
    "y",
    [
        [0, 2, 1],
        [[0], [2], [1]],
        (0, 2, 1),
        np.array([0.0, 2.0, 1.0]),
        np.array([0, 2, 1], np.uint8),
        pd.Series([0, 2, 1], index=[5, 5, 5]),
    ],
)
def test_class_numbers_become_one_hot_rows(y: Any) -> None:
    rows = to_categorical(y)
    assert rows.dtype == np.float32
    assert rows.tolist() == [[1, 0, 0], [0, 0, 1], [0, 1, 0]]


def test_more_classes_than_seen_leave_empty_columns() -> None:
    assert to_categorical([1, 0], num_classes=4).tolist() == [[0, 1, 0, 0], [1, 0, 0, 0]]


def test_the_dtype_may_be_chosen() -> None:
    assert to_categorical([0, 1], dtype="float64").dtype == np.float64


def test_truths_are_the_classes_0_and_1() -> None:
    assert to_categorical([False, True]).tolist() == [[1, 0], [0, 1]]


def test_maps_of_classes_keep_their_axes() -> None:
    assert to_categorical([[0, 1], [1, 1]]).tolist() == [[[1, 0], [0, 1]], [[0, 1], [0, 1]]]


def test_one_hot_rows_lead_back_by_argmax() -> None:
    y = np.random.default_rng(0).integers(0, 10, 50)
    assert to_categorical(y, 10).argmax(axis=1).tolist() == y.tolist()
