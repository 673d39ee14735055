"""What convolutions say of themselves: how many windows there are, and what each does."""

from __future__ import annotations

import math
from typing import Any

from nnlite import layers
from nnlite.explain.general import (
    Formulas,
    equation,
    input_line,
    kernel_lines,
    product_of,
    weight_line,
)
from nnlite.explain.lines import Line, shape_of
from nnlite.explain.watching import Call
from nnlite.layers.layer import Layer
from nnlite.layers.windows import WindowLayer


def _forward(call: Call) -> list[Line]:
    """Return z = x ∗ W + b, and how many windows there are."""
    return [*window_lines(call), equation(call, "{x} ∗ {W}", note=_manner(call.layer))]


def _backward(call: Call) -> list[Line | None]:
    """Return dW = windows(x)ᵀ·dz, db = Σ dz; dx adds up dz·Wᵀ window by window.

    The equations of a dense layer, once for every place where a kernel looks; kernels that see
    some channels only have a product for each group, whose shapes are not told.
    """
    W, manner = call.layer.W, _manner(call.layer)
    shapes_of_W = shapes_of_x = ""
    if not manner:
        places, window, kernels = math.prod(call.z.shape[:-1]), math.prod(W.shape[:-1]), W.shape[-1]
        shapes_of_W = f"{product_of((window, places), (places, kernels))} → {shape_of(W)}"
        shapes_of_x = product_of((places, kernels), (kernels, window))
        shapes_of_x += f" → {shape_of(call.x[0])}"
    shapes, notes = (shapes_of_W, shapes_of_x), (manner, manner or "each window to its place")
    return kernel_lines(call, "windows({x})ᵀ·{dz}", "back({dz}·{W}ᵀ)", shapes, notes)


def _manner(layer: Any) -> str:
    """Say which channels a kernel sees, if it is not all of them."""
    if isinstance(layer, layers.DepthwiseConv2D):
        return "channel by channel"
    return f"in {layer.groups} groups" if layer.groups > 1 else ""


def _transposed_forward(call: Call) -> list[Line]:
    """Return z = back(x·Wᵀ) + b: every pixel writes a window onto a larger image."""
    *window, channels = call.layer.W.shape
    x = call.x[0]
    product = product_of((x.size // channels, channels), (channels, math.prod(window)))
    shapes = f"{product}, {shape_of(x)} → {shape_of(call.z)}"
    return [*window_lines(call, larger=True), equation(call, "back({x}·{W}ᵀ)", shapes=shapes)]


def _transposed_backward(call: Call) -> list[Line | None]:
    """Return dW = windows(dz)ᵀ·x, db = Σ dz, dx = windows(dz)·W."""
    return kernel_lines(call, "windows({dz})ᵀ·{x}", "windows({dz})·{W}")


def _separable_forward(call: Call) -> list[Line]:
    """Return u = x ∗ W channel by channel, and z = u·P + b."""
    u, U = call.layer.depthwise(call.x[0]), _between(call)
    shapes = f"{shape_of(call.x[0])} ∗ {shape_of(call.layer.W)} = {shape_of(u)}"
    return [
        *window_lines(call),
        Line(U, f"{call.X[0]} ∗ {call.W['W']}", shapes, u, "channel by channel"),
        equation(call, "{x}·{P}", (U, u), note="pixel by pixel"),
    ]


def _separable_backward(call: Call) -> list[Line | None]:
    """Return dP = uᵀ·dz, db = Σ dz, du = dz·Pᵀ; from it dW and dx, channel by channel."""
    U, dZ, note = _between(call), f"d{call.Z}", "channel by channel"
    P = call.layer.P[0, 0]
    du = None if call.dz is None else call.dz @ P.T
    return [
        weight_line(call, "P", f"{U}ᵀ·{dZ}"),
        weight_line(call, "b", f"Σ {dZ}"),
        Line(f"d{U}", f"{dZ}·{call.W['P']}ᵀ", value=du),
        weight_line(call, "W", f"windows({call.X[0]})ᵀ·d{U}", note=note),
        input_line(call, f"back(d{U}·{call.W['W']}ᵀ)", note=note),
    ]


def _between(call: Call) -> str:
    """Return the symbol of what lies between the two steps, with the number of the output."""
    return "U" + call.Z.removeprefix("Z")


def window_lines(call: Call, larger: bool = False) -> list[Line]:
    """Return the arithmetic of the windows along each axis; once, if it is the same for all."""
    layer = call.layer
    if not isinstance(layer, WindowLayer):
        return []
    axes = layer.windows(call.x[0].shape[1:])[: layer.rank]
    names = ["height", "width"] if len(axes) > 1 else ["steps"]
    formulas = [(enlarging_arithmetic if larger else window_arithmetic)(axis) for axis in axes]
    if len(set(formulas)) == 1:
        names, formulas = [" = ".join(names)], formulas[:1]
    return [Line(name, formula) for name, formula in zip(names, formulas, strict=True)]


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


_CONVOLUTION = Formulas("Z", _forward, _backward, True)
CONVOLUTIONS: dict[type[Layer], Formulas] = {
    layers.Conv2D: _CONVOLUTION,
    layers.DepthwiseConv2D: _CONVOLUTION,
    layers.SeparableConv2D: Formulas("UZ", _separable_forward, _separable_backward, True),
    layers.Conv2DTranspose: Formulas("Z", _transposed_forward, _transposed_backward, True),
}
