from __future__ import annotations

import numpy as np
import pytest

from nnlite import layers
from nnlite.layers import (
    AveragePooling1D,
    AveragePooling2D,
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
    MaxPooling1D,
    MaxPooling2D,
)
from nnlite.testing import check_layer

IMAGE = np.array([[1.0, 5.0, 2.0], [4.0, 3.0, 8.0], [7.0, 6.0, 0.0]]).reshape(1, 3, 3, 1)


def picture(images):
    return images[0, :, :, 0].tolist()


def back(layer, x, grad):
    layer.forpass(x, training=True)
    return layer.backprop(np.asarray(grad, dtype=x.dtype))


def test_max_pooling_leaves_out_windows_that_do_not_fill():
    assert picture(MaxPooling2D(2)(IMAGE)) == [[5]]


def test_same_max_pooling_looks_at_what_there_is():
    assert picture(MaxPooling2D(2, padding="same")(-IMAGE)) == [[-1, -2], [-6, 0]]


def test_overlapping_max_pooling():
    assert picture(MaxPooling2D(2, strides=1)(IMAGE)) == [[5, 8], [7, 8]]


def test_the_gradient_goes_to_the_largest():
    dx = back(MaxPooling2D(2, padding="same"), IMAGE, [[[[1.0], [2.0]], [[3.0], [4.0]]]])
    assert picture(dx) == [[0, 1, 0], [0, 0, 2], [3, 0, 4]]


def test_gradients_of_overlapping_windows_add_up():
    dx = back(MaxPooling2D(2, strides=1), IMAGE, [[[[1.0], [2.0]], [[3.0], [4.0]]]])
    assert picture(dx) == [[0, 1, 0], [0, 0, 6], [3, 0, 0]]


def test_of_ties_the_first_gets_the_whole_gradient():
    dx = back(MaxPooling2D(2), np.ones((2, 2, 2, 1)), np.full((2, 1, 1, 1), 5.0))
    assert picture(dx) == [[5, 0], [0, 0]]
    assert picture(dx[1:]) == [[5, 0], [0, 0]]


def test_the_mean_does_not_count_the_padding():
    pooled = AveragePooling2D(2, padding="same")(IMAGE)
    assert picture(pooled) == [[3.25, 5], [6.5, 0]]


def test_the_gradient_of_a_mean_is_shared():
    dx = back(AveragePooling2D(2, padding="same"), IMAGE, [[[[4.0], [2.0]], [[6.0], [5.0]]]])
    assert picture(dx) == [[1, 1, 1], [1, 1, 1], [3, 3, 5]]


def test_pooling_along_sequences():
    sequence = np.array([[[1.0], [3.0], [2.0], [0.0], [9.0]]])
    assert MaxPooling1D(2)(sequence)[0, :, 0].tolist() == [3, 2]
    assert MaxPooling1D(2, padding="same")(sequence)[0, :, 0].tolist() == [3, 2, 9]
    assert AveragePooling1D(3, strides=1)(sequence)[0, :, 0].tolist() == pytest.approx(
        [2, 5 / 3, 11 / 3]
    )


def test_global_pooling_is_one_number_per_channel():
    x = np.arange(12.0).reshape(1, 2, 3, 2)
    assert GlobalMaxPooling2D()(x).tolist() == [[10, 11]]
    assert GlobalAveragePooling2D()(x).tolist() == [[5, 6]]
    assert GlobalAveragePooling2D(keepdims=True)(x).tolist() == [[[[5, 6]]]]
    assert GlobalMaxPooling1D()(x[0]).tolist() == [[4, 5], [10, 11]]
    assert GlobalAveragePooling1D()(x[0]).tolist() == [[2, 3], [8, 9]]


def test_the_gradient_of_a_global_maximum_goes_to_the_first_of_the_largest():
    x = np.array([[1.0, 7.0], [7.0, 0.0]]).reshape(1, 2, 2, 1)
    assert picture(back(GlobalMaxPooling2D(), x, [[3.0]])) == [[0, 3], [0, 0]]


def test_the_gradient_of_a_global_mean_is_shared():
    dx = back(GlobalAveragePooling2D(), np.zeros((1, 2, 2, 1)), [[8.0]])
    assert picture(dx) == [[2, 2], [2, 2]]


FAULTS = {
    "scaled": lambda dx: dx * 1.001,
    "shifted": lambda dx: np.roll(dx, 1, axis=1),
    "everywhere": lambda dx: np.full_like(dx, dx.mean()),
    "a sum instead of a mean": lambda dx: dx * 4,
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("layer_class", [MaxPooling2D, AveragePooling2D, GlobalMaxPooling2D])
def test_a_planted_fault_is_found(layer_class, fault):
    class Faulty(layer_class):
        def backprop(self, grad):
            return FAULTS[fault](super().backprop(grad))

    with pytest.raises(AssertionError, match="dx"):
        check_layer(Faulty(), (4, 4, 2))


@pytest.mark.parametrize("layer_class", [MaxPooling2D, AveragePooling2D, GlobalMaxPooling2D])
def test_images_without_channels_are_explained(layer_class):
    with pytest.raises(ValueError, match=r"x\[\.\.\., None\]") as caught:
        layer_class(name="pool")(np.zeros((2, 6, 6)))
    assert "(6, 6)" in str(caught.value)
    assert "'pool'" in str(caught.value)


def test_a_window_larger_than_the_image_is_explained():
    with pytest.raises(ValueError, match="must fit") as caught:
        MaxPooling2D(4)(np.zeros((2, 3, 6, 1)))
    for part in ("(3, 6, 1)", "(4, 4)", 'padding="same"', "'max_pooling2d'"):
        assert part in str(caught.value)


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("MaxPool1D", "MaxPooling1D"),
        ("MaxPool2D", "MaxPooling2D"),
        ("AvgPool1D", "AveragePooling1D"),
        ("AvgPool2D", "AveragePooling2D"),
        ("GlobalMaxPool1D", "GlobalMaxPooling1D"),
        ("GlobalMaxPool2D", "GlobalMaxPooling2D"),
        ("GlobalAvgPool1D", "GlobalAveragePooling1D"),
        ("GlobalAvgPool2D", "GlobalAveragePooling2D"),
        ("Convolution1D", "Conv1D"),
        ("Convolution2D", "Conv2D"),
        ("Convolution2DTranspose", "Conv2DTranspose"),
    ],
)
def test_what_keras_names_twice_is_here_twice(short, long):
    assert getattr(layers, short) is getattr(layers, long)
