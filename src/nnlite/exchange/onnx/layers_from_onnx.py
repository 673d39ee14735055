"""Nodes of an ONNX file that are layers with weights: one small function for one operator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnlite import layers
from nnlite.exchange.onnx.activations_from_onnx import following
from nnlite.exchange.onnx.graph import Call, Value
from nnlite.exchange.onnx.padding import WORDS, pads, transposed_pads, word_for
from nnlite.foundation.types import Array, Shape
from nnlite.kernels.windows import along


def gemm(call: Call) -> Value:
    """x·W + b of rows: Dense."""
    call.expect(alpha=1.0, beta=1.0, transA=0)
    W = call.constant(1)
    b = call.constant(2) if len(call.node.input) > 2 else None
    return dense(call, W.T if call.told("transB", 0) else W, b)


def matmul(call: Call) -> Value:
    """x·W of rows, or of more axes; with the Add of constants behind it, Dense with b."""
    W, add = call.constant(1), call.follower("Add")
    b = next((add.constant(at) for at in (0, 1) if add.is_constant(at)), None) if add else None
    if add is None or b is None or b.shape[-1:] != W.shape[-1:]:
        return dense(call, W, None)
    call.absorb(add)
    return dense(call, W, b)


def dense(call: Call, W: Array, b: Array | None) -> Value:
    """Return what a Dense gives; behind a Flatten of channels first, its rows change places."""
    x = call.x
    last = len(x.axes) - 1
    right = W.ndim == 2 and last > 0 and x.axes[-1] == last and x.sample[-1] == len(W)
    rule = "A product takes rows as long as its W has rows."
    call.require(right, rule, f"samples of shape {x.shape}, W of shape {W.shape}")
    if b is not None:
        of_units = b.size == 1 or b.shape[-1:] == (b.size,) == W.shape[1:]
        call.require(of_units, "A bias has a number for each unit.", f"b of shape {b.shape}")
    if x.flat is not None:
        W = rearranged(W, x)
    weights = [W] if b is None else [W, np.broadcast_to(b.reshape(-1), W.shape[1:])]
    g, bias = following(call, last, last + 1), b is not None
    made = call.joined(layers.Dense, x, weights, units=W.shape[1], activation=g, use_bias=bias)
    return Value(made.tensor, x.axes)


def rearranged(array: Array, x: Value) -> Array:
    """Return rows for the numbers of x in our order, from those in the order of the file."""
    ours = np.empty_like(array)
    ours[x.numbers()] = array
    return ours


def convolution(call: Call) -> Value:
    """Conv: Conv2D or Conv1D, DepthwiseConv2D, and with a Conv of one pixel, SeparableConv2D."""
    x, W = call.images(), call.constant(1)
    rank, groups, c = len(x.sample) - 1, call.told("group", 1), x.sample[-1]
    right = W.ndim == rank + 2 and W.shape[1] * groups == c and len(W) % max(groups, 1) == 0
    rule = "The kernel of a convolution has a row for each channel of a group."
    call.require(right, rule, f"{c} channels, group={groups}, W of shape {W.shape}")
    call.expect(kernel_shape=W.shape[2:])
    kernel = np.moveaxis(W, (0, 1), (-1, -2))
    x, places = windows(call, x, W.shape[2:])
    places["kernel_size"] = W.shape[2:]
    b = [call.constant(2)] if len(call.node.input) > 2 else []
    alone = rank == 2 and W.shape[1] == 1
    if call.kind == "SeparableConv2D" and alone:
        return separable(call, x, _by_channels(W, c), places)
    if alone and call.kind != "Conv2D" and (groups > 1 or call.kind):
        make: Any = layers.DepthwiseConv2D
        kernel, places["depth_multiplier"] = _by_channels(W, c), len(W) // c
    else:
        make = layers.Conv2D if rank == 2 else layers.Conv1D
        places |= {"filters": len(W), "groups": groups}
    g, weights = following(call, 1, rank + 2), [kernel, *b]
    return call.joined(make, x, weights, use_bias=bool(b), activation=g, **places)


def _by_channels(W: Array, c: int) -> Array:
    """Return a kernel (c·q, 1, kh, kw) as (kh, kw, c, q)."""
    return W.reshape(c, -1, *W.shape[2:]).transpose(2, 3, 0, 1)


def separable(call: Call, x: Value, kernel: Array, places: dict[str, Any]) -> Value:
    """Return what both convolutions of a SeparableConv2D give."""
    across = call.follower("Conv")
    if across is None:
        raise call.refusal("A SeparableConv2D is two convolutions.")
    across.expect(group=1, strides=(1, 1), pads=(0, 0, 0, 0), auto_pad="NOTSET")
    call.absorb(across)
    P = across.constant(1)
    bias = [across.constant(2)] if len(across.node.input) > 2 else []
    places |= {"filters": len(P), "depth_multiplier": kernel.shape[-1], "use_bias": bool(bias)}
    weights = [kernel, np.moveaxis(P, (0, 1), (-1, -2)), *bias]
    g = following(call, 1, 4)
    return call.joined(layers.SeparableConv2D, x, weights, activation=g, **places)


def windows(
    call: Call, x: Value, kernel: Shape, words: Sequence[str] = WORDS, frame: bool = True
) -> tuple[Value, dict[str, Any]]:
    """Return images and where windows lie on them, as our layers are told.

    Padding that none of the words means becomes, if it may, a frame of zeros around the images.
    """
    image, rank = x.sample[:-1], len(kernel)
    strides = call.told("strides", (1,) * rank)
    dilations = call.told("dilations", (1,) * rank)
    sizes = list(zip(image, kernel, strides, dilations, strict=True))
    rule = "Windows have a size, a stride and a dilation for each axis, all positive."
    call.require(min(map(min, sizes)) > 0, rule, f"{kernel}, {strides}, {dilations}")
    given = padding_of(call, sizes)
    word = word_for(given, sizes, words)
    if word is None:
        rule = "This padding is none of our layers'."
        remedy = "Pad images before the layer, or train it with the padding same or valid."
        call.require(rank == 2 and frame and min(given) >= 0, rule, f"pads={given}", remedy)
        top, left, bottom, right = given
        padding = layers.ZeroPadding2D(((top, bottom), (left, right)))
        x, word = Value(padding(x.tensor), x.axes), "valid"
    places = {"strides": strides, "padding": word}
    return x, places if max(dilations) == 1 else {**places, "dilation_rate": dilations}


def padding_of(call: Call, sizes: Sequence[Shape]) -> list[int]:
    """Return the padding before and behind every axis, as far as windows reach."""
    how, zeros = call.told("auto_pad", "NOTSET"), (0,) * (2 * len(sizes))
    if how == "SAME_UPPER":
        return pads([along(*size[:3], "same", size[3]) for size in sizes])
    given = call.told("pads", zeros) if how == "NOTSET" else zeros
    right = how in ("NOTSET", "VALID") and len(given) == len(zeros)
    call.require(right, "Padding has two numbers for each axis.", f"auto_pad={how}, pads={given}")
    if not call.told("ceil_mode", 0):
        return list(given)
    before, behind = given[: len(sizes)], list(given[len(sizes) :])
    for axis, (n, k, stride, gap) in enumerate(sizes):
        reach, first = (k - 1) * gap + 1, n + before[axis]
        count = -(-(first + behind[axis] - reach) // stride) + 1
        count -= (count - 1) * stride >= first
        behind[axis] = max(behind[axis], (count - 1) * stride + reach - first)
    return [*before, *behind]


def transposed(call: Call) -> Value:
    """ConvTranspose: Conv2DTranspose; where its padding is another, a Cropping2D comes behind."""
    x, W = call.images((2,)), call.constant(1)
    right = W.ndim == 4 and len(W) == x.sample[-1]
    rule = "The kernel of a transposed convolution has a row for each channel."
    call.require(right, rule, f"{x.sample[-1]} channels, W of shape {W.shape}")
    call.expect(kernel_shape=W.shape[2:], group=1, output_shape=None, auto_pad="NOTSET")
    cut, more = call.told("pads", (0, 0, 0, 0)), call.told("output_padding", (0, 0))
    b = [call.constant(2)] if len(call.node.input) > 2 else []
    weights, bias = [np.moveaxis(W, (0, 1), (-1, -2)), *b], {"use_bias": bool(b)}
    places = {"filters": W.shape[1], "kernel_size": W.shape[2:], **bias}
    places["strides"] = call.told("strides", (1, 1))
    places["dilation_rate"] = call.told("dilations", (1, 1))
    make = layers.Conv2DTranspose
    for word in ("valid", "same"):
        way = {**places, "padding": word}
        if transposed_pads(x.sample[:2], make(**way).windows(x.sample)) == ([*cut], [*more]):
            return call.joined(make, x, weights, activation=following(call, 1, 4), **way)
    whole = call.joined(make, x, weights, output_padding=more, **places)
    top, left, bottom, right = cut
    cropping = layers.Cropping2D(((top, bottom), (left, right)))
    return Value(cropping(whole.tensor), x.axes) if any(cut) else whole


def batch_normalization(call: Call) -> Value:
    """BatchNormalization of rows, or of images channels first."""
    call.expect(training_mode=0)
    x = call.x if len(call.x.sample) == 1 else call.images()
    weights = [call.constant(place) for place in range(1, 5)]
    right = all(weight.shape == x.sample[-1:] for weight in weights)
    rule = "Batch normalization has four numbers for each channel."
    call.require(right, rule, f"{x.sample[-1]} channels, {[w.shape for w in weights]}")
    if x.flat is not None:
        weights = [rearranged(weight, x) for weight in weights]
    epsilon = call.told("epsilon", 1e-5)
    return call.joined(layers.BatchNormalization, x, weights, epsilon=epsilon)


def max_pooling(call: Call) -> Value:
    """MaxPool: padding is nothing, which zeros are as well where no number is negative."""
    call.require(len(call.node.output) == 1, "The places of the largest are not read.")
    x, size = call.images(), call.told("kernel_shape", ())
    kinds: list[Any] = [layers.MaxPooling1D, layers.MaxPooling2D]
    x, places = windows(call, x, size, frame=is_never_negative(x))
    return call.joined(kinds[len(size) - 1], x, pool_size=size, **places)


def average_pooling(call: Call) -> Value:
    """AveragePool: padding is nothing, or counts as zeros."""
    x, size = call.images(), call.told("kernel_shape", ())
    counts = bool(call.told("count_include_pad", 0))
    call.require(not (counts and call.told("ceil_mode", 0)), "Padding that counts has an end.")
    kinds: list[Any] = [layers.AveragePooling1D, layers.AveragePooling2D]
    x, places = windows(call, x, size, ["valid"] if counts else WORDS, frame=counts)
    return call.joined(kinds[len(size) - 1], x, pool_size=size, **places)


def is_never_negative(x: Value) -> bool:
    """Return whether an activation has just made all numbers 0 or more."""
    activation = getattr(x.tensor.node.layer, "activation", None)
    return getattr(activation, "name", "") in ("relu", "sigmoid", "softmax", "softplus", "step")
