"""Each layer as nodes of an ONNX file: one small function for one kind, and the table of all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nnlite import layers
from nnlite.exchange.onnx.activations_to_onnx import activated
from nnlite.exchange.onnx.drawing import FIRST, LAST, Drawing, Value, in_order, with_channels_first
from nnlite.exchange.onnx.padding import pads, transposed_pads
from nnlite.foundation.types import Shape


def dense(draw: Drawing, layer: Any, x: Value, sample: Shape) -> Value:
    """x·W + b: Gemm for rows, MatMul and Add for more axes."""
    row, bias = draw.ask(x, LAST), [draw.constant("b", layer.b)] if layer.use_bias else []
    W = draw.constant("W", layer.W)
    if len(sample) == 1:
        name = draw.node("Gemm", [row, W, *bias])
    else:
        name = draw.node("MatMul", [row, W])
        name = draw.node("Add", [name, *bias]) if bias else name
    return activated(draw, layer.activation, draw.give(name, sample))


def convolution(draw: Drawing, layer: Any, x: Value, sample: Shape) -> Value:
    """Conv, with the kernel (f, c/groups, kh, kw)."""
    return _windows(draw, layer, x, sample, with_channels_first(layer.W), layer.groups)


def depthwise(draw: Drawing, layer: Any, x: Value, sample: Shape) -> Value:
    """Conv in as many groups as there are channels."""
    return _windows(draw, layer, x, sample, _of_channels(layer.W), x.sample[-1])


def _windows(draw: Drawing, layer: Any, x: Value, sample: Shape, kernel: Any, groups: int) -> Value:
    inputs = [draw.ask(x, FIRST), draw.constant("W", kernel)]
    inputs += [draw.constant("b", layer.b)] if layer.use_bias else []
    name = draw.node("Conv", inputs, group=groups, **_places(layer, x.sample))
    return activated(draw, layer.activation, draw.give(name, sample, FIRST))


def _of_channels(W: Any) -> Any:
    """Return a kernel (kh, kw, c, q) as (c·q, 1, kh, kw)."""
    kh, kw, c, q = W.shape
    return W.transpose(2, 3, 0, 1).reshape(c * q, 1, kh, kw)


def _places(layer: Any, image: Shape) -> dict[str, Any]:
    """Return where the windows of a convolution lie."""
    axes = layer.windows(image)[: layer.rank]
    places = {"kernel_shape": layer.size, "strides": layer.steps, "pads": pads(axes)}
    return {**places, "dilations": layer.dilation}


def separable(draw: Drawing, layer: Any, x: Value, sample: Shape) -> Value:
    """Conv channel by channel, then Conv with a kernel of one pixel."""
    c = x.sample[-1]
    inputs = [draw.ask(x, FIRST), draw.constant("W", _of_channels(layer.W))]
    u = draw.node("Conv", inputs, group=c, **_places(layer, x.sample))
    P = [draw.constant("P", with_channels_first(layer.P))]
    bias = [draw.constant("b", layer.b)] if layer.use_bias else []
    name = draw.node("Conv", [u, *P, *bias], kernel_shape=(1, 1))
    return activated(draw, layer.activation, draw.give(name, sample, FIRST))


def transposed(draw: Drawing, layer: Any, x: Value, sample: Shape) -> Value:
    """ConvTranspose, with the kernel (c, f, kh, kw)."""
    before_and_behind, more = transposed_pads(x.sample[:2], layer.windows(x.sample))
    inputs = [draw.ask(x, FIRST), draw.constant("W", with_channels_first(layer.W))]
    inputs += [draw.constant("b", layer.b)] if layer.use_bias else []
    name = draw.node(
        "ConvTranspose",
        inputs,
        kernel_shape=layer.size,
        strides=layer.steps,
        dilations=layer.dilation,
        pads=before_and_behind,
        output_padding=more,
    )
    return activated(draw, layer.activation, draw.give(name, sample, FIRST))


def pooling(operator: str) -> Callable[..., Value]:
    """MaxPool or AveragePool; padding does not count."""

    def pool(draw: Drawing, layer: Any, x: Value, sample: Shape) -> Value:
        places = _places(layer, x.sample)
        name = draw.node(operator, [draw.ask(x, FIRST)], **places)
        return draw.give(name, sample, FIRST)

    return pool


def global_pooling(operator: str) -> Callable[..., Value]:
    """ReduceMean or ReduceMax over all places."""

    def pool(draw: Drawing, layer: Any, x: Value, sample: Shape) -> Value:
        order = x.order
        places = [at for at, axis in enumerate(x.axes(order)) if 0 < axis < len(x.sample)]
        axes = draw.constant(f"axes of {order}", np.array(places))
        name = draw.node(operator, [draw.ask(x, order), axes], keepdims=int(layer.keepdims))
        return draw.give(name, sample, order)

    return pool


def batch_normalization(draw: Drawing, layer: Any, x: Value, sample: Shape) -> Value:
    """BatchNormalization, with the running means."""
    c, dtype = layer.moving_mean.shape, layer.moving_mean.dtype
    gamma = layer.gamma if layer.scale else np.ones(c, dtype)
    beta = layer.beta if layer.center else np.zeros(c, dtype)
    given = {"gamma": gamma, "beta": beta}
    given |= {"moving_mean": layer.moving_mean, "moving_variance": layer.moving_variance}
    constants = [draw.constant(name, numbers) for name, numbers in given.items()]
    inputs = [draw.ask(x, FIRST), *constants]
    name = draw.node("BatchNormalization", inputs, epsilon=float(layer.epsilon))
    return draw.give(name, sample, FIRST)


def normalization(draw: Drawing, layer: Any, x: Value, sample: Shape) -> Value:
    """Sub and Div by constants; the way back, Mul and Add."""
    like = np.broadcast_to(np.float32(0), (1, *x.sample))
    mean, sigma = layer.mean_and_deviation(like)
    mean, sigma = draw.constant("mean", mean), draw.constant("deviation", sigma)
    steps = [("Mul", sigma), ("Add", mean)] if layer.invert else [("Sub", mean), ("Div", sigma)]
    name = draw.ask(x, LAST)
    for operator, constant in steps:
        name = draw.node(operator, [name, constant])
    return draw.give(name, sample)


def rescaling(draw: Drawing, layer: Any, x: Value, sample: Shape) -> Value:
    """Mul and Add by numbers."""
    scale = draw.constant("scale", np.float32(layer.scale))
    offset = draw.constant("offset", np.float32(layer.offset))
    return draw.numberwise("Add", [draw.numberwise("Mul", [x], scale)], offset)


def activation(draw: Drawing, layer: Any, x: Value, sample: Shape) -> Value:
    """The activation alone."""
    return activated(draw, layer.activation, x)


def nothing(draw: Drawing, layer: Any, x: Value, sample: Shape) -> Value:
    """No node: what only training has, such as dropout, is left out."""
    return x


def flatten(draw: Drawing, layer: Any, x: Value, sample: Shape) -> Value:
    """Flatten, of channels last."""
    return draw.give(draw.node("Flatten", [draw.ask(x, LAST)], axis=1), sample)


def reshape(draw: Drawing, layer: Any, x: Value, sample: Shape) -> Value:
    """Reshape; −1 stands for the number of samples."""
    shape = draw.constant("shape", np.array([-1, *sample]))
    return draw.give(draw.node("Reshape", [draw.ask(x, LAST), shape]), sample)


def zero_padding(draw: Drawing, layer: Any, x: Value, sample: Shape) -> Value:
    """Pad, with zeros."""
    before, behind = (
        in_order(x, x.order, [layer.rows[side], layer.columns[side], 0], 0) for side in (0, 1)
    )
    return _resized(draw, "Pad", x, sample, {"padding": np.array(before + behind)})


def cropping(draw: Drawing, layer: Any, x: Value, sample: Shape) -> Value:
    """Slice: rows and columns from the first that is kept to the last."""
    begin = np.array([layer.rows[0], layer.columns[0]])
    places = np.array([x.axes(x.order).index(axis) for axis in (1, 2)])
    given = {"begin": begin, "end": begin + sample[:2], "axes": places}
    return _resized(draw, "Slice", x, sample, given)


def upsampling(draw: Drawing, layer: Any, x: Value, sample: Shape) -> Value:
    """Resize, where each pixel is that of the image it lies on."""
    scales = np.array(in_order(x, x.order, [*layer.size, 1], 1), np.float32)
    places = {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    return _resized(draw, "Resize", x, sample, {"": None, "scales": scales}, **places)


def _resized(
    draw: Drawing, operator: str, x: Value, sample: Shape, given: dict[str, Any], **places: Any
) -> Value:
    constants = [name and draw.constant(f"{name}, {x.order}", it) for name, it in given.items()]
    name = draw.node(operator, [draw.ask(x, x.order), *constants], **places)
    return draw.give(name, sample, x.order)


def merging(operator: str, by_twos: bool = False) -> Callable[..., Value]:
    """One node for all inputs, or one for each further input."""

    def merge(draw: Drawing, layer: Any, x: Sequence[Value], sample: Shape) -> Value:
        if not by_twos:
            return draw.numberwise(operator, x)
        merged = x[0]
        for other in x[1:]:
            merged = draw.numberwise(operator, [merged, other])
        return merged

    return merge


def concatenation(draw: Drawing, layer: Any, x: Sequence[Value], sample: Shape) -> Value:
    """Concat."""
    order = draw.shared_order(x)
    axis = x[0].axes(order).index(layer.axis % (len(sample) + 1))
    name = draw.node("Concat", [draw.ask(value, order) for value in x], axis=axis)
    return draw.give(name, sample, order)


WRITERS: dict[type[layers.Layer], Callable[..., Value]] = {
    layers.Activation: activation,
    layers.Add: merging("Sum"),
    layers.Average: merging("Mean"),
    layers.AveragePooling2D: pooling("AveragePool"),
    layers.BatchNormalization: batch_normalization,
    layers.Concatenate: concatenation,
    layers.Conv2D: convolution,
    layers.Conv2DTranspose: transposed,
    layers.Cropping2D: cropping,
    layers.Dense: dense,
    layers.DepthwiseConv2D: depthwise,
    layers.Dropout: nothing,
    layers.Flatten: flatten,
    layers.GlobalAveragePooling2D: global_pooling("ReduceMean"),
    layers.GlobalMaxPooling2D: global_pooling("ReduceMax"),
    layers.Maximum: merging("Max"),
    layers.MaxPooling2D: pooling("MaxPool"),
    layers.Minimum: merging("Min"),
    layers.Multiply: merging("Mul", by_twos=True),
    layers.Normalization: normalization,
    layers.RandomFlip: nothing,
    layers.Rescaling: rescaling,
    layers.Reshape: reshape,
    layers.SeparableConv2D: separable,
    layers.Subtract: merging("Sub"),
    layers.UpSampling2D: upsampling,
    layers.ZeroPadding2D: zero_padding,
}
"""A subclass of the library's, such as Conv1D, is drawn as its base, unless it has a row."""
