"""What a sample costs as the batch, the width, the depth, the number of channels grow."""

from __future__ import annotations

from networks import dense
from work import Work, compiled

import nnlite
from nnlite import layers as L

BATCHES = (1, 8, 32, 128, 512)
WIDTHS = (32, 128, 512, 2048)
DEPTHS = (1, 2, 4, 8, 12)
CHANNELS = (4, 8, 16, 32, 64)
GROWING = {
    "batch": "784-100-10",
    "width": "784-width-10, batch 64",
    "depth": "layers of 100 units, batch 64",
    "channels": "two convolutions 3×3, batch 64",
}


def wide_convolutions(channels: int) -> nnlite.Model:
    """Return two convolutions, the second from as many channels as it has itself."""
    return compiled(
        [
            *(L.Conv2D(channels, 3, padding="same", activation="relu") for _ in range(2)),
            L.GlobalAveragePooling2D(),
            L.Dense(10, "softmax"),
        ],
        shape=(14, 14, 1),
    )


def deep(layers: int) -> nnlite.Model:
    """Return so many dense layers of 100 units."""
    return dense(*[100] * layers, activation="relu")


WORKS = {
    **{f"batch {n}": Work(lambda: dense(100), min(6400, 640 * n), n, (784,)) for n in BATCHES},
    **{
        f"width {n}": Work(lambda n=n: dense(n), 3200 if n < 1000 else 640, 64, (784,))
        for n in WIDTHS
    },
    **{f"depth {n}": Work(lambda n=n: deep(n), 3200, 64, (784,)) for n in DEPTHS},
    **{
        f"channels {n}": Work(lambda n=n: wide_convolutions(n), 640, 64, (14, 14, 1))
        for n in CHANNELS
    },
}
