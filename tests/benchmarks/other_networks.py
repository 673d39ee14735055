"""Networks beside the goals: is the general way fast, or only the rows that have a goal?"""

from __future__ import annotations

from typing import Any

from work import Work, compiled

import nnlite
from nnlite import layers as L
from nnlite.optimizers import Adam

COLOUR = (32, 32, 3)
SERIES = (256, 3)


def colour() -> nnlite.Model:
    """Return three convolutions of 3×3 for colour images, each followed by pooling."""
    layers: list[Any] = []
    for count in (16, 32, 64):
        layers += [L.Conv2D(count, 3, padding="same", activation="relu"), L.MaxPooling2D()]
    return compiled([*layers, L.Flatten(), L.Dense(10, "softmax")], shape=COLOUR)


def strided() -> nnlite.Model:
    """Return a large kernel that goes by steps of 2, and a small one that does, too."""
    return compiled(
        [
            L.Conv2D(16, 7, strides=2, activation="relu"),
            L.Conv2D(32, 3, strides=2, activation="relu"),
            L.Flatten(),
            L.Dense(10, "softmax"),
        ],
        shape=COLOUR,
    )


def patches() -> nnlite.Model:
    """Return a network that cuts the image into patches of 4×4, and mixes their channels."""
    return compiled(
        [
            L.Conv2D(48, 4, strides=4, activation="relu"),
            L.Conv2D(48, 3, padding="same", activation="relu"),
            L.Conv2D(64, 1, activation="relu"),
            L.GlobalAveragePooling2D(),
            L.Dense(10, "softmax"),
        ],
        shape=COLOUR,
    )


def even() -> nnlite.Model:
    """Return kernels of even size, numbers of channels that no register likes, odd images."""
    return compiled(
        [
            L.Conv2D(12, 4, activation="tanh"),
            L.AveragePooling2D(),
            L.Conv2D(20, 2, activation="tanh"),
            L.MaxPooling2D(),
            L.Flatten(),
            L.Dense(50, "tanh"),
            L.Dense(10, "softmax"),
        ]
    )


def dilated() -> nnlite.Model:
    """Return windows with holes, and channels in groups."""
    return compiled(
        [
            L.Conv2D(16, 3, padding="same", dilation_rate=2, activation="relu"),
            L.Conv2D(32, 3, padding="same", groups=4, activation="relu"),
            L.MaxPooling2D(),
            L.GlobalAveragePooling2D(),
            L.Dense(10, "softmax"),
        ]
    )


def series() -> nnlite.Model:
    """Return convolutions along one dimension."""
    return compiled(
        [
            L.Conv1D(16, 9, activation="relu"),
            L.MaxPooling1D(),
            L.Conv1D(32, 5, activation="relu"),
            L.MaxPooling1D(),
            L.GlobalAveragePooling1D(),
            L.Dense(10, "softmax"),
        ],
        shape=SERIES,
    )


def deep() -> nnlite.Model:
    """Return ten narrow dense layers."""
    layers = [L.Dense(64, "relu") for _ in range(10)]
    return compiled([*layers, L.Dense(10, "softmax")], Adam(), (784,))


WORKS = {
    "colour 32×32: 3×3×16 – 3×3×32 – 3×3×64, batch 64": Work(colour, 800, 64, COLOUR),
    "colour 32×32: 7×7×16 – 3×3×32, strides 2, batch 64": Work(strided, 1600, 64, COLOUR),
    "colour 32×32: patches of 4×4, 48 – 48 – 64, batch 64": Work(patches, 1600, 64, COLOUR),
    "4×4×12 – 2×2×20, valid, tanh, batch 64": Work(even, 1600, 64),
    "3×3×16 dilated by 2 – 3×3×32 in 4 groups, batch 32": Work(dilated, 800, 32),
    "one dimension, 256 steps: 9×16 – 5×32, batch 64": Work(series, 1600, 64, SERIES),
    "784 – ten times 64 – 10, Adam, batch 64": Work(deep, 6400, 64, (784,)),
}
