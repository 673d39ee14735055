from __future__ import annotations

import numpy as np
import pytest

from nnlite.layers import Flatten, Reshape

X = np.arange(12.0).reshape(2, 2, 3)


def test_flatten_lays_every_sample_in_a_row():
    assert Flatten().forpass(X).tolist() == [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]]


def test_flatten_of_rows_leaves_them():
    assert Flatten().forpass(np.ones((2, 3))).shape == (2, 3)


def test_reshape_keeps_the_order_of_the_numbers():
    a = Reshape((3, 2)).forpass(X)
    assert a.tolist() == [[[0, 1], [2, 3], [4, 5]], [[6, 7], [8, 9], [10, 11]]]


@pytest.mark.parametrize("layer", [Flatten(), Reshape((3, 2)), Reshape((-1, 1, 2))])
def test_the_gradient_takes_the_old_shape_back(layer):
    a = layer.forpass(X, training=True)
    assert np.array_equal(layer.backprop(a), X)


@pytest.mark.parametrize(
    ("target", "shape", "wanted"),
    [
        ((-1,), (2, 3), (6,)),
        ((2, -1), (6,), (2, 3)),
        ((3, 2), (6,), (3, 2)),
        ((-1, 6), (6,), (1, 6)),
    ],
)
def test_minus_one_stands_for_what_is_left(target, shape, wanted):
    assert Reshape(target).compute_output_shape(shape) == wanted


@pytest.mark.parametrize("target", [(5,), (-1, 4), (-1, -1), (0, -1), (-2, -3), (2, 4)])
def test_a_shape_that_does_not_hold_the_numbers_is_refused(target):
    with pytest.raises(ValueError, match="The new shape must hold as many numbers as the old one"):
        Reshape(target).compute_output_shape((6,))
