"""Which of the sizes that shrink to the same a transposed convolution gives, as Keras says."""

from __future__ import annotations

import numpy as np
import pytest

from nnlite.layers import Conv2D, Conv2DTranspose

IMAGE = np.arange(1.0, 5.0).reshape(1, 2, 2, 1)


def enlarged(padding, kernel, strides, output_padding):
    layer = Conv2DTranspose(1, kernel, strides, padding, output_padding, use_bias=False)
    layer.ensure_built((2, 2, 1))
    layer.W = np.arange(1.0, kernel**2 + 1).reshape(kernel, kernel, 1, 1)
    return layer(IMAGE)[0, :, :, 0].tolist()


@pytest.mark.parametrize(
    ("padding", "kernel", "strides", "output_padding", "by_keras"),
    [
        (
            "valid",
            2,
            3,
            0,
            [
                [1, 2, 0, 2, 4],
                [3, 4, 0, 6, 8],
                [0, 0, 0, 0, 0],
                [3, 6, 0, 4, 8],
                [9, 12, 0, 12, 16],
            ],
        ),
        (
            "valid",
            3,
            2,
            1,
            [
                [1, 2, 5, 4, 6, 0],
                [4, 5, 14, 10, 12, 0],
                [10, 14, 36, 24, 30, 0],
                [12, 15, 34, 20, 24, 0],
                [21, 24, 55, 32, 36, 0],
                [0, 0, 0, 0, 0, 0],
            ],
        ),
        ("same", 3, 2, 0, [[5, 14, 10], [14, 36, 24], [15, 34, 20]]),
        (
            "same",
            3,
            2,
            None,
            [[1, 2, 5, 4], [4, 5, 14, 10], [10, 14, 36, 24], [12, 15, 34, 20]],
        ),
        (
            "same",
            4,
            3,
            1,
            [[6, 7, 18, 12], [10, 11, 30, 20], [20, 24, 58, 36], [18, 21, 44, 24]],
        ),
        ("same", 2, 3, 1, [[1, 2, 0, 2], [3, 4, 0, 6], [0, 0, 0, 0], [3, 6, 0, 4]]),
        (
            "same",
            1,
            3,
            1,
            [[1, 0, 0, 2, 0], [0] * 5, [0] * 5, [3, 0, 0, 4, 0], [0] * 5],
        ),
    ],
)
def test_the_larger_image_is_that_of_keras(padding, kernel, strides, output_padding, by_keras):
    assert enlarged(padding, kernel, strides, output_padding) == by_keras


def test_each_size_shrinks_to_the_one_it_came_from():
    for more, size in ((0, 5), (1, 6)):
        large = Conv2DTranspose(1, 3, strides=2, output_padding=more)
        assert large.compute_output_shape((2, 2, 1)) == (size, size, 1)
        assert Conv2D(1, 3, strides=2).compute_output_shape((size, size, 1)) == (2, 2, 1)


def test_height_and_width_may_differ():
    layer = Conv2DTranspose(1, 3, strides=3, output_padding=(0, 2))
    assert layer.compute_output_shape((2, 2, 1)) == (6, 8, 1)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"strides": 2, "output_padding": 2}, "from 0 to below the stride"),
        ({"output_padding": 1}, "from 0 to below the stride"),
        ({"strides": 2, "output_padding": -1}, "output_padding must be a whole number from 0"),
        ({"strides": 2, "output_padding": "same"}, "output_padding must be a whole number from 0"),
        (
            {"kernel_size": 4, "strides": 2, "padding": "same", "output_padding": 0},
            'With "same", a kernel of even size needs 1 or more.',
        ),
    ],
)
def test_what_no_size_belongs_to_is_explained(arguments, words):
    with pytest.raises(ValueError, match="output_padding") as caught:
        Conv2DTranspose(1, **{"kernel_size": 3, **arguments})
    assert words in str(caught.value)
