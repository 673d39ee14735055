"""How long an array lives: what a user's classes are given, and what the caller gets back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nnlite
from nnlite.callbacks import Callback, EarlyStopping, History
from nnlite.initializers import Initializer
from nnlite.layers import (
    Activation,
    Add,
    BatchNormalization,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    Input,
    Layer,
    MaxPooling2D,
    Reshape,
)
from nnlite.losses import HalfSquaredError
from nnlite.metrics import MeanAbsoluteError
from nnlite.optimizers import SGD
from nnlite.training.evaluation import Evaluation
from nnlite.training.faster import is_watched
from nnlite.training.running import running

RNG = np.random.default_rng(0)
X = RNG.normal(size=(10, 3))
Y = RNG.random(size=(10, 2))
IMAGES = RNG.normal(size=(6, 8, 8, 1))
CLASSES = np.array([0, 1, 2, 0, 1, 2])


def network(last: str = "sigmoid", loss: Any = "mse", **options: Any) -> nnlite.Sequential:
    layers = [Dense(4, activation="tanh", input_shape=(3,)), Dense(2, activation=last)]
    model = nnlite.Sequential(layers, seed=0, dtype="float64")
    model.compile(SGD(0.5), loss, **options)
    return model


# Losses and metrics


class Collects(MeanAbsoluteError):
    """A metric that keeps every batch it is given."""

    def reset_state(self) -> None:
        super().reset_state()
        self.kept: list[tuple[Any, Any]] = []

    def update_state(self, y_true: Any, y_pred: Any) -> None:
        super().update_state(y_true, y_pred)
        self.kept.append((y_true, y_pred))


@pytest.mark.parametrize(("last", "loss"), [("tanh", "mse"), ("sigmoid", "binary_crossentropy")])
def test_a_metric_may_keep_the_batches_it_is_given(last: str, loss: str) -> None:
    collects = Collects()
    model = network(last, loss, metrics=[collects])
    figure = model.fit(X, Y, batch_size=4, verbose=0).history["mean_absolute_error"][0]
    y, a = (np.concatenate(arrays) for arrays in zip(*collects.kept, strict=True))
    assert sorted(y[:, 0].tolist()) == sorted(Y[:, 0].tolist())
    assert np.abs(y - a).mean() == pytest.approx(figure, rel=1e-12)


def test_a_function_as_a_metric_may_keep_the_batches_too() -> None:
    kept = []

    def own(y_true: Any, y_pred: Any) -> Any:
        kept.append((y_true, y_pred, y_true.copy(), y_pred.copy()))
        return np.zeros(len(y_true))

    network(metrics=[own]).fit(X, Y, batch_size=4, epochs=2, verbose=0)
    for y, a, y_then, a_then in kept:
        np.testing.assert_array_equal(y, y_then)
        np.testing.assert_array_equal(a, a_then)


def test_a_loss_may_keep_the_batches_it_is_given() -> None:
    kept = []

    class Own(HalfSquaredError):
        def gradient(self, y: Any, a: Any) -> Any:
            kept.append((y, a, y.copy(), a.copy()))
            return super().gradient(y, a)

    network(loss=Own()).fit(X, Y, batch_size=4, epochs=2, verbose=0)
    for y, a, y_then, a_then in kept:
        np.testing.assert_array_equal(y, y_then)
        np.testing.assert_array_equal(a, a_then)


def test_the_librarys_own_judges_get_no_copies() -> None:
    judges: dict[str, Any] = {"loss": "mse", "metrics": ["mae", "accuracy", "r2_score", "huber"]}
    model = network(**judges)
    model.evaluate(X, Y, verbose=0)
    assert not Evaluation(model, model.checked(X, Y)).copies


@pytest.mark.parametrize("returned", ["y", "a"])
def test_a_loss_may_return_what_it_was_given(returned: str) -> None:
    class Own(HalfSquaredError):
        def gradient(self, y: Any, a: Any) -> Any:
            return y if returned == "y" else a

    model = nnlite.Sequential([Dense(1, "sigmoid", kernel_initializer="zeros", input_shape=(1,))])
    model.compile(SGD(1.0), Own())
    y = np.array([[1.0], [3.0]], np.float32)
    model.fit(np.ones((2, 1), np.float32), y, batch_size=2, shuffle=False, verbose=0)
    assert y.tolist() == [[1.0], [3.0]]
    # a = ½, and its slope ¼: db is the mean of y·¼, or of a·¼.
    assert model.layers[0].db.tolist() == [{"y": 0.5, "a": 0.125}[returned]]


# Callbacks


class Looks(Callback):
    """Checks at the end of every batch what the layers show, against the weights before it."""

    def __init__(self) -> None:
        self.batches = 0

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self.before = [layer.get_weights() for layer in self.model.layers]

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.batches += 1
        previous = None
        for layer, weights in zip(self.model.layers, self.before, strict=True):
            after = layer.get_weights()
            layer.set_weights(weights)
            np.testing.assert_allclose(layer.a, layer.forpass(layer.x), rtol=1e-12, atol=1e-12)
            layer.set_weights(after)
            if previous is not None:
                np.testing.assert_array_equal(layer.x, previous.a)
            previous = layer


def images(*first: Layer, **options: Any) -> nnlite.Sequential:
    layers = [Input((8, 8, 1)), *first, Flatten(), Dense(3, "softmax")]
    model = nnlite.Sequential(layers, seed=1, dtype="float64")
    model.compile("sgd", "sparse_categorical_crossentropy", **options)
    return model


@pytest.mark.parametrize(
    "layers",
    [
        [Conv2D(4, 3, activation="relu"), MaxPooling2D()],
        [Conv2D(4, 3, activation="relu", use_bias=False), MaxPooling2D(), Dropout(0.0)],
        [Conv2D(4, 3, activation="tanh"), Reshape((4, -1)), Activation("relu")],
        [DepthwiseConv2D(3, depth_multiplier=2), MaxPooling2D(3)],
    ],
)
def test_a_callback_sees_x_and_a_of_every_layer(layers: list[Layer]) -> None:
    looks = Looks()
    model = images(*layers)
    model.fit(IMAGES, CLASSES, batch_size=4, epochs=2, verbose=0, workers=1, callbacks=[looks])
    assert looks.batches == 4
    assert not any("shown" in vars(layer) for layer in model.layers)


def test_a_callback_sees_x_and_a_in_a_network_with_branches() -> None:
    x = Input((3,))
    left, right = Dense(2, "tanh", name="left")(x), BatchNormalization(name="right")(Dense(2)(x))
    model = nnlite.Model(x, Dense(2, "softmax", name="end")(Add(name="add")([left, right])))
    model.compile("sgd", "sparse_categorical_crossentropy")
    sums = []

    class Own(Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            layer = {layer.name: layer for layer in self.model.layers}
            np.testing.assert_array_equal(layer["add"].x[0], layer["left"].a)
            np.testing.assert_array_equal(layer["add"].x[1], layer["right"].a)
            np.testing.assert_array_equal(layer["end"].x, layer["add"].a)
            sums.append(layer["end"].a.sum().item())

    model.fit(X, [0, 1] * 5, batch_size=5, verbose=0, callbacks=[Own()])
    assert sums == [pytest.approx(5), pytest.approx(5)]


def test_dead_units_are_counted_behind_a_convolution_that_is_pooled() -> None:
    dead = []

    class DeadUnits(Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            a = self.model.layers[0].a
            dead.append(((a == 0).all(axis=(0, 1, 2)).tolist(), a.shape))

    convolution = Conv2D(2, 3, activation="relu")
    model = images(convolution, MaxPooling2D())
    convolution.b = [0.0, -1000.0]
    model.fit(IMAGES, CLASSES, batch_size=6, verbose=0, workers=1, callbacks=[DeadUnits()])
    assert dead == [([False, True], (6, 6, 6, 2))]


@pytest.mark.parametrize("optimizer", [SGD(0.5), SGD(0.5, momentum=0.5)], ids=["plain", "momentum"])
@pytest.mark.parametrize("hook", ["on_train_batch_end", "on_epoch_end"])
def test_a_callback_sees_true_gradients(hook: str, optimizer: SGD) -> None:
    seen = []

    def look(self: Any, place: int, logs: Any = None) -> None:
        layer = self.model.layers[-1]
        dz = (layer.a - Y) / 20
        seen.append(np.abs(layer.dW - layer.x.T @ dz).max())
        seen.append(np.abs(layer.db - dz.sum(axis=0)).max())

    model = network("sigmoid", "binary_crossentropy")
    model.compile(optimizer, "binary_crossentropy")
    own = type("Own", (Callback,), {hook: look})()
    model.fit(X, Y, batch_size=10, epochs=3, verbose=0, callbacks=[own])
    assert max(seen) < 1e-15
    assert len(seen) == 6


def test_what_a_batch_left_stands_until_all_are_told_that_the_next_begins() -> None:
    left, compared = [], []

    def arrays(model: Any) -> list[bytes]:
        found = [(layer, name) for layer in model.layers for name in ("x", "a", "W", "dW")]
        return [getattr(*place).tobytes() for place in found if hasattr(*place)]

    def end(self: Any, batch: int, logs: Any = None) -> None:
        left.append(arrays(self.model))

    def check(self: Any, *given: Any) -> None:
        if left:
            compared.append(arrays(self.model) == left[-1])

    between = ["on_test_begin", "on_test_end", "on_epoch_end", "on_epoch_begin"]
    methods = dict.fromkeys([*between, "on_train_batch_begin"], check)
    own = type("Own", (Callback,), {**methods, "on_train_batch_end": end})()
    model = images(Conv2D(2, 3, activation="relu"), MaxPooling2D())
    data = {"validation_data": (IMAGES[:3], CLASSES[:3]), "verbose": 0}
    model.fit(IMAGES, CLASSES, batch_size=4, epochs=2, callbacks=[own], **data)
    # Four layers, of which two have weights.
    assert [len(found) for found in left] == [12, 12, 12, 12]
    # The batches begin, less the first; the epochs begin, less the first; the rest is for each.
    assert compared == [True] * (3 + 1 + 2 * 3)


def test_what_an_earlier_training_left_on_a_layer_is_not_taken_for_this_one() -> None:
    model = images(Conv2D(2, 3, activation="relu"), MaxPooling2D())
    model.layers[0](IMAGES[:2], training=True)
    looks = Looks()
    model.fit(IMAGES, CLASSES, batch_size=6, verbose=0, workers=1, callbacks=[looks])
    assert looks.batches == 1


def test_only_a_callback_of_the_users_makes_the_layers_show_anything() -> None:
    own = type("Own", (EarlyStopping,), {"on_epoch_end": lambda self, epoch, logs=None: None})
    assert not is_watched([History(), EarlyStopping()])
    assert is_watched([History(), own()])


# What is given back


@pytest.mark.parametrize(
    "layer",
    [Dropout(0.5), Flatten(), Reshape((2, 2)), Activation("linear"), Activation(None)],
    ids=lambda layer: layer.name,
)
def test_what_a_layer_or_a_model_returns_is_apart_from_what_it_was_given(layer: Layer) -> None:
    x = np.ones((3, 4), np.float32)
    model = nnlite.Sequential([Input((4,)), layer])
    for result in (layer(x), model(x), model.predict(x)):
        assert not np.shares_memory(result, x)
        result[...] = 5
    assert (x == 1).all()


def test_each_of_several_outputs_is_apart_from_the_input() -> None:
    x = Input((4,))
    model = nnlite.Model(x, [Flatten()(x), Dropout(0.5)(x)])
    given = np.ones((3, 4), np.float32)
    for result in model(given):
        assert not np.shares_memory(result, given)


def test_inside_a_network_nothing_is_copied() -> None:
    x = np.ones((3, 4), np.float32)
    assert Dropout(0.5).forpass(x) is x
    assert np.shares_memory(nnlite.Sequential([Input((4,)), Flatten()]).forpass(x), x)


def test_an_initializer_may_hand_out_an_array_that_its_author_keeps() -> None:
    class Given(Initializer):
        def __call__(self, shape: Any, dtype: Any = "float32", rng: Any = None) -> Any:
            return start

    start = np.array([[1.0], [2.0]])
    layer = Dense(1, kernel_initializer=Given(), input_shape=(2,))
    nnlite.Sequential([layer])
    layer.W = [[5.0], [6.0]]
    assert start.tolist() == [[1.0], [2.0]]
    assert layer.W.dtype == np.float32


def test_an_evaluation_in_a_callback_leaves_the_faster_network_in_its_place() -> None:
    runners = []

    class Evaluates(Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            self.model.evaluate(IMAGES, CLASSES, verbose=0)
            runners.append(len(running.trainings[-1].step.network.layers))

    model = images(Conv2D(2, 3, activation="relu"), MaxPooling2D())
    model.fit(IMAGES, CLASSES, epochs=2, verbose=0, workers=1, callbacks=[Evaluates()])
    # The convolution and its pooling are one.
    assert runners == [3, 3]
    assert len(model.network.layers) == 4
