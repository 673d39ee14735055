"""The larger network of the performance page: how accurate on MNIST, after how many seconds?

Run with `python tests/benchmarks/larger_network.py [seed ...]`. The number of epochs and the
schedule are fixed beforehand; the test images are looked at once, at the end.
"""

from __future__ import annotations

import sys
import time

import numpy as np

from nnlite import Input, Sequential
from nnlite.datasets import mnist
from nnlite.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from nnlite.optimizers import Adam
from nnlite.optimizers.schedules import CosineDecay

EPOCHS, BATCH = 5, 128


def network(seed: int, steps: int) -> Sequential:
    """Return 225,034 parameters; the learning rate sinks to 0 over the whole training."""
    model = Sequential(
        [
            Input((28, 28, 1)),
            Conv2D(32, 3, activation="relu"),
            MaxPooling2D(),
            Conv2D(64, 3, activation="relu"),
            MaxPooling2D(),
            Flatten(),
            Dropout(0.4),
            Dense(128, activation="relu"),
            Dropout(0.4),
            Dense(10, activation="softmax"),
        ],
        seed=seed,
    )
    model.compile(Adam(CosineDecay(2e-3, steps)), "sparse_categorical_crossentropy", ["accuracy"])
    return model


def main(seeds: list[int]) -> None:
    (x, y), (x_test, y_test) = mnist.load_data()
    x = x[..., None].astype(np.float32) / 255
    x_test = x_test[..., None].astype(np.float32) / 255
    for seed in seeds:
        model = network(seed, EPOCHS * -(-len(x) // BATCH))
        start, start_cpu = time.perf_counter(), time.process_time()
        model.fit(x, y, batch_size=BATCH, epochs=EPOCHS, verbose=0)
        seconds, cpu = time.perf_counter() - start, time.process_time() - start_cpu
        _, accuracy = model.evaluate(x_test, y_test, verbose=0)
        print(f"seed {seed}: {accuracy:.4f} on the test images")
        print(f"  {seconds:.1f} s of training, {cpu:.1f} s of both cores together", flush=True)


if __name__ == "__main__":
    main([int(seed) for seed in sys.argv[1:]] or [0])
