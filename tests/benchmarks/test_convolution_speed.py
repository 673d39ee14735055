"""Convolutional networks against PyTorch: one epoch of images like MNIST's, same start weights.

The goal is nnlite's time over PyTorch's of at most 0.8, 1.0 and 1.0: in the table, PyTorch's over
nnlite's of at least 1.25, 1.0 and 1.0.
"""

from __future__ import annotations

import numpy as np
import pytest

import nnlite
from nnlite.layers import Conv2D, Dense, Flatten, MaxPooling2D

torch = pytest.importorskip("torch", reason="the peers need the extra 'bench'")

RATE = 0.05
NETWORKS = {
    "3×3×10": (3, [10]),
    "5×5×8 – 5×5×16": (5, [8, 16]),
    "3×3×32 – 3×3×64": (3, [32, 64]),
}
SAMPLES = {"3×3×10": 12800, "5×5×8 – 5×5×16": 8192, "3×3×32 – 3×3×64": 4096}


def images(samples: int) -> tuple[np.ndarray, np.ndarray]:
    """Return images like MNIST's: a fifth of the pixels lit, ten classes that can be learnt."""
    rng = np.random.default_rng(1)
    y = rng.integers(0, 10, samples)
    pictures = rng.random((10, 28, 28, 1), dtype="f4") * (rng.random((10, 28, 28, 1)) < 0.2)
    noise = rng.random((samples, 28, 28, 1), dtype="f4")
    return (pictures[y] + np.float32(0.1) * noise).astype("f4"), y


def our_network(kernel: int, filters: list[int]) -> nnlite.Sequential:
    model = nnlite.Sequential([nnlite.Input((28, 28, 1))], seed=0)
    for count in filters:
        model.add(Conv2D(count, kernel, padding="same", activation="relu"))
        model.add(MaxPooling2D())
    for layer in (Flatten(), Dense(100, activation="relu"), Dense(10, activation="softmax")):
        model.add(layer)
    model.compile(nnlite.optimizers.SGD(RATE), "sparse_categorical_crossentropy")
    return model


def torch_network(kernel: int, filters: list[int]) -> torch.nn.Sequential:
    """Return the same network with the same weights, channels first, as PyTorch likes it."""
    nn = torch.nn
    modules: list[torch.nn.Module] = []
    channels, size = 1, 28
    for count in filters:
        convolution = nn.Conv2d(channels, count, kernel, padding="same")
        modules += [convolution, nn.ReLU(), nn.MaxPool2d(2)]
        channels, size = count, size // 2
    first, last = nn.Linear(channels * size * size, 100), nn.Linear(100, 10)
    network = nn.Sequential(*modules, nn.Flatten(), first, nn.ReLU(), last)

    *kernels, W1, b1, W2, b2 = our_network(kernel, filters).get_weights()
    channels_first = W1.reshape(size, size, channels, 100).transpose(3, 2, 0, 1).reshape(100, -1)
    given = [w.transpose(3, 2, 0, 1) if w.ndim == 4 else w for w in kernels]
    given += [channels_first, b1, W2.T, b2]
    with torch.no_grad():
        for parameter, value in zip(network.parameters(), given, strict=True):
            parameter.copy_(torch.from_numpy(value.copy()))
    return network


def torch_epoch(network, x, y, batch: int, shuffle: bool) -> float:
    """Train as a bare loop would, and return the mean loss."""
    optimizer = torch.optim.SGD(network.parameters(), lr=RATE)
    loss, total = torch.nn.CrossEntropyLoss(), 0.0
    order = torch.randperm(len(x)) if shuffle else torch.arange(len(x))
    for start in range(0, len(x), batch):
        rows = order[start : start + batch]
        value = loss(network(x[rows]), y[rows])
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        total += value.item() * len(rows)
    return total / len(x)


@pytest.mark.parametrize("batch", [32, 128])
@pytest.mark.parametrize("name", NETWORKS)
def test_convolution_epoch(compare, name, batch):
    network, samples = NETWORKS[name], SAMPLES[name]
    images_x, labels = images(samples)
    x = torch.from_numpy(images_x.transpose(0, 3, 1, 2).copy())
    y = torch.from_numpy(labels)

    def ours(shuffle: bool = True, count: int = samples) -> nnlite.callbacks.History:
        return our_network(*network).fit(
            images_x[:count], labels[:count], batch_size=batch, shuffle=shuffle, verbose=0
        )

    def theirs() -> float:
        return torch_epoch(torch_network(*network), x, y, batch, shuffle=True)

    count = 320
    expected = torch_epoch(torch_network(*network), x[:count], y[:count], batch, shuffle=False)
    assert ours(False, count).history["loss"][-1] == pytest.approx(expected, rel=1e-4)
    compare(f"{name}, batch {batch}", ours, {"PyTorch": theirs})
