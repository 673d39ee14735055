from __future__ import annotations

import tracemalloc
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


def test_few_samples_of_high_class_numbers_take_the_memory_of_their_rows() -> None:
    tracemalloc.start()
    rows = to_categorical([0, 30000])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert rows.shape == (2, 30001)
    assert np.argwhere(rows).tolist() == [[0, 0], [1, 30000]]
    # Two rows of 30,001 numbers of four bytes.
    assert peak < 250_000


@pytest.mark.parametrize("largest", [1e20, 1e300, 2**63 - 1, 10**14])
def test_class_numbers_that_no_memory_holds_are_explained(largest: float) -> None:
    with pytest.raises(ValueError, match=r"for each class.*\n.*for 2 samples\n.*np.unique"):
        to_categorical([0, largest])


@pytest.mark.parametrize("y", [[0.5, 1.0], [-1, 0], [-0.5], [1e20, 0.5]])
def test_what_is_no_class_number_is_explained(y: Any) -> None:
    with pytest.raises(ValueError, match="takes class numbers: whole, from 0 on"):
        to_categorical(y)


@pytest.mark.parametrize("dtype", ["uint8", "int32", "float64", bool])
def test_every_type_of_result_has_ones_and_zeros(dtype: Any) -> None:
    rows = to_categorical(np.array([2, 0], np.uint8), 3, dtype)
    assert rows.dtype == np.dtype(dtype)
    assert rows.tolist() == [[0, 0, 1], [1, 0, 0]]


def test_no_samples_have_no_rows() -> None:
    assert to_categorical([], 3).shape == (0, 3)
    assert to_categorical(2).tolist() == [0, 0, 1]
