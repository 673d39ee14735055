"""Trained networks for the pictures, the texts and the live pages, each trained once."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes

import nnlite
from nnlite.callbacks import WeightRecorder
from nnlite.datasets import house_prices
from nnlite.layers import Conv2D, Dense, Flatten, MaxPooling2D
from nnlite.lessons import Digits, load_digits
from nnlite.optimizers import SGD, Adam


class Trained(NamedTuple):
    """A network, the data it saw, the names of what it tells apart or takes, and its recorder."""

    model: Any
    x: Any
    y: Any
    names: list[str]
    recorder: WeightRecorder | None = None


@cache
def ring() -> Trained:
    """Return a network that tells the inside of a ring from the outside."""
    rng = np.random.default_rng(1)
    radius = np.concatenate([rng.uniform(0, 1, 90), rng.uniform(1.5, 2.4, 90)])
    angle = rng.uniform(0, 2 * np.pi, 180)
    x = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    y = np.repeat([1, 0], 90)
    model = nnlite.Sequential(
        [
            Dense(5, activation="tanh", input_shape=(2,)),
            Dense(3, activation="tanh"),
            Dense(1, activation="sigmoid"),
        ],
        seed=3,
        name="ring",
    )
    model.compile(Adam(0.03), "binary_crossentropy", metrics=["accuracy"])
    recorder = WeightRecorder(every=20)
    model.fit(x, y, epochs=60, batch_size=20, verbose=0, callbacks=[recorder])
    return Trained(model, x, y, ["outside", "inside"], recorder)


@cache
def images() -> Digits:
    """Return the digits, MNIST where it is found."""
    return load_digits()


@cache
def digits() -> Trained:
    """Return a convolutional network that reads digits."""
    data = images()
    x, y = data.x_train[:6000, ..., None], data.y_train[:6000]
    model = nnlite.Sequential(
        [
            Conv2D(6, 3, activation="relu", input_shape=x.shape[1:]),
            MaxPooling2D(2),
            Flatten(),
            Dense(24, activation="relu"),
            Dense(10, activation="softmax"),
        ],
        seed=0,
        name="digits",
    )
    model.compile(Adam(0.003), "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, epochs=6, batch_size=32, verbose=0)
    return Trained(model, data.x_test[..., None], data.y_test, [str(digit) for digit in range(10)])


@cache
def houses() -> Trained:
    """Return a network that tells what a house is worth; without the course's file, diabetes."""
    try:
        (x, y), names = house_prices.load_data(), list(house_prices.feature_names)
    except OSError:
        patients = load_diabetes(scaled=False)
        x, y, names = patients.data, patients.target, list(patients.feature_names)
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    model = nnlite.Sequential(
        [Dense(8, activation="relu", input_shape=(x.shape[1],)), Dense(1)], seed=0, name="houses"
    )
    model.compile(Adam(0.01), "mse", metrics=["mae"])
    model.fit(x, y, epochs=150, batch_size=16, validation_split=0.2, verbose=0)
    return Trained(model, x, y, names)


@cache
def cancer() -> Trained:
    """Return the network of the README for breast cancer, not trained."""
    x, y = load_breast_cancer(return_X_y=True)
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    model = nnlite.Sequential(
        [Dense(2, activation="sigmoid", input_shape=(30,)), Dense(1, activation="sigmoid")],
        seed=0,
        name="breast_cancer",
    )
    model.compile(SGD(0.01), "binary_crossentropy", metrics=["accuracy"])
    return Trained(model, x, y, ["malignant", "benign"])
