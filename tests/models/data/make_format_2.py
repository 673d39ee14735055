"""How the file of format 2 in this folder was made: it must open for ever, and go on.

Never run it to make the file anew with a later version: it would no longer be old.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from nnlite import Sequential
from nnlite.layers import BatchNormalization, Dense, Dropout
from nnlite.optimizers import Adam
from nnlite.optimizers.schedules import CosineDecay

FOLDER = Path(__file__).parent
X = np.linspace(-1, 1, 24).reshape(6, 4)
Y = np.array([0, 1, 1, 0, 1, 0])


def half_trained() -> Sequential:
    """A chain in the middle of its training: a frozen layer, a rate that was changed, dropout."""
    layers = [
        Dense(6, activation="relu", input_shape=(4,), name="first"),
        BatchNormalization(momentum=0.8),
        Dropout(0.25, seed=3),
        Dense(3, activation="tanh", name="hidden"),
        Dropout(0.5),
        Dense(1, activation="sigmoid"),
    ]
    model = Sequential(layers, name="half", seed=0, dtype="float64")
    model.compile(Adam(0.1, amsgrad=True), "binary_crossentropy", metrics=["accuracy"])
    model.fit(X, Y, epochs=3, batch_size=2, verbose=0)
    model.get_layer("hidden").trainable = False
    model.optimizer.learning_rate = CosineDecay(0.05, 100)
    model.fit(X, Y, epochs=2, batch_size=2, verbose=0)
    return model


if __name__ == "__main__":
    half_trained().save(FOLDER / "half_trained_2.npz")
