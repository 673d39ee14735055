"""An activation is the bend in a network: without one, any number of layers is a single line.

Each activation shows its value and, beside it, its derivative, written in terms of the *output* a.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlite.foundation.checks import NotNegative
from nnlite.foundation.configuration import Configurable
from nnlite.foundation.errors import must_define, told, type_error, value_error
from nnlite.foundation.registry import Registry
from nnlite.foundation.types import Array
from nnlite.given.numbers import as_floats
from nnlite.kernels import row_sums


class ActivationFunction(Configurable):
    """A function a = g(z) of numbers, with the way a gradient takes back through it.

    Call it with numbers or arrays. A subclass writes `forpass` and `backprop`; with `out` given,
    both must fill and return it (`out` may be `z`, or `grad`, itself).
    """

    name = ""

    def __call__(self, z: Any) -> Any:
        """Return g(z) for a number, a list, or an array."""
        a = self.forpass(as_floats(z, "z"))
        return a if isinstance(z, np.ndarray) or a.ndim else a[()]

    def forpass(self, z: Array, out: Array | None = None) -> Array:
        """Return a = g(z)."""
        raise must_define(self, "forpass(z, out=None)")

    def backprop(self, grad: Array, a: Array, out: Array | None = None) -> Array:
        """Return grad · g′(z), where `a` is g(z)."""
        raise must_define(self, "backprop(grad, a, out=None)")


class Linear(ActivationFunction):
    """a = z, so g′ = 1.

    >>> linear(3.0)
    np.float64(3.0)
    """

    name = "linear"

    def forpass(self, z: Array, out: Array | None = None) -> Array:
        """Return z itself."""
        return z

    def backprop(self, grad: Array, a: Array, out: Array | None = None) -> Array:
        """Return the gradient as it came."""
        return grad


class Sigmoid(ActivationFunction):
    """a = 1 / (1 + e⁻ᶻ), so g′ = a(1 − a).

    For a very negative z, e⁻ᶻ is infinite and a is 0: that is the right answer, so no warning.

    >>> sigmoid(0)
    np.float64(0.5)
    """

    name = "sigmoid"

    def forpass(self, z: Array, out: Array | None = None) -> Array:
        """Return 1 / (1 + e⁻ᶻ)."""
        with np.errstate(over="ignore", under="ignore"):
            a = np.exp(np.negative(z, out), out)
            return np.reciprocal(np.add(a, 1, out), out)

    def backprop(self, grad: Array, a: Array, out: Array | None = None) -> Array:
        """Return grad · a(1 − a)."""
        slope = np.subtract(1, a)
        slope *= a
        return np.multiply(grad, slope, out)


class Tanh(ActivationFunction):
    """a = tanh z, so g′ = 1 − a².

    >>> tanh(0)
    np.float64(0.0)
    """

    name = "tanh"

    def forpass(self, z: Array, out: Array | None = None) -> Array:
        """Return tanh z."""
        return np.tanh(z, out)

    def backprop(self, grad: Array, a: Array, out: Array | None = None) -> Array:
        """Return grad · (1 − a²)."""
        slope = np.multiply(a, a)
        np.subtract(1, slope, slope)
        return np.multiply(grad, slope, out)


class Relu(ActivationFunction):
    """a = max(z, 0), so g′ = 1 where a > 0, else 0 (at the kink, too).

    >>> relu(np.array([-1.0, 2.0]))
    array([0., 2.])
    """

    name = "relu"

    def forpass(self, z: Array, out: Array | None = None) -> Array:
        """Return max(z, 0)."""
        return np.maximum(z, 0, out=out)

    def backprop(self, grad: Array, a: Array, out: Array | None = None) -> Array:
        """Return grad where a > 0, else 0."""
        return np.multiply(grad, np.greater(a, 0), out)


class LeakyRelu(ActivationFunction):
    """a = z where z > 0, else slope·z; so g′ = 1 where a > 0, else slope.

    >>> leaky_relu(np.array([-1.0, 2.0]))
    array([-0.2,  2. ])
    """

    name = "leaky_relu"

    def __init__(self, negative_slope: NotNegative = 0.2) -> None:
        # Below 0, the output would no longer tell on which side of 0 the input was.
        self.negative_slope = negative_slope

    def slopes(self, z: Array) -> Array:
        """Return 1 where z > 0, else the slope."""
        one, slope = z.dtype.type(1), z.dtype.type(self.negative_slope)
        return np.asarray(np.where(z > 0, one, slope))

    def forpass(self, z: Array, out: Array | None = None) -> Array:
        """Return z where z > 0, else slope·z."""
        return np.multiply(z, self.slopes(z), out)

    def backprop(self, grad: Array, a: Array, out: Array | None = None) -> Array:
        """Return grad where a > 0, else slope·grad."""
        return np.multiply(grad, self.slopes(a), out)


class Elu(ActivationFunction):
    """a = z where z > 0, else α(eᶻ − 1); so g′ = 1 where a > 0, else a + α.

    >>> elu(0)
    np.float64(0.0)
    """

    name = "elu"

    def __init__(self, alpha: NotNegative = 1.0) -> None:
        self.alpha = alpha

    def forpass(self, z: Array, out: Array | None = None) -> Array:
        """Return z where z > 0, else α(eᶻ − 1)."""
        bend = np.expm1(np.minimum(z, 0))
        bend *= self.alpha
        return np.add(np.maximum(z, 0, out=out), bend, out)

    def backprop(self, grad: Array, a: Array, out: Array | None = None) -> Array:
        """Return grad where a > 0, else grad · (a + α)."""
        return np.multiply(grad, np.where(a > 0, a.dtype.type(1), a + self.alpha), out)


class Softplus(ActivationFunction):
    """a = ln(1 + eᶻ), a ReLU without the kink; so g′ = σ(z) = 1 − e⁻ᵃ.

    >>> softplus(0)
    np.float64(0.6931471805599453)
    """

    name = "softplus"

    def forpass(self, z: Array, out: Array | None = None) -> Array:
        """Return ln(1 + eᶻ)."""
        with np.errstate(under="ignore"):
            return np.logaddexp(0, z, out)

    def backprop(self, grad: Array, a: Array, out: Array | None = None) -> Array:
        """Return grad · (1 − e⁻ᵃ)."""
        with np.errstate(under="ignore"):
            return np.multiply(grad, -np.expm1(-a), out)


class SoftmaxFunction(ActivationFunction):
    """aᵢ = e^zᵢ / Σⱼ e^zⱼ along the last axis, so dzᵢ = aᵢ (gradᵢ − Σⱼ gradⱼ aⱼ).

    The largest z is subtracted first: it cancels in the fraction, and nothing overflows.

    >>> softmax(np.array([[0.0, 0.0]]))
    array([[0.5, 0.5]])
    """

    name = "softmax"

    def forpass(self, z: Array, out: Array | None = None) -> Array:
        """Return e^z / Σ e^z."""
        if z.ndim == 0:
            raise value_error("softmax needs at least one axis.", f"the number {z[()]}")
        a: Array = np.subtract(z, z.max(axis=-1, keepdims=True), out)
        with np.errstate(under="ignore"):
            np.exp(a, a)
            np.divide(a, row_sums(a)[..., None], a)
        return a

    def backprop(self, grad: Array, a: Array, out: Array | None = None) -> Array:
        """Return a · (grad − Σ grad·a)."""
        shared = row_sums(grad * a)[..., None]
        dz: Array = np.subtract(grad, shared, out)
        return np.multiply(dz, a, dz)


class Step(ActivationFunction):
    """a = 1 where z > 0, else 0: the perceptron's threshold. It has no gradient to learn from.

    >>> step(np.array([-1.0, 0.0, 0.5]))
    array([0., 0., 1.])
    """

    name = "step"

    def forpass(self, z: Array, out: Array | None = None) -> Array:
        """Return 1 where z > 0, else 0."""
        if out is None:
            return np.greater(z, 0).astype(z.dtype)
        return np.greater(z, 0, out, casting="unsafe")

    def backprop(self, grad: Array, a: Array, out: Array | None = None) -> Array:
        """Explain that a threshold cannot be trained by gradients."""
        rule = "The step function has no gradient: it is flat everywhere but at its jump."
        remedy = 'Train with activation="sigmoid" and threshold its output at 0.5.'
        raise value_error(rule, 'activation="step" in training', None, remedy)


linear, sigmoid, tanh, relu = Linear(), Sigmoid(), Tanh(), Relu()
leaky_relu, elu, softplus = LeakyRelu(), Elu(), Softplus()
softmax, step = SoftmaxFunction(), Step()

_FUNCTIONS = (linear, sigmoid, tanh, relu, leaky_relu, elu, softplus, softmax, step)
KNOWN = Registry("activation", ActivationFunction, {known.name: known for known in _FUNCTIONS})


def get(identifier: Any) -> ActivationFunction:
    """Return the activation that a name, an object or `None` (linear) means.

    >>> get("relu") is relu
    True
    """
    if identifier is None:
        return linear
    # A layer, or a function of another library, is named after the activation it stands for.
    guess = getattr(identifier, "__name__", type(identifier).__name__).lower()
    if not isinstance(identifier, str | dict | ActivationFunction) and callable(identifier):
        known = next((name for name in KNOWN.named if name.replace("_", "") == guess), None)
        rule = "An activation is given by its name or as an object of class ActivationFunction."
        remedy = "For one of your own, extend nnlite.activations.ActivationFunction "
        remedy += "with forpass and backprop."
        remedy = f'Write activation="{known}".' if known else remedy
        raise type_error(rule, told(identifier), None, remedy)
    return KNOWN.get(identifier)
