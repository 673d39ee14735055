"""How much memory a training takes: `python tests/benchmarks/memory.py nnlite`, or `torch`.

Two epochs of the 3×3×32 – 3×3×64 network, batch 128, on 2,560 images. Printed is the peak resident
memory of the process, imports and data included, and how much more that is than before training.
Linux counts it in kB, macOS in bytes.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable

import numpy as np

SAMPLES, BATCH, EPOCHS = 2560, 128, 2
MB_PER_UNIT = 1e-6 if sys.platform == "darwin" else 1024e-6


def peak() -> float:
    """Return the largest resident memory so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * MB_PER_UNIT


def with_nnlite(x: np.ndarray, y: np.ndarray) -> Callable[[], object]:
    """Return the training as a user of nnlite writes it."""
    from networks import convolutions

    model = convolutions(3, 32, 64)
    return lambda: model.fit(x, y, batch_size=BATCH, epochs=EPOCHS, verbose=0)


def with_torch(x: np.ndarray, y: np.ndarray) -> Callable[[], object]:
    """Return the training as a user of PyTorch writes it."""
    import torch
    from torch import nn

    images, labels = torch.from_numpy(x.reshape(-1, 1, 28, 28)), torch.from_numpy(y)
    network = nn.Sequential(
        *(nn.Conv2d(1, 32, 3, padding="same"), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(32, 64, 3, padding="same"), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(3136, 100), nn.ReLU(), nn.Linear(100, 10)),
    )
    optimizer = torch.optim.SGD(network.parameters(), 0.05)

    def train() -> None:
        for _ in range(EPOCHS):
            for rows in torch.randperm(len(images)).split(BATCH):
                loss = nn.functional.cross_entropy(network(images[rows]), labels[rows])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()

    return train


def main(library: str = "nnlite") -> None:
    """Print the peak."""
    rng = np.random.default_rng(0)
    x, y = rng.random((SAMPLES, 28, 28, 1), dtype="f4"), rng.integers(0, 10, SAMPLES)
    train = (with_torch if library == "torch" else with_nnlite)(x, y)
    before = peak()
    train()
    print(f"{library}: at most {peak():.0f} MB, {peak() - before:.0f} MB more than before")


if __name__ == "__main__":
    main(*sys.argv[1:])
