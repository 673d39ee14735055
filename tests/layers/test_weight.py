from __future__ import annotations

import numpy as np
import pytest

import nnlite
from nnlite import regularizers
from nnlite.initializers import Initializer
from nnlite.layers import BatchNormalization, Dense, Layer, Weight


def dense() -> Dense:
    layer = Dense(1, kernel_initializer="ones", kernel_regularizer="l2")
    layer.build((2,))
    return layer


# What a layer says of its weights


def test_the_parameters_are_the_weights_by_their_names_in_the_order_they_were_added():
    layer = dense()
    assert list(layer.parameters) == ["W", "b"]
    W = layer.parameters["W"]
    assert isinstance(W, Weight)
    assert (W.layer, W.name, W.trainable) == (layer, "W", True)
    assert isinstance(W.regularizer, regularizers.L2)
    assert W.value is layer.W
    assert W.gradient is layer.dW
    assert repr(W) == "<Weight W (2, 1) of 'dense'>"


def test_a_weight_that_is_not_trained_has_no_gradient():
    layer = BatchNormalization()
    layer.build((2,))
    mean = layer.parameters["moving_mean"]
    assert not mean.trainable
    with pytest.raises(AttributeError, match="moving_mean is not trained: it has no gradient"):
        _ = mean.gradient


def test_a_single_weight_can_be_frozen():
    layer = dense()
    layer.parameters["b"].trainable = False
    assert layer.trainable_names() == ["W"]
    assert [weight.name for weight in layer.trainable_parameters] == ["W"]


@pytest.mark.parametrize(("first", "second"), [("W", "dW"), ("dW", "W"), ("W", "W")])
def test_a_weight_never_takes_the_name_of_another_or_of_its_gradient(first, second):
    layer = Layer()
    layer.add_weight(first, (2,))
    with pytest.raises(ValueError, match="A weight needs a name that the layer does not use yet"):
        layer.add_weight(second, (2,))


def test_a_weight_starts_from_a_copy_of_what_its_initializer_gave():
    given = np.ones(2, np.float32)

    class Mine(Initializer):
        def __call__(self, shape, dtype="float32", rng=None):
            return given

    layer = Layer()
    W = layer.add_weight("W", (2,), Mine())
    W += 1
    assert given.tolist() == [1.0, 1.0]


# A new home


def test_place_copies_the_numbers_and_shows_the_layer_the_new_arrays():
    layer = dense()
    layer.dW = [[3.0], [4.0]]
    value, gradient = np.zeros((2, 1)), np.zeros((2, 1))
    layer.parameters["W"].place(value, gradient)
    assert layer.W is value
    assert layer.dW is gradient
    assert value.tolist() == [[1.0], [1.0]]
    assert gradient.tolist() == [[3.0], [4.0]]


def test_what_is_assigned_after_a_move_lands_in_the_new_home():
    layer = dense()
    value, gradient = np.zeros((2, 1)), np.zeros((2, 1))
    layer.parameters["W"].place(value, gradient)
    layer.W = [[5.0], [6.0]]
    layer.dW = [[7.0], [8.0]]
    assert value.tolist() == [[5.0], [6.0]]
    assert gradient.tolist() == [[7.0], [8.0]]


def test_without_an_array_for_it_the_gradient_moves_into_one_of_its_own():
    layer = dense()
    layer.dW = [[3.0], [4.0]]
    before = layer.dW
    layer.parameters["W"].place(np.zeros((2, 1), np.float64))
    assert layer.dW is not before
    assert layer.dW.dtype == np.float64
    assert layer.dW.tolist() == [[3.0], [4.0]]


# Set before it is made


def test_a_weight_set_before_the_layer_is_built_starts_there():
    layer = Dense(1)
    layer.W = [[5], [7]]
    layer.b = np.array([1.0])
    model = nnlite.Sequential([nnlite.Input((2,)), layer])
    assert layer.W.tolist() == [[5.0], [7.0]]
    assert layer.W.dtype == np.float32
    assert model.predict([[1.0, 2.0]]).tolist() == [[20.0]]
    model.weights_vector[...] = 0
    assert layer.W.tolist() == [[0.0], [0.0]]


def test_what_a_weight_is_set_to_before_it_is_made_is_copied():
    mine = np.ones((2, 1), np.float32)
    layer = Dense(1)
    layer.W = mine
    layer.build((2,))
    layer.W += 1
    assert mine.tolist() == [[1.0], [1.0]]


@pytest.mark.parametrize("value", [[[5.0, 7.0]], [5.0, 7.0], 5.0])
def test_a_weight_set_before_the_layer_is_built_has_the_shape_that_it_will_have(value):
    layer = Dense(1, name="price")
    layer.W = value
    with pytest.raises(ValueError, match=r"W keeps its shape \(2, 1\)") as caught:
        nnlite.Sequential([nnlite.Input((2,)), layer])
    text = str(caught.value)
    assert f"Received: an array of shape {np.shape(value)}" in text
    assert "Where: layer 'price'" in text


def test_a_weight_set_to_text_before_the_layer_is_built_is_explained():
    layer = Dense(1)
    layer.W = "ones"
    with pytest.raises(TypeError, match="W must be numbers"):
        layer.build((2,))


def test_an_attribute_of_none_says_that_a_weight_will_come():
    class Declared(Layer):
        def __init__(self):
            super().__init__()
            self.s = None

        def build(self, input_shape):
            self.add_weight("s", input_shape, "ones")

    layer = Declared()
    layer.build((2,))
    assert layer.s.tolist() == [1.0, 1.0]
