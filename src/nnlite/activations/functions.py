"""The activations whose derivative is told by their value: it is written in terms of the output a.

Each shows its value and, beside it, its derivative.
"""

from __future__ import annotations

import numpy as np

from nnlite.activations.base import ActivationFunction
from nnlite.foundation.checks import NotNegative
from nnlite.foundation.errors import value_error
from nnlite.foundation.types import Array
from nnlite.kernels import row_sums


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


class Selu(ActivationFunction):
    """a = λz where z > 0, else λα(eᶻ − 1); so g′ = λ where a > 0, else a + λα.

    With these λ and α, numbers of mean 0 and variance 1 keep both from layer to layer, if the
    weights start by "lecun_normal".

    >>> selu(1)
    np.float64(1.0507009873554805)
    """

    name = "selu"
    scale, alpha = 1.0507009873554805, 1.6732632423543772

    def forpass(self, z: Array, out: Array | None = None) -> Array:
        """Return λz where z > 0, else λα(eᶻ − 1)."""
        bend = np.expm1(np.minimum(z, 0))
        bend *= self.scale * self.alpha
        straight = np.maximum(z, 0, out=out)
        return np.add(np.multiply(straight, self.scale, out), bend, out)

    def backprop(self, grad: Array, a: Array, out: Array | None = None) -> Array:
        """Return λ·grad where a > 0, else grad · (a + λα)."""
        one, bent = a.dtype.type(self.scale), self.scale * self.alpha
        return np.multiply(grad, np.where(a > 0, one, a + bent), out)


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
        a: Array = np.subtract(z, z.max(axis=-1, keepdims=True, initial=-np.inf), out)
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
leaky_relu, elu, selu, softplus = LeakyRelu(), Elu(), Selu(), Softplus()
softmax, step = SoftmaxFunction(), Step()
