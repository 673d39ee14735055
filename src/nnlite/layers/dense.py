"""The fully connected layer: every input feeds every neuron."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

import numpy as np

from nnlite.foundation.checks import Flag, positive_integer
from nnlite.foundation.errors import value_error
from nnlite.foundation.types import Array, Shape
from nnlite.kernels import column_sums, product
from nnlite.layers.activated import KernelLayer
from nnlite.layers.options import ActivationLike, InitializerLike, RegularizerLike


class Dense(KernelLayer):
    """A layer of neurons: a = g(x·W + b).

    With m samples, n inputs and k units::

        z  = x·W + b      (m, n)·(n, k) + (k,) = (m, k)
        dW = xᵀ·dz        (n, m)·(m, k) = (n, k)
        db = Σ dz         the sum over the m samples: (k,)
        dx = dz·Wᵀ        (m, k)·(k, n) = (m, n)

    Why xᵀ: a weight's gradient gathers, over all samples, its input times the error it feeds,
    and that sum over samples is a product whose inner axis is m. With more axes, (m, t, n), the
    same weights serve every place t.

    Parameters
    ----------
    units
        The number of neurons, k.
    activation
        A name or an object of `nnlite.activations`; None is linear.
    use_bias
        Whether there is b.
    kernel_initializer, bias_initializer
        How W and b start.
    kernel_regularizer, bias_regularizer
        What W and b cost.
    options
        `input_shape`, `input_dim`, `name`, `trainable`: see `Layer`.

    Examples
    --------
    >>> layer = Dense(2, kernel_initializer="ones")
    >>> layer(np.array([[1.0, 2.0, 3.0]]))
    array([[6., 6.]], dtype=float32)
    """

    def __init__(
        self,
        units: Annotated[int, partial(positive_integer, remedy="Write Dense(10).")],
        activation: ActivationLike = None,
        use_bias: Flag = True,
        kernel_initializer: InitializerLike = "glorot_uniform",
        bias_initializer: InitializerLike = "zeros",
        kernel_regularizer: RegularizerLike = None,
        bias_regularizer: RegularizerLike = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.units = units
        self.activation, self.use_bias = activation, use_bias
        self.kernel_initializer, self.bias_initializer = kernel_initializer, bias_initializer
        self.kernel_regularizer, self.bias_regularizer = kernel_regularizer, bias_regularizer

    def forpass_z(self, x: Array, training: bool = False) -> Array:
        """Return z = x·W + b."""
        if x.ndim < 2 or x.shape[-1] != len(self.W):
            raise self._wrong_width("x", x.shape)
        z = self.memory_in(training).take("z", (*x.shape[:-1], self.units), self.W.dtype)
        product(x, self.W, z)
        if self.use_bias:
            np.add(z, self.b, z)
        if training:
            self.x = x
        return z

    def backprop_z(self, dz: Array) -> Array | None:
        """Write dW = xᵀ·dz and db = Σ dz, and return dx = dz·Wᵀ."""
        x, rows = self.x, dz
        if x.ndim > 2:
            x, rows = x.reshape(-1, x.shape[-1]), dz.reshape(-1, self.units)
        product(x.T, rows, self.dW)
        if self.use_bias:
            column_sums(rows, self.db)
        if self.skip_input_gradient:
            return None
        return product(dz, self.W.T, self.memory.take("dx", self.x.shape, self.W.dtype))

    def build(self, input_shape: Shape) -> None:
        """Make W (n, k) and b (k,)."""
        self._check_has_axis(input_shape)
        self.add_kernel((input_shape[-1], self.units), self.units)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return (k,) in place of (n,)."""
        if self.built and input_shape[-1:] != self.W.shape[:1]:
            raise self._wrong_width("samples", input_shape)
        return (*input_shape[:-1], self.units)

    def _wrong_width(self, what: str, shape: Shape) -> ValueError:
        rule = f"The layer takes samples of {len(self.W)} values."
        where = f"layer '{self.name}', W of shape {self.W.shape}"
        remedy = f"Give x {len(self.W)} columns; a single sample is a row: x.reshape(1, -1)."
        return value_error(rule, f"{what} of shape {shape}", where, remedy)
