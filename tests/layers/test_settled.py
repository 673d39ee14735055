"""What may be set on a layer or a model, and when."""

from __future__ import annotations

import numpy as np
import pytest

import nnlite
from nnlite.layers import BatchNormalization, Conv2D, Dense, Dropout, Input, Layer, MaxPooling2D

X = np.array([[1.0, 2.0], [3.0, 4.0]])


def built(layer, shape=(2,)):
    layer.build(shape)
    return layer


def model_of(*layers, **options):
    model = nnlite.Sequential([Input((2,)), *layers], seed=0, **options)
    model.compile("sgd", "mse")
    return model


@pytest.mark.parametrize(
    ("name", "use"),
    [
        ("training", lambda flag: Dense(1)(X, training=flag)),
        ("training", lambda flag: model_of(Dense(1))(X, training=flag)),
        ("trainable", lambda flag: setattr(Dense(1), "trainable", flag)),
        ("trainable", lambda flag: setattr(built(Dense(1)), "trainable", flag)),
    ],
)
def test_a_flag_in_quotes_is_no_flag(name, use):
    use(np.bool_(False))
    with pytest.raises(TypeError, match=f"{name} must be True or False") as caught:
        use("False")
    assert f"Remedy: Write {name}=False." in str(caught.value)


def test_the_flag_of_load_model_in_quotes_is_no_flag(tmp_path):
    model_of(Dense(1)).save(tmp_path / "model.npz")
    with pytest.raises(TypeError, match="compile must be True or False"):
        nnlite.load_model(tmp_path / "model.npz", compile="False")


@pytest.mark.parametrize(
    ("layer", "shape", "name"),
    [
        (Dense(1), (2,), "use_bias"),
        (Dense(1), (2,), "kernel_regularizer"),
        (Conv2D(1, 2), (3, 3, 1), "strides"),
        (MaxPooling2D(2), (4, 4, 1), "pool_size"),
        (type("Wide", (Dense,), {})(1), (2,), "units"),
    ],
)
def test_what_build_has_used_is_not_changed_afterwards(layer, shape, name):
    layer.ensure_built(shape)
    with pytest.raises(AttributeError, match=f"{name} is settled once a layer is built") as caught:
        setattr(layer, name, 0)
    kind, text = type(layer).__name__, str(caught.value)
    assert f"Received: layer.{name} = 0" in text
    assert f"Remedy: Make a new layer: {kind}(..., {name}=...)." in text


def test_before_it_is_built_a_layer_may_still_be_changed():
    layer = Dense(1)
    layer.units = 3
    assert built(layer).W.shape == (2, 3)


def test_what_forpass_reads_may_be_changed_at_any_time():
    dropout, normalization = Dropout(0.5), built(BatchNormalization())
    dropout.ensure_built((2,))
    dropout.rate, normalization.epsilon = 0.0, 1.0
    np.testing.assert_array_equal(dropout(X, training=True), X)
    # The running variance is 1.
    np.testing.assert_allclose(normalization(X), X / np.sqrt(2), rtol=1e-6)


def test_the_names_of_keras_for_weights_are_answered_with_those_of_the_lecture():
    for layer in (Dense(1), built(Dense(1))):
        with pytest.raises(AttributeError, match="The kernel of a layer is W") as caught:
            layer.kernel = np.ones((2, 1))
        assert "Remedy: layer.W = ..." in str(caught.value)


def test_a_layer_of_ones_own_may_keep_something_as_its_kernel():
    class Mine(Dense):
        def build(self, input_shape):
            super().build(input_shape)
            self.kernel = self.W

    layer = built(Mine(1))
    assert layer.kernel is layer.W


def test_a_layer_of_ones_own_may_call_its_weight_kernel():
    class Mine(Layer):
        def build(self, input_shape):
            self.add_weight("kernel", input_shape, "ones")

        def forpass(self, x, training=False):
            return x * self.kernel

    layer = Mine()
    np.testing.assert_array_equal(layer(X), X)
    layer.kernel = [2.0, 2.0]
    np.testing.assert_array_equal(layer(X), 2 * X)


def test_a_weight_that_a_layer_was_made_without_is_neither_read_nor_set():
    layer = built(Dense(1, use_bias=False))
    with pytest.raises(AttributeError, match="The layer was made without b"):
        _ = layer.b
    with pytest.raises(AttributeError, match="The layer was made without b"):
        layer.b = [1.0]


def test_a_layer_with_another_dtype_than_its_model_is_explained():
    with pytest.raises(ValueError, match="The layers of a model have its dtype") as caught:
        model_of(Dense(1, dtype="float64"))
    assert 'Remedy: Make the model with dtype="float64"' in str(caught.value)
    assert model_of(Dense(1, dtype="float64"), dtype="float64").layers[0].W.dtype == np.float64


@pytest.mark.parametrize("name", ["optimizer", "loss", "metrics"])
def test_what_compile_sets_is_not_assigned(name):
    model = model_of(Dense(1))
    with pytest.raises(AttributeError, match=f"compile sets the {name} of a model") as caught:
        setattr(model, name, "mae")
    assert f"Remedy: model.compile({name}=...)" in str(caught.value)


# Classes of one's own that forget something


def test_a_layer_of_ones_own_that_forgets_the_constructor_of_its_base_is_told():
    class Mine(Dense):
        def __init__(self, start):
            self.start = start

    with pytest.raises(AttributeError, match=r"Layer 'mine' has no units") as caught:
        model_of(Mine(3))
    assert "Begin the constructor of your class with super().__init__(...)." in str(caught.value)


@pytest.mark.parametrize("base", [nnlite.Model, nnlite.Sequential])
@pytest.mark.parametrize(
    "use",
    [repr, lambda m: m.fit(X, X), lambda m: m.compile("sgd", "mse"), lambda m: m.predict(X)],
    ids=["repr", "fit", "compile", "predict"],
)
def test_a_model_of_ones_own_that_forgets_the_constructor_of_its_base_is_told(base, use):
    class Mine(base):
        def __init__(self):
            self.k = 3

    with pytest.raises(AttributeError, match="begins with that of its base") as caught:
        use(Mine())
    assert "Remedy: super().__init__(...)" in str(caught.value)


def test_what_no_model_has_is_told_as_that():
    with pytest.raises(AttributeError, match="Model 'sequential' has no lossy"):
        _ = model_of(Dense(1)).lossy


class Identity(Layer):
    """Returns as its gradient what `wrong` makes of it."""

    wrong = staticmethod(lambda grad: grad)

    def forpass(self, x, training=False):
        return x

    def backprop(self, grad):
        return type(self).wrong(grad)


@pytest.mark.parametrize(
    ("wrong", "received"),
    [
        (lambda grad: grad[:, :1], r"\(2, 1\)"),
        (lambda grad: grad.sum(axis=0), r"\(3,\)"),
        (lambda grad: [grad], r"\[\(2, 3\)\]"),
    ],
)
@pytest.mark.parametrize("branches", [False, True])
def test_a_gradient_of_another_shape_than_x_names_its_layer(wrong, received, branches):
    mine = type("Mine", (Identity,), {"wrong": staticmethod(wrong)})
    model = model_of(Dense(3), mine(), Dense(1))
    if branches:
        x = Input((2,))
        model = nnlite.Model(x, Dense(1)(mine()(Dense(3)(x))))
        model.compile("sgd", "mse")
    words = rf"a gradient of shape {received} for x of shape \(2, 3\)\nWhere: layer 'mine'"
    with pytest.raises(ValueError, match=words):
        model.fit(X, [1, 2], verbose=0)
