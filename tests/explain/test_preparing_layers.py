"""What the layers that prepare data say of themselves."""

from __future__ import annotations

import numpy as np

from nnlite import Sequential
from nnlite.layers import Cropping2D, Dense, Flatten, Normalization, RandomFlip, Rescaling
from nnlite.layers import SeparableConv2D as Separable


def explained(*layers, x):
    model = Sequential(list(layers), seed=0, dtype="float64")
    model.compile("sgd", "mse")
    return model.explain(x, np.ones((len(x), 1)))


def test_normalization_subtracts_a_mean_and_divides():
    found = explained(Dense(2, input_shape=(3,)), Normalization(), Dense(1), x=np.eye(3))
    text = str(found)
    assert "μ1 = mean of the data" in text
    assert "not adapted yet" in text
    assert "N1 = (Z1 − μ1)/σ1" in text
    assert "dZ1 = dN1/σ1" in text


def test_the_way_back_multiplies():
    back = Normalization(mean=2.0, variance=9.0, invert=True)
    text = str(explained(Dense(1, input_shape=(3,)), back, x=np.eye(3)))
    assert "N1 = μ1 + Z1 ⊙ σ1" in text
    assert "dZ1 = dN1 ⊙ σ1" in text
    assert "not adapted" not in text


def test_images_are_scaled_flipped_and_cropped():
    x = np.ones((4, 4, 4, 1))
    layers = [Separable(1, 1, input_shape=(4, 4, 1)), Rescaling(0.5, -1), RandomFlip(seed=0)]
    text = str(explained(*layers, Cropping2D(1), Flatten(), Dense(1), x=x))
    assert "S1 = Z1·0.5 − 1" in text
    assert "dZ1 = dS1·0.5" in text
    assert "R1 = flip(S1)" in text
    assert "of 4 turned" in text
    assert "R2 = middle(R1)" in text
    assert "dR1 = dR2 in a frame of zeros" in text


def test_a_separable_convolution_has_two_steps_whose_arrays_are_there():
    x = np.random.default_rng(0).standard_normal((2, 3, 3, 2))
    layer = Separable(2, 2, input_shape=(3, 3, 2))
    found = explained(layer, Flatten(), Dense(1), x=x)
    text = str(found)
    for line in ("U1 = X ∗ W1", "Z1 = U1·P1 + b1", "dP1 = U1ᵀ·dZ1", "dU1 = dZ1·P1ᵀ"):
        assert line in text
    np.testing.assert_allclose(
        found["dP1"][0, 0], found["U1"].reshape(-1, 2).T @ found["dZ1"].reshape(-1, 2)
    )
    np.testing.assert_allclose(found["Z1"], found["U1"] @ found["P1"][0, 0] + found["b1"])
