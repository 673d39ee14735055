"""Plain gradient descent takes a shortcut; nothing that can be seen may differ."""

from __future__ import annotations

import numpy as np
import pytest

from nnlite import Sequential, optimizers
from nnlite.callbacks import Callback
from nnlite.layers import Dense, Input, Layer

X = np.array([[1.0], [2.0], [3.0]])
Y = np.array([[2.0], [3.0], [7.0]])


class WatchesBatches(Callback):
    """Batches that are watched are not taken by the shortcut."""

    def on_train_batch_end(self, batch, logs=None):
        pass


def fitted(*callbacks, rate=0.125, epochs=1):
    model = Sequential([Input((1,)), Dense(1, kernel_initializer="ones")], dtype="float64")
    model.compile(optimizers.SGD(rate), "half_squared_error")
    model.fit(X, Y, batch_size=3, epochs=epochs, verbose=0, callbacks=list(callbacks))
    return model


def test_one_step_by_hand():
    # errors −1, −1, −4; dW = (−1 − 2 − 12)/3 = −5, db = −2
    model = fitted()
    assert model.layers[0].W.tolist() == [[1.625]]
    assert model.layers[0].b.tolist() == [0.25]


def test_the_gradients_after_fit_are_not_scaled_by_the_rate():
    layer = fitted().layers[0]
    assert layer.dW.tolist() == [[-5.0]]
    assert layer.db.tolist() == [-2.0]


def test_an_epoch_end_sees_the_true_gradients():
    seen = []

    class Look(Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append(self.model.gradient_vector.tolist())

    fitted(Look())
    assert seen == [[-5.0, -2.0]]


@pytest.mark.parametrize("epochs", [1, 20])
def test_the_shortcut_goes_where_the_long_way_goes(epochs):
    short, long = fitted(epochs=epochs), fitted(WatchesBatches(), epochs=epochs)
    np.testing.assert_allclose(short.weights_vector, long.weights_vector, rtol=1e-13)
    assert short.optimizer.iterations == long.optimizer.iterations == epochs


def test_a_rate_of_zero_leaves_weights_and_true_gradients():
    model = fitted(rate=0.0)
    assert model.weights_vector.tolist() == [1.0, 0.0]
    assert model.gradient_vector.tolist() == [-5.0, -2.0]


class CtrlC(Layer):
    """Somebody presses Ctrl-C while the second batch goes forward."""

    batches = 0

    def forpass(self, x, training=False):
        self.batches += training
        if self.batches == 2:
            raise KeyboardInterrupt
        return x

    def backprop(self, grad):
        return grad


def test_ctrl_c_leaves_the_true_gradients_of_the_last_step():
    start = Dense(1, kernel_initializer="ones")
    model = Sequential([Input((1,)), CtrlC(), start], dtype="float64")
    model.compile(optimizers.SGD(0.125), "half_squared_error")
    model.fit(X, Y, batch_size=1, shuffle=False, verbose=0)
    # the error of the first sample is −1, its x is 1
    assert model.gradient_vector.tolist() == [-1.0, -1.0]
    assert model.weights_vector.tolist() == [1.125, 0.125]
