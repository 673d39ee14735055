from __future__ import annotations

import numpy as np
import pytest

from nnlite.layers import Add, Average, Concatenate, Maximum, Multiply, Subtract

A = np.array([[1.0, 2.0], [3.0, 4.0]])
B = np.array([[5.0, 1.0], [3.0, -1.0]])
C = np.array([[2.0, 2.0], [0.0, 10.0]])
GRAD = np.array([[1.0, 10.0], [100.0, 1000.0]])


@pytest.mark.parametrize(
    ("layer", "inputs", "a", "gradients"),
    [
        (Add(), [A, B, C], [[8, 5], [6, 13]], [GRAD, GRAD, GRAD]),
        (Subtract(), [A, B], [[-4, 1], [0, 5]], [GRAD, -GRAD]),
        (
            Multiply(),
            [A, B, C],
            [[10, 4], [0, -40]],
            [GRAD * B * C, GRAD * A * C, GRAD * A * B],
        ),
        (Average(), [A, B, A, B], [[3, 1.5], [3, 1.5]], [GRAD / 4] * 4),
        (
            Maximum(),
            [A, B, C],
            [[5, 2], [3, 10]],
            [[[0, 10], [100, 0]], [[1, 0], [0, 0]], [[0, 0], [0, 1000]]],
        ),
    ],
)
def test_value_and_gradients(layer, inputs, a, gradients):
    assert layer.forpass(inputs, training=True).tolist() == np.array(a, float).tolist()
    found = layer.backprop(GRAD)
    assert [dx.tolist() for dx in found] == [np.array(dx, float).tolist() for dx in gradients]


def test_a_product_with_a_zero_keeps_the_gradient_of_the_zero():
    layer = Multiply()
    layer.forpass([np.zeros((1, 1)), np.full((1, 1), 7.0)], training=True)
    assert [dx.tolist() for dx in layer.backprop(np.ones((1, 1)))] == [[[7.0]], [[0.0]]]


def test_ties_give_the_gradient_to_the_first_alone():
    layer = Maximum()
    layer.forpass([A, A, A], training=True)
    first, second, third = layer.backprop(GRAD)
    assert first.tolist() == GRAD.tolist()
    assert second.tolist() == third.tolist() == np.zeros((2, 2)).tolist()


def test_concatenate_sets_side_by_side_and_cuts_the_gradient_again():
    layer = Concatenate()
    a = layer.forpass([A, B[:, :1]], training=True)
    assert a.tolist() == [[1, 2, 5], [3, 4, 3]]
    left, right = layer.backprop(np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]))
    assert left.tolist() == [[1, 2], [4, 5]]
    assert right.tolist() == [[3], [6]]


@pytest.mark.parametrize("axis", [1, -2])
def test_concatenate_counts_the_samples_as_axis_0(axis):
    x, y = np.ones((2, 1, 3)), np.zeros((2, 2, 3))
    layer = Concatenate(axis=axis)
    assert layer.compute_output_shape([(1, 3), (2, 3)]) == (3, 3)
    assert layer.forpass([x, y], training=True)[0].tolist() == [[1, 1, 1], [0, 0, 0], [0, 0, 0]]
    dx, dy = layer.backprop(np.ones((2, 3, 3)))
    assert (dx.shape, dy.shape) == ((2, 1, 3), (2, 2, 3))


def merge_in_loops(values, name):
    out = np.zeros_like(values[0])
    for place in np.ndindex(out.shape):
        numbers = [float(value[place]) for value in values]
        product = 1.0
        for number in numbers:
            product *= number
        out[place] = {
            "Add": sum(numbers),
            "Average": sum(numbers) / len(numbers),
            "Multiply": product,
            "Maximum": max(numbers),
        }[name]
    return out


@pytest.mark.parametrize("count", [2, 3, 5])
@pytest.mark.parametrize("layer_class", [Add, Average, Multiply, Maximum])
def test_merges_equal_their_loops(layer_class, count):
    rng = np.random.default_rng(count)
    values = [rng.standard_normal((3, 2, 4)) for _ in range(count)]
    wanted = merge_in_loops(values, layer_class.__name__)
    assert layer_class().forpass(values) == pytest.approx(wanted, abs=1e-14)


def test_the_inputs_stay_as_they_are():
    inputs = [A.copy(), B.copy(), C.copy()]
    for layer_class in (Add, Multiply, Average, Maximum, Concatenate):
        layer = layer_class()
        layer.forpass(inputs, training=True)
    assert [x.tolist() for x in inputs] == [A.tolist(), B.tolist(), C.tolist()]


def test_inputs_of_different_shapes_are_refused_with_a_remedy():
    with pytest.raises(ValueError, match="Add takes inputs of one shape") as caught:
        Add()([np.ones((2, 3)), np.ones((2, 4))])
    assert "Received: shapes (3,), (4,)" in str(caught.value)
    assert "Concatenate" in str(caught.value)


def test_subtract_takes_exactly_two():
    with pytest.raises(ValueError, match="Subtract takes exactly 2 inputs"):
        Subtract()([A, B, C])


@pytest.mark.parametrize("axis", [0, True, 1.5, "last"])
def test_the_axis_of_the_samples_cannot_be_joined(axis):
    with pytest.raises(ValueError, match="axis must be a whole number other than 0"):
        Concatenate(axis=axis)


def test_an_axis_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="axis must be one of the 2 axes of the inputs"):
        Concatenate(axis=2).compute_output_shape([(3,), (4,)])


@pytest.mark.parametrize(
    ("axis", "shapes"),
    [
        (-1, [(2, 3), (3, 3)]),
        (1, [(2, 3, 4), (5, 3, 6)]),
        (1, [(2, 3, 4), (5, 6, 4)]),
        (-1, [(2, 3), (2,)]),
    ],
)
def test_concatenate_refuses_shapes_that_differ_elsewhere(axis, shapes):
    with pytest.raises(ValueError, match="inputs that differ along its axis only"):
        Concatenate(axis=axis).compute_output_shape(shapes)


@pytest.mark.parametrize("shape", [(4,), [(4,)]])
def test_a_merge_takes_a_list_of_two_or_more(shape):
    with pytest.raises(ValueError, match="Add takes a list of two inputs or more"):
        Add().compute_output_shape(shape)


@pytest.mark.parametrize("layer", [Add, Multiply, Average])
def test_inputs_of_different_lengths_are_explained(layer):
    with pytest.raises(ValueError, match=r"All inputs .*\n.*\(1, 2\), \(4, 2\)"):
        layer()([np.ones((1, 2)), np.ones((4, 2))])
