"""The same numbers train to the same bits, wherever and however they lie in memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from nnlite import Model, Sequential, layers, losses, metrics
from nnlite.given import rows
from nnlite.given.data import Data, as_input
from nnlite.given.rows import Rows
from nnlite.given.targets import class_numbers, numbers, one_hot_rows

X = np.random.default_rng(0).standard_normal((37, 5)).astype(np.float32)
Y = (X[:, :2] - X[:, 1:3]).astype(np.float32)


def read_only(array: Any) -> Any:
    copy = array.copy()
    copy.flags.writeable = False
    return copy


def unaligned(array: Any) -> Any:
    return np.frombuffer(b"x" + array.tobytes(), array.dtype, offset=1).reshape(array.shape)


def mapped(array: Any, folder: Path, order: Any = "C", dtype: Any = None) -> Any:
    """Return the numbers as a file on disk, of that order and type."""
    file = folder / f"{len(list(folder.iterdir()))}.dat"
    made: Any = np.memmap(file, dtype or array.dtype, "w+", shape=array.shape, order=order)
    made[...] = array
    made.flush()
    return np.memmap(file, dtype or array.dtype, "r", shape=array.shape, order=order)


LAYOUTS: dict[str, Callable[[Any], Any]] = {
    "columns first": np.asfortranarray,
    "transposed": lambda a: a.T.copy().T,
    "every second row": lambda a: a.repeat(2, axis=0)[::2],
    "every third column": lambda a: a.repeat(3, axis=1)[:, ::3],
    "backwards": lambda a: a[::-1].copy()[::-1],
    "after another row": lambda a: np.concatenate([a[:1], a])[1:],
    "read-only": read_only,
    "big-endian": lambda a: a.astype(a.dtype.newbyteorder(">")),
    "between two bytes": unaligned,
    "float64": lambda a: np.asfortranarray(a.astype(np.float64)),
    "list": lambda a: a.tolist(),
    "frame": pd.DataFrame,
    "matrix": lambda a: np.asfortranarray(a).view(np.matrix),
}


def trained(x: Any, y: Any, shuffle: bool = True) -> tuple[Any, ...]:
    """Train two layers, watch the last fifth of the samples, and return all that comes out."""
    model = Sequential([layers.Dense(16, "tanh", input_shape=(5,)), layers.Dense(2)], seed=1)
    model.compile("adam", "mse", metrics=["mae", "r2"])
    options: Any = {"batch_size": 8, "epochs": 3, "verbose": 0, "shuffle": shuffle}
    history = model.fit(x, y, validation_split=0.2, **options).history
    scores = model.evaluate(x, y, verbose=0)
    return history, scores, model.weights_vector.tolist(), model.predict(x).tolist()


@pytest.mark.bits
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_training_gives_the_same_bits_for_every_layout(layout: Any) -> None:
    assert trained(layout(X), layout(Y)) == trained(X, Y)


@pytest.mark.bits
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_layers_losses_and_metrics_give_the_same_bits_for_every_layout(
    layout: Any,
) -> None:
    dense = layers.Dense(16, "softmax")
    model = Sequential([dense], seed=1)
    model.build((None, 5))
    assert dense(layout(X)).tolist() == dense(X).tolist()
    assert model(layout(X)).tolist() == model(X).tolist()
    plain = X.astype(np.asarray(layout(X)).dtype.newbyteorder("="))
    ones = np.ones_like(plain)
    for loss in (losses.MeanSquaredError(), losses.Huber(), losses.MeanAbsoluteError()):
        assert loss(layout(ones), layout(plain)) == loss(ones, plain)
        gradient = loss.backprop(layout(ones), layout(plain))
        assert gradient.tolist() == loss.backprop(ones, plain).tolist()
    for metric in (metrics.mean_absolute_error, metrics.r2_score, metrics.accuracy):
        assert np.array_equal(metric(layout(ones), layout(plain)), metric(ones, plain))


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_all_data_lies_row_by_row_in_the_models_type(layout: Any) -> None:
    whole = np.arange(37) % 2
    rows_of_ones = np.eye(2, dtype=np.float32)[whole]
    for array in (
        as_input(layout(X), (5,), "float32", "x", "here"),
        numbers(layout(Y), (2,), "float32", "mse"),
        one_hot_rows(layout(rows_of_ones), (2,), "float32", "cce"),
        class_numbers(layout(np.array([whole, whole]).T), (2, 2), "scce"),
    ):
        assert array.flags.c_contiguous
        assert array.flags.aligned
        assert array.dtype.isnative
        assert array.dtype in (np.float32, np.int64)


def test_data_that_is_right_already_is_not_copied() -> None:
    assert as_input(X, (5,), "float32", "x", "here") is X
    assert numbers(Y, (2,), "float32", "mse") is Y
    classes = np.array([0, 1])
    assert np.shares_memory(class_numbers(classes, (2,), "scce"), classes)
    column = as_input(X[0], (1,), "float32", "x", "here")
    assert np.shares_memory(column, X)


@pytest.mark.bits
@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("dtype", ["float32", "float64", ">f4"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_a_file_trains_to_the_bits_of_an_array(
    tmp_path: Path, order: Any, dtype: Any, shuffle: bool
) -> None:
    x, y = (mapped(a, tmp_path, order, dtype) for a in (X, Y))
    assert trained(x, y, shuffle) == trained(X, Y, shuffle)


@pytest.mark.bits
def test_bytes_in_a_file_train_as_numbers_do(tmp_path: Path) -> None:
    x = np.arange(185, dtype=np.uint8).reshape(37, 5)
    assert trained(mapped(x, tmp_path), Y) == trained(x.astype(np.float32), Y)


@pytest.mark.bits
def test_large_arrays_are_made_ready_by_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = trained(X, Y)
    monkeypatch.setattr(rows, "GIGABYTE", 200)
    x, y = np.asfortranarray(X, np.float64), np.asfortranarray(Y, np.float64)
    assert isinstance(as_input(x, (5,), "float32", "x", "here"), Rows)
    assert trained(x, y) == expected
    assert trained(pd.DataFrame(x), pd.DataFrame(y)) == expected


def test_only_batches_of_a_file_are_read(tmp_path: Path) -> None:
    sizes = []

    def prepare(array: Any, given: Any) -> Any:
        sizes.append(len(array))
        return array

    data = Data([Rows(mapped(X, tmp_path), None, prepare)], [])
    for _ in data.batches(10, np.arange(37)[::-1]):
        pass
    training, validation = data.split(0.5)
    for _ in training.batches(10):
        pass
    assert (training.size, validation.size) == (18, 19)
    assert sizes == [10, 10, 10, 7, 10, 8]


@pytest.mark.parametrize("shuffle", [True, False])
def test_a_missing_number_in_a_file_is_named_by_its_row_in_the_whole(
    tmp_path: Path, shuffle: bool
) -> None:
    x = X.copy()
    x[33, 2] = np.nan
    with pytest.raises(ValueError, match=r"x must be finite.*\nReceived: nan at row 33, column 2"):
        trained(mapped(x, tmp_path), Y, shuffle)


def test_a_missing_number_of_a_large_frame_is_named_by_its_column(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rows, "GIGABYTE", 200)
    frame = pd.DataFrame(X, columns=list("abcde"))
    frame.loc[20, "c"] = np.inf
    with pytest.raises(ValueError, match="inf at row 20, column 'c'"):
        trained(frame, Y)


def test_a_missing_truth_in_a_file_is_named_by_its_row_in_the_whole(tmp_path: Path) -> None:
    y = Y.copy()
    y[35, 1] = np.inf
    with pytest.raises(ValueError, match=r"y must be finite.*\nReceived: inf at row 35, column 1"):
        trained(X, mapped(y, tmp_path))


@pytest.mark.parametrize(
    ("loss", "y", "message"),
    [
        ("sparse_categorical_crossentropy", np.arange(37) // 36 * 9, "9 at sample 36"),
        (
            "sparse_categorical_crossentropy",
            np.where(np.arange(37) == 18, 0.5, 0.0),
            "0.5 at sample 18",
        ),
    ],
)
def test_a_wrong_class_in_a_file_is_named_by_its_place_in_the_whole(
    tmp_path: Path, loss: str, y: Any, message: str
) -> None:
    model = Sequential([layers.Dense(2, "softmax", input_shape=(5,))], seed=0)
    model.compile("sgd", loss)
    with pytest.raises(ValueError, match=message):
        model.fit(X, mapped(y, tmp_path), batch_size=5, shuffle=False, verbose=0)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["float32", "float64", "uint8"])
def test_training_on_a_file_needs_memory_for_batches_only(
    tmp_path: Path, dtype: str, order: Any
) -> None:
    zeros = np.broadcast_to(np.zeros(1, np.uint8), (1600, 5000))
    x, y = mapped(zeros, tmp_path, order, dtype), np.zeros(1600)
    model = Sequential([layers.Dense(1, input_shape=(5000,))], seed=0)
    model.compile("sgd", "mse")
    model.train_on_batch(x[:2], y[:2])
    tracemalloc.start()
    model.fit(x, y, validation_split=0.5, batch_size=4, verbose=0)
    model.predict(x, batch_size=4)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert x.nbytes >= 8_000_000
    assert peak < 800_000


def test_a_file_of_the_wrong_shape_is_explained_before_training(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"Received: x of shape \(37, 3\)"):
        trained(mapped(X[:, :3], tmp_path), Y)
    with pytest.raises(ValueError, match="y must have one value for each output of the model"):
        trained(X, mapped(X, tmp_path))


@pytest.mark.bits
def test_every_way_in_takes_a_file(tmp_path: Path) -> None:
    model = Sequential([layers.Dense(2, input_shape=(5,))], seed=0)
    model.compile("sgd", "mse")
    x, y = mapped(X, tmp_path, "F"), mapped(Y, tmp_path)
    assert model(x).tolist() == model.predict_on_batch(x).tolist() == model(X).tolist()
    assert model.test_on_batch(x, y) == model.test_on_batch(X, Y)
    assert str(model.explain(x[:3], y[:3])) == str(model.explain(X[:3], Y[:3]))
    twin = Sequential([layers.Dense(2, input_shape=(5,))], seed=0)
    twin.compile("sgd", "mse")
    assert model.train_on_batch(x, y) == twin.train_on_batch(X, Y)
    assert model.weights_vector.tolist() == twin.weights_vector.tolist()


@pytest.mark.bits
def test_classes_in_a_file_may_have_weights(tmp_path: Path) -> None:
    def losses_of(y: Any) -> Any:
        model = Sequential([layers.Dense(3, "softmax", input_shape=(5,))], seed=0)
        model.compile("sgd", "sparse_categorical_crossentropy")
        return model.fit(X, y, class_weight={0: 1, 1: 2, 2: 5}, verbose=0).history

    y = np.arange(37) % 3
    assert losses_of(mapped(y, tmp_path)) == losses_of(y)


@pytest.mark.bits
def test_several_inputs_may_come_from_files(tmp_path: Path) -> None:
    inputs = [layers.Input((5,)), layers.Input((2,))]
    model = Model(inputs, layers.Dense(1)(layers.Concatenate()(inputs)), seed=0)
    given = [mapped(X, tmp_path), Y]
    assert model.predict(given, batch_size=5).tolist() == model.predict([X, Y], 5).tolist()
