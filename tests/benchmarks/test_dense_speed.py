"""Dense networks against PyTorch and scikit-learn: the same work from the same start weights.

Run with `pip install -e '.[dev,bench]'` and `python -m pytest tests/benchmarks -n 0`.
"""

from __future__ import annotations

import itertools
import warnings

import numpy as np
import pytest

import nnlite
from nnlite.layers import Dense

torch = pytest.importorskip("torch", reason="the peers need the extra 'bench'")

RATE = 0.1


def start_weights(sizes: list[int]) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    arrays: list[np.ndarray] = []
    for inputs, units in itertools.pairwise(sizes):
        limit = np.sqrt(6 / (inputs + units))
        arrays += [rng.uniform(-limit, limit, (inputs, units)).astype("f4"), np.zeros(units, "f4")]
    return arrays


def images(samples: int) -> tuple[np.ndarray, np.ndarray]:
    """Return images like MNIST's: a fifth of the pixels lit, ten classes that can be learnt."""
    rng = np.random.default_rng(1)
    y = rng.integers(0, 10, samples)
    pictures = rng.random((10, 784), dtype="f4") * (rng.random((10, 784)) < 0.2)
    return (pictures[y] + 0.1 * rng.random((samples, 784), dtype="f4")).astype("f4"), y


def our_network(sizes: list[int], last: str) -> nnlite.Sequential:
    layers = [Dense(units, activation="sigmoid") for units in sizes[1:-1]]
    model = nnlite.Sequential([nnlite.Input((sizes[0],)), *layers, Dense(sizes[-1], last)])
    model.set_weights(start_weights(sizes))
    return model


def torch_network(sizes: list[int]) -> torch.nn.Sequential:
    modules: list[torch.nn.Module] = []
    weights = start_weights(sizes)
    for place, (inputs, units) in enumerate(itertools.pairwise(sizes)):
        linear = torch.nn.Linear(inputs, units)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(weights[2 * place].T.copy()))
            linear.bias.copy_(torch.from_numpy(weights[2 * place + 1]))
        modules += [linear, torch.nn.Sigmoid()]
    return torch.nn.Sequential(*modules[:-1])


def torch_epochs(network, loss, x, y, rate, batch, epochs, shuffle) -> float:
    """Train as a bare loop would, and return the mean loss of the last epoch."""
    optimizer = torch.optim.SGD(network.parameters(), lr=rate)
    total = 0.0
    for _ in range(epochs):
        total = 0.0
        order = torch.randperm(len(x)) if shuffle else torch.arange(len(x))
        for start in range(0, len(x), batch):
            if batch < len(x):
                rows = order[start : start + batch]
                x_batch, y_batch = x[rows], y[rows]
            else:
                x_batch, y_batch = x, y
            value = loss(network(x_batch), y_batch)
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
            if not shuffle:
                total += value.item() * len(x_batch)
    return total / len(x)


XOR = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "f4")
XOR_Y = np.array([[0], [1], [1], [0]], "f4")


def test_xor_with_metrics_against_a_bare_loop(compare):
    sizes = [2, 4, 5, 1]
    x, y = torch.from_numpy(XOR), torch.from_numpy(XOR_Y)
    loss = torch.nn.BCEWithLogitsLoss()

    def ours(epochs: int = 2000) -> nnlite.callbacks.History:
        model = our_network(sizes, "sigmoid")
        model.compile(nnlite.optimizers.SGD(0.5), "binary_crossentropy", metrics=["accuracy"])
        return model.fit(XOR, XOR_Y, batch_size=4, epochs=epochs, verbose=0)

    def theirs(epochs: int = 2000) -> float:
        return torch_epochs(torch_network(sizes), loss, x, y, 0.5, 4, epochs, shuffle=True)

    expected = torch_epochs(torch_network(sizes), loss, x, y, 0.5, 4, 500, shuffle=False)
    assert ours(500).history["loss"][-1] == pytest.approx(expected, rel=1e-4)
    compare("XOR 2-4-5-1, 2000 epochs", ours, {"PyTorch": theirs})


@pytest.mark.parametrize(("batch", "samples"), [(1, 4000), (32, 30000), (128, 60000)])
def test_mnist_epoch(compare, batch, samples):
    sizes = [784, 100, 10]
    images_x, labels = images(samples)
    x, y = torch.from_numpy(images_x), torch.from_numpy(labels)
    loss = torch.nn.CrossEntropyLoss()

    def ours(shuffle: bool = True, count: int = samples) -> nnlite.callbacks.History:
        model = our_network(sizes, "softmax")
        model.compile(nnlite.optimizers.SGD(RATE), "sparse_categorical_crossentropy")
        return model.fit(
            images_x[:count], labels[:count], batch_size=batch, shuffle=shuffle, verbose=0
        )

    def theirs() -> float:
        return torch_epochs(torch_network(sizes), loss, x, y, RATE, batch, 1, shuffle=True)

    def scikit_learn() -> object:
        from sklearn.neural_network import MLPClassifier

        network = MLPClassifier(
            (100,),
            activation="logistic",
            solver="sgd",
            alpha=0,
            batch_size=batch,
            learning_rate_init=RATE,
            momentum=0,
            max_iter=1,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return network.fit(images_x, labels)

    def bare_products() -> None:
        W1, _, W2, _ = start_weights(sizes)
        dW1, dW2 = np.empty_like(W1), np.empty_like(W2)
        rows = images_x[:batch].copy()
        a, dz = np.ones((batch, 100), "f4"), np.ones((batch, 10), "f4")
        for _ in range(-(-samples // batch)):
            rows.dot(W1, a)
            a.dot(W2, dz)
            a.T.dot(dz, dW2)
            dz.dot(W2.T, a)
            rows.T.dot(a, dW1)

    count = min(samples, 3200)
    expected = torch_epochs(
        torch_network(sizes), loss, x[:count], y[:count], RATE, batch, 1, shuffle=False
    )
    assert ours(False, count).history["loss"][-1] == pytest.approx(expected, rel=1e-4)
    peers = {"PyTorch": theirs, "bare products": bare_products}
    if batch > 1:
        peers["scikit-learn"] = scikit_learn
    compare(f"MNIST 784-100-10, batch {batch}", ours, peers)
