"""The weights of a training, remembered step by step within bounds of memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nnlite
from nnlite.callbacks import Callback, WeightRecorder
from nnlite.callbacks.calling import CallbackList
from nnlite.layers import Conv2D, Dense, Flatten, MaxPooling2D

X, Y = np.array([[1.0], [2.0], [3.0], [4.0]]), np.array([2.0, 4.0, 6.0, 8.0])


def line() -> nnlite.Sequential:
    model = nnlite.Sequential([Dense(1, input_shape=(1,))], seed=0)
    model.compile(optimizer=nnlite.optimizers.SGD(0.01), loss="mse")
    return model


class Watches(Callback):
    """Copies the weights as a user would."""

    def on_train_begin(self, logs: Any = None) -> None:
        self.seen = [self.model.get_weights()]

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.seen.append(self.model.get_weights())


def assert_same(one: list[Any], other: list[Any]) -> None:
    for mine, theirs in zip(one, other, strict=True):
        for a, b in zip(mine, theirs, strict=True):
            np.testing.assert_array_equal(a, b)


def test_every_nth_step_the_start_and_the_end_are_kept() -> None:
    model, recorder = line(), WeightRecorder(every=3)
    model.fit(X, Y, batch_size=1, epochs=2, verbose=0, callbacks=[recorder])
    assert recorder.steps == [0, 3, 6, 8]
    assert recorder.epochs == [0, 1, 2, 2]
    assert_same([recorder.weights[-1]], [model.get_weights()])


def test_the_copies_are_what_the_model_had_after_these_steps() -> None:
    layers = [Conv2D(2, 3, input_shape=(6, 6, 1), activation="relu"), MaxPooling2D(), Flatten()]
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(8, 6, 6, 1)), rng.integers(0, 3, 8)
    model = nnlite.Sequential([*layers, Dense(3, activation="softmax")], seed=0)
    model.compile(loss="sparse_categorical_crossentropy", optimizer="sgd")
    recorder, watches = WeightRecorder(), Watches()
    model.fit(x, y, batch_size=2, epochs=2, verbose=0, callbacks=[recorder, watches])
    assert recorder.steps == list(range(9))
    assert_same(recorder.weights, watches.seen)


def test_a_recorder_takes_no_shortcut_from_the_training() -> None:
    alone, recorded = line(), line()
    alone.fit(X, Y, batch_size=2, epochs=3, verbose=0)
    recorded.fit(X, Y, batch_size=2, epochs=3, verbose=0, callbacks=[WeightRecorder()])
    assert_same([alone.get_weights()], [recorded.get_weights()])


def test_no_batch_is_watched_for_a_recorder() -> None:
    recorder = WeightRecorder()
    called = CallbackList([recorder], line(), {"figures": []}, dict)
    assert called.watch_batches is False
    assert called.counting == [recorder]


def test_when_there_is_no_room_every_second_copy_is_dropped() -> None:
    model, recorder = line(), WeightRecorder(most=4)
    model.fit(X, Y, batch_size=1, epochs=3, verbose=0, callbacks=[recorder])
    # 0 1 2 3, then 0 2 4 6, then 0 4 8 12.
    assert recorder.steps == [0, 4, 8, 12]
    assert len(recorder.weights) == len(recorder.epochs) == 4
    watches = Watches()
    again = line()
    again.fit(X, Y, batch_size=1, epochs=3, verbose=0, callbacks=[watches])
    assert_same(recorder.weights, [watches.seen[step] for step in (0, 4, 8, 12)])


@pytest.mark.parametrize("most", [2, 3, 4, 5, 7])
def test_there_are_never_more_copies_than_allowed_and_always_the_first_and_last(most: int) -> None:
    for epochs in range(1, 12):
        model, recorder = line(), WeightRecorder(most=most)
        model.fit(X, Y, batch_size=2, epochs=epochs, verbose=0, callbacks=[recorder])
        assert recorder.steps[0] == 0
        assert recorder.steps[-1] == 2 * epochs
        assert 2 <= len(recorder) <= most
        assert recorder.steps == sorted(set(recorder.steps))


def test_megabytes_bound_the_copies_of_a_large_model() -> None:
    model = nnlite.Sequential([Dense(250, input_shape=(399,))], seed=0)
    model.compile(loss="mse")
    # 399 · 250 + 250 = 100,000 numbers of 4 bytes: 5 copies are 2 MB.
    recorder = WeightRecorder(megabytes=2)
    model.fit(np.ones((6, 399)), np.ones((6, 250)), batch_size=1, verbose=0, callbacks=[recorder])
    assert len(recorder) == 4
    assert recorder.steps == [0, 2, 4, 6]
    assert repr(recorder) == (
        "<WeightRecorder: 4 copies of 100000 weights, every 2 steps from 0 to 6, 1.60 MB>"
    )


def test_a_model_that_has_no_room_at_all_is_refused_before_the_first_step() -> None:
    model = nnlite.Sequential([Dense(250, input_shape=(399,))], seed=0)
    model.compile(loss="mse")
    with pytest.raises(ValueError, match="at least two copies") as error:
        model.fit(np.ones((6, 399)), np.ones((6, 250)), callbacks=[WeightRecorder(megabytes=0.5)])
    assert "Received: megabytes=0.5" in str(error.value)
    assert "Remedy: WeightRecorder(megabytes=1)" in str(error.value)
    assert model.optimizer.iterations == 0


def test_a_second_training_is_recorded_afresh() -> None:
    model, recorder = line(), WeightRecorder(most=4)
    model.fit(X, Y, batch_size=1, epochs=4, verbose=0, callbacks=[recorder])
    model.fit(X, Y, batch_size=2, epochs=1, verbose=0, callbacks=[recorder])
    assert recorder.steps == [0, 1, 2]
    assert_same([recorder.weights[-1]], [model.get_weights()])


def test_weights_that_became_infinite_are_not_kept() -> None:
    model, recorder = line(), WeightRecorder()
    model.compile(optimizer=nnlite.optimizers.SGD(1e30), loss="mse")
    with pytest.raises(ValueError, match=r"rate|loss"):
        model.fit(X, Y, batch_size=1, epochs=9, verbose=0, callbacks=[recorder])
    assert 1 <= len(recorder) < 9
    assert all(np.isfinite(weight).all() for copy in recorder.weights for weight in copy)


def test_a_model_gets_old_weights_for_a_while_and_then_its_own_back() -> None:
    model, recorder = line(), WeightRecorder()
    start = model.predict(X)
    model.fit(X, Y, epochs=5, verbose=0, callbacks=[recorder])
    end = model.get_weights()
    with recorder.at(0) as old:
        np.testing.assert_array_equal(old.predict(X), start)
    assert_same([model.get_weights()], [end])
    with pytest.raises(ZeroDivisionError), recorder.at(0):
        raise ZeroDivisionError
    assert_same([model.get_weights()], [end])


def test_a_model_that_was_changed_after_the_training_is_refused() -> None:
    model, recorder = line(), WeightRecorder()
    model.fit(X, Y, epochs=1, verbose=0, callbacks=[recorder])
    model.add(Dense(3))
    with (
        pytest.raises(ValueError, match="train it with the recorder again") as error,
        recorder.at(0),
    ):
        pass
    assert "The copies are of weights [(1, 1), (1,)]." in str(error.value)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"every": 0}, "every must be a positive integer."),
        ({"most": 1}, "most must be a whole number from 2 on"),
        ({"megabytes": 0}, "megabytes must be above 0"),
    ],
)
def test_bounds_that_leave_nothing_are_refused(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        WeightRecorder(**arguments)


def test_what_has_recorded_nothing_says_so() -> None:
    assert repr(WeightRecorder()) == "<WeightRecorder: nothing recorded yet>"
