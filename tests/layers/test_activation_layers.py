from __future__ import annotations

import math

import numpy as np
import pytest

from nnlite import activations
from nnlite.layers import Activation, LeakyReLU, ReLU, Softmax

X = np.array([[-2.0, 0.0, 3.0], [1.0, -1.0, -4.0]])
GRAD = np.array([[10.0, 20.0, 30.0], [40.0, 50.0, 60.0]])


@pytest.mark.parametrize(
    ("layer", "a", "dx"),
    [
        (ReLU(), [[0, 0, 3], [1, 0, 0]], [[0, 0, 30], [40, 0, 0]]),
        (ReLU(0.5), [[-1, 0, 3], [1, -0.5, -2]], [[5, 10, 30], [40, 25, 30]]),
        (LeakyReLU(0.1), [[-0.2, 0, 3], [1, -0.1, -0.4]], [[1, 2, 30], [40, 5, 6]]),
        (LeakyReLU(alpha=0.1), [[-0.2, 0, 3], [1, -0.1, -0.4]], [[1, 2, 30], [40, 5, 6]]),
        (LeakyReLU(), [[-0.6, 0, 3], [1, -0.3, -1.2]], [[3, 6, 30], [40, 15, 18]]),
        (Activation("relu"), [[0, 0, 3], [1, 0, 0]], [[0, 0, 30], [40, 0, 0]]),
        (Activation(None), X, GRAD),
    ],
)
def test_value_and_gradient(layer, a, dx):
    assert layer.forpass(X, training=True) == pytest.approx(np.array(a, float), abs=1e-15)
    assert layer.backprop(GRAD) == pytest.approx(np.array(dx, float), abs=1e-14)


def test_softmax_gives_probabilities_for_every_sample():
    x = np.log([[1.0, 2.0, 3.0], [5.0, 1.0, 2.0]])
    a = Softmax().forpass(x)
    assert a == pytest.approx(np.array([[1 / 6, 1 / 3, 1 / 2], [5 / 8, 1 / 8, 2 / 8]]))


def test_an_activation_may_be_given_by_its_object():
    layer = Activation(activations.Elu(2.0))
    assert layer.forpass(np.array([[-math.log(2)]])) == pytest.approx(-1.0)


def test_x_is_not_overwritten_by_its_activation():
    x = X.copy()
    ReLU().forpass(x, training=True)
    assert x.tolist() == X.tolist()


def test_the_shape_stays():
    assert Activation("tanh").compute_output_shape((2, 3)) == (2, 3)


def test_a_negative_slope_below_zero_is_refused():
    with pytest.raises(ValueError, match="negative_slope must be from 0 on"):
        ReLU(-0.1)
