"""What comes before and during a training: lessons 08 and 12 to 14."""

from typing import Any

import numpy as np


def momentum(w, v, g, rate, mu):
    v = mu * v - rate * g
    return w + v, v


def momentum_with_the_old_speed(w, v, g, rate, mu):
    return w + v, mu * v - rate * g


def momentum_for_nothing(w, v, g, rate, mu):
    return w - rate * g, mu * v - rate * g


def momentum_subtracted(w, v, g, rate, mu):
    v = mu * v - rate * g
    return w - v, v


RIGHT: dict[str, Any] = {
    "08.1": lambda train, x: (x - train.mean(axis=0)) / train.std(axis=0),
    "08.2": lambda y, a: 1 - ((y - a) ** 2).sum() / ((y - y.mean()) ** 2).sum(),
    "12.1": 0.25**5,
    "12.2": lambda random: random * np.sqrt(2 / len(random)),
    "12.3": lambda x, grad: grad * (x > 0),
    "13.1": lambda x, mask, rate: x * mask / (1 - rate),
    "13.2": lambda W, dW, rate, penalty: W - rate * (dW + 2 * penalty * W),
    "14.1": 0.001,
    "14.2": momentum,
}

WRONG: dict[str, list[tuple[Any, str]]] = {
    "08.1": [
        (lambda t, x: (x - x.mean(axis=0)) / x.std(axis=0), "x itself"),
        (lambda t, x: x / t.std(axis=0), "not subtracted"),
        (lambda t, x: x - t.mean(axis=0), "not divided"),
        (lambda t, x: (x - t.mean(axis=0)) / t.var(axis=0), "variance"),
        (lambda t, x: (x - t.mean()) / t.std(), "whole table"),
        (lambda t, x: (x - t.mean(axis=0)) / t.std(axis=0, ddof=1), "n − 1"),
    ],
    "08.2": [
        (lambda y, a: 1 - ((y - a) ** 2).sum() / ((y - a.mean()) ** 2).sum(), "mean of the truth"),
        (lambda y, a: ((y - a) ** 2).sum() / ((y - y.mean()) ** 2).sum(), "1 − is gone"),
        (lambda y, a: 1 - ((y - a) ** 2).sum() / y.var(), "sum with sum"),
    ],
    "12.1": [(1.25, "multiplied"), (0.03125, "a·(1 − a)"), (0.05, "not divided")],
    "12.2": [
        (lambda random: random * 2 / len(random), "root is missing"),
        (lambda random: random * np.sqrt(2 / random.shape[1]), "counts the neurons"),
        (lambda random: random * np.sqrt(1 / len(random)), "2 is missing"),
        (lambda random: random * np.sqrt(2 / sum(random.shape)), "Glorot"),
        (lambda random: random / np.sqrt(2 / len(random)), "Divided"),
    ],
    "12.3": [
        (lambda x, grad: grad, "slope is missing"),
        (lambda x, grad: grad * (grad > 0), "looks at grad"),
        (lambda x, grad: grad * np.maximum(x, 0), "multiplies by a"),
        (lambda x, grad: (x > 0) * 1, "slope alone"),
        (lambda x, grad: grad * (x <= 0), "wrong way round"),
        (lambda x, grad: np.maximum(x, 0), "way forward"),
        (lambda x, grad: np.where(x > 0, grad, -grad), "not −grad"),
    ],
    "13.1": [
        (lambda x, mask, rate: x * mask, "not enlarged"),
        (lambda x, mask, rate: x * mask / rate, "share that is dropped"),
        (lambda x, mask, rate: x * mask * (1 - rate), "Multiplied"),
        (lambda x, mask, rate: x * (1 - mask) / (1 - rate), "wrong way round"),
        (lambda x, mask, rate: x / (1 - rate), "mask is missing"),
    ],
    "13.2": [
        (lambda W, dW, rate, penalty: W - rate * (dW + penalty * W), "factor 2"),
        (lambda W, dW, rate, penalty: W - rate * (dW - 2 * penalty * W), "subtracted"),
        (lambda W, dW, rate, penalty: W - rate * (dW + penalty * np.sign(W)), "L1"),
        (lambda W, dW, rate, penalty: W - rate * dW, "penalty is gone"),
    ],
    "14.1": [(-0.001, "uphill"), (0.05, "plain descent"), (0.0031622777, "too small at first")],
    "14.2": [
        (momentum_with_the_old_speed, "old v"),
        (momentum_for_nothing, "plain descent"),
        (lambda w, v, g, rate, mu: momentum(w, v, g, rate, 1), "μ is missing"),
        (lambda w, v, g, rate, mu: momentum(w, v, -g, rate, mu), "uphill"),
        (momentum_subtracted, "subtracted"),
        (lambda w, v, g, rate, mu: momentum(w, v, g, rate * (1 - mu), mu), "1 − μ"),
        (lambda w, v, g, rate, mu: momentum(w, v, g, rate, mu)[::-1], "First the new w"),
    ],
}
