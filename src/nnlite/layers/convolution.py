"""Convolution: the same small kernel looks at every place of an image.

One rule makes them all: a window of the image, as a row, times the kernel, as a column. How the
rows are gathered fast is told in `nnlite.kernels`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlite.foundation.checks import Flag, PositiveInteger
from nnlite.foundation.errors import value_error
from nnlite.foundation.types import Array, Shape
from nnlite.kernels.convolution import convolve, input_gradient, kernel_gradient
from nnlite.layers.activated import KernelLayer
from nnlite.layers.options import ActivationLike, DataFormat, InitializerLike, RegularizerLike
from nnlite.layers.windows import WindowLayer


class Convolution(WindowLayer, KernelLayer):
    """A layer whose kernel looks at images through windows."""

    def check_channels(self, shape: Shape, place: int, share: int = 1) -> None:
        """Raise unless W, which has its input channels at `place`, was made for these images."""
        if self.built and shape[-1] != self.W.shape[place] * share:
            rule = f"The layer takes images with {self.W.shape[place] * share} channels."
            where = f"layer '{self.name}', W of shape {self.W.shape}"
            remedy = "The last axis of x holds the channels."
            raise value_error(rule, f"samples of shape {shape}", where, remedy)


class Conv2D(Convolution):
    """A layer of kernels that move over images: a = g(x ∗ W + b).

    With n images of h·w pixels and c channels, and f kernels of kh·kw·c weights, let the rows of
    X be the windows of x, one for each of the n·oh·ow places where a kernel looks::

        z  = X·W + b      (n·oh·ow, kh·kw·c)·(kh·kw·c, f) + (f,) = (n·oh·ow, f)
        dW = Xᵀ·dz        (kh·kw·c, n·oh·ow)·(n·oh·ow, f) = (kh·kw·c, f)
        db = Σ dz         the sum over all places of all images: (f,)
        dX = dz·Wᵀ        (n·oh·ow, f)·(f, kh·kw·c); dx adds up, for each pixel, its places in X

    These are the equations of `Dense`, once for every place: the weights are shared.

    Parameters
    ----------
    filters
        The number of kernels, f.
    kernel_size
        kh and kw: a number, or a pair.
    strides
        How far the kernel moves at a time: a number, or a pair.
    padding
        "valid": the kernel stays inside the image. "same": zeros around the image, so that there
        are ⌈h/stride⌉ × ⌈w/stride⌉ places; the odd row of zeros is below, the odd column right.
    data_format
        None, or "channels_last": (samples, height, width, channels).
    dilation_rate
        How far apart the pixels are that a kernel looks at.
    groups
        In how many groups channels and kernels are dealt out; each kernel sees its group only.
    activation
        A name or an object of `nnlite.activations`; None is linear.
    use_bias
        Whether there is b.
    kernel_initializer, bias_initializer
        How W (kh, kw, c/groups, f) and b (f,) start.
    kernel_regularizer, bias_regularizer
        What W and b cost.
    options
        `input_shape`, `name`, `trainable`: see `Layer`.

    Examples
    --------
    >>> image = np.arange(1.0, 10.0).reshape(1, 3, 3, 1)
    >>> layer = Conv2D(1, 2, padding="same", kernel_initializer="ones")
    >>> layer(image)[0, :, :, 0]
    array([[12., 16.,  9.],
           [24., 28., 15.],
           [15., 17.,  9.]], dtype=float32)
    """

    def __init__(
        self,
        filters: PositiveInteger,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: DataFormat = None,
        dilation_rate: Any = 1,
        groups: PositiveInteger = 1,
        activation: ActivationLike = None,
        use_bias: Flag = True,
        kernel_initializer: InitializerLike = "glorot_uniform",
        bias_initializer: InitializerLike = "zeros",
        kernel_regularizer: RegularizerLike = None,
        bias_regularizer: RegularizerLike = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.filters, self.groups = filters, groups
        self.set_windows(kernel_size, strides, padding, dilation_rate)
        self.activation, self.use_bias = activation, use_bias
        self.kernel_initializer, self.bias_initializer = kernel_initializer, bias_initializer
        self.kernel_regularizer, self.bias_regularizer = kernel_regularizer, bias_regularizer
        self.check_groups(filters, f"filters={filters}, groups={groups}")

    def forpass_z(self, x: Array, training: bool = False) -> Array:
        """Return z = X·W + b, where the rows of X are the windows of x.

        Before a `MaxPooling2D`, a shortcut replaces it, and backprop: see `training.standins`.
        """
        self.check_input(x)
        windows = self.windows(x.shape[1:])
        W, b = self.as_kernel(self.W), self.b if self.use_bias else None
        z = convolve(self.as_images(x), W, b, windows, self.groups, self.memory_in(training))
        if training:
            self.placed, self.x = windows, x
        return self.as_samples(z)

    def backprop_z(self, dz: Array) -> Array | None:
        """Write dW = Xᵀ·dz and db = Σ dz, and return dx from dX = dz·Wᵀ."""
        x, dz, dW = self.as_images(self.x), self.as_images(dz), self.as_kernel(self.dW)
        db = self.db if self.use_bias else None
        kernel_gradient(x, dz, self.placed, dW, db, self.groups, self.memory)
        if self.skip_input_gradient:
            return None
        W = self.as_kernel(self.W)
        return self.as_samples(input_gradient(dz, W, self.placed, self.groups, self.memory))

    def as_kernel(self, W: Array) -> Array:
        """Return W as (kh, kw, c, f), a view."""
        return W[:, np.newaxis] if self.rank == 1 else W

    def build(self, input_shape: Shape) -> None:
        """Make W (kh, kw, c/groups, f) and b (f,)."""
        self.compute_output_shape(input_shape)
        self.add_kernel((*self.size, input_shape[-1] // self.groups, self.filters), self.filters)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return (oh, ow, f)."""
        self.check_image(input_shape)
        c = input_shape[-1]
        received = f"samples of shape {input_shape}, {c} channels, groups={self.groups}"
        self.check_groups(c, received)
        self.check_channels(input_shape, place=-2, share=self.groups)
        return (*self.window_counts(input_shape), self.filters)

    def check_groups(self, number: int, received: str) -> None:
        """Raise unless so many channels or filters can be dealt out in groups."""
        if number % self.groups:
            remedy = "Choose a number of groups that divides both, or leave out groups=."
            rule = "groups must divide the channels and the filters."
            raise self.misfit(rule, received, remedy)


class Conv1D(Conv2D):
    """A layer of kernels that move along sequences: `Conv2D` with one axis less.

    x is (n, steps, c), W (k, c/groups, f), z (n, out, f). Besides "valid" and "same", padding may
    be "causal": an output then depends on its own and earlier steps only.

    >>> sequence = np.array([[[1.0], [2.0], [4.0]]])
    >>> Conv1D(1, 2, kernel_initializer="ones")(sequence)[0, :, 0]
    array([3., 6.], dtype=float32)
    """

    rank = 1
