"""What convolution and pooling share: windows on images, and the checks of both.

A 1D layer sees a sequence (steps, channels) as an image of height 1: (1, steps, channels).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import explain_error, shown
from ..kernels.windows import Memory, Windows, along, fresh
from ..types import Array, Shape
from .base import Layer

AXES = {1: "(steps, channels)", 2: "(height, width, channels)"}


class WindowLayer(Layer):
    """A layer that moves a window over images; `rank` counts the axes it moves along."""

    rank = 2

    def set_windows(
        self, size: Any, strides: Any, padding: str, dilation: Any, data_format: str | None
    ) -> None:
        """Take what the constructor was told about the windows."""
        where = f"layer '{self.name}'"
        self.size = as_sizes("The size of the window", size, self.rank, where)
        self.steps = as_sizes("strides", strides, self.rank, where)
        self.dilation = as_sizes("dilation_rate", dilation, self.rank, where)
        known = ["valid", "same", "causal"] if self.rank == 1 else ["valid", "same"]
        self.padding = padding.lower() if isinstance(padding, str) else ""
        if self.padding not in known:
            raise ValueError(
                explain_error(
                    f"padding must be one of {', '.join(known)}.",
                    f"padding={shown(padding)}",
                    where,
                )
            )
        check_data_format(data_format, where)

    def windows(self, shape: Shape) -> Windows:
        """Return where the windows lie on samples of this shape."""
        axes = list(zip(shape, self.size, self.steps, self.dilation, strict=False))
        placed = [
            along(size, kernel, step, self.padding, dilation)
            for size, kernel, step, dilation in axes
        ]
        return (along(1, 1), placed[0]) if self.rank == 1 else (placed[0], placed[1])

    def window_counts(self, shape: Shape) -> Shape:
        """Return how many windows there are along each axis."""
        return tuple(axis.count for axis in self.windows(shape))[-self.rank :]

    def check_image(self, shape: Shape) -> None:
        """Raise unless samples of this shape are images in which a window has room."""
        check_axes(shape, self.rank, self.name)
        reach = tuple((k - 1) * d + 1 for k, d in zip(self.size, self.dilation, strict=True))
        if self.padding == "valid" and any(r > n for r, n in zip(reach, shape, strict=False)):
            raise ValueError(
                explain_error(
                    "A window must fit into the image.",
                    f"samples of shape {shape} for windows of {reach}",
                    f"layer '{self.name}'",
                    "Channels come last: np.moveaxis(x, 1, -1)."
                    if shape[0] in (1, 3) and min(shape[1:]) > 3
                    else 'Make the window smaller, or write padding="same".',
                )
            )

    def check_input(self, x: Array) -> None:
        """Raise unless these are images for this layer; of the shape it was built for, they are."""
        if x.shape[1:] != self.input_shape or not self.built:
            self.compute_output_shape(x.shape[1:])

    def memory(self, training: bool) -> Memory:
        """Return where results are written: in training to memory that is used again."""
        return self.buffer if training else fresh

    def as_images(self, x: Array) -> Array:
        """Return x as (n, h, w, c), a view."""
        return x[:, np.newaxis] if self.rank == 1 else x

    def as_samples(self, images: Array) -> Array:
        """Return (n, h, w, c) as the samples of this layer, a view."""
        return images[:, 0] if self.rank == 1 else images


def check_axes(shape: Shape, rank: int, name: str) -> None:
    """Raise unless a sample has `rank` axes and one for the channels."""
    if len(shape) == rank + 1:
        return
    remedy = f"x must be (samples, {AXES[rank][1:]}: see numpy.reshape."
    if len(shape) == rank:
        remedy = "Grey images have one channel" if rank == 2 else "Plain sequences have one channel"
        remedy += ": x[..., None]."
    raise ValueError(
        explain_error(
            f"The layer takes samples of shape {AXES[rank]}.",
            f"samples of shape {shape}",
            f"layer '{name}'",
            remedy,
        )
    )


def as_sizes(name: str, value: Any, rank: int, where: str, least: int = 1) -> Shape:
    """Return a number per axis: 3 and (3, 3) mean the same.

    >>> as_sizes("kernel_size", 3, 2, "layer 'conv2d'")
    (3, 3)
    """
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    given = (value,) * rank if whole else value
    try:
        sizes = tuple(int(size) for size in given)
        right = all(size == wanted for size, wanted in zip(sizes, given, strict=True))
    except (TypeError, ValueError):
        sizes, right = (), False
    if not right or len(sizes) != rank or min(sizes) < least:
        raise ValueError(
            explain_error(
                f"{name} must be a whole number from {least} on"
                + (f", or {rank} of them." if rank > 1 else "."),
                f"{shown(value)}",
                where,
            )
        )
    return sizes


def check_data_format(data_format: str | None, where: str) -> None:
    """Raise unless channels come last: here they always do."""
    if data_format not in (None, "channels_last"):
        raise ValueError(
            explain_error(
                "Channels come last: (samples, height, width, channels).",
                f"data_format={shown(data_format)}",
                where,
                "Move the axis: np.moveaxis(x, 1, -1).",
            )
        )
