"""Tensors that stand for outputs: their shape, arithmetic with them, and the small names."""

from __future__ import annotations

import numpy as np
import pytest

from nnlite import Input, Model, layers
from nnlite.layers import Add, Conv2D, Dense, Flatten, Multiply, Rescaling, Subtract

A, B = np.array([[1.0, 2.0, 3.0]]), np.array([[10.0, 20.0, 30.0]])


def result(function):
    """What a function of one or two tensors computes."""
    inputs = [Input(3), Input(3)][: function.__code__.co_argcount]
    return Model(inputs, function(*inputs)).predict([A, B][: len(inputs)]).tolist()[0]


def test_the_shape_of_a_tensor_begins_with_the_open_number_of_samples():
    image = Input(shape=(8, 8, 1))
    assert image.shape == (None, 8, 8, 1)
    assert Conv2D(4, 3)(image).shape == (None, 6, 6, 4)
    assert Flatten()(image).shape == (None, 64)
    assert Input(shape=image.shape[1:]).shape == image.shape


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (lambda a, b: a + b, [11, 22, 33]),
        (lambda a, b: b - a, [9, 18, 27]),
        (lambda a, b: a * b, [10, 40, 90]),
        (lambda a, b: a + b - a * b, [1, -18, -57]),
        (lambda a: a + 1, [2, 3, 4]),
        (lambda a: 1 + a, [2, 3, 4]),
        (lambda a: a - 0.5, [0.5, 1.5, 2.5]),
        (lambda a: 5 - a, [4, 3, 2]),
        (lambda a: 2 * a, [2, 4, 6]),
        (lambda a: a / 2, [0.5, 1, 1.5]),
        (lambda a: -a, [-1, -2, -3]),
        (lambda a: np.float64(3) * a, [3, 6, 9]),
        (lambda a: np.float32(1) - a, [0, -1, -2]),
    ],
)
def test_arithmetic_with_tensors_is_that_of_their_numbers(function, expected):
    assert result(function) == expected


def test_arithmetic_makes_layers():
    a, b = Input(3), Input(3)
    made = [type(tensor.node.layer) for tensor in (a + b, a - b, a * b, a * 2)]
    assert made == [Add, Subtract, Multiply, Rescaling]


def test_a_residual_block_is_written_with_a_plus():
    x = Input(4)
    model = Model(x, Dense(4)(x) + x, seed=0)
    model.compile("sgd", "mse")
    history = model.fit(np.eye(4), np.eye(4), epochs=5, verbose=0)
    assert history.history["loss"][-1] < history.history["loss"][0]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("add", [11, 22, 33]),
        ("subtract", [-9, -18, -27]),
        ("multiply", [10, 40, 90]),
        ("average", [5.5, 11, 16.5]),
        ("maximum", [10, 20, 30]),
        ("minimum", [1, 2, 3]),
        ("concatenate", [1, 2, 3, 10, 20, 30]),
    ],
)
def test_the_small_names_merge_as_the_large_ones(name, expected):
    assert result(lambda a, b: getattr(layers, name)([a, b])) == expected


def test_a_small_name_hands_on_axis_and_name():
    tensor = layers.concatenate([Input((2, 3)), Input((4, 3))], axis=1, name="joined")
    assert tensor.shape == (None, 6, 3)
    assert tensor.node.layer.name == "joined"
