"""A convolution in two steps: first along the image, then across the channels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnlite.foundation.checks import Flag, PositiveInteger
from nnlite.foundation.types import Array, Shape
from nnlite.kernels import column_sums, product
from nnlite.kernels.depthwise import depthwise, depthwise_gradients
from nnlite.kernels.memory import NEW, Memory
from nnlite.layers.convolution import Convolution
from nnlite.layers.options import ActivationLike, DataFormat, InitializerLike, RegularizerLike


class SeparableConv2D(Convolution):
    """Kernels that see one channel each, then a `Dense` at every place: a = g((x ∗ W)·P + b).

    With q = `depth_multiplier` kernels for each of the c channels, and f filters::

        u  = x ∗ W         as `DepthwiseConv2D`: W is (kh, kw, c, q), u has c·q channels
        z  = u·P + b       (n·oh·ow, c·q)·(c·q, f) + (f,) = (n·oh·ow, f)
        dP = uᵀ·dz         (c·q, n·oh·ow)·(n·oh·ow, f) = (c·q, f)
        db = Σ dz          (f,)
        du = dz·Pᵀ         (n·oh·ow, f)·(f, c·q); from du come dW and dx, channel by channel

    kh·kw·c·q + c·q·f weights do the work of the kh·kw·c·f of `Conv2D`. P is kept as
    (1, 1, c·q, f), a kernel of one pixel.

    Parameters are those of `Conv2D` and `DepthwiseConv2D`; the weights' are called
    `depthwise_initializer` and `depthwise_regularizer` for W, `pointwise_…` for P, `bias_…` for b.

    >>> image = np.ones((1, 2, 2, 3))
    >>> layer = SeparableConv2D(1, 2, depthwise_initializer="ones", pointwise_initializer="ones")
    >>> layer(image)
    array([[[[12.]]]], dtype=float32)
    """

    keras_names: Mapping[str, str] = {"depthwise_kernel": "W", "pointwise_kernel": "P", "bias": "b"}
    P: Array
    dP: Array

    def __init__(
        self,
        filters: PositiveInteger,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: DataFormat = None,
        dilation_rate: Any = 1,
        depth_multiplier: PositiveInteger = 1,
        activation: ActivationLike = None,
        use_bias: Flag = True,
        depthwise_initializer: InitializerLike = "glorot_uniform",
        pointwise_initializer: InitializerLike = "glorot_uniform",
        bias_initializer: InitializerLike = "zeros",
        depthwise_regularizer: RegularizerLike = None,
        pointwise_regularizer: RegularizerLike = None,
        bias_regularizer: RegularizerLike = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.filters, self.depth_multiplier = filters, depth_multiplier
        self.set_windows(kernel_size, strides, padding, dilation_rate)
        self.activation = activation
        self.use_bias = use_bias
        self.depthwise_initializer = depthwise_initializer
        self.pointwise_initializer = pointwise_initializer
        self.bias_initializer = bias_initializer
        self.depthwise_regularizer = depthwise_regularizer
        self.pointwise_regularizer = pointwise_regularizer
        self.bias_regularizer = bias_regularizer

    def build(self, input_shape: Shape) -> None:
        """Make W (kh, kw, c, q), P (1, 1, c·q, f) and b (f,)."""
        self.compute_output_shape(input_shape)
        c, q, f = input_shape[-1], self.depth_multiplier, self.filters
        along, across = self.depthwise_initializer, self.pointwise_initializer
        self.add_weight("W", (*self.size, c, q), along, regularizer=self.depthwise_regularizer)
        self.add_weight("P", (1, 1, c * q, f), across, regularizer=self.pointwise_regularizer)
        if self.use_bias:
            self.add_weight("b", f, self.bias_initializer, regularizer=self.bias_regularizer)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return (oh, ow, f)."""
        self.check_image(input_shape)
        self.check_channels(input_shape, place=-2)
        return (*self.window_counts(input_shape), self.filters)

    def depthwise(self, x: Array, memory: Memory = NEW) -> Array:
        """Return u = x ∗ W, channel by channel."""
        copies = np.repeat(x, self.depth_multiplier, axis=-1)
        W = self.W.reshape(*self.size, -1)
        return depthwise(copies, W, self.windows(x.shape[1:]), memory.part("depthwise"))

    def forpass_z(self, x: Array, training: bool = False) -> Array:
        """Return z = u·P + b."""
        self.check_input(x)
        memory = self.memory_in(training)
        u = self.depthwise(x, memory)
        z = memory.take("z", (*u.shape[:3], self.filters), self.P.dtype)
        product(u, self.P[0, 0], z)
        if self.use_bias:
            np.add(z, self.b, z)
        if training:
            self.x, self.u = x, u
        return z

    def backprop_z(self, dz: Array) -> Array:
        """Write dP = uᵀ·dz, db = Σ dz and dW, and return dx."""
        rows = dz.reshape(-1, self.filters)
        product(self.u.reshape(len(rows), -1).T, rows, self.dP[0, 0])
        if self.use_bias:
            column_sums(rows, self.db)
        du = product(dz, self.P[0, 0].T)
        copies = np.repeat(self.x, self.depth_multiplier, axis=-1)
        W, dW = (w.reshape(*self.size, -1) for w in (self.W, self.dW))
        dx = depthwise_gradients(copies, W, du, dW, self.windows(self.x.shape[1:]))
        sums: Array = dx.reshape(*dx.shape[:3], -1, self.depth_multiplier).sum(axis=-1)
        return sums
