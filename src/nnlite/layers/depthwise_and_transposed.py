"""Two relatives of `Conv2D`: one that keeps channels apart, and one that goes the way back."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlite.foundation.checks import Flag, PositiveInteger
from nnlite.foundation.errors import shown
from nnlite.foundation.types import Array, Shape
from nnlite.kernels import column_sums
from nnlite.kernels.convolution import convolve, input_gradient, kernel_gradient
from nnlite.kernels.depthwise import depthwise, depthwise_gradients
from nnlite.kernels.windows import Windows
from nnlite.layers.convolution import Convolution
from nnlite.layers.options import (
    ActivationLike,
    DataFormat,
    InitializerLike,
    RegularizerLike,
    as_sizes,
)


class DepthwiseConv2D(Convolution):
    """A layer of kernels that see one channel each: z of channel i from channel i of x alone.

    With q = `depth_multiplier` kernels for every channel, W is (kh, kw, c, q) and z has c·q
    channels, those of the same channel of x side by side::

        z[i]  = X[i]·W[i] + b[i]      (n·oh·ow, kh·kw)·(kh·kw, q) for channel i
        dW[i] = X[i]ᵀ·dz[i]
        dX[i] = dz[i]·W[i]ᵀ

    Parameters are those of `Conv2D`; the weights' are called `depthwise_initializer` and
    `depthwise_regularizer`.

    >>> image = np.ones((1, 2, 2, 2))
    >>> layer = DepthwiseConv2D(2, depthwise_initializer="ones")
    >>> layer(image)
    array([[[[4., 4.]]]], dtype=float32)
    """

    def __init__(
        self,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        depth_multiplier: PositiveInteger = 1,
        data_format: DataFormat = None,
        dilation_rate: Any = 1,
        activation: ActivationLike = None,
        use_bias: Flag = True,
        depthwise_initializer: InitializerLike = "glorot_uniform",
        bias_initializer: InitializerLike = "zeros",
        depthwise_regularizer: RegularizerLike = None,
        bias_regularizer: RegularizerLike = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.set_windows(kernel_size, strides, padding, dilation_rate)
        self.depth_multiplier = depth_multiplier
        self.activation, self.use_bias = activation, use_bias
        self.kernel_initializer, self.bias_initializer = depthwise_initializer, bias_initializer
        self.kernel_regularizer, self.bias_regularizer = depthwise_regularizer, bias_regularizer

    def build(self, input_shape: Shape) -> None:
        """Make W (kh, kw, c, q) and b (c·q,)."""
        *_, outputs = self.compute_output_shape(input_shape)
        self.add_kernel((*self.size, input_shape[-1], self.depth_multiplier), outputs)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return (oh, ow, c·q)."""
        self.check_image(input_shape)
        self.check_channels(input_shape, place=-2)
        return (*self.window_counts(input_shape), input_shape[-1] * self.depth_multiplier)

    def forpass_z(self, x: Array, training: bool = False) -> Array:
        """Return z, channel by channel."""
        self.check_input(x)
        windows = self.windows(x.shape[1:])
        if training:
            self.placed, self.x = windows, x
        b = self.b if self.use_bias else None
        return depthwise(x, self.W, b, windows, self.memory_in(training))

    def backprop_z(self, dz: Array) -> Array | None:
        """Write dW and db, and return dx: for every channel, from its own z alone."""
        db, skip = self.db if self.use_bias else None, self.skip_input_gradient
        return depthwise_gradients(self.x, self.W, dz, self.placed, self.dW, db, self.memory, skip)


class Conv2DTranspose(Convolution):
    """The way back of a convolution, as a layer: from small images to large ones.

    Its forpass is the gradient of a `Conv2D`'s input, and its backprop is that one's forpass::

        Z  = x·Wᵀ         (n·h·w, c)·(c, kh·kw·f); z adds up, for each pixel, its places in Z, and b
        dW = dZᵀ·x        the rows of dZ are the windows of dz
        dx = dZ·W         (n·h·w, kh·kw·f)·(kh·kw·f, c)

    So W is (kh, kw, f, c), and images become stride times as large: h·stride with "same", and
    (h − 1)·stride + kh with "valid" (h·stride if the kernel is smaller than the stride).

    Several sizes shrink to the same small one. `output_padding`, a number from 0 to below the
    stride or a pair of them, says which is meant: (h − 1)·stride + kh + output_padding with
    "valid", and (h − 1)·stride + output_padding with "same", and 1 more if kh is odd.

    Other parameters are those of `Conv2D`, without groups.

    >>> pixel = np.array([[[[2.0]]]])
    >>> Conv2DTranspose(1, 2, kernel_initializer="ones")(pixel)[0, :, :, 0]
    array([[2., 2.],
           [2., 2.]], dtype=float32)
    """

    def __init__(
        self,
        filters: PositiveInteger,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        output_padding: Any = None,
        data_format: DataFormat = None,
        dilation_rate: Any = 1,
        activation: ActivationLike = None,
        use_bias: Flag = True,
        kernel_initializer: InitializerLike = "glorot_uniform",
        bias_initializer: InitializerLike = "zeros",
        kernel_regularizer: RegularizerLike = None,
        bias_regularizer: RegularizerLike = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.filters = filters
        self.set_windows(kernel_size, strides, padding, dilation_rate)
        self.behind = self.pixels_behind(output_padding)
        self.activation, self.use_bias = activation, use_bias
        self.kernel_initializer, self.bias_initializer = kernel_initializer, bias_initializer
        self.kernel_regularizer, self.bias_regularizer = kernel_regularizer, bias_regularizer

    def build(self, input_shape: Shape) -> None:
        """Make W (kh, kw, f, c) and b (f,)."""
        self.compute_output_shape(input_shape)
        self.add_kernel((*self.size, self.filters, input_shape[-1]), self.filters)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return (oh, ow, f)."""
        self.check_axes(input_shape)
        self.check_channels(input_shape, place=-1)
        rows, columns = self.windows(input_shape)
        return (rows.size, columns.size, self.filters)

    def pixels_behind(self, given: Any) -> Shape:
        """Return what comes behind (n − 1)·stride + 1 pixels, the least that n windows span."""
        reaches = [(k - 1) * gap + 1 for k, gap in zip(self.size, self.dilation, strict=True)]
        if given is None and self.padding == "same":
            return tuple(step - 1 for step in self.steps)
        if given is None:
            return tuple(max(r, s) - 1 for r, s in zip(reaches, self.steps, strict=True))
        more = as_sizes("output_padding", given, f"layer '{self.name}'", least=0)
        behind = [r % 2 if self.padding == "same" else r for r in reaches]
        added = tuple(m + b - 1 for m, b in zip(more, behind, strict=True))
        if any(m >= step for m, step in zip(more, self.steps, strict=True)) or min(added) < 0:
            least = 1 if min(added) < 0 else 0
            rule = f"output_padding must be from {least} to below the stride."
            received = f"output_padding={shown(given)}, strides={self.steps}"
            remedy = 'With "same", a kernel of even size needs 1 or more.' if least else None
            raise self.misfit(rule, received, remedy)
        return added

    def windows(self, shape: Shape) -> Windows:
        """Return the windows on the larger image, one for each pixel of the smaller."""
        sizes = zip(shape, self.steps, self.behind, strict=False)
        return super().windows(tuple((n - 1) * step + 1 + more for n, step, more in sizes))

    def forpass_z(self, x: Array, training: bool = False) -> Array:
        """Return z: each pixel of x writes the kernel, times its value, onto the large image."""
        self.check_input(x)
        windows = self.windows(x.shape[1:])
        z = input_gradient(x, self.W, windows, memory=self.memory_in(training))
        if self.use_bias:
            np.add(z, self.b, z)
        if training:
            self.placed, self.x = windows, x
        return z

    def backprop_z(self, dz: Array) -> Array | None:
        """Write dW and db, and return dx: the convolution of dz."""
        kernel_gradient(dz, self.x, self.placed, self.dW, None, memory=self.memory)
        if self.use_bias:
            column_sums(dz.reshape(-1, self.filters), self.db)
        if self.skip_input_gradient:
            return None
        return convolve(dz, self.W, None, self.placed, memory=self.memory)
