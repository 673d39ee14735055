"""What callbacks do with models inside of `fit`, and the training around it must not feel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nnlite import Model, Sequential
from nnlite.callbacks import Callback
from nnlite.kernels.memory import NEW
from nnlite.layers import Dense, Input
from nnlite.metrics import Metric
from nnlite.optimizers import SGD


def neuron(rate: float = 0.0, **options: Any) -> Sequential:
    """Return ŷ = w·x with w = 0."""
    model = Sequential([Dense(1, use_bias=False, input_shape=(1,))], dtype="float64")
    model.set_weights([[[0.0]]])
    model.compile(optimizer=SGD(rate), loss="half_squared_error", **options)
    return model


HOOKS = [
    "on_train_begin",
    "on_epoch_begin",
    "on_train_batch_begin",
    "on_train_batch_end",
    "on_test_begin",
    "on_test_end",
    "on_epoch_end",
    "on_train_end",
]


class Does(Callback):
    """Does something whenever a hook is called, unless that happens inside of it."""

    def __init__(self, hook: str, action: Callable[[Any], Any]) -> None:
        self.results: list[Any] = []
        self.busy = False

        def do(*given: Any) -> None:
            if not self.busy:
                self.busy = True
                self.results.append(action(self.model))
                self.busy = False

        setattr(self, hook, do)


class Largest(Metric):
    """The largest truth so far, kept in a list that is emptied in place."""

    default_name = "largest"

    def reset_state(self) -> None:
        if hasattr(self, "seen"):
            self.seen.clear()
        else:
            self.seen: list[float] = []

    def update_state(self, y_true: Any, y_pred: Any) -> None:
        self.seen.extend(y_true[:, 0].tolist())

    def result(self) -> float:
        return max(self.seen, default=0.0)


def fit(model: Any, *callbacks: Callback, **options: Any) -> Any:
    """Train on two batches of one sample, with losses of 2 and 8 for w = 0."""
    return model.fit(
        [1.0, 1.0],
        [2.0, 4.0],
        batch_size=1,
        shuffle=False,
        callbacks=list(callbacks),
        verbose=0,
        validation_data=([1.0], [6.0]),
        **options,
    )


FIGURES = {
    "loss": [5.0, 5.0],
    "mae": [3.0, 3.0],
    "largest": [4.0, 4.0],
    "val_loss": [18.0, 18.0],
    "val_mae": [6.0, 6.0],
    "val_largest": [6.0, 6.0],
}


@pytest.mark.parametrize("hook", HOOKS)
@pytest.mark.parametrize(
    ("action", "result"),
    [
        (lambda m: m.evaluate([1.0], [100.0], verbose=0), [5000.0, 100.0, 100.0]),
        (lambda m: m.test_on_batch([1.0], [100.0]), [5000.0, 100.0, 100.0]),
        (lambda m: m.train_on_batch([1.0], [100.0]), [5000.0, 100.0, 100.0]),
        (lambda m: m.predict([1.0]).item(), 0.0),
        (lambda m: m.fit([1.0], [100.0], verbose=0).history["loss"], [5000.0]),
    ],
    ids=["evaluate", "test_on_batch", "train_on_batch", "predict", "fit"],
)
def test_the_figures_of_the_epoch_are_its_own(hook: str, action: Any, result: Any) -> None:
    model, callback = neuron(metrics=["mae", Largest()]), Does(hook, action)
    history = fit(model, callback, epochs=2)
    assert history.history == FIGURES
    assert callback.results
    assert all(found == result for found in callback.results)
    assert model.layers[0].memory is NEW


def test_the_running_figures_of_a_batch_are_those_of_the_epoch() -> None:
    seen = []

    class Looks(Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            seen.append(dict(logs))

    evaluates = Does("on_train_batch_end", lambda m: m.evaluate([1.0], [100.0], verbose=0))
    fit(neuron(metrics=[Largest()]), evaluates, Looks())
    assert seen == [{"loss": 2.0, "largest": 2.0}, {"loss": 5.0, "largest": 4.0}]


@pytest.mark.parametrize("hook", ["on_train_batch_begin", "on_train_batch_end"])
@pytest.mark.parametrize(
    "action",
    [
        lambda m: m.evaluate([1.0], [100.0], verbose=0)[1],
        lambda m: m.train_on_batch([1.0], [100.0])[1],
        lambda m: m.fit([1.0], [100.0], verbose=0).history["largest"][0],
    ],
    ids=["evaluate", "train_on_batch", "fit"],
)
def test_a_metric_object_of_two_models_counts_for_each_apart(hook: str, action: Any) -> None:
    metric = Largest()
    model, other = neuron(metrics=[metric]), neuron(metrics=[metric])
    callback = Does(hook, lambda m: action(other))
    history = fit(model, callback, epochs=2)
    assert history.history["largest"] == [4.0, 4.0]
    assert history.history["val_largest"] == [6.0, 6.0]
    assert set(callback.results) == {100.0}


def test_another_model_counts_in_its_own_metric_object() -> None:
    metric = Largest()
    other = neuron(metrics=[metric])
    does = Does("on_train_batch_end", lambda m: other.evaluate([1.0], [100.0], verbose=0))
    fit(neuron(metrics=[Largest()]), does)
    assert metric.seen == [100.0]


def test_a_metric_object_of_two_outputs_counts_for_each_apart() -> None:
    x, metric = Input(shape=(1,)), Largest()
    model = Model(x, [Dense(1, name="a")(x), Dense(1, name="b")(x)], dtype="float64")
    model.compile("sgd", "mse", metrics={"a": [metric], "b": [metric]})
    results = model.evaluate([1.0], [[2.0], [3.0]], verbose=0, return_dict=True)
    assert (results["a_largest"], results["b_largest"]) == (2.0, 3.0)
    assert metric.seen == [2.0]


def test_penalties_and_several_outputs_are_apart_too() -> None:
    x = Input(shape=(1,))
    outputs = [
        Dense(1, use_bias=False, kernel_initializer="ones", kernel_regularizer="l2", name="a")(x),
        Dense(1, use_bias=False, kernel_initializer="zeros", name="b")(x),
    ]
    model = Model(x, outputs, dtype="float64")
    model.compile(SGD(0.0), "mae", metrics={"b": ["mse"]})
    evaluates = Does(
        "on_train_batch_end", lambda m: m.evaluate([1.0] * 5, [[9.0] * 5] * 2, verbose=0)
    )
    data = {"x": [1.0, 1.0], "y": [[2.0, 2.0], [2.0, 2.0]], "batch_size": 1}
    history = model.fit(**data, callbacks=[evaluates], verbose=0).history
    # |1 − 2| + |0 − 2| + 0.01·1²
    assert history == {"loss": [3.01], "a_loss": [1.0], "b_loss": [2.0], "b_mse": [4.0]}
    assert evaluates.results[0] == pytest.approx([17.01, 8.0, 9.0, 81.0])


def test_an_own_metric_holds_the_evaluation_that_came_after_the_epoch() -> None:
    metric, seen = Largest(), []
    model = neuron(metrics=[metric])

    def evaluate(model: Any) -> None:
        model.evaluate([1.0], [100.0], verbose=0)
        seen.append(list(metric.seen))

    fit(model, Does("on_epoch_end", evaluate), epochs=2)
    assert seen == [[100.0], [100.0]]


@pytest.mark.parametrize("hook", ["on_train_batch_end", "on_epoch_end"])
def test_a_training_inside_leaves_the_history_of_the_one_around_it(hook: str) -> None:
    model, seen = neuron(), []

    def train(model: Any) -> Any:
        around = model.history
        inner = model.fit([1.0], [100.0], epochs=3, verbose=0)
        seen.append(model.history is around and inner is not around)
        return len(inner.history["loss"])

    callback = Does(hook, train)
    history = fit(model, callback, epochs=2)
    assert model.history is history
    assert history.epoch == [0, 1]
    assert set(callback.results) == {3}
    assert all(seen)
    fit(model)
    assert model.history is not history


def test_a_training_inside_that_stops_does_not_stop_the_one_around_it() -> None:
    class Stop(Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            self.model.stop_training = True

    stops = Does(
        "on_train_batch_end",
        lambda m: len(m.fit([1.0], [1.0], epochs=9, callbacks=[Stop()], verbose=0).history["loss"]),
    )
    model = neuron()
    assert fit(model, stops, epochs=3).epoch == [0, 1, 2]
    assert set(stops.results) == {1}
    assert not model.stop_training


def test_a_wish_to_stop_outlives_a_training_inside() -> None:
    class Stop(Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.model.stop_training = True

    trains = Does("on_train_batch_end", lambda m: m.fit([1.0], [1.0], verbose=0))
    model = neuron()
    assert fit(model, Stop(), trains, epochs=3).history["loss"] == [2.0]
    assert model.stop_training


def test_a_training_inside_goes_on_from_the_weights_and_the_other_goes_on_from_its() -> None:
    model = neuron(rate=0.5)
    trains = Does("on_epoch_end", lambda m: m.fit([1.0], [8.0], verbose=0).history["loss"])
    history = model.fit([1.0], [4.0], epochs=2, callbacks=[trains], verbose=0)
    # w is 0 → 2 → 5 → 4.5 → 6.25: towards 4 and towards 8, half of the way each time.
    assert history.history["loss"] == [8.0, 0.5]
    assert trains.results == [[18.0], [6.125]]
    assert model.get_weights()[0] == 6.25


def two_layers() -> tuple[Dense, Dense]:
    first, last = (Dense(1, use_bias=False, kernel_initializer="ones") for _ in range(2))
    return first, last


def test_a_model_that_shares_layers_learns_inside_of_the_training_of_another() -> None:
    first, last = two_layers()
    x, h = Input(shape=(1,)), Input(shape=(1,))
    whole, head = Model(x, last(first(x)), dtype="float64"), Model(h, last(h), dtype="float64")
    whole.compile(SGD(1.0), "half_squared_error")
    head.compile(SGD(0.0), "half_squared_error")
    seen = []

    def train(model: Any) -> None:
        whole.train_on_batch([1.0], [3.0])
        seen.append((last.memory is NEW, last.skip_input_gradient))

    data = {"x": [1.0], "y": [1.0], "verbose": 0}
    head.fit(**data, callbacks=[Does("on_train_batch_end", train)])
    # ŷ = 1, so both weights get the gradient 1 − 3, although `last` is the first layer of `head`.
    assert [weight.item() for weight in whole.get_weights()] == [3.0, 3.0]
    # The training around it goes on as it was: without the gradient of its input.
    assert seen == [(False, True)]
    assert [layer.memory for layer in (first, last)] == [NEW, NEW]
    assert [layer.skip_input_gradient for layer in (first, last)] == [False, False]


def test_evaluating_a_part_leaves_the_training_of_the_whole_as_it_is() -> None:
    first, last = two_layers()
    x = Input(shape=(1,))
    h = first(x)
    whole, part = Model(x, last(h), dtype="float64"), Model(x, h, dtype="float64")
    whole.compile(SGD(0.0), "half_squared_error")
    part.compile(SGD(0.0), "half_squared_error")
    evaluates = Does("on_train_batch_end", lambda m: part.evaluate([1.0], [3.0], verbose=0))
    history = whole.fit(
        [1.0, 1.0], [1.0, 3.0], batch_size=1, shuffle=False, callbacks=[evaluates], verbose=0
    )
    assert history.history == {"loss": [1.0]}
    assert evaluates.results == [2.0, 2.0]


def test_what_a_layer_computed_in_a_batch_outlives_evaluation_and_validation() -> None:
    model, seen = neuron(rate=0.5), []

    class Looks(Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.model.evaluate([[7.0], [7.0]], [1.0, 1.0], verbose=0)
            self.model.predict([8.0])

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            layer = self.model.layers[0]
            seen.append((layer.x.item(), layer.a.item(), layer.dW.item()))

    model.fit(
        [3.0],
        [1.0],
        epochs=2,
        callbacks=[Looks()],
        validation_data=([9.0], [1.0]),
        verbose=0,
    )
    # w = 0, then ½·3 after a gradient of 3·(0 − 1); then a = 4.5.
    assert seen == [(3.0, 0.0, -3.0), (3.0, 4.5, 10.5)]


def test_figures_are_right_while_a_metric_asks_for_another_evaluation() -> None:
    class Asks(Metric):
        default_name = "asks"
        model: Any = None
        busy = False

        def update_state(self, y_true: Any, y_pred: Any) -> None:
            if not Asks.busy:
                Asks.busy = True
                self.total = Asks.model.evaluate([1.0], [100.0], verbose=0)[0]
                Asks.busy = False
                self.count = 1

    model = neuron(metrics=[Asks()])
    Asks.model = model
    history = model.fit([1.0, 1.0], [2.0, 4.0], batch_size=1, shuffle=False, verbose=0)
    assert history.history == {"loss": [5.0], "asks": [5000.0]}
    assert np.isfinite(history.history["loss"]).all()
