"""Activations as layers of their own: a = g(z)."""

from __future__ import annotations

from typing import Any

from nnlite import activations
from nnlite.foundation.checks import NotNegative
from nnlite.foundation.types import Array, Shape
from nnlite.layers.activated import ActivatedLayer
from nnlite.layers.options import ActivationLike


class Activation(ActivatedLayer):
    """An activation by name: a = g(x), so dx = grad · g′(x), in the shape of x.

    >>> import numpy as np
    >>> Activation("relu")(np.array([[-1.0, 2.0]]))
    array([[0., 2.]], dtype=float32)
    """

    def __init__(self, activation: ActivationLike, **options: Any) -> None:
        super().__init__(**options)
        self.activation = activation

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of x."""
        return input_shape

    def forpass(self, x: Array, training: bool = False) -> Array:
        """Return a = g(x)."""
        room = self.memory_in(training).take("a", x.shape, x.dtype)
        return self.activate(x, room, training)

    def forpass_z(self, x: Array, training: bool = False) -> Array:
        """Return x: this layer is nothing but its activation."""
        return x

    def backprop_z(self, dz: Array) -> Array:
        """Return dz."""
        return dz


class ReLU(Activation):
    """max(x, 0); with `negative_slope`, slope·x below 0.

    >>> import numpy as np
    >>> ReLU()(np.array([[-1.0, 2.0]]))
    array([[0., 2.]], dtype=float32)
    """

    def __init__(self, negative_slope: NotNegative = 0.0, **options: Any) -> None:
        activation = activations.LeakyRelu(negative_slope) if negative_slope else activations.relu
        super().__init__(activation, **options)
        self.negative_slope = negative_slope


class LeakyReLU(Activation):
    """x where x > 0, else slope·x; `alpha` is the older name of the slope.

    >>> import numpy as np
    >>> LeakyReLU(0.1)(np.array([[-1.0, 2.0]]))
    array([[-0.1,  2. ]], dtype=float32)
    """

    def __init__(
        self, negative_slope: float = 0.3, alpha: float | None = None, **options: Any
    ) -> None:
        slope = negative_slope if alpha is None else alpha
        super().__init__(activations.LeakyRelu(slope), **options)
        self.negative_slope = slope


class Softmax(Activation):
    """e^x / Σ e^x along the last axis: numbers become probabilities.

    >>> import numpy as np
    >>> Softmax()(np.array([[0.0, 0.0]]))
    array([[0.5, 0.5]], dtype=float32)
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(activations.softmax, **options)
