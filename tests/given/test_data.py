from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from nnlite.given.data import Data, as_input, as_list, check_lengths
from nnlite.given.sample_weights import as_sample_weights

TENS = np.arange(10.0).reshape(5, 2)


def batches_of(data: Data, size: int, order: Any = None, **options: Any) -> list[Any]:
    """The batches as lists, copied at once."""
    return [
        ([x.tolist() for x in xs], [y.tolist() for y in ys], w if w is None else w.tolist())
        for xs, ys, w in data.batches(size, order, **options)
    ]


def test_batches_cover_all_samples_once_and_the_last_is_smaller() -> None:
    data = Data([TENS], [np.arange(5)])
    assert batches_of(data, 2) == [
        ([[[0, 1], [2, 3]]], [[0, 1]], None),
        ([[[4, 5], [6, 7]]], [[2, 3]], None),
        ([[[8, 9]]], [[4]], None),
    ]


@pytest.mark.parametrize("reuse", [False, True])
def test_rows_of_x_y_and_weights_stay_together_in_any_order(reuse: bool) -> None:
    data = Data([TENS, TENS[:, :1]], [np.arange(5)], np.arange(5.0) * 10)
    order = np.array([3, 0, 4, 1, 2])
    assert batches_of(data, 3, order, reuse=reuse) == [
        ([[[6, 7], [0, 1], [8, 9]], [[6], [0], [8]]], [[3, 0, 4]], [30, 0, 40]),
        ([[[2, 3], [4, 5]], [[2], [4]]], [[1, 2]], [10, 20]),
    ]


def test_a_batch_larger_than_the_data_is_all_of_it() -> None:
    assert batches_of(Data([TENS], []), 99) == [([TENS.tolist()], [], None)]
    reversed_order = np.arange(5)[::-1]
    assert batches_of(Data([TENS], []), 99, reversed_order) == [([TENS[::-1].tolist()], [], None)]


def test_batches_that_reuse_memory_never_change_the_data() -> None:
    x = TENS.copy()
    for batch, _, _ in Data([x], []).batches(2, np.arange(5), reuse=True):
        batch[0][...] = -1
    assert x.tolist() == TENS.tolist()


def test_batches_without_reuse_stay_what_they_were() -> None:
    kept = [x[0] for x, _, _ in Data([TENS], []).batches(2, np.array([4, 3, 2, 1, 0]))]
    assert np.concatenate(kept).tolist() == TENS[::-1].tolist()


def test_a_split_keeps_the_first_samples_and_watches_the_last() -> None:
    data = Data([TENS], [np.arange(5)], np.arange(5.0))
    training, validation = data.split(0.4)
    assert (training.size, validation.size) == (3, 2)
    assert training.y[0].tolist() == [0, 1, 2]
    assert validation.x[0].tolist() == [[6, 7], [8, 9]]
    assert validation.weights is not None
    assert validation.weights.tolist() == [3, 4]


@pytest.mark.parametrize(("size", "share", "first"), [(10, 0.2, 8), (10, 0.25, 7), (7, 0.5, 3)])
def test_the_border_of_a_split_is_rounded_down_as_in_keras(
    size: int, share: float, first: int
) -> None:
    training, validation = Data([np.zeros((size, 1))], []).split(share)
    assert (training.size, validation.size) == (first, size - first)


def test_data_for_several_inputs_is_found_by_place_or_name() -> None:
    a, b = TENS, TENS + 1
    for given in ([a, b], (a, b), {"two": b, "one": a}):
        first, second = as_list(given, ["one", "two"], "input")
        assert first is a
        assert second is b


def test_more_keys_than_inputs_are_passed_over() -> None:
    assert as_list({"one": 1, "unused": 2}, ["one"], "input") == [1]


def test_a_list_of_one_table_is_that_table_but_a_list_of_one_row_is_not() -> None:
    assert as_list([TENS], ["x"], "input")[0] is TENS
    row = TENS[0]
    assert as_list([row], ["x"], "input")[0] == [row]
    assert as_list([np.arange(5)], ["y"], "output", size=5)[0].tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("given", "shape", "expected"),
    [
        ([1, 2, 3], (1,), [[1], [2], [3]]),
        ([[1, 2], [3, 4]], (2,), [[1, 2], [3, 4]]),
        ([True, False], (1,), [[1], [0]]),
        (pd.Series([1, 2], index=["b", "a"]), (1,), [[1], [2]]),
        (pd.DataFrame({"b": [1, 2], "a": [3.5, 4]}), (2,), [[1, 3.5], [2, 4]]),
        (np.array([[1, 2]], dtype=object), (2,), [[1, 2]]),
        (range(2), (1,), [[0], [1]]),
        (np.arange(8, dtype=np.uint8).reshape(1, 2, 2, 2), (2, 2, 2), None),
    ],
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_data_becomes_an_array_of_the_models_dtype(
    given: Any, shape: tuple[int, ...], expected: Any, dtype: str
) -> None:
    array = as_input(given, shape, dtype, "x", "here")
    assert array.dtype == dtype
    assert array.tolist() == (np.asarray(given).tolist() if expected is None else expected)


def test_data_of_the_right_kind_is_not_copied() -> None:
    x = TENS.astype(np.float32)
    assert as_input(x, (2,), "float32", "x", "here") is x


def test_columns_of_a_frame_are_taken_in_their_order_whatever_the_index() -> None:
    frame = pd.DataFrame({"b": [1.0, 2.0], "a": [3.0, 4.0]}, index=[9, 9])
    assert as_input(frame, (2,), "float64", "x", "here").tolist() == [[1, 3], [2, 4]]


def test_whole_numbers_too_large_for_float32_are_rounded_as_numpy_does() -> None:
    assert as_input([2**24 + 1], (1,), "float32", "x", "here").tolist() == [[2.0**24]]


def test_the_largest_float32_is_still_taken_and_the_next_is_not() -> None:
    largest = float(np.finfo(np.float32).max)
    assert as_input([largest], (1,), "float32", "x", "here").tolist() == [[largest]]
    with pytest.raises(ValueError, match="must fit into float32"):
        as_input([largest * 1.1], (1,), "float32", "x", "here")
    assert as_input([largest * 1.1], (1,), "float64", "x", "here").tolist() == [[largest * 1.1]]


def test_numbers_too_small_for_float32_become_0_quietly() -> None:
    with np.errstate(all="raise"):
        assert as_input([1e-300], (1,), "float32", "x", "here").tolist() == [[0.0]]


def test_the_first_of_several_missing_values_is_named() -> None:
    x = TENS.copy()
    x[3, 1], x[4, 0] = np.inf, np.nan
    with pytest.raises(ValueError, match=r"inf at row 3, column 1 \(2 such values\)"):
        as_input(x, (2,), "float64", "x", "here")


def test_a_missing_value_in_an_image_is_named_by_its_indices() -> None:
    x = np.zeros((2, 3, 3, 1))
    x[1, 2, 0, 0] = np.nan
    with pytest.raises(ValueError, match="nan at index 1, index 2, index 0, index 0"):
        as_input(x, (3, 3, 1), "float32", "x", "here")


def test_large_numbers_are_not_mistaken_for_infinities() -> None:
    assert as_input([1e200, -1e200], (1,), "float64", "x", "here").ravel().tolist() == [
        1e200,
        -1e200,
    ]


def test_lengths_that_agree_pass_and_others_name_all_shapes() -> None:
    check_lengths([TENS, TENS], [TENS])
    with pytest.raises(ValueError, match=r"x of shape \(5, 2\), \(4, 2\); y of shape \(5,\)"):
        check_lengths([TENS, TENS[:4]], [np.zeros(5)])


def test_without_weights_there_are_none() -> None:
    assert as_sample_weights(None, None, np.zeros(2), 2, "float32") is None


def test_weights_of_samples_and_classes_are_multiplied() -> None:
    y = np.array([0, 1, 1])
    weights = as_sample_weights([1, 2, 3], {0: 10, 1: 0.5}, y, 3, "float32")
    assert weights is not None
    assert weights.dtype == np.float32
    assert weights.tolist() == [10, 1, 1.5]


@pytest.mark.parametrize("y", [[[0.0], [1.0]], [0, 1], [[1, 0], [0, 1]]])
def test_classes_are_read_from_numbers_columns_and_one_hot_rows(y: Any) -> None:
    weights = as_sample_weights(None, {0: 3.0, 1: 4.0}, np.array(y), 2, "float64")
    assert weights is not None
    assert weights.tolist() == [3, 4]


def test_a_column_of_weights_is_a_row_of_them() -> None:
    weights = as_sample_weights([[1], [2]], None, np.zeros(2), 2, "float64")
    assert weights is not None
    assert weights.tolist() == [1, 2]


def test_given_weights_are_not_changed() -> None:
    mine = np.array([1.0, 2.0])
    mine.flags.writeable = False
    weights = as_sample_weights(mine, {0: 2.0}, np.zeros(2), 2, "float64")
    assert weights is not None
    assert weights.tolist() == [2, 4]
    assert mine.tolist() == [1, 2]


def test_numbers_of_several_classes_per_sample_have_no_class_weight() -> None:
    for y, shape in (([[0, 1], [1, 0]], (2, 3)), ([[[0, 1]], [[1, 0]]], (1, 2))):
        with pytest.raises(ValueError, match=r"one class for each sample.*\n.*samples of shape"):
            as_sample_weights(None, {0: 1.0, 1: 2.0}, np.array(y), 2, "float64", [shape])


def test_rows_of_several_labels_have_no_class_weight() -> None:
    with pytest.raises(ValueError, match="rows that do not sum to 1"):
        as_sample_weights(None, {0: 1.0, 1: 2.0}, np.array([[1, 1], [0, 1]]), 2, "float64")


@pytest.mark.parametrize(
    ("y", "output", "class_weight", "message"),
    [
        ([0, 1], (1,), {0: 1.0, 1: 2.0, 2: 3.0}, "Leave out 2"),
        ([[0], [1]], (1,), {0: 1.0, 1: 2.0, "1": 3.0}, "Leave out '1'"),
        ([0, 1], (3,), {0: 1.0, 1: 2.0, 2: 3.0, 3: 4.0}, "keys from 0 to 2.*\n.*\n.*Leave out 3"),
        ([0, 0], (1,), {-1: 2.0, 0: 1.0}, "keys from 0 to 1.*\n.*\n.*Leave out -1"),
        ([-1, 1], (1,), {-1: 2.0, 1: 1.0, -2: 1.0}, "keys from -1 to 1.*\n.*\n.*Leave out -2"),
        ([0, 1], (1,), {0: 2.0, 1: 1.0, 0.5: 1.0}, "Leave out 0.5"),
        ([4, 4], (1,), {4: 2.0, -3: 1.0}, "keys from 0 to 4.*\n.*\n.*Leave out -3"),
        ([4, 4], (1,), {4: 2.0, 5: 1.0}, "keys from 0 to 4.*\n.*\n.*Leave out 5"),
        ([1e15, 4], (1,), {1e15: 2.0, 4: 1.0, -1: 1.0}, "Leave out -1"),
        ([-5, -5], (1,), {-5: 2.0, 3: 1.0}, "keys from 0 to 1.*\n.*\n.*Leave out 3"),
    ],
)
def test_weights_of_classes_that_the_model_does_not_have_are_refused(
    y: Any, output: Any, class_weight: Any, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        as_sample_weights(None, class_weight, np.array(y), 2, "float64", [output])


def test_true_is_no_class_number() -> None:
    with pytest.raises(TypeError, match=r"the key True \(bool\)\nRemedy: Write .*={1: 2.0}"):
        as_sample_weights(None, {0: 1.0, True: 2.0}, np.array([0, 1]), 2, "float64", [(1,)])


def test_a_class_may_have_a_weight_before_a_sample_of_it_comes() -> None:
    for y, output, weights in (
        ([0, 1], (3,), {0: 1.0, 1: 2.0, 2: 3.0}),
        ([1, 1], (1,), {-1: 1.0, 1: 2.0}),
        ([4, 4], (1,), {2: 1.0, 4: 2.0}),
    ):
        found = as_sample_weights(None, weights, np.array(y), 2, "float64", [output])
        assert found is not None
        assert found.tolist() == [weights[label] for label in y]


def test_class_weights_are_refused_for_several_outputs() -> None:
    with pytest.raises(ValueError, match=r"needs one output.*\nReceived: a model of 2 outputs"):
        as_sample_weights(None, {0: 1.0, 1: 2.0}, np.zeros(2), 2, "float64", [(1,), (1,)])
