"""One neuron: lessons 00 to 05."""

from typing import Any

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def epoch(x, y, w, b, rate):
    for x_i, y_i in zip(x, y, strict=True):
        error = w * x_i + b - y_i
        w, b = w - rate * error * x_i, b - rate * error
    return w, b


def epoch_of_a_batch(x, y, w, b, rate):
    error = w * x + b - y
    return w - rate * (error * x).sum(), b - rate * error.sum()


def epoch_without_b(x, y, w, b, rate):
    for x_i, y_i in zip(x, y, strict=True):
        w = w - rate * (w * x_i + b - y_i) * x_i
    return w, b


def epoch_without_x(x, y, w, b, rate):
    for x_i, y_i in zip(x, y, strict=True):
        error = w * x_i + b - y_i
        w, b = w - rate * error, b - rate * error
    return w, b


def epoch_with_new_w(x, y, w, b, rate):
    for x_i, y_i in zip(x, y, strict=True):
        w = w - rate * (w * x_i + b - y_i) * x_i
        b = b - rate * (w * x_i + b - y_i)
    return w, b


def epoch_of_one_sample(x, y, w, b, rate):
    return epoch(x[:1], y[:1], w, b, rate)


def descend(w, rate, steps):
    for _ in range(steps):
        w = w - rate * (w - 3)
    return w


def descend_without_w(w, rate, steps):
    return w - steps * rate * 3


def descend_from_nowhere(w, rate, steps):
    for _ in range(steps):
        w = -rate * (w - 3)
    return w


RIGHT: dict[str, Any] = {
    "00.1": 20,
    "00.2": lambda a, y: ((a - y) ** 2).mean(),
    "01.1": 25,
    "01.2": lambda A: 100 * A / A.sum(axis=0),
    "02.1": 0.8,
    "02.2": lambda w, x, y: ((w * x - y) * x).mean(),
    "02.3": descend,
    "03.1": epoch,
    "03.2": lambda x, y, w, b: ((w * x + b - y) ** 2).mean() / 2,
    "04.1": 9,
    "04.2": lambda x, y, z: (z, z, x + y),
    "05.1": 1.609,
    "05.2": lambda a: a * (1 - a),
    "05.3": lambda a, y: -(y * np.log(a) + (1 - y) * np.log(1 - a)).mean(),
}

WRONG: dict[str, list[tuple[Any, str]]] = {
    "00.1": [(15, "smaller"), (4, "one epoch"), (500, "batch of samples")],
    "00.2": [
        (lambda a, y: ((a - y) ** 2).sum(), "divide by the number of samples"),
        (lambda a, y: (a - y).mean(), "not squared"),
        (lambda a, y: np.abs(a - y).mean(), "distances"),
        (lambda a, y: ((a - y) ** 2).mean() / 2, "half"),
        (lambda a, y: (a - y) ** 2, "Take their mean"),
        (lambda a, y: np.sqrt(((a - y) ** 2).mean()), "root"),
        (lambda a, y: -((a - y) ** 2).mean(), "sign"),
        (lambda a, y: ((a[:, None] - y) ** 2).mean(), "should be 5.5"),
    ],
    "01.1": [(5, "downwards"), (10, "side by side"), (0, "no error")],
    "01.2": [
        (lambda A: 100 * A / A.sum(axis=1, keepdims=True), "axis=0"),
        (lambda A: 100 * A / A.sum(), "all numbers together"),
        (lambda A: 100 * A / A.mean(axis=0), "mean of the column"),
        (lambda A: A / A.sum(axis=0), "100 times"),
        (lambda A: (100 * A / A.sum(axis=0)).T, "transposed"),
    ],
    "02.1": [(-0.8, "uphill"), (0.4, "inner derivative"), (8, "learning rate")],
    "02.2": [
        (lambda w, x, y: ((w * x - y) * x).sum(), "1/m"),
        (lambda w, x, y: ((y - w * x) * x).mean(), "sign"),
        (lambda w, x, y: (w * x - y).mean(), "factor x"),
        (lambda w, x, y: 2 * ((w * x - y) * x).mean(), "Twice"),
        (lambda w, x, y: (w * x - y) * x, "each sample"),
        (lambda w, x, y: ((w * x - y) ** 2).mean() / 2, "J itself"),
    ],
    "02.3": [
        (descend_without_w, "no longer 3"),
        (descend_from_nowhere, "becomes the step"),
        (lambda w, rate, steps: descend(w, rate, 1), "one step"),
    ],
    "03.1": [
        (epoch_of_a_batch, "old weights"),
        (epoch_without_b, "stayed"),
        (lambda x, y, w, b, rate: epoch(x, y, w, b, -rate), "uphill"),
        (epoch_without_x, "factor x"),
        (epoch_with_new_w, "new w"),
        (lambda x, y, w, b, rate: epoch(x, y, w, b, 1), "learning rate"),
        (epoch_of_one_sample, "first sample"),
    ],
    "03.2": [
        (lambda x, y, w, b: (w * x + b - y).sum() ** 2 / (2 * len(x)), "cancel"),
        (lambda x, y, w, b: ((w * x + b - y) ** 2).mean(), "½ is gone"),
        (lambda x, y, w, b: (((w * x + b)[:, None] - y) ** 2).mean() / 2, "all pairs"),
    ],
    "04.1": [(3, "arrives"), (6, "dJ/db"), (33, "J itself")],
    "04.2": [
        (lambda x, y, z: (x * z, y * z, x + y), "sum passes"),
        (lambda x, y, z: (x + y, x + y, z), "z gets x + y"),
        (lambda x, y, z: (z / 2, z / 2, x + y), "not split"),
        (lambda x, y, z: (1, 1, x + y), "what arrives there"),
        (lambda x, y, z: (z, z, z), "not z"),
        (lambda x, y, z: (y * z, x * z, x * y), "their gate is a sum"),
    ],
    "05.1": [(0.223, "y = 1"), (0.699, "base 10"), (-1.609, "minus")],
    "05.2": [
        (lambda a: sigmoid(a) * (1 - sigmoid(a)), "once more"),
        (lambda a: 1 - a, "factor a is"),
        (lambda a: a, "factor 1 − a"),
        (lambda a: 1 - a**2, "tanh"),
        (lambda a: a * (a - 1), "sign"),
        (lambda a: a * (1 + a), "not a·(1 + a)"),
    ],
    "05.3": [
        (lambda a, y: -(y * np.log(a) + (1 - y) * np.log(1 - a)).sum(), "not averaged"),
        (lambda a, y: -(y * np.log(a) - (1 - y) * np.log(1 - a)).mean(), "second half"),
        (lambda a, y: -(y * np.log(a) + (1 - y) * np.log(a)).mean(), "both have a"),
        (lambda a, y: (y * np.log(a) + (1 - y) * np.log(1 - a)).mean(), "minus is gone"),
    ],
}
