"""What `check_layer` says of one's own classes: who is guilty, and never a raw error."""

from __future__ import annotations

import numpy as np
import pytest

from nnlite import Input, Sequential, initializers, losses, regularizers
from nnlite.activations import ActivationFunction, softmax
from nnlite.layers import Activation, Add, Dense, Layer
from nnlite.testing import check_layer, gradcheck
from nnlite.testing.guesses import guess


def message_of(layer, shape=(4,), **options):
    with pytest.raises(AssertionError) as caught:
        check_layer(layer, shape, **options)
    return str(caught.value)


# What is given to a layer


class Square(regularizers.Regularizer):
    def __init__(self, rate=0.1):
        self.rate = rate

    def __call__(self, W):
        return self.rate * float((W * W).sum())

    def gradient(self, W):
        return 2 * self.rate * W


class Cube(ActivationFunction):
    name = "cube"

    def forpass(self, z, out=None):
        return np.power(z, 3, out)

    def backprop(self, grad, a, out=None):
        return np.multiply(grad, 3 * np.cbrt(a) ** 2, out)


def test_a_layer_with_a_right_regularizer_activation_and_initializer_of_ones_own_passes():
    class Ones(initializers.Initializer):
        def fill(self, shape, rng):
            return np.ones(shape)

    layer = Dense(3, Cube(), kernel_regularizer=Square(0.2), kernel_initializer=Ones())
    assert check_layer(layer, (4,)).passed


def test_a_regularizer_with_a_wrong_gradient_is_guilty_not_the_layer():
    class Careless(Square):
        def gradient(self, W):
            return self.rate * W

    text = message_of(Dense(2, bias_regularizer=Careless(), name="first"))
    assert "Where: regularizer Careless of b, layer 'first' (Dense)" in text
    assert "A gradient must be that of the function." in text
    assert "Remedy: 1/2 of it: is a factor 2 missing" in text


def test_a_regularizer_whose_gradient_is_zero_is_not_told_of_backprop():
    class Flat(Square):
        def gradient(self, W):
            return np.zeros_like(W)

    text = message_of(Dense(2, kernel_regularizer=Flat()))
    assert text.endswith("Remedy: It is 0 everywhere.")


@pytest.mark.parametrize(
    ("gradient", "words"),
    [
        (lambda self, W: None, "a float and None, not a number and an array of shape (4, 2)"),
        (lambda self, W: W.sum(axis=0), "a float and an array of shape (2,), not a number and"),
        (lambda self, W: W / self.nothing, "AttributeError: "),
    ],
)
def test_a_regularizer_that_returns_nonsense_is_told_of(gradient, words):
    careless = type("Careless", (Square,), {"gradient": gradient})
    text = message_of(Dense(2, kernel_regularizer=careless()))
    assert text.startswith("__call__(W) must return the penalty, a number, and gradient(W) its")
    assert words in text
    assert "Where: regularizer Careless of W, layer 'dense' (Dense)" in text


@pytest.mark.parametrize("make", [lambda g: Dense(2, g), Activation], ids=["dense", "activation"])
def test_an_activation_with_a_wrong_slope_is_guilty_not_the_layer(make):
    class Careless(Cube):
        def backprop(self, grad, a, out=None):
            return np.multiply(grad, a, out)

    text = message_of(make(Careless()))
    assert "Where: activation Careless, layer " in text
    assert "Received: its gradient[" in text


def test_an_activation_that_does_not_know_out_is_told_of():
    class Short(Cube):
        def forpass(self, z):
            return z**3

    text = message_of(Dense(2, Short()))
    assert text.startswith("forpass(z, out=None) must return g(z), and backprop(grad, a, out=None)")
    assert "Where: activation Short, layer 'dense' (Dense)" in text


# What methods return


class Scale(Layer):
    def build(self, input_shape):
        self.add_weight("s", input_shape, "ones")

    def forpass(self, x, training=False):
        if training:
            self.x = x
        return x * self.s

    def backprop(self, grad):
        self.ds = (grad * self.x).sum(axis=0)
        return grad * self.s


def forward(change):
    return {"forpass": lambda self, x, training=False: change(Scale.forpass(self, x, training))}


def backward(change):
    return {"backprop": lambda self, grad: change(Scale.backprop(self, grad))}


@pytest.mark.parametrize(
    ("methods", "rule", "received"),
    [
        (forward(lambda a: a.astype(int)), "What goes in as float64", "int64 from forpass"),
        (forward(lambda a: a > 0), "What goes in as float64", "bool from forpass"),
        (forward(lambda a: a * 1j), "What goes in as float64", "complex128 from forpass"),
        (forward(lambda a: a.astype(object)), "What goes in as float64", "object from forpass"),
        (forward(lambda a: a.astype(str)), "What goes in as float64", "from forpass"),
        (backward(lambda a: a.astype(int)), "What goes in as float64", "int64 from dx of backprop"),
        (backward(lambda a: a.astype(object)), "What goes in as", "object from dx of backprop"),
        (backward(lambda a: a.astype("f")), "What goes in as", "float32 from dx of backprop"),
        (
            {"build": lambda self, shape: 1 / 0},
            "build must make the weights for samples of shape (4,).",
            "ZeroDivisionError: division by zero",
        ),
        (
            {"build": lambda self: None},
            "build must make the weights for samples of shape (4,).",
            "TypeError: ",
        ),
        (
            {"compute_output_shape": lambda self, shape: None},
            "compute_output_shape must return the shape of one output sample, a tuple.",
            "None (NoneType)",
        ),
        (
            {"compute_output_shape": lambda self, shape: 4},
            "compute_output_shape must return the shape of one output sample, a tuple.",
            "4 (int)",
        ),
        (
            {"compute_output_shape": lambda self, shape: 1 / 0},
            "compute_output_shape must return the shape of one output sample, a tuple.",
            "ZeroDivisionError: division by zero",
        ),
        (
            {"get_config": lambda self: None},
            "get_config must return a dictionary of the constructor's arguments.",
            "None (NoneType)",
        ),
        (
            {"get_config": lambda self: 1 / 0},
            "get_config must return a dictionary of the constructor's arguments.",
            "ZeroDivisionError: division by zero",
        ),
        (
            {"from_config": classmethod(lambda cls, config: None)},
            "Mine.from_config(layer.get_config()) must make the layer again.",
            "None (NoneType) from the config {",
        ),
        (
            {"from_config": classmethod(lambda cls, config: Dense(4))},
            "Mine.from_config(layer.get_config()) must make the layer again.",
            "(Dense) from the config",
        ),
    ],
)
def test_what_a_method_may_not_return_is_explained(methods, rule, received):
    text = message_of(type("Mine", (Scale,), methods)())
    assert text.startswith(rule)
    assert received in text.split("\n")[1]
    assert "layer 'mine' (Mine)" in text


def test_a_forpass_that_does_not_take_training_is_told_how():
    class Short(Scale):
        def forpass(self, x):
            return x

    with pytest.raises(TypeError, match="forpass takes x, and whether it is for training") as text:
        check_layer(Short(), (4,))
    assert "Where: layer 'short' (Short)" in str(text.value)


@pytest.mark.parametrize("init", [lambda self: None, lambda self: setattr(self, "k", 3)])
def test_a_layer_without_super_init_passes(init):
    assert check_layer(type("Mine", (Scale,), {"__init__": init})(), (4,)).passed


@pytest.mark.parametrize(
    ("x", "words"),
    [
        ([[1, 2, 3, 4], [1]], "x must be rectangular"),
        ([["a"] * 4] * 2, "x must be numbers."),
        ([None, None], "x must be numbers."),
    ],
)
def test_samples_that_are_no_numbers_are_explained(x, words):
    with pytest.raises((TypeError, ValueError), match=words):
        check_layer(Scale(), (4,), x=x)


@pytest.mark.parametrize("x", [3, [np.ones((2, 4))]])
def test_a_merge_needs_samples_for_each_input(x):
    rule = "x must be a list of samples for each of the 2 inputs."
    with pytest.raises(ValueError, match=rule):
        check_layer(Add(), [(4,), (4,)], x=x)


def test_the_inputs_of_a_merge_have_as_many_samples_each():
    with pytest.raises(ValueError, match="All inputs must have the same number of samples"):
        check_layer(Add(), [(4,), (4,)], x=[np.ones((3, 4)), np.ones((2, 4))])


# Gradients that are 0


class Shifted(Layer):
    """a = softmax(s·x + small·t + c): the same c in all of z changes nothing, so dc = 0."""

    small = 1.0

    def build(self, input_shape):
        self.add_weight("s", input_shape, "ones")
        self.add_weight("t", input_shape, "ones")
        self.add_weight("c", (1,), "ones")

    def forpass(self, x, training=False):
        a = softmax.forpass(self.s * x + self.small * self.t + self.c)
        if training:
            self.x, self.a = x, a
        return a

    def backprop(self, grad):
        dz = softmax.backprop(grad, self.a)
        self.ds = (dz * self.x).sum(axis=0)
        self.dt = self.small * dz.sum(axis=0)
        self.dc = dz.sum().reshape(1)
        return dz * self.s


@pytest.mark.parametrize("shape", [(4,), (5, 4)])
def test_a_weight_whose_gradient_is_zero_passes(shape):
    report = check_layer(Shifted(), shape)
    found = {row.name: abs(row.analytic) for row in report.rows}
    assert found["dc"] < 1e-15
    assert found["ds"] > 1e-3


def spoilt(name, fault, small=1.0):
    """Return the layer with a fault in the first number of this gradient."""

    def backprop(self, grad):
        dx = Shifted.backprop(self, grad)
        getattr(self, name)[0] += fault(self)
        return dx

    return type("Spoilt", (Shifted,), {"backprop": backprop, "small": small})()


@pytest.mark.parametrize("small", [1.0, 1e-4, 1e-8])
@pytest.mark.parametrize("name", ["ds", "dt"])
def test_a_thousandth_too_much_is_found_beside_it_in_a_large_and_in_a_small_weight(name, small):
    layer = spoilt(name, lambda self: 1e-3 * getattr(self, name)[0], small)
    assert f"Received: {name}[0]: backprop says " in message_of(layer)


def test_a_gradient_that_should_be_zero_and_is_a_thousandth_of_the_others_is_found():
    text = message_of(spoilt("dc", lambda self: 1e-3 * np.abs(self.ds).max()))
    assert "Received: dc[0]: backprop says 0.00029" in text
    assert "Remedy: The differences are 0 everywhere: forpass does not depend on it." in text


def test_round_off_in_differences_is_no_factor():
    words = "The differences are 0 everywhere: forpass does not depend on it."
    assert guess(np.array([3e-4]), np.array([-1e-10]), 3, "dc") == words


# A whole model


class Squares(losses.Loss):
    def values(self, y, a):
        return ((a - y) ** 2).mean(axis=1)

    def gradient(self, y, a):
        return 2 * (a - y)


@pytest.mark.parametrize(
    "gradient",
    [
        lambda self, y, a: None,
        lambda self, y, a: (2 * (a - y)).sum(axis=0),
        lambda self, y, a: (2 * (a - y))[:, 0],
        lambda self, y, a: (2 * (a - y)).astype(str),
        lambda self, y, a: 1 / 0,
    ],
    ids=["None", "summed", "a row", "text", "an error"],
)
def test_gradcheck_explains_a_loss_whose_gradient_is_no_array_like_a(gradient):
    loss = type("Careless", (Squares,), {"gradient": gradient})()
    model = Sequential([Dense(1, input_shape=(2,))], name="line", seed=0)
    with pytest.raises((AssertionError, TypeError, ValueError)) as caught:
        gradcheck(model, [[0, 1], [1, 0], [1, 1]], [0, 1, 1], loss=loss)
    assert "a number for each number of a." in str(caught.value)
    assert "\nReceived: " in str(caught.value)


@pytest.mark.parametrize("before", [[], [Dense(2)]], ids=["first", "second"])
@pytest.mark.parametrize("change", [lambda dx: 1 / 0, np.sum])
def test_gradcheck_explains_a_layer_that_does_not_go_backward(change, before):
    layer = type("Mine", (Scale,), backward(change))()
    model = Sequential([Input((2,)), *before, layer, Dense(1)], seed=0)
    with pytest.raises(AssertionError, match="check_layer looks at a layer of your own"):
        gradcheck(model, [[0, 1], [1, 0], [1, 1]], [0, 1, 1], loss="mse")
