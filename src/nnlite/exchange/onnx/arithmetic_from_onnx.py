"""Nodes of an ONNX file that do arithmetic: between branches, or with constants."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from nnlite import layers
from nnlite.exchange.onnx.graph import Call, Value
from nnlite.foundation.types import Array


def merging(make: type[layers.Layer]) -> Callable[[Call], Value]:
    """Return the reader of what merges branches."""

    def merge(call: Call) -> Value:
        values = [call.value(place) for place in range(len(call.node.input))]
        return merged(call, make, values)

    return merge


def merged(call: Call, make: type[layers.Layer], values: list[Value], **options: Any) -> Value:
    """Return what a merge layer makes of values whose axes, and numbers, are in one order."""
    same = {(value.axes, value.flat) for value in values}
    rule = "Branches meet with their axes, and the numbers of their rows, in the same order."
    call.require(len(same) == 1, rule)
    return values[0] if len(values) == 1 else call.joined(make, values, **options)


def concatenation(call: Call) -> Value:
    """Concat."""
    values = [call.value(place) for place in range(len(call.node.input))]
    axis = call.told("axis", 1)
    rule = "Rows that were flattened channels first are not put side by side."
    call.require(not any(value.flat for value in values), rule)
    return merged(call, layers.Concatenate, values, axis=call.x.axes[axis])


def add(call: Call) -> Value:
    """Add: of branches, or of numbers: x + c."""
    if not (call.is_constant(0) or call.is_constant(1)):
        return merging(layers.Add)(call)
    x, c = with_constant(call)
    return rescaled(call, x, 1.0, c) if c.size == 1 else standardized(call, x, -c, np.ones(1))


def subtract(call: Call) -> Value:
    """Sub: of branches, or x − c, or c − x; with a Div behind it, Normalization."""
    if call.is_constant(0):
        x, c = with_constant(call)
        call.require(c.size == 1, "An array less the network's numbers is no layer here.")
        return rescaled(call, x, -1.0, c)
    if not call.is_constant(1):
        return merging(layers.Subtract)(call)
    divide = call.follower("Div")
    if divide is not None and divide.is_constant(1):
        x, mean, sigma = call.x, call.constant(1), divide.constant(1)
        call.absorb(divide)
        return standardized(call, x, mean, sigma)
    return standardized(call, call.x, call.constant(1), np.ones(1))


def multiply(call: Call) -> Value:
    """Mul: of branches, or x·c; with an Add of numbers behind it, x·c + d."""
    if not (call.is_constant(0) or call.is_constant(1)):
        return merging(layers.Multiply)(call)
    x, c = with_constant(call)
    behind, d = call.follower("Add"), np.zeros(1)
    if behind is not None and (behind.is_constant(0) or behind.is_constant(1)):
        d = behind.constant(0 if behind.is_constant(0) else 1)
        if c.size > 1 or d.size == 1:
            call.absorb(behind)
        else:
            d = np.zeros(1)
    return rescaled(call, x, c, d) if c.size == 1 else standardized(call, x, d, c, invert=True)


def divide(call: Call) -> Value:
    """Div by numbers."""
    return standardized(call, call.x, np.zeros(1), call.constant(1))


def scaler(call: Call) -> Value:
    """Scaler of scikit-learn: (x − offset)·scale."""
    offset, scale = (np.array(call.told(name, ()), np.float64) for name in ("offset", "scale"))
    call.require(bool(offset.size and scale.size and np.all(scale > 0)), "scale is positive.")
    return standardized(call, call.x, offset, 1 / scale)


def with_constant(call: Call) -> tuple[Value, Array]:
    """Return the input that the network computes, and the one in the file."""
    place = 0 if call.is_constant(0) else 1
    return call.value(1 - place), call.constant(place)


def rescaled(call: Call, x: Value, scale: Any, offset: Any) -> Value:
    """Return x·scale + offset, of single numbers."""
    by, to = (float(np.ravel(one)[0]) for one in (scale, offset))
    return call.joined(layers.Rescaling, x, scale=by, offset=to)


def standardized(call: Call, x: Value, mean: Array, sigma: Array, invert: bool = False) -> Value:
    """Return (x − mean)/σ, or mean + x·σ: constants with a number for each place of some axes."""
    shape = np.broadcast_shapes(np.shape(mean), np.shape(sigma))
    sizes = (1,) * (len(x.axes) - len(shape)) + shape
    fits = all(n in (1, of) for n, of in zip(sizes[1:], x.shape, strict=False))
    # Two constants that are spread over each other would be a large one in a small file.
    fits = fits and math.prod(sizes) in (np.size(mean), np.size(sigma))
    right = len(sizes) == len(x.axes) and sizes[0] == 1 and fits and x.flat is None
    rule = "Constants have a number for each place of some axes."
    call.require(right, rule, f"constants of shape {shape}, samples of shape {x.shape}")
    right = bool(np.all(sigma >= layers.preprocessing.LEAST_DEVIATION))
    call.require(right, "What numbers are divided by, or multiplied with, is positive.")
    axes = sorted(axis for axis, n in zip(x.axes, sizes, strict=True) if n > 1)
    # σ² is exact in float64, and its root σ again.
    numbers = {
        name: _in_our_axes(array, x, sizes).tolist()
        for name, array in (("mean", mean), ("variance", np.asarray(sigma, np.float64) ** 2))
    }
    given = {"axis": tuple(axes) or None, "invert": invert, **numbers}
    return call.joined(layers.Normalization, x, **given)


def _in_our_axes(array: Array, x: Value, sizes: tuple[int, ...]) -> Array:
    """Return a constant with its axes in our order, those of size 1 left out."""
    whole = np.broadcast_to(np.float64(array), sizes)
    return np.asarray(whole.transpose(np.argsort(x.axes)).squeeze())
