"""A layer of one's own that writes into its x, against the rules: the caller's data stay."""

from __future__ import annotations

import numpy as np
import pytest

import nnlite
from nnlite.layers import Dense, Flatten, Input, Layer


class Doubles(Layer):
    def forpass(self, x, training=False):
        x *= 2
        return x

    def backprop(self, grad):
        return 2 * grad


def model():
    made = nnlite.Sequential([Input((2,)), Flatten(), Doubles(), Dense(1)], seed=0)
    made.compile("sgd", "mse")
    return made


Y = np.ones((4, 1), np.float32)
USES = {
    "fit": lambda m, x: m.fit(x, Y, batch_size=2, epochs=2, shuffle=False, verbose=0),
    "fit with one batch": lambda m, x: m.fit(x, Y, epochs=2, verbose=0),
    "validation": lambda m, x: m.fit(x + 1, Y, validation_data=(x, Y), verbose=0),
    "evaluate": lambda m, x: m.evaluate(x, Y, verbose=0),
    "predict": lambda m, x: m.predict(x),
    "train_on_batch": lambda m, x: m.train_on_batch(x, Y),
    "call": lambda m, x: m(x),
    "call of the layer": lambda m, x: Doubles()(x),
}


@pytest.mark.parametrize("use", USES)
def test_the_callers_data_stay_in(use):
    x = np.ones((4, 2), np.float32)
    USES[use](model(), x)
    assert x.tolist() == [[1.0, 1.0]] * 4


def test_every_epoch_sees_the_same_data():
    given = np.ones((4, 2), np.float32)
    twice = model()
    twice.fit(given, Y, epochs=2, shuffle=False, verbose=0)
    once = model()
    for _ in range(2):
        once.fit(given, Y, shuffle=False, verbose=0)
    np.testing.assert_array_equal(twice.weights_vector, once.weights_vector)
