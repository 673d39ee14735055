"""Two models share layers: each trains them, whatever the other is asked in between."""

from __future__ import annotations

import numpy as np
import pytest

from nnlite import Model, Sequential
from nnlite.callbacks import Callback
from nnlite.layers import Activation, BatchNormalization, Dense, Input
from nnlite.optimizers import Adam

X = np.array([[1.0, 2.0], [-1.0, 0.5], [0.3, -0.7], [2.0, 1.0]])
Y = X[:, :1] - X[:, 1:]


def autoencoder() -> tuple[Model, Model]:
    x = Input((2,))
    code = Dense(3, activation="tanh", name="code", kernel_regularizer="l2")(x)
    encoder = Model(x, code, seed=0)
    whole = Model(x, Dense(1)(BatchNormalization()(code)), seed=1)
    encoder.compile("sgd", "mse")
    whole.compile(Adam(0.01), "mse")
    return encoder, whole


class Ask(Callback):
    """Asks another model something at every hook of `fit`."""

    def __init__(self, question):
        self.question = question

    def on_train_begin(self, logs=None):
        self.question()

    def on_train_batch_begin(self, batch, logs=None):
        self.question()

    def on_train_batch_end(self, batch, logs=None):
        self.question()

    def on_epoch_end(self, epoch, logs=None):
        self.question()


QUESTIONS = {
    "evaluate": lambda model: model.evaluate(X, np.zeros((4, 3)), verbose=0),
    "predict": lambda model: model.predict(X),
    "weights_vector": lambda model: model.weights_vector,
    "gradient_vector": lambda model: model.gradient_vector,
    "compile": lambda model: model.compile("adam", "mse"),
    "test_on_batch": lambda model: model.test_on_batch(X, np.zeros((4, 3))),
    "explain": lambda model: model.explain(X, np.zeros((4, 3))),
}


def trained(callbacks, whole: Model) -> list:
    whole.fit(X, Y, batch_size=2, epochs=3, verbose=0, callbacks=callbacks)
    return [w.tolist() for w in whole.get_weights()]


@pytest.mark.parametrize("question", QUESTIONS)
def test_training_goes_on_when_a_callback_asks_a_model_with_the_same_layers_for(question):
    _, alone = autoencoder()
    encoder, whole = autoencoder()
    ask = QUESTIONS[question]
    assert trained([Ask(lambda: ask(encoder))], whole) == trained([], alone)


@pytest.mark.parametrize("question", ["evaluate", "predict", "test_on_batch", "explain"])
def test_weights_stay_in_the_vector_of_the_model_that_trains_while_another_is_asked_for(question):
    encoder, whole = autoencoder()
    vector, code = whole.weights_vector, encoder.layers[1]
    QUESTIONS[question](encoder)
    assert code.W.base is vector


def test_both_models_train_their_layers_in_turn():
    encoder, whole = autoencoder()
    code = encoder.layers[1]
    for model, y in [(whole, Y), (encoder, np.zeros((4, 3))), (whole, Y)]:
        before = code.W.copy()
        model.train_on_batch(X, y)
        assert (before != code.W).all()


def test_a_model_trained_inside_of_the_training_of_another_shares_what_it_learns():
    encoder, whole = autoencoder()
    code = encoder.layers[1]

    class Inner(Callback):
        def on_train_batch_end(self, batch, logs=None):
            encoder.fit(X, np.zeros((4, 3)), verbose=0)
            self.left = code.W.copy()

        def on_train_batch_begin(self, batch, logs=None):
            if batch:
                np.testing.assert_array_equal(code.W, self.left)

    whole.fit(X, Y, batch_size=2, verbose=0, callbacks=[Inner()])
    assert not np.array_equal(whole.weights_vector, 0)


def test_what_a_callback_writes_through_the_other_vector_counts():
    encoder, whole = autoencoder()

    class Write(Callback):
        def on_train_batch_begin(self, batch, logs=None):
            encoder.weights_vector[...] = 0

    whole.compile("sgd", "mse")
    whole.optimizer.learning_rate = 0.0
    whole.fit(X, Y, verbose=0, callbacks=[Write()])
    assert encoder.layers[1].W.tolist() == np.zeros((2, 3)).tolist()
    assert whole.predict(X).tolist() == [[0.0]] * 4


def test_a_vector_that_was_asked_for_is_the_models_again_when_it_trains():
    encoder, whole = autoencoder()
    vector = whole.weights_vector
    _ = encoder.weights_vector
    whole.train_on_batch(X, Y)
    assert whole.weights_vector is vector
    assert vector[:6].tolist() == encoder.layers[1].W.ravel().tolist()


def test_the_gradients_move_along_with_the_weights():
    encoder, whole = autoencoder()
    whole.train_on_batch(X, Y)
    before = encoder.layers[1].dW.copy()
    assert before.any()
    assert encoder.gradient_vector[:6].tolist() == before.ravel().tolist()


def test_a_layer_is_frozen_for_both_models():
    encoder, whole = autoencoder()
    trained([], whole)
    encoder.layers[1].trainable = False
    before = encoder.get_weights()
    trained([], whole)
    assert [w.tolist() for w in encoder.get_weights()] == [w.tolist() for w in before]


# Two dtypes


@pytest.mark.parametrize(("first", "second"), [("float32", "float64"), ("float64", "float32")])
def test_a_layer_in_models_of_two_dtypes_is_refused_when_the_second_is_made(first, second):
    x, shared = Input((2,)), Dense(3, name="shared")
    model = Model(x, shared(x), dtype=first)
    with pytest.raises(ValueError, match="Models that share a layer have the same dtype") as caught:
        Model(x, Dense(1)(shared(x)), dtype=second)
    text = str(caught.value)
    assert f"Received: a model in {second}, a layer that stands in one in {first}" in text
    assert "Where: layer 'shared' (Dense)" in text
    assert f'Remedy: Make both models with dtype="{first}", or a new layer for the second.' in text
    assert model.predict(X).dtype == shared.W.dtype == first


def test_a_layer_without_weights_is_refused_too_since_its_results_have_a_dtype():
    shared = Activation("relu")
    Sequential([Input((2,)), shared])
    with pytest.raises(ValueError, match="layer 'activation'"):
        Sequential([Input((2,)), shared], dtype="float64")


def test_an_input_may_begin_models_of_two_dtypes():
    x = Input((2,))
    single, double = Model(x, Dense(1)(x)), Model(x, Dense(1)(x), dtype="float64")
    assert single.predict(X).dtype == np.float32
    assert double.predict(X).dtype == np.float64


def test_a_layer_that_was_built_by_hand_takes_the_dtype_of_its_model():
    layer = Dense(1, kernel_initializer="ones")
    layer.build((2,))
    model = Sequential([Input((2,)), layer], dtype="float64")
    model.compile("sgd", "mse")
    assert layer.W.dtype == layer.dW.dtype == np.float64
    assert model.predict(X).dtype == np.float64
    assert model.predict(X)[0].tolist() == [3.0]
