from __future__ import annotations

import math

import numpy as np
import pytest

from nnlite import activations
from nnlite.activations import elu, leaky_relu, linear, relu, sigmoid, softmax, softplus, step, tanh

FUNCTIONS = [linear, sigmoid, tanh, relu, leaky_relu, elu, softplus, softmax]
IDS = [function.name for function in FUNCTIONS]
LN2, LN3 = math.log(2), math.log(3)


@pytest.mark.parametrize(
    ("function", "z", "a"),
    [
        (linear, [-2.0, 0.0, 3.0], [-2.0, 0.0, 3.0]),
        (sigmoid, [-LN3, 0.0, LN3], [0.25, 0.5, 0.75]),
        (tanh, [-LN2, 0.0, LN2], [-0.6, 0.0, 0.6]),
        (relu, [-2.0, 0.0, 3.0], [0.0, 0.0, 3.0]),
        (leaky_relu, [-2.0, 0.0, 3.0], [-0.4, 0.0, 3.0]),
        (elu, [-LN2, 0.0, 3.0], [-0.5, 0.0, 3.0]),
        (softplus, [0.0, LN3, -LN3], [LN2, 2 * LN2, math.log(4 / 3)]),
        (softmax, [0.0, LN2, LN3], [1 / 6, 1 / 3, 1 / 2]),
        (step, [-2.0, 0.0, 0.5], [0.0, 0.0, 1.0]),
    ],
)
def test_the_value_at_numbers_known_by_heart(function, z, a):
    assert function(np.array(z)) == pytest.approx(a, abs=1e-15)


@pytest.mark.parametrize(
    ("function", "a", "slope"),
    [
        (linear, [-2.0, 3.0], [1.0, 1.0]),
        (sigmoid, [0.25, 0.5, 0.75], [0.1875, 0.25, 0.1875]),
        (tanh, [-0.6, 0.0, 0.6], [0.64, 1.0, 0.64]),
        (relu, [0.0, 3.0], [0.0, 1.0]),
        (leaky_relu, [-0.4, 0.0, 3.0], [0.2, 0.2, 1.0]),
        (elu, [-0.5, 0.0, 3.0], [0.5, 1.0, 1.0]),
        (softplus, [LN2, 2 * LN2, math.log(4 / 3)], [0.5, 0.75, 0.25]),
    ],
)
def test_the_slope_comes_from_the_output(function, a, slope):
    grad = np.array([10.0, 100.0, 1000.0])[: len(a)]
    assert function.backprop(grad, np.array(a)) == pytest.approx(grad * slope, abs=1e-12)


def test_elu_and_leaky_relu_take_a_number():
    z = np.array([-LN2, 0.0, 3.0])
    assert activations.Elu(4.0)(z) == pytest.approx([-2.0, 0.0, 3.0])
    assert activations.LeakyRelu(0.5)(z) == pytest.approx([-LN2 / 2, 0.0, 3.0])


def test_at_the_kink_the_slope_is_that_of_the_left_side():
    ones, zero = np.ones(1), np.zeros(1)
    assert relu.backprop(ones, zero).tolist() == [0.0]
    assert activations.LeakyRelu(0.5).backprop(ones, zero).tolist() == [0.5]
    assert activations.Elu(4.0).backprop(ones, zero).tolist() == [4.0]


def test_the_slope_of_softmax_is_its_whole_jacobian():
    a, grad = np.array([[1 / 6, 1 / 3, 1 / 2]]), np.array([[6.0, 0.0, 0.0]])
    # da₀/dzⱼ = a₀(δ₀ⱼ − aⱼ) = (5/36, −2/36, −3/36)
    assert softmax.backprop(grad, a) == pytest.approx(np.array([[5, -2, -3]]) / 6, abs=1e-15)


def softmax_in_loops(z):
    a = np.zeros_like(z)
    for row in np.ndindex(z.shape[:-1]):
        powers = [math.exp(number) for number in z[row]]
        for place, power in enumerate(powers):
            a[(*row, place)] = power / sum(powers)
    return a


def softmax_slope_in_loops(grad, a):
    dz = np.zeros_like(a)
    for row in np.ndindex(a.shape[:-1]):
        for i in range(a.shape[-1]):
            for j in range(a.shape[-1]):
                slope = a[(*row, j)] * ((i == j) - a[(*row, i)])
                dz[(*row, i)] += grad[(*row, j)] * slope
    return dz


@pytest.mark.parametrize("shape", [(1,), (5,), (4, 3), (2, 3, 7)])
def test_softmax_equals_its_loops(shape):
    rng = np.random.default_rng(0)
    z, grad = rng.standard_normal(shape), rng.standard_normal(shape)
    a = softmax.forpass(z)
    assert a == pytest.approx(softmax_in_loops(z), abs=1e-15)
    assert softmax.backprop(grad, a) == pytest.approx(softmax_slope_in_loops(grad, a), abs=1e-15)


IN_LOOPS = {
    "linear": (lambda z: z, lambda z: 1.0),
    "sigmoid": (
        lambda z: 1 / (1 + math.exp(-z)),
        lambda z: math.exp(-z) / (1 + math.exp(-z)) ** 2,
    ),
    "tanh": (math.tanh, lambda z: 1 / math.cosh(z) ** 2),
    "relu": (lambda z: max(z, 0.0), lambda z: float(z > 0)),
    "leaky_relu": (lambda z: z if z > 0 else 0.2 * z, lambda z: 1.0 if z > 0 else 0.2),
    "elu": (lambda z: z if z > 0 else math.exp(z) - 1, lambda z: 1.0 if z > 0 else math.exp(z)),
    "softplus": (lambda z: math.log(1 + math.exp(z)), lambda z: 1 / (1 + math.exp(-z))),
}


@pytest.mark.parametrize("name", IN_LOOPS)
def test_value_and_slope_equal_those_of_single_numbers(name):
    value, slope = IN_LOOPS[name]
    rng = np.random.default_rng(1)
    z, grad = 3 * rng.standard_normal((4, 5)), rng.standard_normal((4, 5))
    function = activations.get(name)
    a = function.forpass(z.copy())
    assert a == pytest.approx(np.vectorize(value)(z), abs=1e-14)
    assert function.backprop(grad, a) == pytest.approx(grad * np.vectorize(slope)(z), abs=1e-13)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("function", [*FUNCTIONS, step], ids=[*IDS, "step"])
def test_the_dtype_stays(function, dtype):
    z = np.array([[-1.0, 0.0, 2.0]], dtype)
    a = function.forpass(z)
    assert a.dtype == dtype
    assert function(z).dtype == dtype
    if function is not step:
        assert function.backprop(np.ones_like(z), a).dtype == dtype


@pytest.mark.parametrize("function", FUNCTIONS, ids=IDS)
def test_neither_z_nor_grad_nor_a_is_changed(function):
    z, grad = np.array([[-1.0, 0.5, 2.0]]), np.array([[3.0, -1.0, 2.0]])
    z_before, grad_before = z.tobytes(), grad.tobytes()
    a = function.forpass(z)
    a_before = a.tobytes()
    function.backprop(grad, a)
    assert (z.tobytes(), grad.tobytes(), a.tobytes()) == (z_before, grad_before, a_before)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("function", FUNCTIONS, ids=IDS)
def test_huge_numbers_neither_overflow_nor_warn(function, dtype):
    z = np.array([[-1e4, -1e3, 0.0, 1e3, 1e4]], dtype)
    with np.errstate(all="raise"):
        a = function(z)
        slope = function.backprop(np.ones_like(z), a)
    assert np.isfinite(a).all()
    assert np.isfinite(slope).all()


def test_far_out_the_values_are_the_limits():
    z = np.array([-1e4, 1e4])
    assert sigmoid(z).tolist() == [0.0, 1.0]
    assert tanh(z).tolist() == [-1.0, 1.0]
    assert softmax(z).tolist() == [0.0, 1.0]
    assert softplus(z).tolist() == [0.0, 1e4]
    assert elu(z).tolist() == [-1.0, 1e4]


def test_softmax_does_not_see_a_number_added_to_all():
    z = np.array([[1.0, 2.0, 3.0]])
    assert softmax(z + 1e4) == pytest.approx(softmax(z), abs=1e-12)


def test_a_number_or_a_list_gives_its_value_in_float64():
    assert relu(-3) == 0.0
    assert isinstance(sigmoid(0), np.float64)
    assert sigmoid([0, 0]).tolist() == [0.5, 0.5]
    assert relu(np.array([1, -1])).dtype == np.float64


def test_softmax_of_a_single_number_is_refused():
    with pytest.raises(ValueError, match="softmax needs at least one axis") as caught:
        softmax(3.0)
    assert "Received: the number 3.0" in str(caught.value)


def test_the_step_has_no_gradient_and_says_so():
    with pytest.raises(ValueError, match="The step function has no gradient") as caught:
        step.backprop(np.ones(2), np.ones(2))
    assert 'Remedy: Train with activation="sigmoid"' in str(caught.value)


def test_the_step_fills_the_memory_it_is_given():
    out = np.empty(3, np.float32)
    assert step.forpass(np.array([-1.0, 0.0, 0.5], np.float32), out) is out
    assert out.tolist() == [0.0, 0.0, 1.0]


@pytest.mark.parametrize("value", [-0.1, float("nan"), float("inf")])
def test_a_slope_below_zero_is_refused(value):
    with pytest.raises(ValueError, match="negative_slope must be from 0 on"):
        activations.LeakyRelu(value)
    with pytest.raises(ValueError, match="alpha must be from 0 on"):
        activations.Elu(value)
    with pytest.raises(TypeError, match="alpha must be a number from 0 on"):
        activations.Elu("steep")


def test_names_objects_none_and_configs_are_looked_up():
    assert activations.get("tanh") is tanh
    assert activations.get(None) is linear
    assert activations.get(elu) is elu
    config = {"class_name": "LeakyRelu", "config": {"negative_slope": 0.5}}
    assert activations.get(config)(-2.0) == -1.0


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(ValueError, match="Unknown activation") as caught:
        activations.get("rleu")
    assert 'Did you mean "relu"?' in str(caught.value)


def test_an_activation_of_ones_own_must_say_what_it_does():
    own = activations.ActivationFunction()
    with pytest.raises(TypeError, match=r"must define forpass\(z, out=None\)"):
        own(1.0)
    with pytest.raises(TypeError, match=r"must define backprop\(grad, a, out=None\)"):
        own.backprop(np.ones(2), np.ones(2))


@pytest.mark.bits
def test_a_matrix_and_columns_first_are_numbers_like_others() -> None:
    z = np.random.default_rng(0).standard_normal((16, 33)).astype(np.float32)
    for activation in (activations.softmax, activations.sigmoid, activations.elu):
        for other in (np.asfortranarray(z), z.view(np.matrix), z.astype(">f4")):
            a = activation(other)
            assert type(a) is np.ndarray
            assert a.tolist() == activation(z).tolist()
