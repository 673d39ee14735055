"""A picture for every function of `nnlite.plot`: of the network that shows best what it does.

A function here has the name of the one that it shows, and returns what that returns.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib
import numpy as np

import nnlite
from machinery.shown import networks
from nnlite import lessons, plot
from nnlite.graph import Value
from nnlite.layers import Dense
from nnlite.optimizers import SGD


def animate() -> Any:
    """Planes that turn while the network learns."""
    ring = networks.ring()
    return plot.animate(ring.recorder, ring.x, ring.y)


def architecture() -> Any:
    """The layers of the digit network."""
    return plot.architecture(networks.digits().model)


def array() -> Any:
    """What a slice takes."""
    numbers = np.arange(12).reshape(3, 4)
    return plot.array(numbers, np.s_[:, 1:3], then=numbers[:, 1:3], by="A[:, 1:3]")


def confusion() -> Any:
    """Which digits are taken for which."""
    model, x, y, *_ = networks.digits()
    return plot.confusion(y[:2000], model.predict(x[:2000]))


def convolution() -> Any:
    """A window of weights on an image."""
    image = np.zeros((7, 7))
    image[1:6, 3] = image[1, 2:5] = 1
    return plot.convolution(image, np.array([[-1, 1], [-1, 1]]), (2, 2))


def decision_boundary() -> Any:
    """What the ring network says of every place."""
    ring = networks.ring()
    return plot.decision_boundary(ring.model, ring.x, ring.y)


def depth() -> Any:
    """How large values and gradients are, layer by layer."""
    x = np.random.default_rng(0).normal(size=(200, 20))
    layers = [Dense(20, activation="sigmoid", input_shape=(20,))]
    layers += [Dense(20, activation="sigmoid") for _ in range(8)]
    model = nnlite.Sequential([*layers, Dense(1)], seed=0)
    model.compile("sgd", "mse")
    return plot.depth(model, x, x[:, 0])


def diagnosis() -> Any:
    """Why a network does not learn: here, the features are not scaled."""
    x = np.random.default_rng(0).normal(size=(200, 3)) * [1, 300, 2000]
    model = nnlite.Sequential([Dense(8, activation="tanh", input_shape=(3,)), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    return plot.diagnosis(model, x, x @ [1, 0.003, 0.0005])


def explain() -> Any:
    """One step, as the lecture writes it."""
    cancer = networks.cancer()
    return plot.explain(cancer.model, cancer.x, cancer.y)


def feature_maps() -> Any:
    """What the kernels make of a digit."""
    model, x, *_ = networks.digits()
    return plot.feature_maps(model, x[0])


def filters() -> Any:
    """The kernels themselves."""
    return plot.filters(networks.digits().model)


def gradient_path() -> Any:
    """The way down."""
    return plot.gradient_path(
        SGD(0.05, momentum=0.8), lambda w, b: w**2 + 6 * b**2, start=(2.5, 1.5), steps=30
    )


def graph() -> Any:
    """A formula, its values above the wires, its gradients below."""
    x, y, z = Value(-2, "x"), Value(5, "y"), Value(-4, "z")
    result = (x + y) * z
    result.backprop()
    return plot.graph(result)


def history() -> Any:
    """How the loss sank."""
    return plot.history(networks.houses().model.history)


def images() -> Any:
    """Digits, and what was taken for something else."""
    model, x, y, *_ = networks.digits()
    said = model.predict(x[:2000]).argmax(axis=1)
    order = np.argsort(said == y[:2000], kind="stable")[:15]
    return plot.images(x[order, ..., 0], y[order], said[order])


def loss_surface() -> Any:
    """A loss over two weights."""
    return plot.loss_surface(lambda w, b: w**2 + 0.5 * b**2 + 0.8 * w * b)


def network() -> Any:
    """The plane as each neuron sees it."""
    ring = networks.ring()
    return plot.network(ring.model, ring.x, ring.y)


def predictions() -> Any:
    """What was predicted against what is true."""
    model, x, y, *_ = networks.houses()
    return plot.predictions(y, model.predict(x)[:, 0])


def shapes() -> Any:
    """The product of matrices that a layer is."""
    cancer = networks.cancer()
    return plot.shapes(cancer.model, cancer.x[:32], cancer.y[:32])


def weights() -> Any:
    """What ten neurons weigh of an image."""
    data = networks.images()
    x, y = data.x_train[:6000], data.y_train[:6000]
    model = nnlite.Sequential([Dense(10, activation="softmax", input_dim=x[0].size)], seed=0)
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x.reshape(len(x), -1), y, epochs=4, verbose=0)
    return plot.weights(model)


def drawn() -> list[str]:
    """Return the names of the functions that draw: for each, this file has one."""
    return [name for name in plot.__all__ if name[0].islower()]


def draw_all(folder: Path) -> None:
    """Draw every picture into a file of its name."""
    import matplotlib.pyplot as plt

    folder.mkdir(parents=True)
    with matplotlib.rc_context():
        matplotlib.use("Agg")
        lessons.set_look()
        for name in drawn():
            result = globals()[name]()
            if name == "animate":
                result.save(folder / f"{name}.gif")
            result.figure.savefig(folder / f"{name}.png")
            plt.close("all")
