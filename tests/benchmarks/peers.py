"""Two more peers of 784-100-10: scikit-learn's network, and nothing but the matrix products."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np


def scikit_learn_epoch(x: np.ndarray, y: np.ndarray, batch: int, rate: float) -> Callable[[], Any]:
    """Return a function that trains an `MLPClassifier` of 100 sigmoids for one epoch."""
    from sklearn.neural_network import MLPClassifier

    network = MLPClassifier(
        (100,),
        "logistic",
        solver="sgd",
        alpha=0,
        batch_size=batch,
        learning_rate_init=rate,
        momentum=0,
        max_iter=1,
    )

    def epoch() -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return network.fit(x, y)

    return epoch


def bare_products(x: np.ndarray, batch: int) -> Callable[[], None]:
    """Return a function that does the five matrix products of an epoch of 784-100-10, no more."""
    rng = np.random.default_rng(0)
    W1, W2 = rng.normal(size=(784, 100)).astype("f4"), rng.normal(size=(100, 10)).astype("f4")
    dW1, dW2 = np.empty_like(W1), np.empty_like(W2)
    rows = x[:batch].copy()
    a, dz = np.ones((batch, 100), "f4"), np.ones((batch, 10), "f4")

    def products() -> None:
        for _ in range(-(-len(x) // batch)):
            rows.dot(W1, a)
            a.dot(W2, dz)
            a.T.dot(dz, dW2)
            dz.dot(W2.T, a)
            rows.T.dot(a, dW1)

    return products
