"""The Keras scripts of an introductory course, with nothing but the import changed."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

import nnlite as keras
from nnlite import layers, models, optimizers
from nnlite.callbacks import EarlyStopping
from nnlite.layers import Activation, Dense, Dropout, Flatten, Input
from nnlite.losses import BinaryCrossentropy, binary_crossentropy
from nnlite.metrics import BinaryAccuracy, binary_accuracy
from nnlite.models import Model, Sequential
from nnlite.optimizers import SGD, Adam, RMSprop
from nnlite.utils import to_categorical


def test_linear_regression_on_1_to_5() -> None:
    keras.utils.set_random_seed(1)
    X = np.array([1, 2, 3, 4, 5])
    y = np.array([3, 5, 7, 9, 11])
    model = Sequential()
    model.add(Dense(1, input_dim=1))
    sgd = optimizers.SGD(lr=0.05)
    model.compile(optimizer=sgd, loss="mse", metrics=["mse"])
    history = model.fit(X, y, batch_size=1, epochs=100, shuffle=False, verbose=0)
    W, b = model.layers[0].get_weights()
    assert W.item() == pytest.approx(2.0, abs=0.01)
    assert b.item() == pytest.approx(1.0, abs=0.04)
    assert model.predict(np.array([6])) == pytest.approx(np.array([[13.0]]), abs=0.05)
    assert list(history.history) == ["loss", "mse"]
    assert history.history["loss"] == pytest.approx(history.history["mse"])


def test_logistic_regression_on_1_to_8_with_rmsprop() -> None:
    X = np.array([1, 2, 3, 4, 5, 6, 7, 8])
    y = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    model = Sequential([Dense(1, input_shape=(1,), activation="sigmoid")], seed=0)
    model.compile(optimizer=RMSprop(lr=0.1), loss="binary_crossentropy", metrics=["acc"])
    history = model.fit(X, y, epochs=300, batch_size=8, verbose=0)
    assert history.history["acc"][-1] == 1.0
    loss, accuracy = model.evaluate(X, y, verbose=0)
    assert loss < 0.25
    assert accuracy == 1.0
    answers = model.predict([4, 5])
    assert answers.shape == (2, 1)
    assert answers[0, 0] < 0.5 < answers[1, 0]


@pytest.mark.bits
def test_hours_studied_from_lists_and_a_frame() -> None:
    hours = [[1, 8], [2, 7], [3, 6], [5, 6], [6, 7], [8, 8]]
    passed = [0, 0, 0, 1, 1, 1]
    frame = pd.DataFrame(hours, columns=["studied", "slept"], index=list("abcdef"))
    frame["passed"] = passed
    from_lists, from_frame = [
        Sequential([layers.Dense(1, activation="sigmoid", input_shape=(2,))], seed=3)
        for _ in range(2)
    ]
    for model in (from_lists, from_frame):
        model.compile(loss="binary_crossentropy", optimizer=Adam(learning_rate=0.1))
    one = from_lists.fit(hours, passed, epochs=200, verbose=0)
    two = from_frame.fit(frame[["studied", "slept"]], frame["passed"], epochs=200, verbose=0)
    assert one.history["loss"] == two.history["loss"]
    answers = (from_frame.predict(frame[["studied", "slept"]]) > 0.5).astype(int)
    assert answers.ravel().tolist() == passed


X_XOR = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
Y_XOR = np.array([[0], [1], [1], [0]])


def test_xor_as_a_sequential() -> None:
    model = keras.models.Sequential(seed=1)
    model.add(keras.layers.Dense(8, input_dim=2))
    model.add(Activation("tanh"))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    model.compile(loss="binary_crossentropy", optimizer=SGD(learning_rate=0.1))
    model.fit(X_XOR, Y_XOR, batch_size=1, epochs=300, verbose=0)
    assert model.predict(X_XOR).round().tolist() == [[0.0], [1.0], [1.0], [0.0]]


def test_xor_in_functional_form() -> None:
    inputs = keras.Input(shape=(2,), name="bits")
    hidden = layers.Dense(8, activation="tanh", name="hidden")(inputs)
    outputs = layers.Dense(1, activation="sigmoid", name="answer")(hidden)
    model = keras.Model(inputs=inputs, outputs=outputs, name="xor", seed=1)
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=0.1),
        loss=keras.losses.BinaryCrossentropy(),
        metrics=[keras.metrics.BinaryAccuracy()],
    )
    history = model.fit(X_XOR, Y_XOR, epochs=300, batch_size=1, verbose=0)
    assert history.history["binary_accuracy"][-1] == 1.0
    assert model.get_layer("hidden").get_weights()[0].shape == (2, 8)
    assert [layer.name for layer in model.layers] == ["bits", "hidden", "answer"]


def house_prices() -> tuple[pd.DataFrame, pd.Series]:
    """A table as it comes from a file: prices from five features, a little noise, an odd index."""
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(
        rng.uniform(0, 1, (120, 5)), columns=["age", "station", "shops", "latitude", "longitude"]
    )
    frame["price"] = 40 - 15 * frame["age"] - 10 * frame["station"] + rng.normal(0, 0.5, 120)
    frame = frame.sample(frac=1, random_state=0)
    return frame.drop(columns="price"), frame["price"]


def test_house_prices_with_validation_evaluation_and_prediction() -> None:
    X, y = house_prices()
    X_train, X_test, y_train, y_test = X[:90], X[90:], y[:90], y[90:]
    model = Sequential(
        [Input(shape=(5,)), Dense(16, activation="relu"), Dense(1, activation=None)], seed=2
    )
    model.compile(optimizer=optimizers.Adam(lr=0.05), loss="mean_squared_error", metrics=["mae"])
    history = model.fit(
        X_train, y_train, batch_size=10, epochs=60, validation_data=(X_test, y_test), verbose=0
    )
    assert list(history.history) == ["loss", "mae", "val_loss", "val_mae"]
    assert len(history.history["val_loss"]) == 60
    loss, mae = model.evaluate(X_test, y_test, verbose=0)
    watched = [history.history["val_loss"][-1], history.history["val_mae"][-1]]
    assert [loss, mae] == pytest.approx(watched, rel=1e-5)
    assert mae < 1.5
    prediction = model.predict(X_test)
    assert prediction.shape == (30, 1)
    # The index of the series plays no part: rows go with rows.
    error = np.abs(prediction[:, 0] - y_test.to_numpy()).mean()
    assert error == pytest.approx(mae, rel=1e-5)


def test_mnist_shapes_with_to_categorical() -> None:
    rng = np.random.default_rng(0)
    y_train = rng.integers(0, 10, 200)
    x_train = rng.integers(0, 30, (200, 28, 28)).astype("uint8")
    x_train[np.arange(200), y_train * 2] = 255  # One bright row, whose place is the digit.
    x = x_train.reshape(200, 784).astype("float32") / 255
    y = to_categorical(y_train, 10)
    assert y.shape == (200, 10)
    model = Sequential(seed=0)
    model.add(Dense(32, activation="relu", input_shape=(784,)))
    model.add(Dropout(0.1))
    model.add(Dense(10, activation="softmax"))
    model.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x, y, epochs=15, batch_size=32, validation_split=0.2, verbose=0)
    assert list(history.history) == ["loss", "accuracy", "val_loss", "val_accuracy"]
    assert history.history["val_accuracy"][-1] > 0.9
    assert model.predict(x[:5]).sum(axis=1) == pytest.approx(np.ones(5), abs=1e-5)


def test_images_are_flattened_and_take_class_numbers() -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 60)
    x = np.zeros((60, 4, 4))
    x[np.arange(60), y] = 1
    model = keras.Sequential(
        [Flatten(input_shape=(4, 4)), Dense(3), layers.Softmax()], name="digits", seed=0
    )
    model.compile("adam", "sparse_categorical_crossentropy", ["accuracy"])
    model.fit(x, y, epochs=80, verbose=0)
    assert model.evaluate(x, y, verbose=0)[1] == 1.0
    assert model.predict(x).argmax(axis=1).tolist() == y.tolist()


@pytest.mark.parametrize(
    "x",
    [
        [1, 2, 3],
        [[1], [2], [3]],
        (1, 2, 3),
        [1.0, 2.0, 3.0],
        range(1, 4),
        np.array([1, 2, 3]),
        np.array([[1], [2], [3]], dtype=np.uint8),
        np.array([1, 2, 3], dtype=object),
        np.array([1.0, 2.0, 3.0])[::1],
        np.array([[1.0, 9.0], [2.0, 9.0], [3.0, 9.0]])[:, 0],
        pd.Series([1, 2, 3], index=[7, 7, 0]),
        pd.DataFrame({"x": [1, 2, 3]}),
        pd.Series([1, 2, 3], dtype="Int64"),
        [np.array([[1.0], [2.0], [3.0]])],
        {"x": [1, 2, 3]},
    ],
)
def test_data_of_every_kind_gives_the_same_bits(x: Any) -> None:
    def trained(x: Any, y: Any) -> list[float]:
        model = Model(start := Input((1,), name="x"), Dense(1)(start), seed=4)
        model.compile("sgd", "mse")
        history = model.fit(x, y, epochs=2, batch_size=2, verbose=0)
        return [*history.history["loss"], *model.predict(x).ravel().tolist()]

    plain = np.array([[1.0], [2.0], [3.0]])
    assert trained(x, 2 * plain) == trained(plain, 2 * plain)


@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
def test_a_matrix_is_an_array() -> None:
    model = Sequential([Dense(1, input_shape=(1,), kernel_initializer="ones")])
    prediction = model.predict(np.asmatrix([[1.0], [2.0]]))
    assert type(prediction) is np.ndarray
    assert prediction.tolist() == [[1.0], [2.0]]


@pytest.mark.bits
@pytest.mark.parametrize(
    "y",
    [
        [0, 1, 1],
        [False, True, True],
        np.array([[0], [1], [1]]),
        np.array([0, 1, 1], dtype=np.int8),
        np.array([False, True, True]),
        pd.Series([0, 1, 1], index=["a", "b", "c"]),
        pd.DataFrame({"y": [0, 1, 1]}),
        pd.Series([False, True, True], dtype="boolean"),
        [np.array([0, 1, 1])],
    ],
)
def test_truth_of_every_kind_gives_the_same_bits(y: Any) -> None:
    def trained(y: Any) -> list[float]:
        model = Sequential([Dense(1, activation="sigmoid", input_shape=(1,))], seed=4)
        model.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
        model.fit([1, 2, 3], y, epochs=2, verbose=0)
        return list(model.evaluate([1, 2, 3], y, verbose=0))

    assert trained(y) == trained(np.array([[0.0], [1.0], [1.0]]))


@pytest.mark.parametrize(
    "first",
    [
        [Dense(3, input_shape=(5,))],
        [Dense(3, input_shape=5)],
        [Dense(3, input_shape=[5])],
        [Dense(3, input_dim=5)],
        [Dense(units=3, input_dim=np.int64(5))],
        [Input(shape=(5,)), Dense(3)],
        [Input(shape=(5)), Dense(3)],
        [Input((5,)), Dense(3)],
        [Input(5), Dense(3)],
        [Input(shape=(5,), batch_size=32, dtype="float32"), Dense(3)],
        [layers.InputLayer((5,)), Dense(3)],
    ],
)
def test_the_input_is_told_in_every_way_of_keras(first: list[Any]) -> None:
    model = Sequential(first)
    assert model.input_shape == (None, 5)
    assert model.output_shape == (None, 3)
    assert model.layers[0].W.shape == (5, 3)
    assert len(model.layers) == 1


def test_activation_none_is_linear() -> None:
    model = Sequential([Dense(1, activation=None, input_shape=(2,), kernel_initializer="ones")])
    assert model.predict([[-3.0, 1.0]]).tolist() == [[-2.0]]


@pytest.mark.parametrize(
    ("loss", "metric"),
    [
        ("binary_crossentropy", "binary_accuracy"),
        ("BinaryCrossentropy", "BinaryAccuracy"),
        (binary_crossentropy, binary_accuracy),
        (BinaryCrossentropy(), BinaryAccuracy()),
        (BinaryCrossentropy, BinaryAccuracy),
        (keras.losses.binary_crossentropy, keras.metrics.binary_accuracy),
    ],
)
def test_losses_and_metrics_are_given_by_name_function_object_and_class(
    loss: Any, metric: Any
) -> None:
    model = Sequential([Dense(1, activation="sigmoid", input_shape=(2,))], seed=0)
    model.set_weights([[[1.0], [1.0]], [0.0]])
    model.compile(optimizer="sgd", loss=loss, metrics=[metric])
    results = model.evaluate([[0, 0], [9, 9]], [0, 1], verbose=0, return_dict=True)
    assert list(results) == ["loss", "binary_accuracy"]
    # −ln 0.5 for the first, next to nothing for the second.
    assert results["loss"] == pytest.approx(0.6931472 / 2, rel=1e-6)
    assert results["binary_accuracy"] == 1.0


@pytest.mark.parametrize("name", ["mse", "MSE", "mean_squared_error", "MeanSquaredError"])
def test_a_loss_has_every_name_that_keras_gives_it(name: str) -> None:
    model = Sequential([Dense(1, input_shape=(1,), kernel_initializer="ones")])
    model.compile("sgd", name)
    assert model.evaluate([1.0, 2.0], [3.0, 3.0], verbose=0) == pytest.approx(2.5)


@pytest.mark.parametrize("name", ["sgd", "SGD", "Sgd", "adam", "Adam", "rmsprop", "RMSprop"])
def test_an_optimizer_is_found_by_name_in_any_case(name: str) -> None:
    model = Sequential([Dense(1, input_shape=(1,))])
    model.compile(name, "mse")
    assert type(model.optimizer).__name__.lower() == name.lower()


def test_lr_and_learning_rate_are_one() -> None:
    assert SGD(lr=0.25).learning_rate == SGD(learning_rate=0.25).learning_rate == 0.25
    optimizer = SGD(0.5)
    optimizer.lr = 0.125
    assert optimizer.learning_rate == 0.125


def test_defaults_are_those_of_keras() -> None:
    assert SGD().learning_rate == 0.01
    assert {o().learning_rate for o in (Adam, RMSprop, optimizers.Adagrad)} == {0.001}
    assert optimizers.Adadelta().learning_rate == optimizers.Nadam().learning_rate == 0.001
    assert optimizers.AdamW().weight_decay == 0.004
    dense = Dense(2)
    assert dense.activation.name == "linear"
    assert type(dense.kernel_initializer).__name__ == "GlorotUniform"
    assert type(dense.bias_initializer).__name__ == "Zeros"
    assert dense.use_bias
    assert layers.LeakyReLU().negative_slope == 0.3
    assert layers.BatchNormalization().momentum == 0.99
    assert layers.BatchNormalization().epsilon == 0.001
    assert EarlyStopping().monitor == "val_loss"


def test_fit_takes_all_samples_once_in_batches_of_32_by_default() -> None:
    class Count(keras.callbacks.Callback):
        batches = epochs = 0

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.batches += 1

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            self.epochs += 1

    model = Sequential([Dense(1, input_shape=(1,))])
    model.compile("sgd", "mse")
    count = Count()
    model.fit(np.zeros(70), np.zeros(70), callbacks=[count], verbose=0)
    assert (count.batches, count.epochs) == (3, 1)


def test_training_goes_on_from_an_initial_epoch() -> None:
    model = Sequential([Dense(1, input_shape=(1,))])
    model.compile("sgd", "mse")
    history = model.fit([1, 2], [1, 2], epochs=5, initial_epoch=3, verbose=0)
    assert history.epoch == [3, 4]
    assert len(history.history["loss"]) == 2


def test_a_callback_alone_stands_for_a_list_of_one() -> None:
    model = Sequential([Dense(1, input_shape=(1,))], seed=0)
    model.compile(SGD(0.0), "mse")
    stopping = EarlyStopping(monitor="loss", patience=3)
    history = model.fit([1, 2], [1, 2], epochs=50, verbose=0, callbacks=stopping)
    assert len(history.history["loss"]) == 4


def test_validation_batches_have_a_size_of_their_own() -> None:
    model = Sequential([Dense(1, input_shape=(1,), kernel_initializer="ones")])
    model.compile(SGD(0.0), "mse")
    history = model.fit(
        [1, 2],
        [1, 2],
        verbose=0,
        validation_data=([1.0, 2.0, 3.0], [2.0, 2.0, 5.0]),
        validation_batch_size=2,
    )
    assert history.history["val_loss"] == [pytest.approx(5 / 3)]


def test_what_keras_takes_for_speed_is_taken_and_ignored() -> None:
    model = Sequential([Dense(1, input_shape=(1,), kernel_initializer="ones")])
    model.compile("sgd", "mse", run_eagerly=True, jit_compile=False, steps_per_execution=10)
    assert model.evaluate([1.0], [3.0], verbose=0) == 4.0


@pytest.mark.parametrize(
    ("module", "names"),
    [
        ("nnlite", "Sequential Model Input set_random_seed load_model"),
        ("nnlite.models", "Sequential Model load_model"),
        (
            "nnlite.layers",
            "Layer Input Dense Activation ReLU LeakyReLU Softmax Flatten Reshape Dropout "
            "BatchNormalization Add Subtract Multiply Average Maximum Concatenate",
        ),
        (
            "nnlite.activations",
            "linear sigmoid tanh relu leaky_relu elu selu silu swish gelu softplus softmax step",
        ),
        (
            "nnlite.losses",
            "mse mae mean_squared_error MeanSquaredError half_squared_error HalfSquaredError "
            "mean_absolute_error MeanAbsoluteError huber Huber binary_crossentropy "
            "BinaryCrossentropy categorical_crossentropy CategoricalCrossentropy "
            "sparse_categorical_crossentropy SparseCategoricalCrossentropy "
            "kl_divergence KLDivergence hinge Hinge",
        ),
        (
            "nnlite.metrics",
            "accuracy binary_accuracy categorical_accuracy sparse_categorical_accuracy "
            "mean_squared_error root_mean_squared_error mean_absolute_error r2_score "
            "BinaryAccuracy CategoricalAccuracy SparseCategoricalAccuracy MeanSquaredError "
            "RootMeanSquaredError MeanAbsoluteError R2Score Accuracy Precision Recall F1Score AUC "
            "TopKCategoricalAccuracy SparseTopKCategoricalAccuracy Mean "
            "top_k_categorical_accuracy sparse_top_k_categorical_accuracy",
        ),
        ("nnlite.optimizers", "SGD RMSprop Adagrad Adadelta Adam AdamW Nadam schedules"),
        (
            "nnlite.optimizers.schedules",
            "ExponentialDecay InverseTimeDecay PiecewiseConstantDecay CosineDecay",
        ),
        (
            "nnlite.initializers",
            "zeros ones constant random_normal random_uniform glorot_uniform glorot_normal "
            "he_normal he_uniform lecun_normal Zeros Ones Constant RandomNormal RandomUniform "
            "GlorotUniform GlorotNormal HeNormal HeUniform LecunNormal",
        ),
        ("nnlite.regularizers", "l1 l2 l1_l2 L1 L2 L1L2"),
        ("nnlite.utils", "to_categorical set_random_seed plot_model"),
        (
            "nnlite.callbacks",
            "Callback History ProgressBar EarlyStopping ModelCheckpoint LearningRateScheduler "
            "ReduceLROnPlateau CSVLogger TerminateOnNaN",
        ),
    ],
)
def test_public_names_are_where_keras_has_them(module: str, names: str) -> None:
    found: ModuleType = importlib.import_module(module)
    assert [name for name in names.split() if not hasattr(found, name)] == []


def test_modules_are_reached_from_the_package_as_in_keras() -> None:
    assert keras.layers.Dense is Dense
    assert keras.models.Sequential is keras.Sequential is Sequential
    assert keras.Model is models.Model is Model
    assert keras.optimizers.schedules.CosineDecay is optimizers.schedules.CosineDecay
    assert keras.utils.set_random_seed is keras.set_random_seed
