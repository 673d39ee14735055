from __future__ import annotations

import numpy as np
import pytest

import nnlite
from nnlite.activations import relu
from nnlite.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    MaxPooling2D,
)
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
        "ConvolutionToPooling",
        "ConvolutionToPooling",
        "Dense",
    ]


@pytest.mark.parametrize(
    "layers",
    [
        [pair()[0], Dropout(0.5), MaxPooling2D()],
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
    assert names([convolution, MaxPooling2D()]) == ["ConvolutionToPooling"]


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


WORKS = {
    "nothing": ("linear",),
    "late": ("relu",),
    "mixes channels": ("softmax",),
    "needs z": ("gelu",),
    "normalized": ("linear", BatchNormalization, "relu"),
    "all": ("tanh", BatchNormalization, "silu", BatchNormalization, "sigmoid", "relu"),
}


def built(works, pooling, size=(6, 12)):
    """Return a convolution, what works behind it, and a pooling, in float64."""
    activation, *rest = works
    layers = [Conv2D(4, 3, padding="same", activation=activation, dtype="float64")]
    for work in rest:
        made = work() if isinstance(work, type) else Activation(work)
        layers.append(made)
    layers.append(pooling())
    model = nnlite.Sequential([nnlite.Input((*size, 2)), *layers], dtype="float64", seed=3)
    return model.layers


POOLINGS = [
    MaxPooling2D,
    AveragePooling2D,
    lambda: MaxPooling2D((1, 3)),
    lambda: AveragePooling2D((3, 1)),
    lambda: AveragePooling2D((2, 3)),
]


@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize("works", WORKS.values(), ids=WORKS)
def test_in_one_go_they_compute_what_they_compute_one_by_one(works, pooling):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((5, 6, 12, 2))
    one_by_one, layers = Chain(built(works, pooling)), built(works, pooling)
    (together,) = take_shortcuts(layers)
    assert type(together).__name__ == "ConvolutionToPooling"
    a = one_by_one.forpass(x, training=True)
    grad = rng.standard_normal(a.shape)
    dx = one_by_one.backprop(grad)
    np.testing.assert_allclose(together.forpass(x, training=True), a, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(together.backprop(grad), dx, rtol=1e-9, atol=1e-12)
    for mine, wanted in zip(layers, one_by_one.layers, strict=True):
        for name, weight in wanted.parameters.items():
            found = mine.parameters[name]
            np.testing.assert_allclose(found.value, weight.value, rtol=1e-9)
            if weight.trainable:
                np.testing.assert_allclose(found.gradient, weight.gradient, rtol=1e-8, atol=1e-10)
    predicted = one_by_one.forpass(x)
    np.testing.assert_allclose(together.forpass(x), predicted, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("works", WORKS.values(), ids=WORKS)
def test_what_lies_between_is_shown_in_order(works):
    x = np.random.default_rng(0).standard_normal((5, 6, 12, 2))
    one_by_one, layers = built(works, MaxPooling2D), built(works, MaxPooling2D)
    (together,) = take_shortcuts(layers)
    between = together.between(x)
    together.forpass(x, training=True)
    assert len(between) == len(layers) - 1
    for made, layer in zip(between, one_by_one, strict=False):
        x = layer.forpass(x, training=True)
        np.testing.assert_allclose(made(), x, rtol=1e-9, atol=1e-12)


def test_pixels_in_no_window_count_where_a_mean_is_taken():
    layers = built(WORKS["normalized"], MaxPooling2D, size=(7, 6))
    assert [type(layer).__name__ for layer in take_shortcuts(layers)][-1] == "MaxPooling2D"
    layers = built(WORKS["late"], MaxPooling2D, size=(7, 6))
    assert len(take_shortcuts(layers)) == 1
