from __future__ import annotations

import numpy as np
import pytest

from nnlite.activations import relu
from nnlite.layers import Activation, Conv2D, Dense, MaxPooling2D
from nnlite.network.chain import Chain
from nnlite.training.standins import fit_together


def pair(activation="relu", pooling=None, **options):
    convolution = Conv2D(3, 3, activation=activation, dtype="float64", **options)
    convolution.build((7, 8, 2))
    return convolution, pooling or MaxPooling2D()


def take_shortcuts(layers):
    return Chain(layers).joined(fit_together).layers


def names(layers):
    return [type(runner).__name__ for runner in take_shortcuts(layers)]


def test_a_convolution_with_relu_and_its_pooling_are_put_together():
    dense = Dense(2)
    assert names([*pair(), *pair(), dense]) == [
        "ConvolutionAndPooling",
        "ConvolutionAndPooling",
        "Dense",
    ]


@pytest.mark.parametrize(
    "layers",
    [
        pair("softmax"),
        pair(strides=2),
        pair(pooling=MaxPooling2D(2, strides=1)),
        pair(pooling=MaxPooling2D(2, padding="same")),
        pair()[::-1],
        pair(trainable=False),
    ],
)
def test_others_stay_as_they_are(layers):
    assert take_shortcuts(layers) == list(layers)


class Renamed(Conv2D):
    """Overrides nothing that computes."""

    def describe(self):
        return "a convolution of my own"


def hung(layer, name):
    vars(layer)[name] = getattr(layer, name)
    return layer


def test_a_subclass_that_overrides_nothing_is_put_together_as_well():
    convolution = Renamed(3, 3, activation="relu")
    assert names([convolution, MaxPooling2D()]) == ["ConvolutionAndPooling"]


@pytest.mark.parametrize("name", ["forpass", "backprop", "forpass_z", "backprop_z", "windows"])
def test_what_a_user_wrote_is_not_gone_around(name, monkeypatch):
    own = type("Own", (Conv2D,), {name: lambda self, *given: getattr(Conv2D, name)(self, *given)})
    for convolution in (own(3, 3, activation="relu"), hung(pair()[0], name)):
        layers = [convolution, MaxPooling2D()]
        assert take_shortcuts(layers) == layers
    layers = [*pair()]
    monkeypatch.setattr(Conv2D, name, lambda self, *given: None)
    assert take_shortcuts(layers) == layers


def test_a_users_pooling_or_relu_is_not_gone_around(monkeypatch):
    layers = [pair()[0], hung(MaxPooling2D(), "forpass")]
    assert take_shortcuts(layers) == layers
    layers = [*pair()]
    monkeypatch.setattr(type(relu), "forpass", lambda self, z, out=None: z)
    assert take_shortcuts(layers) == layers


@pytest.mark.bits
def test_together_they_compute_what_they_do_one_by_one():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((4, 7, 8, 2))
    convolution, pooling = pair(bias_initializer="random_normal")
    a = pooling.forpass(convolution.forpass(x, training=True), training=True)
    grad = rng.standard_normal(a.shape)
    dx = convolution.backprop(pooling.backprop(grad))
    dW, db = convolution.dW.copy(), convolution.db.copy()
    convolution.dW, convolution.db = 0 * dW, 0 * db

    (both,) = take_shortcuts([convolution, pooling])
    np.testing.assert_allclose(both.forpass(x, training=True), a, atol=1e-12)
    np.testing.assert_allclose(both.backprop(grad), dx, atol=1e-12)
    np.testing.assert_allclose(convolution.dW, dW, atol=1e-12)
    np.testing.assert_allclose(convolution.db, db, atol=1e-12)
    np.testing.assert_allclose(both.forpass(x), a, atol=1e-12)


def test_the_first_layer_computes_no_input_gradient():
    convolution, pooling = pair()
    convolution.skip_input_gradient = True
    (both,) = take_shortcuts([convolution, pooling])
    a = both.forpass(np.ones((2, 7, 8, 2)), training=True)
    assert both.backprop(np.ones_like(a)) is None


@pytest.mark.parametrize("name", ["linear", "relu", "tanh", "sigmoid"])
@pytest.mark.parametrize("pooling", [MaxPooling2D(), MaxPooling2D(3, strides=2, padding="same")])
def test_pooling_first_computes_what_the_activation_first_computes(name, pooling):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((3, 7, 6, 2))
    one_by_one = Chain([Activation(name), pooling])
    (together,) = take_shortcuts(one_by_one.layers)
    assert type(together).__name__ == "PoolingFirst"
    a = one_by_one.forpass(x, training=True)
    grad = rng.standard_normal(a.shape)
    dx = one_by_one.backprop(grad)
    np.testing.assert_allclose(together.forpass(x, training=True), a, rtol=1e-12)
    np.testing.assert_allclose(together.backprop(grad), dx, rtol=1e-12, atol=1e-15)


def test_an_activation_that_may_fall_is_not_pooled_first():
    assert names([Activation("softmax"), MaxPooling2D()]) == ["Activation", "MaxPooling2D"]
    assert names([Activation("gelu"), MaxPooling2D()]) == ["Activation", "MaxPooling2D"]
