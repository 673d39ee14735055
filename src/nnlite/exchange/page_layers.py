"""What each layer is on the page: one step, or several, of the kinds that page/layers.js knows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, NamedTuple

import numpy as np

from nnlite import layers
from nnlite.activations import ActivationFunction
from nnlite.foundation.types import Array, Shape
from nnlite.kernels.windows import Axis, along


class Step(NamedTuple):
    """A step of the page: a kind of page/layers.js, what it needs to know, and its numbers."""

    kind: str
    shape: Shape
    arrays: dict[str, Array]
    options: dict[str, Any]
    activation: dict[str, Any]


LINEAR = {"name": "linear"}


def steps_of(layer: Any, inputs: list[Shape], output: Shape) -> list[Step] | None:
    """Return the steps of one call of a layer, or None if the page has none for it."""
    kind = next((base for base in type(layer).__mro__ if base in _STEPS), None)
    return None if kind is None else _STEPS[kind](layer, inputs, output)


def _weights(layer: Any) -> dict[str, Array]:
    return {name: weight.value for name, weight in layer.parameters.items()}


def _activation(layer: Any) -> dict[str, Any]:
    activation: ActivationFunction | None = getattr(layer, "activation", None)
    return LINEAR if activation is None else {"name": activation.name, **activation.get_config()}


def _whole(kind: str, **options: Any) -> Callable[..., list[Step]]:
    """Return what makes the one step of a layer whose weights and activation say it all."""

    def steps(layer: Any, inputs: list[Shape], output: Shape) -> list[Step]:
        return [Step(kind, output, _weights(layer), options, _activation(layer))]

    return steps


def _sides(windows: tuple[Axis, Axis]) -> dict[str, Any]:
    return {"rows": asdict(windows[0]), "columns": asdict(windows[1])}


def _windows(kind: str) -> Callable[..., list[Step]]:
    """Return what makes the step of a layer that moves windows over images."""

    def steps(layer: Any, inputs: list[Shape], output: Shape) -> list[Step]:
        options = _sides(layer.windows(inputs[0])) | {"groups": getattr(layer, "groups", 1)}
        return [Step(kind, output, _weights(layer), options, _activation(layer))]

    return steps


def _whole_image(kind: str) -> Callable[..., list[Step]]:
    """Return what makes the step of a layer with a single window: the image."""

    def steps(layer: Any, inputs: list[Shape], output: Shape) -> list[Step]:
        height, width = (*inputs[0][:-1], 1)[:2]
        options = _sides((along(height, height), along(width, width)))
        return [Step(kind, output, {}, options, LINEAR)]

    return steps


def _separable(layer: Any, inputs: list[Shape], output: Shape) -> list[Step]:
    """Return both halves: the kernels of single channels, and the layer at every place."""
    weights = _weights(layer)
    W, P = weights.pop("W"), weights.pop("P")[0, 0]
    between = (*output[:-1], len(P))
    first = Step("depthwise", between, {"W": W}, _sides(layer.windows(inputs[0])), LINEAR)
    return [first, Step("dense", output, {"W": P, **weights}, {}, _activation(layer))]


def _batch_normalization(layer: Any, inputs: list[Shape], output: Shape) -> list[Step]:
    factor = 1 / np.sqrt(layer.moving_variance.astype(np.float64) + layer.epsilon)
    factor = factor * layer.gamma if layer.scale else factor
    offset = layer.beta if layer.center else np.zeros_like(factor)
    return [_scale(output, layer.moving_mean, factor, offset)]


def _normalization(layer: Any, inputs: list[Shape], output: Shape) -> list[Step]:
    mean, sigma = layer.mean_and_deviation(np.empty((1, *output), np.float64))
    mean, sigma = (np.broadcast_to(numbers, (1, *output)).ravel() for numbers in (mean, sigma))
    if layer.invert:
        return [_scale(output, np.zeros_like(mean), sigma, mean)]
    return [_scale(output, mean, 1 / sigma, np.zeros_like(mean))]


def _rescaling(layer: Any, inputs: list[Shape], output: Shape) -> list[Step]:
    return [_scale(output, np.zeros(1), np.array([layer.scale]), np.array([layer.offset]))]


def _scale(shape: Shape, mean: Array, factor: Array, offset: Array) -> Step:
    return Step("scale", shape, {"mean": mean, "factor": factor, "offset": offset}, {}, LINEAR)


def _moved(start: Callable[[Any], Shape], times: Callable[[Any], Shape]) -> Callable[..., Any]:
    """Return what makes the step of a layer that shows pixels at other places."""

    def steps(layer: Any, inputs: list[Shape], output: Shape) -> list[Step]:
        options = {"start": start(layer), "times": times(layer), "size": inputs[0][:2]}
        return [Step("moved", output, {}, options, LINEAR)]

    return steps


def _concatenate(layer: Any, inputs: list[Shape], output: Shape) -> list[Step]:
    axis = layer.axis - 1 if layer.axis > 0 else layer.axis + len(output)
    options = {"axis": axis, "widths": [shape[axis] for shape in inputs]}
    return [Step("concatenate", output, {}, options, LINEAR)]


def _sum(signs: Callable[[int], list[float]]) -> Callable[..., list[Step]]:
    def steps(layer: Any, inputs: list[Shape], output: Shape) -> list[Step]:
        return [Step("sum", output, {}, {"signs": signs(len(inputs))}, LINEAR)]

    return steps


_STEPS: dict[type, Callable[..., list[Step]]] = {
    layers.Dense: _whole("dense"),
    layers.Conv2D: _windows("convolution"),
    layers.DepthwiseConv2D: _windows("depthwise"),
    layers.Conv2DTranspose: _windows("transposed"),
    layers.SeparableConv2D: _separable,
    layers.BatchNormalization: _batch_normalization,
    layers.Normalization: _normalization,
    layers.Rescaling: _rescaling,
    layers.MaxPooling2D: _windows("largestInWindow"),
    layers.AveragePooling2D: _windows("meanOfWindow"),
    layers.GlobalMaxPooling2D: _whole_image("largestInWindow"),
    layers.GlobalAveragePooling2D: _whole_image("meanOfWindow"),
    layers.Activation: _whole("same"),
    layers.Dropout: _whole("same"),
    layers.RandomFlip: _whole("same"),
    layers.Reshape: _whole("same"),
    layers.Cropping2D: _moved(lambda of: (of.rows[0], of.columns[0]), lambda of: (1, 1)),
    layers.ZeroPadding2D: _moved(lambda of: (-of.rows[0], -of.columns[0]), lambda of: (1, 1)),
    layers.UpSampling2D: _moved(lambda of: (0, 0), lambda of: of.size),
    layers.Add: _sum(lambda n: [1.0] * n),
    layers.Subtract: _sum(lambda n: [1.0, -1.0]),
    layers.Average: _sum(lambda n: [1 / n] * n),
    layers.Multiply: _whole("product"),
    layers.Minimum: _whole("extreme", sign=-1),
    layers.Maximum: _whole("extreme", sign=1),
    layers.Concatenate: _concatenate,
}
