"""A convolution in two steps: first along the image, then across the channels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nnlite.foundation.checks import Flag, PositiveInteger
from nnlite.foundation.types import Array, Shape
from nnlite.kernels.convolution import convolve, input_gradient, kernel_gradient
from nnlite.kernels.depthwise import depthwise, depthwise_gradients
from nnlite.kernels.memory import NEW, Memory
from nnlite.kernels.windows import Windows, along
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

    >>> import numpy as np
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
        return depthwise(x, self.W, None, self.windows(x.shape[1:]), memory.part("depthwise"))

    def forpass_z(self, x: Array, training: bool = False) -> Array:
        """Return z = u·P + b."""
        self.check_input(x)
        memory, b = self.memory_in(training), self.b if self.use_bias else None
        u = self.depthwise(x, memory)
        if training:
            self.x, self.u = x, u
        return convolve(u, self.P, b, _points(u), memory=memory)

    def backprop_z(self, dz: Array) -> Array | None:
        """Write dP = uᵀ·dz, db = Σ dz and dW, and return dx."""
        x, u, db = self.x, self.u, self.db if self.use_bias else None
        kernel_gradient(u, dz, _points(u), self.dP, db, memory=self.memory)
        du = input_gradient(dz, self.P, _points(u), memory=self.memory.part("du"))
        windows, memory = self.windows(x.shape[1:]), self.memory.part("depthwise")
        skip = self.skip_input_gradient
        return depthwise_gradients(x, self.W, du, windows, self.dW, None, memory, skip)


def _points(u: Array) -> Windows:
    """Return windows of one pixel."""
    return along(u.shape[1], 1), along(u.shape[2], 1)
