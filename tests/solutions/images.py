"""Digits and images: lessons 09, 10, 15 and 16."""

from typing import Any

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def shares(e, **axis):
    return e / e.sum(**axis)


def softmax_below_the_largest_of_all(z):
    return shares(np.exp(z - z.max()), axis=1, keepdims=True)


def windows(image, kernel):
    return np.lib.stride_tricks.sliding_window_view(image, kernel.shape)


def feature_map(image, kernel):
    return (windows(image, kernel) * kernel).sum(axis=(2, 3))


def pooled(image):
    rows, columns = image.shape
    return image.reshape(rows // 2, 2, columns // 2, 2)


def walk(start, end, steps):
    return np.linspace(start, end, steps)


def walk_from_the_second(start, end, steps):
    return walk(start, end, steps + 1)[1:]


def walk_beyond(start, end, steps):
    return start + (end - start) * np.arange(steps).reshape(-1, 1) / (steps - 2)


def truth(a, label):
    return np.eye(a.shape[1])[label.astype(int)]


RIGHT: dict[str, Any] = {
    "09.1": 79_510,
    "09.2": softmax,
    "09.3": lambda a, label: (a - truth(a, label)) / len(a),
    "10.1": 12,
    "10.2": feature_map,
    "10.3": lambda image: pooled(image).max(axis=(1, 3)),
    "15.1": 0.8,
    "15.2": lambda W1, w, z1: W1 @ (w * (z1 > 0)),
    "16.1": 202_258,
    "16.2": walk,
}

WRONG: dict[str, list[tuple[Any, str]]] = {
    "09.1": [(79_400, "weights alone"), (78_500, "output layer"), (80_294, "pixel is no neuron")],
    "09.2": [
        (lambda z: shares(np.exp(z), axis=0), "columns sum to 1"),
        (lambda z: shares(np.exp(z)), "All numbers together"),
        (np.exp, "divide by their sum"),
        (lambda z: softmax(-z), "sign"),
        (lambda z: shares(z, axis=1, keepdims=True), "power is missing"),
        (lambda z: shares(np.exp(z), axis=1), "keepdims"),
        (sigmoid, "sigmoid"),
        (lambda z: shares(np.exp(z), axis=1, keepdims=True), "too large for a number"),
        (softmax_below_the_largest_of_all, "a row vanished"),
    ],
    "09.3": [
        (lambda a, label: a - truth(a, label), "1/m"),
        (lambda a, label: (truth(a, label) - a) / len(a), "sign"),
        (lambda a, label: a / len(a), "truth is missing"),
        (lambda a, label: (a - truth(a, label)) / a.shape[1], "number of classes"),
        (lambda a, label: -truth(a, label) / a / len(a), "gradient of a"),
        (lambda a, label: (a - truth(a, label)) / len(a) * a * (1 - a), "too many"),
    ],
    "10.1": [(24, "stride 1"), (14, "padding"), (12.5, "Half a place")],
    "10.2": [
        (lambda image, kernel: feature_map(image, kernel[::-1, ::-1]), "180°"),
        (lambda image, kernel: feature_map(image, kernel.T), "filter is transposed"),
        (lambda image, kernel: (windows(image, kernel) * kernel).mean(axis=(2, 3)), "mean under"),
        (lambda image, kernel: windows(image, kernel).sum(axis=(2, 3)), "filter is missing"),
        (lambda image, kernel: (windows(image, kernel) * kernel).max(axis=(2, 3)), "largest"),
        (lambda image, kernel: feature_map(image, kernel)[:-1, :-1], "left out"),
        (lambda image, kernel: feature_map(image, kernel).T, "transposed"),
        (lambda image, kernel: -feature_map(image, kernel), "sign"),
    ],
    "10.3": [
        (lambda image: pooled(image).mean(axis=(1, 3)), "mean of each window"),
        (lambda image: pooled(image).min(axis=(1, 3)), "smallest"),
        (lambda image: image[::2, ::2], "one number of each window"),
        (lambda image: pooled(image).max(axis=(1, 2)), "Even and odd"),
        (lambda image: pooled(image).max(axis=(0, 2)), "axes 1 and 3"),
    ],
    "15.1": [(0.8889, "first column"), (0.85, "accuracy"), (0.2, "does not recognize")],
    "15.2": [
        (lambda W1, w, z1: W1 @ w, "slope of ReLU is missing"),
        (lambda W1, w, z1: W1 @ (w * np.maximum(z1, 0)), "by relu(z1)"),
        (lambda W1, w, z1: W1 @ (w * z1), "by z1"),
        (lambda W1, w, z1: W1 @ (z1 > 0), "w is missing"),
        (lambda W1, w, z1: W1 @ (w * (z1 <= 0)), "wrong way round"),
        (lambda W1, w, z1: w * (z1 > 0), "W1 is missing"),
        (lambda W1, w, z1: -W1 @ (w * (z1 > 0)), "sign"),
    ],
    "16.1": [(201_216, "weights alone"), (100_738, "encoder"), (201_476, "no mirror image")],
    "16.2": [
        (walk_from_the_second, "no longer begins"),
        (lambda start, end, steps: walk(start, end, steps + 1), "one point more"),
        (walk_beyond, "beyond the end"),
        (lambda start, end, steps: walk(end, start, steps), "from the end to the start"),
    ],
}
