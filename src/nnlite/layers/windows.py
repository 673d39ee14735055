"""What convolution and pooling share: windows on images, and the checks of both.

A 1D layer sees a sequence (steps, channels) as an image of width 1: (steps, 1, channels).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlite.foundation.errors import shown
from nnlite.foundation.types import Array, Shape
from nnlite.kernels.windows import Windows, along
from nnlite.layers.layer import Layer
from nnlite.layers.options import as_sizes

AXES = {1: "(steps, channels)", 2: "(height, width, channels)"}


class ImageLayer(Layer):
    """A layer of images; `rank` counts the axes of one, besides the channels."""

    rank = 2

    def check_axes(self, shape: Shape) -> None:
        """Raise unless a sample has `rank` axes and one for the channels."""
        if len(shape) == self.rank + 1 and not isinstance(shape, list):
            return
        axes = AXES[self.rank]
        remedy = f"x must be (samples, {axes[1:]}: see numpy.reshape."
        if len(shape) == self.rank:
            what = "Grey images have" if self.rank == 2 else "Plain sequences have"
            remedy = f"{what} one channel: Input(shape={(*shape, 1)}), and x[..., None]."
        rule = f"The layer takes samples of shape {axes}."
        raise self.misfit(rule, f"samples of shape {shape}", remedy)

    def as_images(self, x: Array) -> Array:
        """Return x as (n, h, w, c), a view."""
        return x[:, :, np.newaxis] if self.rank == 1 else x

    def as_samples(self, images: Array) -> Array:
        """Return (n, h, w, c) as the samples of this layer, a view."""
        return images[:, :, 0] if self.rank == 1 else images


class WindowLayer(ImageLayer):
    """A layer that moves a window over images, along all axes but that of the channels."""

    def set_windows(self, size: Any, strides: Any, padding: str, dilation: Any = 1) -> None:
        """Take what the constructor was told about the windows."""
        where = f"layer '{self.name}'"
        self.size = as_sizes("The size of the window", size, where, self.rank)
        self.steps = as_sizes("strides", strides, where, self.rank)
        self.dilation = as_sizes("dilation_rate", dilation, where, self.rank)
        known = ["valid", "same", "causal"] if self.rank == 1 else ["valid", "same"]
        self.padding = padding.lower() if isinstance(padding, str) else ""
        if self.padding not in known:
            rule = f"padding must be one of {', '.join(known)}."
            raise self.misfit(rule, f"padding={shown(padding)}")

    def windows(self, shape: Shape) -> Windows:
        """Return where the windows lie on samples of this shape."""
        axes = zip(shape, self.size, self.steps, self.dilation, strict=False)
        placed = [along(n, k, step, self.padding, dilation) for n, k, step, dilation in axes]
        return (placed[0], along(1, 1)) if self.rank == 1 else (placed[0], placed[1])

    def window_counts(self, shape: Shape) -> Shape:
        """Return how many windows there are along each axis."""
        return tuple(axis.count for axis in self.windows(shape))[: self.rank]

    def check_image(self, shape: Shape) -> None:
        """Raise unless samples of this shape are images in which a window has room."""
        self.check_axes(shape)
        reach = tuple((k - 1) * d + 1 for k, d in zip(self.size, self.dilation, strict=True))
        if self.padding == "valid" and any(r > n for r, n in zip(reach, shape, strict=False)):
            remedy = 'Make the window smaller, or write padding="same".'
            if shape[0] in (1, 3) and min(shape[1:]) > 3:
                remedy = "Channels come last: np.moveaxis(x, 1, -1)."
            received = f"samples of shape {shape} for windows of {reach}"
            raise self.misfit("A window must fit into the image.", received, remedy)

    def check_input(self, x: Array) -> None:
        """Raise unless these are images for this layer; of the shape it was built for, they are."""
        if x.shape[1:] != self.input_shape or not self.built:
            self.compute_output_shape(x.shape[1:])
