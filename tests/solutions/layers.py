"""Layers, gates and layers of one's own: lessons 06, 07 and 11."""

from typing import Any

import numpy as np

from nnlite.layers import Layer


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def gate(x1, x2, w1, w2, b):
    return (w1 * x1 + w2 * x2 + b > 0) * 1


def both(x1, x2):
    return gate(x1, x2, 2, 2, -3)


def either(x1, x2):
    return gate(x1, x2, 2, 2, -1)


def not_both(x1, x2):
    return gate(x1, x2, -2, -2, 3)


class Dense(Layer):
    def build(self, input_shape):
        self.add_weight("W", (input_shape[-1], 2), "ones")
        self.add_weight("b", (2,), "ones")

    def forpass(self, x, training=False):
        if training:
            self.x = x
        return x @ self.W + self.b

    def backprop(self, grad):
        self.dW = self.x.T @ grad
        self.db = grad.sum(axis=0)
        return grad @ self.W.T


class DenseWithoutBias(Dense):
    def forpass(self, x, training=False):
        return super().forpass(x, training) - self.b


class DenseWithMeans(Dense):
    def backprop(self, grad):
        passed = super().backprop(grad)
        self.dW = self.dW / len(grad)
        return passed


class DenseUphill(Dense):
    def backprop(self, grad):
        passed = super().backprop(grad)
        self.dW = -self.dW
        return passed


class DenseOfFeatures(Dense):
    def backprop(self, grad):
        self.dW = self.x @ grad
        return super().backprop(grad)


class DenseWithMeanOfB(Dense):
    def backprop(self, grad):
        passed = super().backprop(grad)
        self.db = grad.mean(axis=0)
        return passed


class DenseThatForgetsB(Dense):
    def backprop(self, grad):
        passed = super().backprop(grad)
        self.db = np.zeros_like(self.b)
        return passed


class DenseWithTwiceX(Dense):
    def backprop(self, grad):
        return 2 * super().backprop(grad)


class Scale(Layer):
    def build(self, input_shape):
        self.add_weight("s", input_shape, "ones")

    def forpass(self, x, training=False):
        if training:
            self.x = x
        return x * self.s

    def backprop(self, grad):
        self.ds = (grad * self.x).sum(axis=0)
        return grad * self.s


class ScaleWithMean(Scale):
    def backprop(self, grad):
        passed = super().backprop(grad)
        self.ds = self.ds / len(grad)
        return passed


class ScaleUphill(Scale):
    def backprop(self, grad):
        passed = super().backprop(grad)
        self.ds = -self.ds
        return passed


class ScaleThatPassesGrad(Scale):
    def backprop(self, grad):
        super().backprop(grad)
        return grad


class ScaleThatForgets(Scale):
    def backprop(self, grad):
        return grad * self.s


class ScaleOfTheWrongSign(Scale):
    def forpass(self, x, training=False):
        return -super().forpass(x, training)


class Square(Layer):
    def forpass(self, x, training=False):
        if training:
            self.x = x
        return x * x

    def backprop(self, grad):
        return 2 * grad * self.x


class SquareThatPassesGrad(Square):
    def backprop(self, grad):
        return grad


class SquareTwice(Square):
    def backprop(self, grad):
        return 4 * grad * self.x


class SquareUphill(Square):
    def backprop(self, grad):
        return -2 * grad * self.x


RIGHT: dict[str, Any] = {
    "06.1": lambda x, dz: x.T @ dz / len(x),
    "06.2": Dense,
    "06.3": lambda dz2, W2, a1: dz2 @ W2.T * a1 * (1 - a1),
    "07.1": lambda x1, x2: both(not_both(x1, x2), either(x1, x2)),
    "07.2": 43,
    "11.1": Scale,
    "11.2": Square,
}

WRONG: dict[str, list[tuple[Any, str]]] = {
    "06.1": [
        (lambda x, dz: x.T @ dz, "1/m"),
        (lambda x, dz: -x.T @ dz / len(x), "sign"),
        (lambda x, dz: (x.T @ dz / len(x)).T, "transposed"),
        (lambda x, dz: x.mean(axis=0)[:, None], "factor dz"),
        (lambda x, dz: (x * dz).mean(axis=1), "samples should go away"),
        (lambda x, dz: x.T @ dz / x.shape[1], "divided by n"),
        (lambda x, dz: x * dz, "add the samples up"),
        (lambda x, dz: (x * dz).mean(axis=0), "the shape is (3,)"),
    ],
    "06.2": [
        (DenseWithoutBias, "bias is missing"),
        (DenseWithMeans, "3 samples: is it a mean instead of a sum?"),
        (DenseUphill, "sign"),
        (DenseOfFeatures, ": self.dW = self.x @ grad\nValueError"),
        (DenseWithMeanOfB, "mean instead of a sum?"),
        (DenseThatForgetsB, "does backprop write self.db?"),
        (DenseWithTwiceX, "Twice as large"),
    ],
    "06.3": [
        (lambda dz2, W2, a1: dz2 @ W2.T, "slope of the sigmoid is missing"),
        (lambda dz2, W2, a1: dz2 * a1 * (1 - a1), "W2 is missing"),
        (lambda dz2, W2, a1: dz2 @ W2.T * a1, "Half of the slope is missing"),
        (lambda dz2, W2, a1: dz2 @ W2.T * (1 - a1), "Half of the slope is there"),
        (lambda dz2, W2, a1: dz2 @ W2.T * sigmoid(a1) * (1 - sigmoid(a1)), "once more"),
        (lambda dz2, W2, a1: -dz2 @ W2.T * a1 * (1 - a1), "sign"),
        (lambda dz2, W2, a1: (dz2 @ W2.T * a1 * (1 - a1)).sum(axis=0), "its own row"),
        (lambda dz2, W2, a1: dz2 @ W2 * a1 * (1 - a1), "It stops with an error"),
        (lambda dz2, W2, a1: dz2 @ W2.T * a1 * (1 - a1) / len(a1), "mean instead of a sum?"),
    ],
    "07.1": [
        (either, "This is OR"),
        (not_both, "This is NAND"),
        (lambda x1, x2: both(both(x1, x2), either(x1, x2)), "one of the two has to be NAND"),
        (lambda x1, x2: either(not_both(x1, x2), either(x1, x2)), "joined by OR"),
        (lambda x1, x2: not_both(not_both(x1, x2), either(x1, x2)), "turned round"),
        (lambda x1, x2: both(both(x1, x2), not_both(x1, x2)), "never 1 together"),
    ],
    "07.2": [(33, "weights alone"), (10, "biases alone"), (45, "input is no neuron")],
    "11.1": [
        (ScaleWithMean, "mean instead of a sum?"),
        (ScaleUphill, "sign"),
        (ScaleThatPassesGrad, "grad as it came in"),
        (ScaleThatForgets, "does backprop write self.ds?"),
        (ScaleOfTheWrongSign, "sign"),
    ],
    "11.2": [
        (SquareThatPassesGrad, "slope of x² is left out"),
        (SquareTwice, "the slope of x² is 2x"),
        (SquareUphill, "sign"),
    ],
}
