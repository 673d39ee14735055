"""The solutions, and for each exercise usual mistakes with a piece of the hint that each gets."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlite.layers import Layer

Planted = list[tuple[Any, str]]


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


def gate(x1, x2, w1, w2, b):
    return (w1 * x1 + w2 * x2 + b > 0) * 1


def both(x1, x2):
    return gate(x1, x2, 2, 2, -3)


def either(x1, x2):
    return gate(x1, x2, 2, 2, -1)


def not_both(x1, x2):
    return gate(x1, x2, -2, -2, 3)


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


def walk(start, end, steps):
    return np.linspace(start, end, steps)


def walk_from_the_second(start, end, steps):
    return walk(start, end, steps + 1)[1:]


def walk_beyond(start, end, steps):
    return start + (end - start) * np.arange(steps).reshape(-1, 1) / (steps - 2)


def truth(a, label):
    return np.eye(a.shape[1])[label.astype(int)]


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
    "06.1": lambda x, dz: x.T @ dz / len(x),
    "06.2": Dense,
    "06.3": lambda dz2, W2, a1: dz2 @ W2.T * a1 * (1 - a1),
    "07.1": lambda x1, x2: both(not_both(x1, x2), either(x1, x2)),
    "07.2": 43,
    "08.1": lambda train, x: (x - train.mean(axis=0)) / train.std(axis=0),
    "08.2": lambda y, a: 1 - ((y - a) ** 2).sum() / ((y - y.mean()) ** 2).sum(),
    "09.1": 79_510,
    "09.2": softmax,
    "09.3": lambda a, label: (a - truth(a, label)) / len(a),
    "10.1": 12,
    "10.2": feature_map,
    "10.3": lambda image: pooled(image).max(axis=(1, 3)),
    "11.1": Scale,
    "11.2": Square,
    "12.1": 0.25**5,
    "12.2": lambda random: random * np.sqrt(2 / len(random)),
    "12.3": lambda x, grad: grad * (x > 0),
    "13.1": lambda x, mask, rate: x * mask / (1 - rate),
    "13.2": lambda W, dW, rate, penalty: W - rate * (dW + 2 * penalty * W),
    "14.1": 0.001,
    "14.2": momentum,
    "15.1": 0.8,
    "15.2": lambda W1, w, z1: W1 @ (w * (z1 > 0)),
    "16.1": 202_258,
    "16.2": walk,
}

WRONG: dict[str, Planted] = {
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
