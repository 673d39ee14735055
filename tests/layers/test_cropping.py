from __future__ import annotations

import numpy as np
import pytest

from nnlite.layers import Cropping2D

IMAGE = np.arange(12.0).reshape(1, 3, 4, 1)


def picture(images):
    return images[0, :, :, 0].tolist()


@pytest.mark.parametrize(
    ("cropping", "expected"),
    [
        (1, [[5, 6]]),
        ((1, 0), [[4, 5, 6, 7]]),
        (((0, 1), (2, 0)), [[2, 3], [6, 7]]),
        (((0, 0), (0, 3)), [[0], [4], [8]]),
    ],
)
def test_edges_are_cut_off_where_it_is_asked_for(cropping, expected):
    assert picture(Cropping2D(cropping)(IMAGE)) == expected


def test_what_was_cut_off_has_no_gradient():
    layer = Cropping2D(((1, 0), (0, 2)))
    layer.forpass(IMAGE, training=True)
    grad = np.array([[1.0, 2.0], [3.0, 4.0]]).reshape(1, 2, 2, 1)
    assert picture(layer.backprop(grad)) == [[0, 0, 0, 0], [1, 2, 0, 0], [3, 4, 0, 0]]


def test_something_must_be_left():
    with pytest.raises(ValueError, match="Cropping must leave some of the image") as caught:
        Cropping2D((1, 2))(IMAGE)
    assert "samples of shape (3, 4, 1), cropping=((1, 1), (2, 2))" in str(caught.value)


@pytest.mark.parametrize("cropping", [-1, (1, 2, 3), "same", ((1, 2), (1.5, 0))])
def test_what_is_no_cropping_is_refused(cropping):
    with pytest.raises(ValueError, match="cropping must be"):
        Cropping2D(cropping)
