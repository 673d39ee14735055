"""Data that come in batches: generators, loaders, whatever `iter` takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from nnlite import Input, Model, Sequential
from nnlite.callbacks import Callback, EarlyStopping
from nnlite.layers import Dense, Layer

RNG = np.random.default_rng(0)
X = RNG.normal(size=(12, 3))
Y = X[:, :1] - 2 * X[:, 1:2]
W = np.linspace(0.5, 2, 12)


def network(built: bool = True) -> Sequential:
    first = Dense(2, activation="tanh", **({"input_shape": (3,)} if built else {}))
    model = Sequential([first, Dense(1)], seed=0)
    model.compile("adam", "mse", metrics=["mae"])
    return model


def batches(size: int = 5, weights: bool = False) -> Iterator[Any]:
    for start in range(0, 12, size):
        part = slice(start, start + size)
        yield (X[part], Y[part], W[part]) if weights else (X[part], Y[part])


class Loader:
    """What can be gone through again."""

    def __init__(self, weights: bool = False) -> None:
        self.weights, self.begun = weights, 0

    def __iter__(self) -> Iterator[Any]:
        self.begun += 1
        return batches(weights=self.weights)


class Counted(Loader):
    def __len__(self) -> int:
        return 3


class Indexed:
    """As Keras' Sequence: without `__iter__`, and without an end but its length."""

    def __len__(self) -> int:
        return 3

    def __getitem__(self, place: int) -> Any:
        start = 5 * (place % 3)
        return X[start : start + 5], Y[start : start + 5]


def forever() -> Iterator[Any]:
    while True:
        yield from batches()


def assert_same(model: Any, other: Any) -> None:
    assert model.history.history == other.history.history
    for one, two in zip(model.get_weights(), other.get_weights(), strict=True):
        assert two.tobytes() == one.tobytes()


@pytest.mark.bits
@pytest.mark.parametrize("source", [Loader, Counted, Indexed])
@pytest.mark.parametrize("built", [True, False])
def test_batches_train_as_the_arrays_that_they_are_cut_from(source: Any, built: bool) -> None:
    model, other = network(built), network(built)
    model.fit(X, Y, batch_size=5, epochs=3, shuffle=False, verbose=0)
    other.fit(source(), epochs=3, verbose=0)
    assert_same(model, other)


@pytest.mark.bits
@pytest.mark.parametrize("source", [forever, Loader, Counted])
def test_steps_per_epoch_say_where_an_epoch_ends_and_the_next_goes_on(source: Any) -> None:
    model, other = network(), network()
    whole = np.r_[0:12, 0:12, 0:12]
    # Epochs of two batches: 5 + 5, 2 + 5, 5 + 2.
    for part in (whole[0:10], whole[10:17], whole[17:24]):
        size = [5, 5] if len(part) == 10 else [2, 5] if part[0] == 10 else [5, 2]
        rows = np.split(part, [size[0]])
        for row in rows:
            model.train_on_batch(X[row], Y[row])
    other.fit(source(), epochs=3, steps_per_epoch=2, verbose=0)
    for one, two in zip(model.get_weights(), other.get_weights(), strict=True):
        assert two.tobytes() == one.tobytes()


@pytest.mark.bits
def test_batches_bring_the_weights_of_their_samples() -> None:
    model, other = network(), network()
    model.fit(X, Y, 5, 2, sample_weight=W, shuffle=False, verbose=0)
    other.fit(Loader(weights=True), epochs=2, verbose=0)
    assert_same(model, other)


def test_a_generator_is_enough_for_one_epoch() -> None:
    model = network()
    history = model.fit(batches(), verbose=0)
    assert model.optimizer.iterations == 3
    assert len(history.history["loss"]) == 1


def test_a_generator_without_steps_is_refused_for_more_than_one_epoch() -> None:
    with pytest.raises(ValueError, match="A generator can be gone through once") as caught:
        network().fit(batches(), epochs=2, verbose=0)
    assert "Received: 2 times, without steps_per_epoch" in str(caught.value)
    assert "steps_per_epoch=100" in str(caught.value)


def test_a_generator_goes_on_for_the_one_epoch_that_is_left() -> None:
    model = network()
    model.fit(batches(), initial_epoch=4, epochs=5, verbose=0)
    assert model.optimizer.iterations == 3


@pytest.mark.parametrize(("steps", "taken"), [(2, "1 batches of 2"), (4, "3 batches of 4")])
def test_a_generator_that_ends_too_early_says_when(steps: int, taken: str) -> None:
    model = network()
    with pytest.raises(ValueError, match="enough batches for every epoch") as caught:
        model.fit(batches(), epochs=3, steps_per_epoch=steps, verbose=0)
    assert f"Received: the end after {taken}" in str(caught.value)
    assert model.optimizer.iterations == 3


def test_a_loader_that_is_shorter_than_it_says_is_told() -> None:
    class Wrong(Loader):
        def __len__(self) -> int:
            return 7

    with pytest.raises(ValueError, match="the end after 3 batches of 7"):
        network().fit(Wrong(), verbose=0)


def test_an_object_that_gives_its_only_generator_again_is_told() -> None:
    class Once:
        def __init__(self) -> None:
            self.left = batches()

        def __iter__(self) -> Iterator[Any]:
            return self.left

    with pytest.raises(ValueError, match="Received: the end after 0 batches"):
        network().fit(Once(), epochs=2, verbose=0)


@pytest.mark.parametrize("source", [iter([]), Loader])
def test_without_a_batch_there_is_nothing_to_learn(source: Any, monkeypatch: Any) -> None:
    if source is Loader:
        source = Loader()
        monkeypatch.setattr(Loader, "__iter__", lambda self: iter(()))
    with pytest.raises(ValueError, match="x must give one batch at least"):
        network().fit(source, verbose=0)


@pytest.mark.parametrize(
    ("batch", "received"),
    [
        (X, "an array of shape (12, 3) (ndarray)"),
        ((X,), "a tuple of 1"),
        ([X, Y, W, W], "a list of 4"),
        ({"x": X}, "{'x': array"),
        (5, "5 (int)"),
    ],
)
def test_what_is_no_batch_is_explained(batch: Any, received: str) -> None:
    with pytest.raises(TypeError, match="Each batch must be") as caught:
        network().fit(iter([batch]), verbose=0)
    assert f"Received: {received}" in str(caught.value)
    assert "Where: batch 1 of x" in str(caught.value)


def test_a_batch_that_does_not_fit_is_told_by_its_number() -> None:
    wrong = [(X, Y), (X[:, :2], Y)]
    with pytest.raises(ValueError, match=r"x must have shape \(n, 3\)") as caught:
        network().fit(iter(wrong), verbose=0)
    assert caught.value.__notes__ == ["This is batch 2 of x."]


@pytest.mark.parametrize(
    ("option", "word"),
    [
        ({"batch_size": 4}, "Each batch is as large as it comes"),
        ({"shuffle": True}, "shuffle there"),
        ({"validation_split": 0.2}, "validation_data=..."),
        ({"class_weight": {0: 1.0}}, "batches of (x, y, sample_weight)"),
        ({"sample_weight": W}, "batches of (x, y, sample_weight)"),
    ],
)
def test_what_makes_no_sense_with_batches_is_explained(option: dict[str, Any], word: str) -> None:
    (name,) = option
    with pytest.raises(ValueError, match=f"{name} is for arrays: x comes in batches") as caught:
        network().fit(Loader(), verbose=0, **option)
    assert word in str(caught.value)


@pytest.mark.parametrize("option", ["steps_per_epoch", "validation_steps"])
def test_steps_make_no_sense_with_arrays(option: str) -> None:
    with pytest.raises(ValueError, match=f"{option} is for data that come in batches"):
        network().fit(X, Y, validation_data=(X, Y), verbose=0, **{option: 2})


def test_batches_as_they_come_may_be_asked_for() -> None:
    model = network()
    model.fit(Loader(), shuffle=False, verbose=0)
    assert model.optimizer.iterations == 3


@pytest.mark.parametrize("source", [Loader, Counted, Indexed])
def test_batches_are_watched_as_the_arrays_that_they_are_cut_from(source: Any) -> None:
    model, other = network(), network()
    model.fit(X, Y, 5, 3, validation_data=(X, Y), verbose=0)
    other.fit(X, Y, 5, 3, validation_data=source(), verbose=0)
    for name, values in model.history.history.items():
        assert other.history.history[name] == pytest.approx(values, rel=1e-6)


def test_validation_steps_are_counted_from_the_beginning_each_time() -> None:
    model, other = network(), network()
    model.fit(X, Y, 5, 3, validation_data=(X[:10], Y[:10]), verbose=0)
    other.fit(X, Y, 5, 3, validation_data=Loader(), validation_steps=2, verbose=0)
    values = model.history.history["val_loss"]
    assert other.history.history["val_loss"] == pytest.approx(values, rel=1e-6)


def test_a_generator_is_watched_once_or_in_steps() -> None:
    model = network()
    with pytest.raises(ValueError, match="can be gone through once") as caught:
        model.fit(X, Y, epochs=2, validation_data=batches(), verbose=0)
    assert "Received: 2 times, without validation_steps" in str(caught.value)
    model.fit(X, Y, epochs=3, validation_freq=2, validation_data=batches(), verbose=0)
    assert len(model.history.history["val_loss"]) == 1
    model.fit(X, Y, epochs=3, validation_data=forever(), validation_steps=2, verbose=0)
    assert len(model.history.history["val_loss"]) == 3


def test_a_size_of_batches_makes_no_sense_for_what_is_watched_in_batches() -> None:
    with pytest.raises(ValueError, match="validation_batch_size is for arrays: validation_data"):
        network().fit(X, Y, validation_data=Loader(), validation_batch_size=4, verbose=0)


def test_batches_are_evaluated() -> None:
    model = network()
    expected = pytest.approx(model.evaluate(X, Y, verbose=0), rel=1e-6)
    assert model.evaluate(batches(), verbose=0) == expected
    assert model.evaluate(forever(), steps=3, verbose=0) == expected
    with pytest.raises(ValueError, match="steps is for data that come in batches"):
        model.evaluate(X, Y, steps=3)
    with pytest.raises(ValueError, match="batch_size is for arrays"):
        model.evaluate(batches(), batch_size=3)


class Calls(Callback):
    def __init__(self) -> None:
        self.steps: Any = "unknown"
        self.seen: list[str] = []

    def on_train_begin(self, logs: Any = None) -> None:
        self.steps = self.params["steps"]

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self.seen.append(f"begin {batch}")

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.seen.append(f"end {batch}")


@pytest.mark.parametrize(("source", "steps"), [(Loader, None), (Counted, 3), (Indexed, 3)])
def test_callbacks_are_told_of_each_batch_and_of_no_other(source: Any, steps: Any) -> None:
    calls = Calls()
    network().fit(source(), epochs=2, callbacks=[calls], verbose=0)
    assert calls.steps == steps
    assert calls.seen == [f"{what} {n}" for n in (0, 1, 2) for what in ("begin", "end")] * 2


def test_a_loader_is_gone_through_once_for_each_epoch() -> None:
    loader = Loader()
    network().fit(loader, epochs=3, callbacks=[EarlyStopping(monitor="loss")], verbose=0)
    assert loader.begun == 3


@pytest.mark.parametrize("verbose", [1, 2])
def test_the_progress_is_shown_though_nobody_knows_the_end(verbose: int, capsys: Any) -> None:
    network().fit(Loader(), epochs=2, verbose=verbose)
    shown = "".join(capsys.readouterr())
    assert "Epoch 2/2" in shown
    assert "0%" not in shown.replace("100%", "")
    assert "100%" in shown or verbose == 2


def test_inputs_and_outputs_of_batches_go_by_name() -> None:
    left, right = Input((3,), name="left"), Input((3,), name="right")
    model = Model([left, right], Dense(1, name="out")(left - right), seed=0)
    model.compile("sgd", "mse")
    model.fit(iter([({"left": X, "right": -X}, {"out": Y})] * 2), verbose=0)
    assert model.optimizer.iterations == 2


class Spoiling(Layer):
    def forpass(self, x: Any, training: bool = False) -> Any:
        x *= 0
        return x

    def backprop(self, grad: Any) -> Any:
        return grad


def test_the_arrays_of_a_batch_are_not_written_to() -> None:
    x = np.ones((4, 3), "float32")
    model = Sequential([Spoiling(input_shape=(3,)), Dense(1)])
    model.compile("sgd", "mse")
    model.fit(iter([(x, np.ones(4))] * 3), verbose=0)
    assert x.min() == 1


def test_a_loss_that_is_no_longer_finite_is_explained_for_batches() -> None:
    model = Sequential([Dense(1, input_shape=(3,))], seed=0)
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match="no longer finite") as caught:
        model.fit(((1e6 * x, y) for x, y in forever()), steps_per_epoch=50, verbose=0)
    assert "scale the inputs first" in str(caught.value)


def test_an_error_before_training_leaves_the_model_as_it_was() -> None:
    model = network(built=False)
    with pytest.raises(ValueError, match="y must"):
        model.fit(iter([(X, Y + np.nan)]), verbose=0)
    assert not model.built


@pytest.mark.parametrize("source", [Loader, Counted, Indexed, batches])
def test_batches_are_predicted_and_their_truth_is_left_alone(source: Any) -> None:
    model = network()
    np.testing.assert_allclose(model.predict(source()), model.predict(X), rtol=1e-6)


@pytest.mark.parametrize(
    "form",
    [lambda x: x, lambda x: (x,), lambda x: [x], lambda x: [x, None, None], np.ndarray.tolist],
)
def test_a_batch_to_predict_may_be_x_alone(form: Any) -> None:
    model = network()
    given = (form(x) for x in (X[:5], X[5:]))
    np.testing.assert_allclose(model.predict(given), model.predict(X), rtol=1e-6)


def test_steps_say_how_many_batches_are_predicted() -> None:
    model = network()
    np.testing.assert_allclose(model.predict(forever(), steps=2), model.predict(X[:10]), rtol=1e-6)
    with pytest.raises(ValueError, match="the end after 3 batches of 7"):
        model.predict(batches(), steps=7)


def test_several_inputs_and_outputs_are_predicted_from_batches() -> None:
    left, right = Input((3,), name="left"), Input((3,), name="right")
    model = Model([left, right], [left - right, left + right], seed=0)
    for batch in (([X, 2 * X],), ([X, 2 * X], None), {"left": X, "right": 2 * X}):
        minus, plus = model.predict(iter([batch, batch]))
        np.testing.assert_allclose(minus, np.r_[-X, -X], rtol=1e-6)
        np.testing.assert_allclose(plus, np.r_[3 * X, 3 * X], rtol=1e-6)


def test_what_makes_no_sense_in_a_prediction_from_batches_is_explained() -> None:
    model = network()
    with pytest.raises(ValueError, match="batch_size is for arrays: x comes in batches"):
        model.predict(batches(), batch_size=4)
    with pytest.raises(ValueError, match="steps is for data that come in batches"):
        model.predict(X, steps=2)
    with pytest.raises(ValueError, match="x must give one batch at least"):
        model.predict(iter([]))
    with pytest.raises(ValueError, match=r"x must have shape \(n, 3\)") as caught:
        model.predict(iter([X, X[:, :2]]))
    assert caught.value.__notes__ == ["This is batch 2 of x."]
    with pytest.raises(TypeError, match=r"x, \(x, y\) or \(x, y, sample_weight\)") as caught_type:
        model.predict(iter([(X, Y, W, W)]))
    assert "Received: a tuple of 4" in str(caught_type.value)


@pytest.mark.parametrize("method", ["predict_on_batch", "test_on_batch", "train_on_batch"])
@pytest.mark.parametrize("source", [batches, Loader])
def test_a_method_for_one_batch_asks_for_one(method: str, source: Any) -> None:
    with pytest.raises(TypeError, match=f"{method} takes one batch of arrays") as caught:
        getattr(network(), method)(source())
    remedy = f"for x, y in batches: model.{method}(x, y)"
    assert remedy.replace("(x, y)", "(x)" if "predict" in method else "(x, y)") in str(caught.value)
