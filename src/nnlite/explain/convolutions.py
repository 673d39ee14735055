"""What convolution and pooling say of themselves: how many windows, and what each does."""

from __future__ import annotations

import math
from typing import Any

from .. import layers
from ..layers.base import Layer
from .lines import Line, shape_of
from .told import Formulas, Told, bias_lines, dz_of, product_of, z_of


class ConvolutionFormulas(Formulas):
    """The equations of a dense layer, once for every place where a kernel looks."""

    letters = ("Z",)

    def forward(self, told: Told) -> list[Line]:
        """Return z = x ∗ W + b, and how many windows there are."""
        z, shapes = z_of(told.call), f"{shape_of(told.call.x[0])} ∗ {shape_of(told.layer.W)}"
        formula = f"{told.x[0]} ∗ {told.weights['W']}"
        if told.layer.use_bias:
            formula += f" + {told.weights['b']}"
            shapes += f" + {shape_of(told.layer.b)}"
        return [
            *window_lines(told),
            Line(told.z, formula, f"{shapes} = {shape_of(z)}", z, self.manner(told)),
        ]

    def manner(self, told: Told) -> str:
        """Say which channels a kernel sees, if it is not all of them."""
        return f"in {told.layer.groups} groups" if told.layer.groups > 1 else ""

    def backward(self, told: Told) -> list[Line]:
        """Return dW = windows(x)ᵀ·dz, db = Σ dz; dx adds up dz·Wᵀ window by window."""
        if told.layer.groups > 1:
            return apart(told, self.manner(told))
        call, dz, W = told.call, "d" + told.z, told.layer.W
        places = math.prod(dz_of(call).shape[:-1])
        window, kernels = math.prod(W.shape[:-1]), W.shape[-1]
        lines = []
        if "W" in call.gradients:
            shapes = product_of((window, places), (places, kernels))
            formula = f"windows({told.x[0]})ᵀ·{dz}"
            lines.append(told.gradient_of("W", formula, f"{shapes} → {shape_of(W)}"))
        lines += bias_lines(told)
        shapes = product_of((places, kernels), (kernels, window))
        shapes = f"{shapes} → {shape_of(call.x[0])}"
        formula = f"back({dz}·{told.weights['W']}ᵀ)"
        return lines + told.handed_back(0, formula, shapes, "each window to its place")


class DepthwiseFormulas(ConvolutionFormulas):
    """Each channel has kernels of its own, and sees no other."""

    def manner(self, told: Told) -> str:
        """Say that channels are kept apart."""
        return "channel by channel"

    def backward(self, told: Told) -> list[Line]:
        """Return the lines of the gradients, with their own shapes."""
        return apart(told, self.manner(told))


def apart(told: Told, manner: str) -> list[Line]:
    """Return the lines back for kernels that see some channels only: a product for each group."""
    dz, lines = "d" + told.z, []
    if "W" in told.call.gradients:
        formula = f"windows({told.x[0]})ᵀ·{dz}"
        lines.append(told.gradient_of("W", formula, shape_of(told.layer.W)))
        lines[0].note = manner
    formula = f"back({dz}·{told.weights['W']}ᵀ)"
    return lines + bias_lines(told) + told.handed_back(0, formula, note=manner)


class TransposedFormulas(Formulas):
    """The way back of a convolution: every pixel writes a window onto a larger image."""

    letters = ("Z",)

    def forward(self, told: Told) -> list[Line]:
        """Return z = back(x·Wᵀ) + b, and how large the image becomes."""
        z, x, W = z_of(told.call), told.call.x[0], told.layer.W
        formula = f"back({told.x[0]}·{told.weights['W']}ᵀ)"
        if told.layer.use_bias:
            formula += f" + {told.weights['b']}"
        shapes = f"{shape_of(x)} → {shape_of(z)}"
        *window, channels = W.shape
        product = product_of((x.size // channels, channels), (channels, math.prod(window)))
        return [*window_lines(told, larger=True), Line(told.z, formula, f"{product}, {shapes}", z)]

    def backward(self, told: Told) -> list[Line]:
        """Return dW = windows(dz)ᵀ·x, db = Σ dz, dx = windows(dz)·W."""
        dz, W = "d" + told.z, told.layer.W
        lines = []
        if "W" in told.call.gradients:
            lines.append(told.gradient_of("W", f"windows({dz})ᵀ·{told.x[0]}", shape_of(W)))
        formula = f"windows({dz})·{told.weights['W']}"
        return lines + bias_lines(told) + told.handed_back(0, formula)


class PoolingFormulas(Formulas):
    """Each window becomes one number, channel by channel."""

    letters = ("P",)
    starts_a_layer = False

    def __init__(self, verb: str, gradient: str) -> None:
        self.verb, self.gradient = verb, gradient

    def forward(self, told: Told) -> list[Line]:
        """Return the number of windows, and the line of what they become."""
        x, a = told.call.x[0], told.call.output
        formula = f"{self.verb}({told.x[0]})"
        return [*window_lines(told), Line(told.a, formula, f"{shape_of(x)} → {shape_of(a)}", a)]

    def backward(self, told: Told) -> list[Line]:
        """Return where in its window a gradient goes."""
        da, x = f"d{told.a}", told.x[0]
        change = f"{shape_of(told.call.output)} → {shape_of(told.call.x[0])}"
        places = "·".join(str(size) for size in self.window(told))
        return told.handed_back(0, self.gradient.format(da=da, x=x, places=places), change)

    def window(self, told: Told) -> tuple[int, ...]:
        """Return the size of a window."""
        size: tuple[int, ...] = told.layer.size
        return size


class GlobalPoolingFormulas(PoolingFormulas):
    """The window is the whole image."""

    def forward(self, told: Told) -> list[Line]:
        """Return the line of what the image becomes."""
        return super().forward(told)[-1:]

    def window(self, told: Told) -> tuple[int, ...]:
        """Return the size of the image."""
        return told.call.x[0].shape[1:-1]


class ResizingFormulas(Formulas):
    """Images in another size, with nothing to learn."""

    letters = ("R",)
    starts_a_layer = False

    def __init__(self, verb: str, gradient: str) -> None:
        self.verb, self.gradient = verb, gradient

    def forward(self, told: Told) -> list[Line]:
        """Return the line of the larger images."""
        x, a = told.call.x[0], told.call.output
        return [Line(told.a, f"{self.verb}({told.x[0]})", f"{shape_of(x)} → {shape_of(a)}", a)]

    def backward(self, told: Told) -> list[Line]:
        """Return the line of the gradient in the old size."""
        change = f"{shape_of(told.call.output)} → {shape_of(told.call.x[0])}"
        return told.handed_back(0, self.gradient.format(da=f"d{told.a}"), change)


def window_lines(told: Told, larger: bool = False) -> list[Line]:
    """Return the arithmetic of the windows along each axis; once, if it is the same for all."""
    layer = told.layer
    if not hasattr(layer, "windows"):
        return []
    axes = layer.windows(told.call.x[0].shape[1:])[-layer.rank :]
    names = ["height", "width"] if len(axes) > 1 else ["steps"]
    write = enlarging_arithmetic if larger else window_arithmetic
    told_of = [write(axis) for axis in axes]
    if len(set(told_of)) == 1:
        return [Line(" = ".join(names), told_of[0], "")]
    return [Line(name, formula, "") for name, formula in zip(names, told_of, strict=True)]


def window_arithmetic(axis: Any) -> str:
    """Write how many windows fit: (size + padding − kernel)/stride + 1.

    >>> from nnlite.kernels.windows import along
    >>> window_arithmetic(along(28, 3, padding="same"))
    '(28 + 2·1 − 3)/1 + 1 = 28'
    >>> window_arithmetic(along(28, 3, 2, padding="same"))
    '(28 + 0 + 1 − 3)/2 + 1 = 14'
    >>> window_arithmetic(along(28, 3, 2))
    '⌊(28 − 3)/2⌋ + 1 = 13'
    """
    before, after = axis.before, max(axis.span - axis.before - axis.size, 0)
    padding = ""
    if before + after:
        padding = f" + 2·{before}" if before == after else f" + {before} + {after}"
    quotient = f"({axis.size}{padding} − {_reach(axis)})/{axis.stride}"
    if (axis.size + before + after - axis.reach) % axis.stride:
        quotient = f"⌊{quotient}⌋"
    return f"{quotient} + 1 = {axis.count}"


def enlarging_arithmetic(axis: Any) -> str:
    """Write how large a transposed convolution makes an axis: (count − 1)·stride + kernel.

    >>> from nnlite.kernels.windows import along
    >>> enlarging_arithmetic(along(14, 3, 2, padding="same"))
    '(7 − 1)·2 + 3 − 1 = 14'
    """
    rest = axis.size - axis.span
    correction = f" {'−' if rest < 0 else '+'} {abs(rest)}" if rest else ""
    return f"({axis.count} − 1)·{axis.stride} + {_reach(axis)}{correction} = {axis.size}"


def _reach(axis: Any) -> str:
    if axis.dilation == 1:
        return str(axis.kernel)
    return f"(({axis.kernel} − 1)·{axis.dilation} + 1)"


WINDOWS: dict[type[Layer], Formulas] = {
    layers.Conv2D: ConvolutionFormulas(),
    layers.DepthwiseConv2D: DepthwiseFormulas(),
    layers.Conv2DTranspose: TransposedFormulas(),
    layers.MaxPooling2D: PoolingFormulas("maxpool", "{da} at the largest of each window"),
    layers.AveragePooling2D: PoolingFormulas("meanpool", "{da}/({places}) over each window"),
    layers.GlobalMaxPooling2D: GlobalPoolingFormulas("max", "{da} at the largest of all places"),
    layers.GlobalAveragePooling2D: GlobalPoolingFormulas("mean", "{da}/({places})"),
    layers.ZeroPadding2D: ResizingFormulas("zeros around", "{da} without the zeros"),
    layers.UpSampling2D: ResizingFormulas("repeat", "Σ {da} over the copies"),
}
