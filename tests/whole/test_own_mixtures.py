"""Classes of a user's that put the library's own methods together in another way."""

from __future__ import annotations

import numpy as np
import pytest

import nnlite
from nnlite.callbacks import Callback
from nnlite.layers import Conv2D, Dense, Flatten, Input, MaxPooling2D
from nnlite.losses import BinaryCrossentropy, MeanSquaredError
from nnlite.optimizers import SGD, Adam

X = np.array([[0.0], [1.0]])


def half_sure(loss, optimizer="sgd"):
    layers = [Input((1,)), Dense(1, activation="sigmoid", kernel_initializer="zeros")]
    model = nnlite.Sequential(layers, seed=0)
    model.compile(optimizer, loss)
    return model


def test_a_cross_entropy_with_the_values_of_another_loss_is_that_loss():
    class Brier(BinaryCrossentropy):
        values = MeanSquaredError.values
        gradient = MeanSquaredError.gradient

    history = half_sure(Brier()).fit(X, [0, 1], verbose=0)
    assert history.history["loss"] == [pytest.approx(0.25)]


def test_the_first_of_two_losses_counts():
    class Both(MeanSquaredError, BinaryCrossentropy):
        pass

    history = half_sure(Both()).fit(X, [0, 1], verbose=0)
    assert history.history["loss"] == [pytest.approx(0.25)]


def test_the_first_of_two_optimizers_counts():
    class Both(Adam, SGD):
        pass

    model = half_sure("mse", Both(0.5))
    # Adam's first step is as long as its rate, whatever the gradient.
    model.fit(X, [1, 1], verbose=0)
    np.testing.assert_allclose(model.layers[0].b, [0.5], rtol=1e-4)


def test_a_pooling_that_looks_at_its_input_is_asked():
    seen = []

    class Looks(MaxPooling2D):
        def check_input(self, x):
            seen.append(len(x))
            super().check_input(x)

    layers = [Input((6, 6, 1)), Conv2D(2, 3, activation="relu"), Looks(), Flatten(), Dense(1)]
    model = nnlite.Sequential(layers, seed=0)
    model.compile("sgd", "mse")
    model.fit(np.ones((4, 6, 6, 1)), np.ones(4), verbose=0)
    assert seen[-1] == 4


def test_who_looks_at_a_convolution_sees_the_whole_batch_also_of_two_workers():
    shapes = []

    class Looks(Callback):
        def on_train_batch_end(self, batch, logs=None):
            shapes.append((self.model.layers[0].x.shape, self.model.layers[0].a.shape))

    layers = [
        Input((6, 6, 1)),
        Conv2D(2, 3, activation="relu"),
        MaxPooling2D(),
        Flatten(),
        Dense(1),
    ]
    model = nnlite.Sequential(layers, seed=0)
    model.compile("sgd", "mse")
    model.fit(np.ones((4, 6, 6, 1)), np.ones(4), verbose=0, workers=2, callbacks=[Looks()])
    assert shapes == [((4, 6, 6, 1), (4, 4, 4, 2))]
