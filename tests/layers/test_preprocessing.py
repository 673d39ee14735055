"""Layers that prepare data; what Keras 3.15 gives stands here in its digits."""

from __future__ import annotations

import numpy as np
import pytest

from nnlite import Sequential, load_model
from nnlite.layers import Dense, Normalization, RandomFlip, Rescaling

TABLE = np.array([[1.0, 10.0, 5.0], [3.0, 30.0, 5.0], [8.0, 20.0, 5.0]])
IMAGES = np.arange(16.0).reshape(2, 2, 2, 2) ** 2


def test_adapt_takes_mean_and_variance_of_each_column():
    layer = Normalization()
    layer.adapt(TABLE)
    assert layer.mean.tolist() == [4, 20, 5]
    np.testing.assert_allclose(layer.variance, [26 / 3, 200 / 3, 0], rtol=1e-6)
    by_keras = [
        [-1.01904905, -1.22474504, 0.0],
        [-0.33968300, 1.22474504, 0.0],
        [1.35873199, 0.0, 0.0],
    ]
    np.testing.assert_allclose(layer(TABLE), by_keras, rtol=1e-6)


def test_without_an_axis_all_numbers_share_one_mean():
    layer = Normalization(axis=None)
    layer.adapt(TABLE)
    by_keras = [
        [-0.97714001, 0.037582, -0.52615201],
        [-0.75164598, 2.29252005, -0.52615201],
        [-0.187912, 1.16505098, -0.52615201],
    ]
    np.testing.assert_allclose(layer(TABLE), by_keras, rtol=1e-5)


def test_several_axes_have_a_mean_for_each_pair_of_places():
    layer = Normalization(axis=(1, 3))
    layer.adapt(IMAGES)
    assert layer.mean.tolist() == [[42, 53], [98, 117]]
    by_keras = [
        [[-1.0, -1.03751302], [-0.90476203, -0.87789601]],
        [[-1.09852099, -1.11045003], [-0.830589, -0.8207680]],
    ]
    np.testing.assert_allclose(layer(IMAGES)[0], by_keras, rtol=1e-6)


def test_the_way_back_multiplies_and_adds():
    layer = Normalization(mean=[1.0, 2.0, 3.0], variance=[4.0, 9.0, 0.0], invert=True)
    assert layer(TABLE).round(4).tolist() == [[3, 32, 3], [7, 92, 3], [17, 62, 3]]


def test_numbers_that_were_given_are_not_weights():
    layer = Normalization(mean=[1.0, 2.0], variance=4.0)
    assert layer(np.array([[3.0, 2.0]])).tolist() == [[1, 0]]
    assert layer.get_weights() == []


def test_the_gradient_is_divided_by_the_deviation():
    layer = Normalization(mean=[1.0, 2.0], variance=[4.0, 0.25])
    layer.ensure_built((2,))
    layer.forpass(np.ones((2, 2)), training=True)
    assert layer.backprop(np.array([[1.0, 1.0], [2.0, 4.0]])).tolist() == [[0.5, 2], [1, 8]]


def test_large_numbers_keep_their_digits():
    x = 1e6 + np.array([[1.0], [2.0], [3.0]])
    layer = Normalization()
    layer.adapt(x)
    np.testing.assert_allclose(layer.variance, [2 / 3], rtol=1e-6)
    np.testing.assert_allclose(layer(x), [[-1.2247449], [0], [1.2247449]], atol=1e-6)


def test_training_leaves_mean_and_variance_and_adapt_again_replaces_them():
    layer = Normalization(input_shape=(3,))
    model = Sequential([layer, Dense(1)], seed=0)
    layer.adapt(TABLE)
    model.compile("sgd", "mse")
    model.fit(TABLE, [1, 2, 3], epochs=2, verbose=0)
    assert layer.mean.tolist() == [4, 20, 5]
    layer.adapt(TABLE + 1)
    assert layer.mean.tolist() == [5, 21, 6]
    assert model.get_weights()[0].tolist() == [5, 21, 6]


def test_the_weights_are_those_of_keras_and_come_back_from_a_file(tmp_path):
    model = Sequential([Normalization(input_shape=(3,)), Dense(1)], seed=0)
    model.layers[0].adapt(TABLE)
    model.save(tmp_path / "model.npz")
    again = load_model(tmp_path / "model.npz")
    assert [w.shape for w in again.get_weights()] == [(3,), (3,), (), (3, 1), (1,)]
    assert again.predict(TABLE).tobytes() == model.predict(TABLE).tobytes()


def test_a_column_of_numbers_is_adapted_to_like_a_table_of_one():
    layer = Normalization()
    layer.adapt([1, 3])
    assert layer(np.array([[5.0]])).tolist() == [[3]]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Normalization(axis=0), "axis must be None, a whole number other than 0"),
        (lambda: Normalization(axis="x"), "axis must be None, a whole number other than 0"),
        (lambda: Normalization(mean=1.0), "mean and variance belong together"),
        (lambda: Normalization(mean=1.0, variance=-1.0), "A variance is never negative"),
        (lambda: Normalization(axis=2).adapt(TABLE), "axis must be among the 2 axes of x"),
        (lambda: Normalization(axis=(1, -1)).adapt(TABLE), "axis must be among the 2 axes of x"),
        (lambda: Normalization(mean=1, variance=1).adapt(TABLE), "Leave out mean="),
        (
            lambda: Normalization(mean=[1, 2], variance=1)(TABLE),
            "mean of shape (2,) and a variance of shape ()",
        ),
        (lambda: Normalization().adapt(TABLE[:0]), "data must not be empty"),
        (lambda: Normalization().adapt([[1.0, np.nan]]), "data must be finite"),
        (lambda: Normalization(input_shape=(2,)).adapt([["a"]]), "data must be numbers"),
    ],
)
def test_what_normalization_cannot_use_is_explained(make, words):
    with pytest.raises((ValueError, TypeError)) as caught:
        make()
    assert words in str(caught.value)


def test_a_table_with_other_columns_than_those_adapted_to_is_refused():
    layer = Normalization()
    layer.adapt(TABLE[:, :1])
    for other in (TABLE, TABLE[:, :2]):
        with pytest.raises(ValueError, match="mean of shape \\(1,\\)"):
            layer(other)
        with pytest.raises(ValueError, match="mean of shape \\(1,\\)"):
            layer.adapt(other)
    assert layer.mean.tolist() == [4]


def test_rescaling_multiplies_and_adds():
    layer = Rescaling(2, offset=-1)
    assert layer(np.array([[0.0, 0.5, 3.0]])).tolist() == [[-1, 0, 5]]
    assert layer.backprop(np.array([[1.0, 2.0], [3.0, 4.0]])).tolist() == [[2, 4], [6, 8]]


def test_rescaling_needs_a_number():
    with pytest.raises(TypeError, match="scale must be a number"):
        Rescaling([1, 2])


STAIRS = np.arange(4.0).reshape(1, 2, 2, 1)
UPRIGHT, LEFT_RIGHT = [[0, 1], [2, 3]], [[1, 0], [3, 2]]
UPSIDE_DOWN, AROUND = [[2, 3], [0, 1]], [[3, 2], [1, 0]]


@pytest.mark.parametrize(
    ("mode", "pictures"),
    [
        ("horizontal", [UPRIGHT, LEFT_RIGHT]),
        ("vertical", [UPRIGHT, UPSIDE_DOWN]),
        ("horizontal_and_vertical", [UPRIGHT, LEFT_RIGHT, UPSIDE_DOWN, AROUND]),
    ],
)
def test_every_image_is_turned_around_or_not_by_itself(mode, pictures):
    many = RandomFlip(mode, seed=0)(STAIRS.repeat(400, axis=0), training=True)[..., 0].tolist()
    shares = [many.count(picture) / 400 for picture in pictures]
    assert sum(shares) == 1
    assert shares == pytest.approx([1 / len(pictures)] * len(pictures), abs=0.1)


def test_a_prediction_turns_nothing_around():
    assert RandomFlip()(STAIRS)[0, :, :, 0].tolist() == UPRIGHT


def test_the_gradient_goes_back_to_the_pixel_that_it_came_from():
    layer = RandomFlip(seed=1)
    x = np.arange(48.0).reshape(8, 2, 3, 1)
    a = layer.forpass(x, training=True)
    assert (a != x).any()
    assert (layer.backprop(a) == x).all()


def test_a_seed_of_its_own_makes_the_flips_independent_of_the_model():
    x = np.random.default_rng(0).standard_normal((16, 2, 2, 1))
    first, second = (RandomFlip(seed=5).forpass(x, training=True) for _ in range(2))
    assert (first == second).all()


@pytest.mark.parametrize("mode", ["diagonal", 3, ["vertical"]])
def test_an_unknown_mode_lists_the_known_ones(mode):
    with pytest.raises(ValueError, match="one of horizontal, vertical, horizontal_and_vertical"):
        RandomFlip(mode)


def test_flips_are_for_images():
    with pytest.raises(ValueError, match=r"samples of shape \(height, width, channels\)"):
        RandomFlip()(np.ones((2, 3)))
