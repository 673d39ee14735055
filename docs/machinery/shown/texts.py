"""What the library says, for the landing page: as it says it today."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import nnlite
from machinery.shown import networks
from nnlite.layers import Dense
from nnlite.testing import check_layer, gradcheck


def explain() -> str:
    """One step of training."""
    model, x, y, *_ = networks.cancer()
    return str(model.explain(x[:364], y[:364]))


def checked() -> str:
    """Gradients that prove themselves."""
    model, x, y, *_ = networks.cancer()
    return str(gradcheck(model, x[:32], y[:32]))


def wrong_layer() -> str:
    """A layer whose gradient is wrong, and what the check says of it."""

    class Scale(nnlite.layers.Layer):
        def build(self, input_shape: tuple[int, ...]) -> None:
            self.add_weight("s", input_shape, "ones")

        def forpass(self, x: np.ndarray, training: bool = False) -> np.ndarray:
            if training:
                self.x = x
            return x * self.s

        def backprop(self, grad: np.ndarray) -> np.ndarray:
            self.ds[:] = (grad * self.x).mean(axis=0)
            return grad * self.s

    try:
        check_layer(Scale(), (3,))
    except AssertionError as error:
        return str(error)
    raise RuntimeError("The mistake was not found.")


def diagnosis() -> str:
    """Why it does not learn."""
    from sklearn.datasets import load_breast_cancer

    x, y = load_breast_cancer(return_X_y=True)
    model = nnlite.Sequential(
        [Dense(16, activation="relu", input_shape=(30,)), Dense(1, activation="sigmoid")], seed=0
    )
    model.compile("sgd", "binary_crossentropy")
    return str(model.diagnose(x, y))


def error() -> str:
    """An error that teaches."""
    model = nnlite.Sequential([Dense(3, activation="softmax", input_shape=(2,))])
    model.compile("sgd", "categorical_crossentropy")
    try:
        model.fit(np.zeros((4, 2)), [0, 1, 2, 0], verbose=0)
    except ValueError as problem:
        return str(problem)
    raise RuntimeError("The mistake was not found.")


def write_all(folder: Path) -> None:
    """Write every text into a file of its name."""
    folder.mkdir(parents=True)
    for make in (explain, checked, wrong_layer, diagnosis, error):
        (folder / f"{make.__name__}.txt").write_text(make() + "\n", encoding="utf-8")
