"""Nodes of an ONNX file that change shapes, or make one number of many places."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from nnlite import layers
from nnlite.exchange.onnx.graph import Call, Value, first_axes, is_trivial, plain
from nnlite.foundation.types import Shape


def unchanged(call: Call) -> Value:
    """What does nothing in prediction, or only gives numbers another name."""
    return call.x


def cast(call: Call) -> Value:
    """Numbers stay numbers."""
    float_types = call.graph.onnx.TensorProto.FLOAT, call.graph.onnx.TensorProto.DOUBLE
    call.require(call.told("to", 1) in float_types, "A network computes with floating numbers.")
    return call.x


def transpose(call: Call) -> Value:
    """Other axes in the file; ours stay where they are."""
    x = call.x
    perm = call.told("perm", tuple(range(len(x.axes)))[::-1])
    right = sorted(perm) == list(range(len(x.axes))) and perm[0] == 0
    call.require(right, "The axis of the samples stays the first.", f"perm={perm}")
    return Value(x.tensor, tuple(x.axes[axis] for axis in perm), x.flat)


def flatten(call: Call) -> Value:
    """Rows; the order of their numbers, if channels came first, is noted for the next Dense."""
    call.expect(axis=1)
    return _flat(call)


def _flat(call: Call) -> Value:
    x = call.x
    if len(x.sample) == 1:
        return x
    is_sorted = x.axes == tuple(range(len(x.axes)))
    tensor = call.joined(layers.Flatten, x, axes=(0, 1)).tensor
    flat = None if is_sorted or is_trivial(x.sample) else (x.sample, x.axes)
    return Value(tensor, (0, 1), flat)


def reshape(call: Call) -> Value:
    """Another shape of the samples; one axis is Flatten."""
    sizes = list(map(int, np.ravel(call.constant(1))))
    x = call.x
    keeps = not call.told("allowzero", 0)
    for axis, n in enumerate(sizes[: len(x.shape) + 1]):
        if n == 0 and keeps:
            sizes[axis] = x.shape[axis - 1] if axis else -1
    first, shape = sizes[:1], tuple(sizes[1:])
    known = math.prod(n for n in shape if n != -1)
    if first != [-1] and -1 not in shape:
        # A file for batches of one size has that size here.
        first = [-1] if known == math.prod(x.sample) else first
    right = bool(shape) and (first == [-1] or first == [call.graph.batch])
    rule = "The axis of the samples stays the first."
    call.require(right, rule, f"shape={sizes}")
    if len(shape) == 1:
        numbers = math.prod(x.sample)
        call.require(shape[0] in (-1, numbers), "Samples stay apart.", f"shape={sizes}")
        return _flat(call)
    return _images(call, shape)


def _images(call: Call, shape: Shape) -> Value:
    x = call.x
    if shape == x.shape:
        return x
    is_sorted = x.axes == tuple(range(len(x.axes))) and x.flat is None
    rule = "Numbers of channels that come first are not put into another shape."
    call.require(is_sorted or is_trivial(x.sample), rule, f"{x.shape} into {shape}")
    if not call.graph.wants_channels_first(call.output):
        return plain(call.joined(layers.Reshape, x, target_shape=shape).tensor)
    ours = (*shape[1:], shape[0])
    rule = "Rows become images channels last; as channels first only where there is one channel."
    call.require(is_trivial(ours), rule, f"{x.shape} into {shape}")
    tensor = call.joined(layers.Reshape, x, target_shape=ours).tensor
    return Value(tensor, first_axes(len(shape) - 1))


def unsqueeze(call: Call) -> Value:
    """An axis of size 1 more; here it stands where it does among the axes that are left."""
    file, ours, new = list(call.x.axes), sorted(call.x.axes), -1
    for place in sorted(int(axis) % (len(file) + 1) for axis in np.ravel(call.constant(1))):
        ours.insert(ours.index(file[place]) if place < len(file) else len(ours), new)
        file.insert(place, new)
        new -= 1
    return _with_axes(call, file, ours)


def squeeze(call: Call) -> Value:
    """One axis of size 1 less, or several."""
    x, none = call.x, [place for place, n in enumerate(call.x.shape, start=1) if n == 1]
    places = [int(at) % len(x.axes) for at in np.ravel(call.constant(1, np.array(none)))]
    call.require({*places} <= {*none}, "Axes of size 1 are left out.", f"{x.shape}, axes={places}")
    file = [axis for place, axis in enumerate(x.axes) if place not in places]
    return _with_axes(call, file, sorted(file))


def _with_axes(call: Call, file: list[int], ours: list[int]) -> Value:
    """Return x with these of its axes, in the order of the file and in ours; below 0 are new."""
    sizes = dict(enumerate(call.x.sample, start=1))
    shape = tuple(sizes.get(axis, 1) for axis in ours[1:])
    axes = tuple(ours.index(axis) for axis in file)
    rule = "The axis of the samples stays the first, and there is another."
    call.require(ours[0] == file[0] == 0 and bool(shape), rule)
    return call.joined(layers.Reshape, call.x, axes=axes, target_shape=shape)


def pad(call: Call) -> Value:
    """Zeros around images: ZeroPadding2D."""
    call.expect(mode="constant")
    rule = "Padding is zeros around the rows and columns of images."
    call.require(not np.any(call.constant(2, np.zeros(1))), rule, "another number")
    x, given = call.x, np.ravel(call.constant(1))
    places = _places(call, 3, len(given) // 2)
    both = len(given) // 2
    sides = {axis: (int(given[at]), int(given[at + both])) for at, axis in enumerate(places)}
    rest = [side for axis, side in sides.items() if axis not in (1, 2)]
    right = len(x.sample) == 3 and not np.any(rest) and min(map(min, sides.values())) >= 0
    call.require(right, rule, f"pads={given.tolist()}")
    rows, columns = (sides.get(axis, (0, 0)) for axis in (1, 2))
    return call.joined(layers.ZeroPadding2D, x, padding=(rows, columns))


def _places(call: Call, place: int, count: int) -> list[int]:
    """Return which of our axes the axes of an input are; without it, those of the first ones."""
    x = call.x
    axes = call.constant(place, np.arange(count))
    return [x.axes[int(axis)] for axis in np.ravel(axes)]


def cut(call: Call) -> Value:
    """A part of images without its edges: Cropping2D."""
    x = call.x
    begin, end = (np.ravel(call.constant(place)) for place in (1, 2))
    axes = _places(call, 3, len(begin))
    steps = np.ravel(call.constant(4, np.ones(len(begin), int)))
    sizes = dict(enumerate(x.sample, start=1))
    parts = {
        axis: slice(int(start), int(stop), int(step)).indices(sizes.get(axis, 0))
        for axis, start, stop, step in zip(axes, begin, end, steps, strict=True)
    }
    right = len(x.sample) == 3 and {*parts} <= {1, 2} and all(p[2] == 1 for p in parts.values())
    call.require(right, "A part of images is one without its edges.", f"axes {axes}")
    rows, columns = (
        (parts[axis][0], sizes[axis] - parts[axis][1]) if axis in parts else (0, 0)
        for axis in (1, 2)
    )
    return call.joined(layers.Cropping2D, x, cropping=(rows, columns))


def resize(call: Call) -> Value:
    """Every pixel repeated: UpSampling2D."""
    call.expect(mode="nearest")
    x, scales = call.x, np.ravel(call.constant(2, np.zeros(0)))
    if not len(scales) and len(call.node.input) > 3:
        sizes = np.ravel(call.constant(3))
        scales = np.array([1, *(sizes[1:] / np.array(x.shape))])
    modes = call.told("coordinate_transformation_mode", "half_pixel"), call.told("nearest_mode", "")
    plain_modes = modes == ("asymmetric", "floor") or modes[0].startswith("half_pixel")
    by_axis = dict(zip(x.axes, scales, strict=False))
    whole = all(scale == int(scale) and scale >= 1 for scale in scales)
    right = plain_modes and whole and len(x.sample) == len(scales) - 1 == 3
    right = right and by_axis[0] == by_axis[3] == 1
    rule = "Images grow by whole numbers, each pixel repeated."
    call.require(right, rule, f"scales={scales.tolist()}, {modes}")
    return call.joined(layers.UpSampling2D, x, size=(int(by_axis[1]), int(by_axis[2])))


def over_all_places(kinds: dict[int, Any]) -> Callable[[Call], Value]:
    """Return the reader of GlobalAveragePool and GlobalMaxPool."""

    def pool(call: Call) -> Value:
        x = call.images()
        return call.joined(kinds[len(x.sample) - 1], x, keepdims=True)

    return pool


def reduced(kinds: dict[int, Any]) -> Callable[[Call], Value]:
    """Return the reader of ReduceMean and ReduceMax, over all places of images."""

    def reduce(call: Call) -> Value:
        x = call.x
        axes = call.told("axes", None) if len(call.node.input) < 2 else np.ravel(call.constant(1))
        over = sorted(x.axes[int(axis)] for axis in axes) if axes is not None else []
        rank, keeps = len(x.sample) - 1, bool(call.told("keepdims", 1))
        right = rank in (1, 2) and over == list(range(1, rank + 1))
        call.require(right, "Only all places of images are made one.", f"axes={axes}")
        kept = x.axes if keeps else (0, 1)
        return call.joined(kinds[rank], x, axes=kept, keepdims=keeps)

    return reduce


MEAN = {1: layers.GlobalAveragePooling1D, 2: layers.GlobalAveragePooling2D}
LARGEST = {1: layers.GlobalMaxPooling1D, 2: layers.GlobalMaxPooling2D}
