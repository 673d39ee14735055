"""Convolutional networks on real images of 28 by 28 pixels, where NNLITE_DATA says they lie."""

from __future__ import annotations

import os
import time

import numpy as np
import pytest

from nnlite import Sequential
from nnlite.datasets import mnist
from nnlite.layers import Conv2D, Dense, Flatten, Input, MaxPooling2D
from nnlite.optimizers import SGD, Adam

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif("NNLITE_DATA" not in os.environ, reason="NNLITE_DATA names no folder"),
]

NETWORKS = {
    "one convolution, 37,434 weights": lambda: [
        Conv2D(8, 5, activation="relu"),
        MaxPooling2D(2),
        Flatten(),
        Dense(32, "relu"),
    ],
    "two convolutions, 56,714 weights": lambda: [
        Conv2D(16, 3, activation="relu"),
        MaxPooling2D(2),
        Conv2D(32, 3, activation="relu"),
        MaxPooling2D(2),
        Flatten(),
        Dense(64, "relu"),
    ],
}
CASES = {
    "Adam of .5": (lambda: Adam(0.5), "rate_too_large"),
    "SGD of 10": (lambda: SGD(10.0), "rate_too_large"),
    "SGD of a millionth": (lambda: SGD(1e-6), "rate_too_small"),
    "Adam": (lambda: Adam(0.003), None),
}


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("case", CASES)
def test_the_right_cause_is_found_before_the_time_is_over(network, case, monkeypatch):
    # What else the machine has to do is none of the diagnosis' time.
    monkeypatch.setattr(time, "monotonic", time.process_time)
    x, y = (part[:6000] for part in mnist.load_data()[0])
    optimizer, cause = CASES[case]
    layers = [Input((28, 28, 1)), *NETWORKS[network](), Dense(10, "softmax")]
    model = Sequential(layers, seed=1)
    model.compile(optimizer(), "sparse_categorical_crossentropy")
    found = model.diagnose(np.float32(x.reshape(-1, 28, 28, 1) / 255), y)
    assert found.finished
    assert found.first == cause
