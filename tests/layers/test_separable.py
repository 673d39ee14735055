from __future__ import annotations

import numpy as np
import pytest

from nnlite.layers import Conv2D, DepthwiseConv2D, SeparableConv2D

X = np.arange(12.0).reshape(1, 2, 3, 2) - 5


def test_it_gives_what_keras_gives_with_its_weights():
    layer = SeparableConv2D(2, 2, depth_multiplier=2, activation="relu")
    layer.ensure_built((2, 3, 2))
    W, P = np.arange(16.0).reshape(2, 2, 2, 2) / 10 - 0.7, np.arange(8.0).reshape(1, 1, 4, 2) - 3
    layer.set_weights([W, P, np.array([0.5, -0.5])])
    by_keras = [[[[0.0, 21.1], [7.3, 30.7]]]]
    np.testing.assert_allclose(layer(X), by_keras, rtol=1e-6)


def test_it_is_a_depthwise_convolution_and_one_of_single_pixels():
    layer = SeparableConv2D(3, (2, 1), strides=2, padding="same", depth_multiplier=2)
    along = DepthwiseConv2D((2, 1), strides=2, padding="same", depth_multiplier=2, use_bias=False)
    across = Conv2D(3, 1)
    x = np.random.default_rng(0).standard_normal((4, 5, 4, 2)).astype(np.float32)
    a = layer(x)
    across(along(x))
    W, P, b = layer.get_weights()
    along.set_weights([W])
    across.set_weights([P, b])
    np.testing.assert_allclose(a, across(along(x)), rtol=1e-5, atol=1e-6)


def test_it_needs_fewer_weights_than_a_convolution():
    separable, whole = SeparableConv2D(64, 3), Conv2D(64, 3)
    for layer in (separable, whole):
        layer.ensure_built((8, 8, 32))
    assert separable.count_params() == 9 * 32 + 32 * 64 + 64 == 2400
    assert whole.count_params() == 18496


def test_images_with_other_channels_are_refused():
    layer = SeparableConv2D(2, 2, name="pieces")
    layer.ensure_built((4, 4, 3))
    with pytest.raises(ValueError, match="takes images with 3 channels") as caught:
        layer(np.ones((1, 4, 4, 2)))
    assert "layer 'pieces'" in str(caught.value)


def test_the_names_of_keras_lead_to_its_weights():
    layer = SeparableConv2D(2, 2)
    layer.ensure_built((4, 4, 3))
    for name, ours in (("depthwise_kernel", "W"), ("pointwise_kernel", "P"), ("bias", "b")):
        with pytest.raises(AttributeError, match=f"Did you mean layer.{ours}\\?"):
            getattr(layer, name)
