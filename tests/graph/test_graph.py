from __future__ import annotations

import gc
import math
import operator
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nnlite.graph import Value, exp, log, maximum, relu, sigmoid, tanh


def gradients(result, *inputs):
    result.backprop()
    return [value.grad for value in inputs]


def differences(formula, numbers, step=1e-5):
    """Central differences of a formula of plain numbers turned into Values."""

    def value_at(k, shift):
        return formula(*(Value(x + shift * (i == k)) for i, x in enumerate(numbers))).data

    return [(value_at(k, step) - value_at(k, -step)) / (2 * step) for k, _ in enumerate(numbers)]


# The examples of the lecture


def test_j_is_three_times_a_plus_bc():
    a, b, c = Value(5, "a"), Value(3, "b"), Value(2, "c")
    J = 3 * (a + b * c)
    assert J.data == 33.0
    assert gradients(J, a, b, c) == [3.0, 6.0, 9.0]
    assert J.grad == 1.0


def test_f_is_x_plus_y_times_z():
    x, y, z = Value(-2, "x"), Value(5, "y"), Value(-4, "z")
    f = (x + y) * z
    assert f.data == -12.0
    assert gradients(f, x, y, z) == [-4.0, -4.0, 3.0]


def test_a_sigmoid_neuron_sends_the_gradient_of_the_chain_rule():
    w, x = (2.0, -3.0, -3.0), (-1.0, -2.0)

    def neuron(w0, w1, w2, x0, x1):
        return sigmoid(w0 * x0 + w1 * x1 + w2)

    inputs = [Value(number) for number in (*w, *x)]
    a = neuron(*inputs)
    assert a.data == pytest.approx(0.7310585786300049, abs=1e-15)
    slope = 0.7310585786300049 * (1 - 0.7310585786300049)
    by_the_chain_rule = [-1 * slope, -2 * slope, slope, 2 * slope, -3 * slope]
    assert gradients(a, *inputs) == pytest.approx(by_the_chain_rule, abs=1e-12)
    assert differences(neuron, (*w, *x)) == pytest.approx(by_the_chain_rule, abs=1e-9)


def test_the_neuron_in_single_gates_has_the_gradients_of_the_sigmoid_gate():
    w, x = Value(1.5), Value(-0.5)
    in_one_gate = gradients(sigmoid(w * x), w, x)
    in_four_gates = gradients(1 / (1 + exp(-(w * x))), w, x)
    assert in_four_gates == pytest.approx(in_one_gate, abs=1e-15)


def test_a_max_gate_sends_the_gradient_to_the_larger_operand():
    x, y, z, w = Value(3), Value(-4), Value(2), Value(-1)
    result = 2 * (x * y + maximum(z, w))
    assert result.data == -20.0
    assert gradients(result, x, y, z, w) == [-8.0, 6.0, 2.0, 0.0]


# Gates


@pytest.mark.parametrize(
    ("formula", "result", "by_a", "by_b"),
    [
        (lambda a, b: a + b, 8.0, 1.0, 1.0),
        (lambda a, b: a - b, 4.0, 1.0, -1.0),
        (lambda a, b: a * b, 12.0, 2.0, 6.0),
        (lambda a, b: a / b, 3.0, 0.5, -1.5),
        (lambda a, b: maximum(a, b), 6.0, 1.0, 0.0),
        (lambda a, b: maximum(b, a), 6.0, 1.0, 0.0),
        (lambda a, b: a.maximum(b) + b, 8.0, 1.0, 1.0),
    ],
)
def test_a_gate_of_two_values(formula, result, by_a, by_b):
    a, b = Value(6), Value(2)
    value = formula(a, b)
    assert value.data == result
    assert gradients(value, a, b) == [by_a, by_b]


@pytest.mark.parametrize(
    ("formula", "result", "derivative"),
    [
        (lambda x: -x, -2.0, -1.0),
        (lambda x: x + 5, 7.0, 1.0),
        (lambda x: 5 + x, 7.0, 1.0),
        (lambda x: x - 5, -3.0, 1.0),
        (lambda x: 5 - x, 3.0, -1.0),
        (lambda x: x * 5, 10.0, 5.0),
        (lambda x: 5 * x, 10.0, 5.0),
        (lambda x: x / 5, 0.4, 0.2),
        (lambda x: 5 / x, 2.5, -1.25),
        (lambda x: x**3, 8.0, 12.0),
        (lambda x: x**-1, 0.5, -0.25),
        (lambda x: x**0, 1.0, 0.0),
        (lambda x: (x + 7) ** 0.5, 3.0, 1 / 6),
        (lambda x: (x - 5) ** 3, -27.0, 27.0),
        (lambda x: (x - 2) ** 0, 1.0, 0.0),
        (lambda x: (x - 2) ** 1, 0.0, 1.0),
        (lambda x: (x - 2) ** 2, 0.0, 0.0),
        (lambda x: maximum(x, 5), 5.0, 0.0),
        (lambda x: maximum(5, x), 5.0, 0.0),
        (lambda x: maximum(0, x), 2.0, 1.0),
        (exp, 7.38905609893065, 7.38905609893065),
        (log, 0.6931471805599453, 0.5),
        (tanh, 0.9640275800758169, 0.07065082485316443),
        (sigmoid, 0.8807970779778823, 0.10499358540350662),
        (relu, 2.0, 1.0),
        (lambda x: relu(-x), 0.0, 0.0),
    ],
)
def test_a_gate_of_one_value_at_two(formula, result, derivative):
    x = Value(2)
    value = formula(x)
    assert value.data == pytest.approx(result, abs=1e-15)
    assert gradients(value, x) == pytest.approx([derivative], abs=1e-15)


@pytest.mark.parametrize(
    ("name", "function"),
    [("exp", exp), ("log", log), ("tanh", tanh), ("sigmoid", sigmoid), ("relu", relu)],
)
def test_a_function_is_the_method_of_the_same_name(name, function):
    x = Value(0.7)
    by_function, by_method = function(x), getattr(x, name)()
    assert by_function.data == by_method.data
    assert by_function.operation == by_method.operation
    assert function(0.7).data == by_method.data


def test_the_first_operand_of_a_maximum_takes_the_gradient_of_a_tie():
    a, b = Value(3), Value(3)
    assert gradients(maximum(a, b), a, b) == [1.0, 0.0]
    assert gradients(maximum(b, a), a, b) == [0.0, 1.0]


def test_relu_sends_no_gradient_back_at_zero():
    x = Value(0)
    assert gradients(relu(x), x) == [0.0]


@pytest.mark.parametrize(
    ("z", "a", "slope"),
    [
        (-1000.0, 0.0, 0.0),
        (1000.0, 1.0, 0.0),
        (-40.0, 4.248354255291589e-18, 4.248354255291589e-18),
        (40.0, 1.0, 4.248354255291589e-18),
        (0.0, 0.5, 0.25),
    ],
)
def test_the_sigmoid_is_exact_far_from_zero(z, a, slope):
    value = Value(z)
    result = sigmoid(value)
    assert result.data == pytest.approx(a, rel=1e-14, abs=0)
    assert gradients(result, value) == pytest.approx([slope], rel=1e-14, abs=0)


# Graphs


def test_gradients_add_up_over_the_uses_of_a_value():
    x = Value(3)
    assert gradients(x * x + x, x) == [7.0]
    assert gradients(x + x + x, x) == [3.0]


def test_gradients_add_up_over_ways_through_the_graph_that_meet_again():
    x = Value(2)
    q = x * 3
    assert gradients(q * q + q * x, x) == [48.0]
    assert q.grad == 14.0


def test_backprop_twice_gives_the_same_gradients():
    a, b = Value(2), Value(-3)
    result = tanh(a * b) + a * a
    first = gradients(result, a, b)
    assert gradients(result, a, b) == first


def test_backprop_of_a_second_graph_replaces_the_gradients_of_the_first():
    x = Value(3)
    square, double = x * x, 2 * x
    assert gradients(square, x) == [6.0]
    assert gradients(double, x) == [2.0]


def test_backprop_from_the_middle_is_the_gradient_of_the_middle():
    x = Value(3)
    q = x * x
    f = q * 5
    assert gradients(f, x) == [30.0]
    assert gradients(q, x) == [6.0]


def test_an_input_is_its_own_graph():
    x = Value(3)
    assert gradients(x, x) == [1.0]
    assert x.nodes() == [x]


def test_a_chain_of_a_hundred_thousand_gates_has_a_gradient():
    x = Value(1.0)
    result = x
    for _ in range(50_000):
        result = (result + x) * 0.5
    assert len(result.nodes()) == 150_001
    assert result.data == 1.0
    assert gradients(result, x) == pytest.approx([1.0], abs=1e-12)


def test_a_long_chain_is_released_without_recursion():
    def living_values():
        gc.collect()
        return sum(type(thing) is Value for thing in gc.get_objects())

    before = living_values()
    result = Value(1.0)
    for _ in range(100_000):
        result = -result
    assert living_values() == before + 100_001
    del result
    assert living_values() == before


def test_nodes_lists_each_value_once_with_operands_before_results():
    x, y, z = Value(2, "x"), Value(3, "y"), Value(5, "z")
    q = x * y
    f = q * q - z
    nodes = f.nodes()
    assert [node.data for node in nodes] == [2.0, 3.0, 6.0, 36.0, 5.0, 31.0]
    assert nodes[0] is x
    assert nodes[-1] is f


def test_a_constant_takes_no_gradient():
    x = Value(3)
    product = 4 * x
    constant, same_x = product.operands
    product.backprop()
    assert constant.is_constant
    assert constant.data == 4.0
    assert constant.grad == 0.0
    assert same_x is x
    assert not x.is_constant


def test_a_constant_whose_derivative_overflows_does_no_harm():
    x = Value(1e10)
    assert gradients(x / 1e-155, x) == [1e155]


def test_numpy_scalars_stand_on_either_side():
    x = Value(np.float32(3))
    for product in (np.float64(2) * x, x * np.float64(2), np.int64(2) * x, np.float32(2) * x):
        assert isinstance(product, Value)
        assert product.data == 6.0
        assert type(product.data) is float
        assert gradients(product, x) == [2.0]


def test_a_numpy_scalar_on_the_left_keeps_its_side():
    x = Value(4)
    assert gradients(np.float64(2) - x, x) == [-1.0]
    assert gradients(np.float64(2) / x, x) == [-0.125]
    with pytest.raises(TypeError, match="plain number"):
        np.float64(2) ** x


def test_gradient_descent_finds_the_bottom_of_a_bowl():
    w = Value(5.0, "w")
    for _ in range(100):
        J = (w - 2) ** 2
        J.backprop()
        w.data -= 0.1 * w.grad
    assert w.data == pytest.approx(2.0, abs=1e-8)


def test_a_value_shows_its_number_and_name():
    assert repr(Value(3, "x")) == "Value(3.0, name='x')"
    assert repr(Value(0.5)) == "Value(0.5)"


def test_calculating_loads_no_plotting():
    program = (
        "import sys; from nnlite.graph import Value; (Value(2) * 3).backprop();"
        "print([name for name in ('matplotlib', 'nnlite.plot') if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert answer.stdout == "[]\n", answer.stderr


# Random formulas

numbers = st.floats(-2, 2).map(lambda x: round(x, 3))


def formulas():
    """Pairs of a formula in Values and the same formula with derivatives by all three inputs."""

    def unary(inner):
        shapes = st.sampled_from(
            [
                tanh,
                sigmoid,
                operator.neg,
                lambda v: exp(tanh(v)),
                lambda v: log(v * v + 1),
                lambda v: v**2,
                lambda v: 1 / (v * v + 2),
                lambda v: relu(v) + v,
                lambda v: 3 - 0.5 * v,
            ]
        )
        return st.builds(lambda f, g: lambda *x: f(g(*x)), shapes, inner)

    def binary(inner):
        shapes = st.sampled_from(
            [operator.add, operator.sub, operator.mul, maximum, lambda a, b: a / (b * b + 1)]
        )
        return st.builds(lambda f, g, h: lambda *x: f(g(*x), h(*x)), shapes, inner, inner)

    inputs = st.integers(0, 2).map(lambda k: lambda *x: x[k])
    return st.recursive(inputs, lambda inner: unary(inner) | binary(inner), max_leaves=12)


def has_a_kink_near(result):
    """Whether a max or ReLU is so near its corner that differences would look across it."""
    return any(
        (node.operation == "ReLU" and abs(node.operands[0].data) < 1e-3)
        or (
            node.operation == "max"
            and node.operands[0] is not node.operands[1]
            and abs(node.operands[0].data - node.operands[1].data) < 1e-3
        )
        for node in result.nodes()
    )


@settings(max_examples=150, deadline=None)
@given(formulas(), st.tuples(numbers, numbers, numbers))
def test_gradients_of_random_formulas_are_their_differences(formula, point):
    inputs = [Value(x) for x in point]
    result = formula(*inputs)
    assume(all(abs(node.data) < 50 for node in result.nodes()))
    assume(not has_a_kink_near(result))
    found = gradients(result, *inputs)
    assume(all(abs(slope) < 1e3 for slope in found))
    # Two step sizes cancel the error of third order (Richardson).
    coarse, fine = differences(formula, point, 2e-4), differences(formula, point, 1e-4)
    expected = [(4 * f - c) / 3 for f, c in zip(fine, coarse, strict=True)]
    size = 1 + max(abs(slope) for slope in found) + abs(result.data)
    assert found == pytest.approx(expected, rel=1e-7, abs=1e-7 * size)


# Errors that teach


@pytest.mark.parametrize("data", ["3", None, [1, 2], (1,), 1j, np.array([1.0, 2.0]), Value(3)])
def test_a_value_holds_one_real_number(data):
    with pytest.raises(TypeError, match=r"A Value holds one number\.\nReceived: \w+ .*\nRemedy: "):
        Value(data)


@pytest.mark.parametrize("data", [math.nan, math.inf, -math.inf, 10**400])
def test_a_value_holds_a_finite_number(data):
    with pytest.raises(ValueError, match="It must be finite"):
        Value(data)


@pytest.mark.parametrize(
    "operation", [operator.add, operator.sub, operator.mul, operator.truediv, maximum]
)
@pytest.mark.parametrize("other", ["2", None, [1, 2], np.array([1.0, 2.0]), 2j])
def test_an_operand_that_is_no_number_is_explained(operation, other):
    for left, right in ((Value(3), other), (other, Value(3))):
        with pytest.raises(TypeError, match="An operand must be a Value or a plain number"):
            operation(left, right)


def test_an_array_is_sent_to_the_layers():
    with pytest.raises(TypeError, match=r"ndarray.*\n.*one Value per element.*nnlite\.layers"):
        np.array([1.0, 2.0]) * Value(3)


@pytest.mark.parametrize("function", [np.exp, np.tanh, np.sqrt, np.abs])
def test_a_function_of_numpy_is_told_to_be_a_gate(function):
    with pytest.raises(TypeError, match=r"takes numbers, not Values.*\n.*Value\(1\.0\).*\n.*gate"):
        function(Value(1))


def test_a_text_is_turned_into_a_number_first():
    with pytest.raises(TypeError, match=r"float\(text\)"):
        Value("3")


@pytest.mark.parametrize(
    ("mistake", "error", "words"),
    [
        (lambda x: log(x), ValueError, "number above 0.\nReceived: log of x = -2.0"),
        (lambda x: log(x * 0), ValueError, "Received: log of -0.0"),
        (lambda x: 1 / (x + 2), ValueError, "divided by zero.\nReceived: (1.0) / (0.0)"),
        (lambda x: x / 0, ValueError, "Received: (x = -2.0) / (0.0)"),
        (lambda x: x**0.5, ValueError, "fractional exponent.\nReceived: (x = -2.0) ** 0.5"),
        (lambda x: (x + 2) ** 0.5, ValueError, "no derivative at 0"),
        (lambda x: (x + 2) ** -1, ValueError, "no derivative at 0"),
        (lambda x: x**x, TypeError, "Write exp(b * log(a))"),
        (lambda x: 2**x, TypeError, "exponent of ** must be a plain number.\nReceived: 2 ** Value"),
        (lambda x: x ** "2", TypeError, "exponent of ** must be a plain number.\nReceived: str"),
        (lambda x: exp(-x * 1000), ValueError, "the gate exp at 2000.0"),
        (lambda x: (x * 1e200) ** 2, ValueError, "the gate **2 at -2e+200"),
        (lambda x: x * 1e300 * 1e300, ValueError, "Scale the inputs"),
        (lambda x: x < 0, TypeError, "no order"),
        (lambda x: x <= 0, TypeError, "no order"),
        (lambda x: x > x, TypeError, "no order"),
        (lambda x: x >= 0, TypeError, "a.data < b.data"),
        (lambda x: max(x, 0), TypeError, "maximum(a, b)"),
        (lambda x: x == -2, TypeError, "value.data == number"),
        (lambda x: x != -2.0, TypeError, "value.data == number"),
        (lambda x: 1 if x else 0, TypeError, "neither true nor false"),
        (lambda x: math.exp(x), TypeError, "value.exp() instead of math.exp(value)"),
        (lambda x: float(x), TypeError, "value.data for the number"),
    ],
)
def test_a_mistake_is_explained(mistake, error, words):
    with pytest.raises(error) as caught:
        mistake(Value(-2, "x"))
    assert words in str(caught.value)
    assert "\nRemedy: " in str(caught.value)


def test_values_are_equal_only_to_themselves():
    x, y = Value(3), Value(3)
    assert x == x
    assert x != y
    assert x in [y, x]
    assert len({x, y, x}) == 2


def test_gradients_too_large_for_a_float_are_explained():
    x = Value(0.0, "x")
    result = x
    for _ in range(5):
        result = result * 1e100
    with pytest.raises(ValueError, match=r"gradients explode.*\nReceived: gradient inf at 0\.0"):
        result.backprop()
