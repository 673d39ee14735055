"""What is measured: a network, its data, and how they meet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

import numpy as np

import nnlite
from nnlite import layers as L
from nnlite.optimizers import SGD, Adam


@dataclass(frozen=True)
class Work:
    """One epoch of training: a model, made anew by `make`, its data, and how they meet."""

    make: Callable[[], nnlite.Model]
    samples: int
    batch: int
    shape: tuple[int, ...] = (28, 28, 1)
    epochs: int = 1
    predicts: bool = False

    def data(self) -> tuple[np.ndarray, np.ndarray]:
        """Return images like MNIST's, a fifth of the pixels lit, or the four rows of XOR."""
        if self.shape == (2,):
            return np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "f4"), np.array([[0], [1], [1], [0]])
        rng = np.random.default_rng(1)
        y = rng.integers(0, 10, self.samples)
        lit = rng.random((10, *self.shape)) < 0.2
        pictures = rng.random((10, *self.shape), dtype="f4") * lit
        noise = rng.random((self.samples, *self.shape), dtype="f4")
        return (pictures[y] + 0.1 * noise).astype("f4"), y

    def first(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the samples by which it is checked that all compute the same."""
        if self.shape == (2,):
            return self.data()
        return replace(self, samples=320 if self.predicts else 10 * self.batch).data()

    @property
    def checked_epochs(self) -> int:
        """In how many epochs it is checked."""
        return min(self.epochs, 500)

    def checked(self) -> nnlite.Model:
        """Return a model for the check, in which nothing happens that differs between libraries.

        Whoever drops units at random draws other numbers; PyTorch adds Adam's epsilon elsewhere.
        """
        model = self.make()
        if isinstance(model.optimizer, Adam):
            model.optimizer.epsilon = 1e-12
        for layer in model.layers:
            if isinstance(layer, L.Dropout):
                layer.rate = 0.0
        return model

    def run(self, model: Any, x: np.ndarray, y: np.ndarray) -> None:
        """Do the work once, with a model of ours."""
        if self.predicts:
            model.predict(x, verbose=0)
        else:
            model.fit(x, y, batch_size=self.batch, epochs=self.epochs, verbose=0)


def compiled(layers: list[Any], optimizer: Any = None, shape: Any = (28, 28, 1)) -> nnlite.Model:
    """Return a network for ten classes."""
    model = nnlite.Sequential([nnlite.Input(shape), *layers], seed=0)
    model.compile(optimizer or SGD(0.05), "sparse_categorical_crossentropy")
    return model


def first_results(
    work: Work, predict: Callable[[], np.ndarray], train: Callable[[], float]
) -> list[list[float]]:
    """Return what must be alike: predictions; or the loss, and how predictions change by training.

    The loss alone would not tell a wrong learning rate where a network has hardly learnt yet.
    """
    before = predict()
    if work.predicts:
        return [before.ravel().tolist()]
    loss = train()
    return [[loss], (predict() - before).ravel().tolist()]


def first_results_of(work: Work, model: Any) -> list[list[float]]:
    """Return them for a model of ours, or one of Keras."""
    x, y = work.first()

    def train() -> float:
        fitted = model.fit(x, y, work.batch, work.checked_epochs, verbose=0, shuffle=False)
        return float(fitted.history["loss"][-1])

    return first_results(work, lambda: np.asarray(model.predict(x, verbose=0)), train)


def named(file: str, share: float = 1.0) -> dict[str, Work]:
    """Return the works that a file lists, each with this share of its samples, or of its epochs."""
    works: dict[str, Work] = import_module(file).WORKS
    return {name: smaller(work, share) for name, work in works.items()}


def smaller(work: Work, share: float) -> Work:
    """Return the same work on fewer samples, at least a batch, or in fewer epochs."""
    if work.epochs > 1:
        return replace(work, epochs=max(1, round(work.epochs * share)))
    least = min(work.batch, work.samples)
    return replace(work, samples=max(least, round(work.samples * share)))
