"""The training loop against the naive loop of a course, and what happens around it."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nnlite import Model, Sequential
from nnlite.callbacks import Callback, TerminateOnNaN
from nnlite.given.data import Data
from nnlite.kernels.memory import NEW
from nnlite.layers import (
    Add,
    BatchNormalization,
    Concatenate,
    Dense,
    Dropout,
    Flatten,
    Input,
    Layer,
)
from nnlite.optimizers import SGD, Adam
from nnlite.optimizers.schedules import InverseTimeDecay, PiecewiseConstantDecay
from nnlite.regularizers import L1, L2
from nnlite.training.faster import layers_without_trainable_ancestors
from nnlite.training.step import Step

RNG = np.random.default_rng(0)
X = RNG.normal(size=(10, 3))
Y = RNG.random(size=(10, 2))


def network(seed: int = 0, loss: str = "mse", **options: Any) -> Sequential:
    model = Sequential(
        [Dense(4, activation="sigmoid", input_shape=(3,)), Dense(2, activation="tanh")],
        seed=seed,
        dtype="float64",
    )
    model.compile(optimizer=SGD(0.5), loss=loss, **options)
    return model


def neuron(w: float = 1.0, loss: str = "half_squared_error", rate: float = 0.1) -> Sequential:
    """Return a model that multiplies by w: ŷ = w·x."""
    model = Sequential([Dense(1, use_bias=False, input_shape=(1,))], dtype="float64")
    model.set_weights([[[w]]])
    model.compile(optimizer=SGD(rate), loss=loss)
    return model


def naive_training(
    weights: list[Any], x: Any, y: Any, batch_size: int, epochs: int, rate: float
) -> tuple[list[Any], list[float]]:
    """Train a 3-4-2 network as on the slides: one sample at a time, sums over the batch."""
    W1, b1, W2, b2 = (weight.copy() for weight in weights)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for start in range(0, len(x), batch_size):
            rows = range(start, min(start + batch_size, len(x)))
            dW1, db1, dW2, db2 = (np.zeros_like(weight) for weight in (W1, b1, W2, b2))
            for i in rows:
                h = [
                    1 / (1 + math.exp(-(sum(x[i, n] * W1[n, k] for n in range(3)) + b1[k])))
                    for k in range(4)
                ]
                a = [math.tanh(sum(h[k] * W2[k, j] for k in range(4)) + b2[j]) for j in range(2)]
                total += sum((a[j] - y[i, j]) ** 2 for j in range(2)) / 2
                dz2 = [(a[j] - y[i, j]) * (1 - a[j] ** 2) / len(rows) for j in range(2)]
                dz1 = [
                    sum(dz2[j] * W2[k, j] for j in range(2)) * h[k] * (1 - h[k]) for k in range(4)
                ]
                for j in range(2):
                    db2[j] += dz2[j]
                    for k in range(4):
                        dW2[k, j] += h[k] * dz2[j]
                for k in range(4):
                    db1[k] += dz1[k]
                    for n in range(3):
                        dW1[n, k] += x[i, n] * dz1[k]
            for weight, gradient in zip((W1, b1, W2, b2), (dW1, db1, dW2, db2), strict=True):
                weight -= rate * gradient
        losses.append(total / len(x))
    return [W1, b1, W2, b2], losses


class WatchesBatches(Callback):
    """With a callback like this no shortcut can be taken."""

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """See `test_plain_steps`."""


@pytest.mark.parametrize("callbacks", [[], [WatchesBatches()]], ids=["alone", "watched"])
@pytest.mark.parametrize(
    "batch_size", [1, 4, 10, 100], ids=["one by one", "last batch smaller", "full", "one for all"]
)
def test_fit_is_the_loop_of_the_slides(batch_size: int, callbacks: list[Callback]) -> None:
    model = network()
    expected, losses = naive_training(model.get_weights(), X, Y, batch_size, epochs=5, rate=0.5)
    history = model.fit(
        X, Y, batch_size=batch_size, epochs=5, shuffle=False, callbacks=callbacks, verbose=0
    )
    for weight, value in zip(model.get_weights(), expected, strict=True):
        np.testing.assert_allclose(weight, value, rtol=0, atol=1e-12)
    np.testing.assert_allclose(history.history["loss"], losses, rtol=1e-12)
    assert history.epoch == [0, 1, 2, 3, 4]


def test_the_loss_of_an_epoch_counts_the_last_batch_by_its_size() -> None:
    model = neuron(w=0.0, rate=0.0)
    # ½y² is 2, 2, 18 in batches of 2 and 1: the mean of the batches would be 10.
    history = model.fit([1.0, 1.0, 1.0], [2.0, 2.0, 6.0], batch_size=2, shuffle=False, verbose=0)
    assert history.history == {"loss": [22 / 3]}


def test_the_loss_of_an_epoch_is_that_before_each_step() -> None:
    model = neuron(w=0.0, rate=1.0)
    # w is 0, then 2 after the first step: ½(0 − 2)² = 2 and ½(2 − 6)² = 8.
    history = model.fit([1.0, 1.0], [2.0, 6.0], batch_size=1, shuffle=False, verbose=0)
    assert history.history["loss"] == [5.0]
    assert model.get_weights()[0] == 6.0


class Recorder(Layer):
    """Remembers the batches that go through it in training."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.seen: list[list[float]] = []

    def forpass(self, x: Any, training: bool = False) -> Any:
        if training:
            self.seen.append(x[:, 0].tolist())
        return x

    def backprop(self, grad: Any) -> Any:
        return grad


def batches_seen(epochs: int, shuffle: bool, seed: int = 0) -> list[list[list[float]]]:
    recorder = Recorder(input_shape=(1,))
    model = Sequential([recorder, Dense(1)], seed=seed, dtype="float64")
    model.compile(optimizer=SGD(0.0), loss="mse")
    x = np.arange(10.0)
    model.fit(x, x, batch_size=4, epochs=epochs, shuffle=shuffle, verbose=0)
    assert x.tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    return [recorder.seen[start : start + 3] for start in range(0, len(recorder.seen), 3)]


def test_without_shuffling_the_samples_keep_their_order() -> None:
    expected = [[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0], [8.0, 9.0]]
    assert batches_seen(2, shuffle=False) == [expected, expected]


def test_shuffling_deals_the_samples_anew_to_the_batches_of_every_epoch() -> None:
    epochs = batches_seen(5, shuffle=True)
    partitions = set()
    for batches in epochs:
        assert [len(batch) for batch in batches] == [4, 4, 2]
        samples = [sample for batch in batches for sample in batch]
        assert sorted(samples) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
        partitions.add(frozenset(frozenset(batch) for batch in batches))
    assert len(partitions) == 5


def test_shuffling_keeps_x_y_and_sample_weights_together() -> None:
    model = neuron(w=0.0, loss="mae", rate=0.0)
    x = np.arange(1.0, 101.0)
    pairs = []

    class Pairs(Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            pairs.append(logs["loss"])

    # |0 − y|·weight is 1 for every sample, if its weight comes with it.
    model.fit(x, x, batch_size=7, sample_weight=1 / x, callbacks=[Pairs()], verbose=0)
    np.testing.assert_allclose(pairs, 1.0, rtol=1e-12)
    model = neuron(w=2.0, rate=0.0)
    assert model.fit(x, 2 * x, batch_size=7, epochs=3, verbose=0).history["loss"] == [0.0] * 3


def test_the_seed_decides_the_order() -> None:
    assert batches_seen(3, True, seed=1) == batches_seen(3, True, seed=1)
    assert batches_seen(3, True, seed=1) != batches_seen(3, True, seed=2)


def test_validation_split_takes_the_last_samples_whatever_is_shuffled() -> None:
    model = neuron(w=0.0, rate=0.0)
    y = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 2.0, 4.0, 6.0]
    history = model.fit(np.ones(10), y, validation_split=0.3, batch_size=2, verbose=0)
    # ½·(4 + 16 + 36)/3
    assert history.history == {"loss": [0.0], "val_loss": [28 / 3]}


def test_validation_leaves_the_weights_alone_and_sees_them_after_the_epoch() -> None:
    model = neuron(w=0.0, rate=1.0)
    history = model.fit([1.0], [1.0], validation_data=([2.0], [2.0]), epochs=2, verbose=0)
    # One step makes w = 1, which is right for both.
    assert history.history == {"loss": [0.5, 0.0], "val_loss": [0.0, 0.0]}


def test_validation_data_may_have_sample_weights_and_wins_over_the_split() -> None:
    model = neuron(w=0.0, rate=0.0)
    history = model.fit(
        np.ones(4),
        np.zeros(4),
        validation_data=([1.0, 1.0], [2.0, 4.0], [1.0, 0.5]),
        validation_split=0.5,
        verbose=0,
    )
    # (1·½·4 + ½·½·16)/2
    assert history.history["val_loss"] == [3.0]
    assert history.params["steps"] == 1


def test_validation_freq_skips_epochs() -> None:
    model = neuron()
    history = model.fit(
        [1.0], [1.0], validation_data=([1.0], [1.0]), epochs=5, validation_freq=2, verbose=0
    )
    assert len(history.history["loss"]) == 5
    assert len(history.history["val_loss"]) == 2


def test_initial_epoch_goes_on_from_there() -> None:
    model = neuron()
    history = model.fit([1.0], [0.0], initial_epoch=3, epochs=5, verbose=0)
    assert history.epoch == [3, 4]
    assert model.optimizer.iterations == 2
    assert model.fit([1.0], [0.0], initial_epoch=5, epochs=5, verbose=0).history == {}


def test_no_epochs_change_nothing() -> None:
    model = neuron(w=0.25)
    assert model.fit([1.0], [0.0], epochs=0, verbose=0).history == {}
    assert model.get_weights()[0] == 0.25


@pytest.mark.bits
def test_fitting_again_goes_on_from_the_weights_there_are() -> None:
    once, twice = network(), network()
    once.fit(X, Y, epochs=4, shuffle=False, verbose=0)
    twice.fit(X, Y, epochs=2, shuffle=False, verbose=0)
    first = twice.history
    twice.fit(X, Y, epochs=2, shuffle=False, verbose=0)
    np.testing.assert_array_equal(once.weights_vector, twice.weights_vector)
    assert first is not twice.history
    assert len(twice.history.history["loss"]) == 2


def test_sample_weights_scale_loss_and_gradient() -> None:
    model = neuron(w=0.0, rate=1.0)
    history = model.fit([1.0, 1.0], [2.0, 4.0], sample_weight=[3.0, 0.0], verbose=0)
    # Loss (3·½·4 + 0)/2, gradient (3·(−2) + 0)/2.
    assert history.history["loss"] == [3.0]
    assert model.get_weights()[0] == 3.0


def test_a_sample_weight_of_2_is_the_sample_twice() -> None:
    weighted, twice = network(), network()
    weighted.fit(X[:3], Y[:3], sample_weight=[2.0, 1.0, 1.0], epochs=3, verbose=0)
    twice.optimizer.learning_rate = 0.5 * 4 / 3
    twice.fit(X[[0, 0, 1, 2]], Y[[0, 0, 1, 2]], epochs=3, verbose=0)
    np.testing.assert_allclose(weighted.weights_vector, twice.weights_vector, rtol=1e-12)


@pytest.mark.bits
@pytest.mark.parametrize(
    ("loss", "y"),
    [
        ("sparse_categorical_crossentropy", [0, 1, 1, 2]),
        ("categorical_crossentropy", np.eye(3)[[0, 1, 1, 2]]),
    ],
)
def test_class_weights_are_sample_weights_by_class(loss: str, y: Any) -> None:
    weights = []
    for options in (
        {"class_weight": {0: 1.0, 1: 2.0, 2: 4.0}},
        {"sample_weight": [1.0, 2.0, 2.0, 4.0]},
        {"class_weight": {0: 1.0, 1: 2.0, 2: 2.0}, "sample_weight": [1.0, 1.0, 1.0, 2.0]},
    ):
        model = Sequential(
            [Dense(3, activation="softmax", input_shape=(3,))], seed=0, dtype="float64"
        )
        model.compile(optimizer=SGD(1.0), loss=loss)
        model.fit(X[:4], y, verbose=0, **options)
        weights.append(model.weights_vector.copy())
    np.testing.assert_array_equal(weights[0], weights[1])
    np.testing.assert_array_equal(weights[0], weights[2])


def test_class_weights_for_yes_or_no() -> None:
    model = neuron(w=0.0, rate=1.0)
    model.fit([1.0, 1.0], [1.0, 0.0], class_weight={0: 1.0, 1: 5.0}, verbose=0)
    # The gradient is 5·(0 − 1)/2.
    assert model.get_weights()[0] == 2.5
    with pytest.raises(ValueError, match=r"a weight for every class in y.*\n.*of class 0"):
        model.fit([1.0, 1.0], [1.0, 0.0], class_weight={1: 5.0}, verbose=0)


@pytest.mark.bits
def test_train_on_batch_is_fit_of_one_batch() -> None:
    fitted, stepped = network(metrics=["mae"]), network(metrics=["mae"])
    history = fitted.fit(X, Y, batch_size=10, epochs=3, verbose=0).history
    steps = [stepped.train_on_batch(X, Y) for _ in range(3)]
    np.testing.assert_array_equal(fitted.weights_vector, stepped.weights_vector)
    assert steps == [list(pair) for pair in zip(history["loss"], history["mae"], strict=True)]


def test_train_on_batch_takes_weights_and_returns_a_dictionary() -> None:
    model = neuron(w=0.0, rate=1.0)
    result = model.train_on_batch(
        [1.0, 1.0],
        [2.0, 4.0],
        sample_weight=[3.0, 1.0],
        class_weight={2: 1.0, 4: 0.0},
        return_dict=True,
    )
    assert result == {"loss": 3.0}
    assert model.get_weights()[0] == 3.0
    assert neuron(w=0.0).train_on_batch([1.0], [2.0]) == 2.0


@pytest.mark.parametrize("batch_size", [1, 3, 4, None])
def test_evaluate_counts_the_last_batch_by_its_size(batch_size: int | None) -> None:
    model = neuron(w=0.0)
    x, y = np.ones(4), [1.0, 2.0, 3.0, 10.0]
    assert model.evaluate(x, y, batch_size=batch_size, verbose=0) == pytest.approx(114 / 8)
    assert model.get_weights()[0] == 0.0


def test_evaluate_gives_what_was_asked_for() -> None:
    model = neuron(w=0.0)
    assert model.evaluate([1.0], [2.0], verbose=0) == 2.0
    assert model.test_on_batch([1.0], [2.0]) == 2.0
    assert model.test_on_batch([1.0], [2.0], sample_weight=[2.0], return_dict=True) == {"loss": 4.0}
    model.compile("sgd", "half_squared_error", metrics=["mae"])
    assert model.evaluate([1.0], [2.0], verbose=0) == [2.0, 2.0]
    assert model.evaluate([1.0], [2.0], sample_weight=[0.5], verbose=0) == [1.0, 2.0]
    assert model.metrics_names == ["loss", "mae"]


def test_evaluation_and_validation_are_no_training() -> None:
    layers = [Dropout(0.5, input_shape=(1,)), BatchNormalization()]
    # Once in 128 times Dropout drops everything, and without an epsilon that ends in 0/0.
    model = Sequential(layers, dtype="float64", seed=0)
    model.layers[1].epsilon = 0.0
    model.compile(optimizer=SGD(0.0), loss="mae")
    x = np.arange(8.0)
    assert model.evaluate(x, x, verbose=0) == 0.0
    assert [weight.item() for weight in model.get_weights()] == [1.0, 0.0, 0.0, 1.0]
    model.train_on_batch(x, x)
    trained = model.get_weights()
    expected = model.evaluate(x, x, verbose=0)
    model.test_on_batch(x, x)
    for old, new in zip(trained, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    model.layers[1].momentum = 1.0
    history = model.fit(x, x, validation_data=(x, x), verbose=0).history
    assert history["val_loss"] == [expected]


def test_the_loss_of_one_step_has_its_penalties_and_its_share() -> None:
    x = Input(shape=(1,))
    outputs = [
        Dense(1, use_bias=False, kernel_initializer="zeros", name="p")(x),
        Dense(1, use_bias=False, kernel_initializer="ones", kernel_regularizer=L2(4.0))(x),
    ]
    model = Model(x, outputs, dtype="float64")
    model.compile(SGD(0.0), "mae", loss_weights=[0.5, 3.0])
    batch = [np.array([[1.0], [1.0]])], [np.array([[2.0], [2.0]]), np.array([[3.0], [3.0]])]
    # ½·2 + 3·2 + 4·1²
    assert Step(model, Data(*batch)).take(*batch) == 11.0


@pytest.mark.parametrize(
    ("regularizer", "penalty", "slope"), [(L2(0.5), 4.5, 3.0), (L1(0.5), 1.5, 0.5)], ids=repr
)
def test_a_regularizer_is_in_the_loss_and_in_the_gradient(
    regularizer: Any, penalty: float, slope: float
) -> None:
    model = Sequential(
        [Dense(1, use_bias=False, kernel_regularizer=regularizer, input_shape=(1,))],
        dtype="float64",
    )
    model.set_weights([[[3.0]]])
    model.compile(optimizer=SGD(1.0), loss="half_squared_error")
    # The data's loss is ½(3 − 1)² = 2, its gradient 2.
    assert model.evaluate([1.0], [1.0], verbose=0) == 2.0 + penalty
    assert model.evaluate(np.ones(5), np.ones(5), batch_size=2, verbose=0) == 2.0 + penalty
    history = model.fit([1.0], [1.0], validation_data=([0.0], [0.0]), verbose=0).history
    assert history["loss"] == [2.0 + penalty]
    W = 3.0 - 2.0 - slope
    assert model.get_weights()[0] == W
    assert history["val_loss"] == [regularizer(np.array([W]))]


def test_penalties_of_all_weights_add_up_once() -> None:
    model = Sequential(
        [
            Dense(1, kernel_regularizer=L2(1.0), bias_regularizer=L1(1.0), input_shape=(1,)),
            Dense(1, kernel_regularizer=L2(10.0)),
        ],
        dtype="float64",
    )
    model.set_weights([[[1.0]], [-2.0], [[3.0]], [0.0]])
    model.compile(optimizer=SGD(0.0), loss="mse")
    # 1 + |−2| + 10·9; the prediction for 2 is 0.
    assert model.evaluate([2.0], [0.0], verbose=0) == 93.0
    model.layers[1].trainable = False
    assert model.evaluate([2.0], [0.0], verbose=0) == 3.0


class Poison(Callback):
    """Spoils the weights in an epoch."""

    def __init__(self, epoch: int) -> None:
        self.epoch = epoch

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if epoch == self.epoch:
            self.before = self.model.get_weights()
            self.model.layers[0].W[:] = math.nan


@pytest.mark.bits
def test_a_loss_that_is_not_finite_stops_at_the_last_finite_epoch() -> None:
    model = network()
    poison = Poison(epoch=2)
    with pytest.raises(ValueError, match="the loss is no longer finite") as error:
        model.fit(X * 1000, Y, batch_size=4, epochs=9, callbacks=[poison], verbose=0)
    text = str(error.value)
    assert "a loss of nan in epoch 3, batch 1, with learning rate 0.5" in text
    assert f"inputs as large as {np.abs(X).max() * 1000:g}" in text
    assert "Try a smaller learning rate, and scale the inputs first" in text
    assert "fit(..., check_finite=False) lets it run" in text
    for weight, before in zip(model.get_weights(), poison.before, strict=True):
        np.testing.assert_array_equal(weight, before)
    assert model.history is not None
    assert len(model.history.history["loss"]) == 2


def test_a_loss_that_is_not_finite_in_the_first_epoch_leaves_the_first_weights() -> None:
    model = neuron(w=1.0, rate=1e3)
    # Each step multiplies w by 1 − 10¹¹; in the 15th its square has no place in float64.
    with pytest.raises(ValueError, match="a loss of inf in epoch 1, batch 15, with learning rate"):
        model.fit(np.full(20, 1e4), np.zeros(20), batch_size=1, verbose=0)
    assert model.get_weights()[0] == 1.0
    assert model.optimizer.iterations == 0
    assert model.history is not None
    assert model.history.history == {}


def test_weights_that_are_not_finite_after_the_last_batch_stop_it_too() -> None:
    model = neuron(w=1.0, rate=1e308)
    with pytest.raises(ValueError, match="weights that are not finite in epoch 1, batch 1"):
        model.fit([100.0], [0.0], verbose=0)
    assert model.get_weights()[0] == 1.0


def test_the_state_of_the_optimizer_starts_anew_after_a_loss_that_is_not_finite() -> None:
    model = network()
    model.compile(optimizer=Adam(0.01), loss="mse")
    with pytest.raises(ValueError, match="no longer finite"):
        model.fit(X, Y, epochs=9, callbacks=[Poison(epoch=2)], verbose=0)
    history = model.fit(X, Y, epochs=3, verbose=0)
    assert np.isfinite(history.history["loss"]).all()
    assert np.isfinite(model.weights_vector).all()


def test_a_small_learning_rate_is_answered_with_clipping() -> None:
    model = network()
    model.compile(optimizer=SGD(1e-4), loss="mse")
    with pytest.raises(
        ValueError, match=r"smaller learning rate, or clipnorm=1.0 in the optimizer"
    ):
        model.fit(X, Y, epochs=2, callbacks=[Poison(epoch=0)], verbose=0)


def test_without_the_check_it_runs_on_without_a_warning() -> None:
    model = neuron(w=1.0, rate=1e3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        history = model.fit(
            np.full(20, 1e4),
            np.zeros(20),
            validation_data=([1.0], [1.0]),
            batch_size=1,
            epochs=3,
            check_finite=False,
            verbose=0,
        )
    assert len(history.history["loss"]) == 3
    assert not np.isfinite(history.history["loss"]).any()


def test_terminate_on_nan_ends_without_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    model = neuron(w=1.0, rate=1e3)
    history = model.fit(
        np.full(20, 1e4),
        np.zeros(20),
        batch_size=1,
        epochs=3,
        callbacks=[TerminateOnNaN()],
        verbose=0,
    )
    assert history.history["loss"] == [math.inf]
    assert capsys.readouterr().out == "Batch 14: the loss is inf, training ends\n"


class CtrlC(Callback):
    """What Ctrl-C does, in the second batch of an epoch."""

    def __init__(self, epoch: int) -> None:
        self.at, self.epoch, self.ended = epoch, -1, 0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if (self.epoch, batch) == (self.at, 1):
            raise KeyboardInterrupt

    def on_train_end(self, logs: Any = None) -> None:
        self.ended += 1


@pytest.mark.bits
def test_ctrl_c_ends_cleanly_and_returns_the_history_so_far() -> None:
    model, twin = network(), network()
    stop = CtrlC(epoch=2)
    history = model.fit(X, Y, batch_size=4, epochs=9, shuffle=False, callbacks=[stop], verbose=0)
    assert len(history.history["loss"]) == 2
    assert model.history is history
    assert model.stop_training
    assert stop.ended == 1
    twin.fit(X, Y, batch_size=4, epochs=2, shuffle=False, verbose=0)
    twin.fit(X[:8], Y[:8], batch_size=4, shuffle=False, verbose=0)
    np.testing.assert_array_equal(model.weights_vector, twin.weights_vector)
    assert len(model.fit(X, Y, epochs=2, verbose=0).history["loss"]) == 2


def assert_no_traces(model: Any) -> None:
    for layer in model.layers:
        assert layer.memory is NEW
        assert layer.skip_input_gradient is False


@pytest.mark.parametrize("callbacks", [[], [CtrlC(0)], [Poison(0)]], ids=["fit", "Ctrl-C", "NaN"])
def test_after_fit_no_layer_holds_memory_of_it(callbacks: list[Callback]) -> None:
    model = network()
    try:
        model.fit(X, Y, batch_size=4, callbacks=callbacks, verbose=0)
    except ValueError:
        assert isinstance(callbacks[0], Poison)
    assert_no_traces(model)


def test_train_on_batch_leaves_no_memory_either() -> None:
    model = network()
    model.train_on_batch(X, Y)
    assert_no_traces(model)


@pytest.mark.bits
def test_predictions_do_not_change_while_training_goes_on() -> None:
    model = network()
    kept = []

    class Predicts(Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            a = self.model.predict(X)
            kept.append((a, a.copy()))

    history = model.fit(X, Y, batch_size=4, epochs=2, callbacks=[Predicts()], verbose=0)
    for a, copy in kept:
        np.testing.assert_array_equal(a, copy)
    assert len(kept) == 6
    undisturbed = network().fit(X, Y, batch_size=4, epochs=2, verbose=0)
    assert history.history == undisturbed.history


def test_the_data_is_not_changed() -> None:
    x, y = X.copy(), Y.copy()
    model = network()
    model.fit(x, y, batch_size=3, epochs=2, validation_split=0.2, verbose=0)
    model.evaluate(x, y, verbose=0)
    model.predict(x)
    np.testing.assert_array_equal(x, X)
    np.testing.assert_array_equal(y, Y)


def gradients_returned(model: Any, x: Any, y: Any) -> dict[str, bool]:
    """Return which layers compute an input gradient in a step of training."""
    returned = {}
    layers = [layer for layer in model.layers if isinstance(layer, Dense)]
    for layer in layers:

        def watch(layer: Any, backprop: Callable[[Any], Any]) -> Callable[[Any], Any]:
            def watched(grad: Any) -> Any:
                dx = backprop(grad)
                returned[layer.name] = dx is not None
                return dx

            return watched

        # Not `backprop`: one that hangs on a layer is a user's, and gets its input gradient.
        vars(layer)["backprop_z"] = watch(layer, layer.backprop_z)
    model.train_on_batch(x, y)
    for layer in layers:
        vars(layer).pop("backprop_z")
    return returned


def test_the_first_layer_computes_no_input_gradient() -> None:
    model = Sequential(
        [Dense(3, name="first", input_shape=(3,)), Dense(2, name="second")], dtype="float64"
    )
    model.compile("sgd", "mse")
    assert gradients_returned(model, X, Y) == {"second": True, "first": False}
    # Asked outside of training, it does.
    model.forpass(X, training=True)
    assert model.backprop(np.ones((10, 2))).shape == (10, 3)


def test_a_dense_layer_behind_flatten_is_a_first_layer_too() -> None:
    model = Sequential(
        [Flatten(input_shape=(3, 1), name="flatten"), Dense(3, name="first"), Dense(2, name="last")]
    )
    model.compile("sgd", "mse")
    assert gradients_returned(model, X[..., None], Y) == {"last": True, "first": False}


def test_nothing_behind_frozen_layers_computes_an_input_gradient() -> None:
    frozen = Dense(3, name="frozen", trainable=False, input_shape=(3,))
    model = Sequential([frozen, Dense(3, name="first"), Dense(2, name="last")], dtype="float64")
    model.compile("sgd", "mse")
    assert gradients_returned(model, X, Y) == {"last": True, "first": False}


def test_a_graph_skips_only_the_gradients_that_nobody_needs() -> None:
    x, z = Input(shape=(3,)), Input(shape=(3,))
    left, right = Dense(2, name="left")(x), Dense(2, name="right")(z)
    both = Add(name="add")([left, right])
    top = Dense(2, name="top")(both)
    skip = Dense(2, name="skip")(z)
    model = Model([x, z], Add(name="last")([top, skip]), dtype="float64")
    model.compile("sgd", "mse")
    names = {layer.name for layer in layers_without_trainable_ancestors(model)}
    assert {"left", "right", "skip"} <= names
    assert not {"add", "top", "last"} & names
    before = model.get_weights()
    model.train_on_batch([X, X], Y)
    after = model.get_weights()
    assert all((old != new).any() for old, new in zip(before, after, strict=True))


def test_a_layer_that_is_called_twice_is_needed_if_one_of_its_calls_is() -> None:
    x = Input(shape=(3,))
    shared = Dense(3, name="shared")
    model = Model(x, shared(shared(x)), dtype="float64")
    assert shared not in layers_without_trainable_ancestors(model)


def test_frozen_layers_stay_while_the_others_learn() -> None:
    model = network()
    model.layers[0].trainable = False
    model.compile(optimizer=Adam(0.1), loss="mse")
    before = model.get_weights()
    model.fit(X, Y, epochs=3, verbose=0)
    after = model.get_weights()
    np.testing.assert_array_equal(before[0], after[0])
    np.testing.assert_array_equal(before[1], after[1])
    assert (before[2] != after[2]).all()
    model.layers[0].trainable = True
    model.fit(X, Y, epochs=1, verbose=0)
    assert (before[0] != model.get_weights()[0]).all()


def test_a_schedule_advances_with_every_step() -> None:
    model = neuron(w=0.0)
    model.compile(optimizer=SGD(PiecewiseConstantDecay([0, 1], [1.0, 0.5, 0.25])), loss="mae")
    # The gradient is −1 at every step of the two epochs of two batches.
    model.fit([1.0, 1.0], [100.0, 100.0], batch_size=1, epochs=2, verbose=0)
    assert model.get_weights()[0] == 1.0 + 0.5 + 0.25 + 0.25
    model.compile(optimizer=SGD(InverseTimeDecay(1.0, 1, 1.0)), loss="mae")
    model.fit(np.ones(5), np.full(5, 100.0), batch_size=2, epochs=3, verbose=0)
    assert model.optimizer.learning_rate == 1 / (1 + 9)


def test_a_learning_rate_may_be_set_between_fits() -> None:
    model = neuron(w=0.0, loss="mae", rate=1.0)
    model.fit([1.0], [100.0], verbose=0)
    model.optimizer.learning_rate = 0.5
    model.fit([1.0], [100.0], verbose=0)
    assert model.get_weights()[0] == 1.5


def test_loss_weights_share_the_loss_among_the_outputs() -> None:
    x = Input(shape=(1,))
    first = Dense(1, use_bias=False, kernel_initializer="zeros", name="first")(x)
    second = Dense(1, use_bias=False, kernel_initializer="zeros", name="second")(x)
    model = Model(x, [first, second], dtype="float64")
    model.compile(SGD(1.0), ["half_squared_error", "mae"], loss_weights=[0.5, 3.0])
    history = model.fit([[1.0], [1.0]], [[2.0, 2.0], [4.0, 4.0]], verbose=0).history
    # ½·2 + 3·4
    assert history == {"loss": [13.0], "first_loss": [2.0], "second_loss": [4.0]}
    W_first, W_second = model.get_weights()
    assert (W_first.item(), W_second.item()) == (1.0, 3.0)


def test_several_inputs_are_shuffled_together() -> None:
    a, b = Input(shape=(1,), name="a"), Input(shape=(1,), name="b")
    model = Model([a, b], Concatenate()([a, b]), dtype="float64")
    model.compile("sgd", "mse")
    x = np.arange(20.0)
    for given in ([x, -x], {"b": -x, "a": x}):
        history = model.fit(given, np.stack([x, -x], axis=1), batch_size=3, epochs=2, verbose=0)
        assert history.history["loss"] == [0.0, 0.0]


def test_logits_and_probabilities_train_alike() -> None:
    # With sigmoid and its loss side by side the gradient for the logits is (a − y)/m.
    model = Sequential([Dense(1, activation="sigmoid", input_shape=(1,))], dtype="float64")
    model.set_weights([[[0.0]], [0.0]])
    model.compile(optimizer=SGD(1.0), loss="binary_crossentropy")
    history = model.fit([1.0, 1.0, 1.0, 3.0], [1.0, 1.0, 0.0, 0.0], verbose=0)
    assert history.history["loss"] == [pytest.approx(math.log(2), rel=1e-15)]
    # a − y = −½, −½, ½, ½: dW = (−½ − ½ + ½ + 3/2)/4, db = 0.
    assert model.get_weights()[0] == -0.25
    assert model.get_weights()[1] == 0.0


@pytest.mark.bits
def test_the_neuron_on_diabetes_ends_where_it_always_did() -> None:
    from sklearn.datasets import load_diabetes

    x, y = load_diabetes(return_X_y=True)
    model = Sequential([Dense(1, input_shape=(1,))], dtype="float64")
    model.set_weights([[[1.0]], [1.0]])
    model.compile(optimizer=SGD(1.0), loss="half_squared_error")
    model.fit(x[:, 2:3], y, batch_size=1, epochs=1, shuffle=False, verbose=0)
    assert model.weights_vector.tolist() == pytest.approx([587.8654539985689, 99.40935564531424])
    model.fit(x[:, 2:3], y, batch_size=1, epochs=98, shuffle=False, verbose=0)
    assert model.weights_vector.tolist() == pytest.approx([913.59733643, 123.394143831], rel=1e-9)


def test_the_validation_split_may_not_leave_a_side_empty() -> None:
    model = neuron()
    with pytest.raises(ValueError, match=r"validation_split must leave samples on both sides"):
        model.fit([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], validation_split=0.9, verbose=0)
    for share in (1.0, 1.5, -0.5):
        with pytest.raises(ValueError, match=r"validation_split must be from 0 to below 1"):
            model.fit([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], validation_split=share, verbose=0)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"batch_size": 0}, "batch_size"),
        ({"epochs": -1}, "epochs must be a whole number from 0 on"),
        ({"epochs": 2.5}, "epochs must be a whole number from 0 on"),
        ({"epochs": True}, "epochs must be a whole number from 0 on"),
        ({"validation_freq": 0}, "validation_freq"),
        ({"verbose": 3}, 'verbose must be 0, 1, 2 or "auto"'),
        ({"validation_data": [1.0]}, r"validation_data must be \(x, y\)"),
        ({"validation_data": "x"}, r"validation_data must be \(x, y\)"),
        ({"sample_weight": [1.0]}, "one number for each sample"),
        ({"sample_weight": [1.0, math.nan]}, "sample_weight must be finite"),
    ],
)
def test_what_fit_cannot_use_is_explained(options: dict[str, Any], text: str) -> None:
    with pytest.raises((ValueError, TypeError), match=text):
        neuron().fit([1.0, 2.0], [1.0, 2.0], **options)
