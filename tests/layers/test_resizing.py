from __future__ import annotations

import numpy as np
import pytest

from nnlite.layers import UpSampling2D, ZeroPadding2D

IMAGE = np.array([[1.0, 2.0], [3.0, 4.0]]).reshape(1, 2, 2, 1)


def picture(images):
    return images[0, :, :, 0].tolist()


@pytest.mark.parametrize(
    ("padding", "expected"),
    [
        (1, [[0, 0, 0, 0], [0, 1, 2, 0], [0, 3, 4, 0], [0, 0, 0, 0]]),
        ((1, 0), [[0, 0], [1, 2], [3, 4], [0, 0]]),
        (((0, 1), (2, 0)), [[0, 0, 1, 2], [0, 0, 3, 4], [0, 0, 0, 0]]),
    ],
)
def test_zeros_go_where_they_are_asked_for(padding, expected):
    assert picture(ZeroPadding2D(padding)(IMAGE)) == expected


def test_the_gradient_of_padding_is_that_of_the_middle():
    layer = ZeroPadding2D(((1, 0), (0, 1)))
    layer.forpass(IMAGE, training=True)
    assert picture(layer.backprop(np.arange(9.0).reshape(1, 3, 3, 1))) == [[3, 4], [6, 7]]


def test_every_pixel_is_repeated():
    assert picture(UpSampling2D((2, 1))(IMAGE)) == [[1, 2], [1, 2], [3, 4], [3, 4]]
    assert picture(UpSampling2D()(IMAGE))[1] == [1, 1, 2, 2]


def test_the_gradient_of_a_repeated_pixel_is_the_sum_over_its_copies():
    layer = UpSampling2D((1, 2))
    layer.forpass(IMAGE, training=True)
    assert picture(layer.backprop(np.arange(8.0).reshape(1, 2, 4, 1))) == [[1, 5], [9, 13]]


@pytest.mark.parametrize(
    "make",
    [
        lambda: ZeroPadding2D(-1),
        lambda: ZeroPadding2D((1, 2, 3)),
        lambda: ZeroPadding2D("same"),
        lambda: ZeroPadding2D(((1, 2), (1.5, 0))),
        lambda: UpSampling2D(0),
        lambda: UpSampling2D(2, interpolation="bilinear"),
        lambda: UpSampling2D(2, "channels_first"),
    ],
)
def test_an_argument_that_makes_no_sense_is_explained(make):
    with pytest.raises(ValueError, match="Received: "):
        make()


@pytest.mark.parametrize("layer_class", [ZeroPadding2D, UpSampling2D])
def test_images_without_channels_are_explained(layer_class):
    with pytest.raises(ValueError, match=r"x\[\.\.\., None\]"):
        layer_class()(np.zeros((2, 4, 4)))
