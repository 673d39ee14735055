"""The networks that have goals: each builds a compiled model and makes its data."""

from __future__ import annotations

from typing import Any

from work import Work, compiled

import nnlite
from nnlite import layers as L
from nnlite.optimizers import SGD, Adam


def dense(*units: int, activation: str = "sigmoid", optimizer: Any = None) -> nnlite.Model:
    """Return a network for rows of 784 numbers and ten classes."""
    hidden = [L.Dense(count, activation=activation) for count in units]
    return compiled([*hidden, L.Dense(10, "softmax")], optimizer, (784,))


def convolutions(size: int, *filters: int) -> nnlite.Model:
    """Return convolutions with ReLU, 2×2 max pooling after each, 100 ReLU units, ten classes."""
    layers: list[Any] = []
    for count in filters:
        layers += [L.Conv2D(count, size, padding="same", activation="relu"), L.MaxPooling2D()]
    return compiled([*layers, L.Flatten(), L.Dense(100, "relu"), L.Dense(10, "softmax")])


def lenet() -> nnlite.Model:
    """Return LeNet-5."""
    return compiled(
        [
            L.Conv2D(6, 5, activation="tanh"),
            L.AveragePooling2D(),
            L.Conv2D(16, 5, activation="tanh"),
            L.AveragePooling2D(),
            L.Flatten(),
            L.Dense(120, "tanh"),
            L.Dense(84, "tanh"),
            L.Dense(10, "softmax"),
        ]
    )


def batch_norm() -> nnlite.Model:
    """Return two convolutions with batch normalization, and dropout; with Adam."""
    layers: list[Any] = []
    for count in (16, 32):
        layers += [
            L.Conv2D(count, 3, padding="same", use_bias=False),
            L.BatchNormalization(),
            L.ReLU(),
            L.MaxPooling2D(),
        ]
    return compiled([*layers, L.Flatten(), L.Dropout(0.5), L.Dense(10, "softmax")], Adam())


def residual() -> nnlite.Model:
    """Return two residual blocks."""
    x = nnlite.Input((28, 28, 1))
    a = L.MaxPooling2D()(L.Conv2D(16, 3, padding="same", activation="relu")(x))
    for _ in range(2):
        inner = L.Conv2D(16, 3, padding="same", activation="relu")(a)
        a = L.ReLU()(L.Add()([a, L.Conv2D(16, 3, padding="same")(inner)]))
    model = nnlite.Model(x, L.Dense(10, "softmax")(L.GlobalAveragePooling2D()(a)), seed=0)
    model.compile(SGD(0.05), "sparse_categorical_crossentropy")
    return model


def depthwise() -> nnlite.Model:
    """Return a depthwise and a pointwise convolution behind an ordinary one."""
    return compiled(
        [
            L.Conv2D(16, 3, padding="same", activation="relu"),
            L.DepthwiseConv2D(3, padding="same"),
            L.Conv2D(32, 1, activation="relu"),
            L.GlobalAveragePooling2D(),
            L.Dense(10, "softmax"),
        ]
    )


def xor() -> nnlite.Model:
    """Return the course's network for XOR."""
    layers = [L.Dense(units, activation="sigmoid") for units in (4, 5, 1)]
    model = nnlite.Sequential([nnlite.Input((2,)), *layers], seed=0)
    model.compile(SGD(0.5), "binary_crossentropy", ["accuracy"])
    return model


WORKS = {
    "XOR": Work(xor, 4, 4, (2,), epochs=2000),
    "784-100-10, batch 1": Work(lambda: dense(100), 2000, 1, (784,)),
    "784-100-10, batch 32": Work(lambda: dense(100), 12800, 32, (784,)),
    "784-100-10, batch 128": Work(lambda: dense(100), 25600, 128, (784,)),
    "784-100-10, Adam, batch 32": Work(
        lambda: dense(100, activation="relu", optimizer=Adam()), 6400, 32, (784,)
    ),
    "784-512-512-10, batch 128": Work(
        lambda: dense(512, 512, activation="relu"), 6400, 128, (784,)
    ),
    "3×3×10, batch 32": Work(lambda: convolutions(3, 10), 3200, 32),
    "3×3×10, batch 128": Work(lambda: convolutions(3, 10), 3200, 128),
    "5×5×8 – 5×5×16, batch 32": Work(lambda: convolutions(5, 8, 16), 1600, 32),
    "5×5×8 – 5×5×16, batch 128": Work(lambda: convolutions(5, 8, 16), 1600, 128),
    "3×3×32 – 3×3×64, batch 32": Work(lambda: convolutions(3, 32, 64), 800, 32),
    "3×3×32 – 3×3×64, batch 128": Work(lambda: convolutions(3, 32, 64), 800, 128),
    "LeNet-5, batch 32": Work(lenet, 1600, 32),
    "batch norm, dropout, Adam, batch 64": Work(batch_norm, 1600, 64),
    "residual, batch 64": Work(residual, 800, 64),
    "depthwise and pointwise, batch 64": Work(depthwise, 1600, 64),
    "prediction of 3×3×32 – 3×3×64": Work(
        lambda: convolutions(3, 32, 64), 3200, 1024, predicts=True
    ),
    "prediction of 784-100-10": Work(lambda: dense(100), 6400, 1024, (784,), predicts=True),
}
