"""`set_weights(keras_model.get_weights())` gives the predictions of Keras, kept in a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from every_layer import CASES
from keras_figures import samples, weights
from nnlite import Input, Model, Sequential, layers

FILE = Path(__file__).parents[1] / "data" / "keras_layers.npz"
FIGURES = np.load(FILE)
SHAPES = json.loads(str(FIGURES["shapes"]))
NEAR = 1e-5


def assert_predicts_as_keras(model: Any, name: str, shapes: Any) -> None:
    """Give the model what Keras' `get_weights` gave, and compare what it predicts."""
    model.set_weights(weights(SHAPES[name]))
    x, wanted = samples(shapes), FIGURES[name]
    predicted = model.predict(x if len(x) > 1 else x[0])
    assert predicted.shape == wanted.shape
    np.testing.assert_allclose(predicted, wanted, rtol=0, atol=NEAR * np.abs(wanted).max())


def test_there_are_figures_for_every_layer_and_no_other() -> None:
    assert {*SHAPES} == {*CASES, "chain", "branches"}


@pytest.mark.parametrize("name", CASES)
def test_a_layer_predicts_as_keras_does_with_its_weights(name: str) -> None:
    assert_predicts_as_keras(CASES[name].model(), name, CASES[name].shapes)


def test_a_chain_predicts_as_keras_does_with_its_weights() -> None:
    model = Sequential(
        [
            Input((8, 6, 1)),
            layers.Rescaling(0.5),
            layers.Conv2D(4, 3, padding="same", activation="relu"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(),
            layers.SeparableConv2D(3, 3, activation="gelu"),
            layers.Flatten(),
            layers.Dropout(0.3),
            layers.Dense(5, activation="selu"),
            layers.Dense(2, activation="softmax"),
        ]
    )
    assert_predicts_as_keras(model, "chain", [(8, 6, 1)])


def test_branches_of_different_length_predict_as_keras_does_with_its_weights() -> None:
    x = Input((4,))
    shared = layers.Dense(4, activation="tanh")
    short = layers.Dense(4)(x)
    long = layers.BatchNormalization()(shared(layers.Dense(4, activation="silu")(x)))
    both = layers.Concatenate()([layers.Add()([short, long]), shared(short)])
    assert_predicts_as_keras(Model(x, layers.Dense(3)(both)), "branches", [(4,)])
