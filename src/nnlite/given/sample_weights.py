"""How much each sample counts in the loss: by its own weight, and by that of its class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nnlite.foundation.checks import checked_number
from nnlite.foundation.errors import shown, told, type_error, value_error
from nnlite.foundation.types import Array, Shape
from nnlite.given.data import Data
from nnlite.given.numbers import as_numbers, cast
from nnlite.given.rows import Rows


def as_sample_weights(
    sample_weight: Any,
    class_weight: Any,
    y: Array | Rows,
    size: int,
    dtype: Any,
    outputs: Sequence[Shape] = (),
) -> Array | None:
    """Return a weight for each sample, from its own and its class's; `y` is of the first output."""
    if sample_weight is None and class_weight is None:
        return None
    weights = np.ones(size, dtype)
    if sample_weight is not None:
        weights *= weight_for_each(sample_weight, size, dtype)
    if class_weight is not None:
        shape = outputs[0] if outputs else y.shape[1:]
        if len(outputs) > 1:
            raise _without_classes(f"a model of {len(outputs)} outputs")
        blocks = Data([y], []).batches(100_000)
        classes = np.concatenate([_class_of_each(block, shape) for (block,), _, _ in blocks])
        _multiply_by_class(weights, class_weight, classes, shape[-1] if shape else 1)
    return weights


def _class_of_each(y: Array, output_shape: Shape) -> Array:
    """Return the class number of each sample, from numbers or one-hot rows."""
    if y.shape[1:] in ((), (1,)):
        return y.reshape(len(y))
    if y.shape[1:] != output_shape or y.ndim > 2:
        raise _without_classes(f"y with samples of shape {y.shape[1:]}")
    several = (y == y.max(axis=1, keepdims=True)).sum(axis=1) > 1
    if (several & (np.abs(y.sum(axis=1) - 1) > 1e-3)).any():
        raise _without_classes("y with rows that do not sum to 1, without a largest number")
    return np.asarray(y.argmax(axis=1))


def _without_classes(received: str) -> ValueError:
    rule = "class_weight needs one output, with one class for each sample."
    remedy = "Give sample_weight instead: one number for each sample."
    return value_error(rule, received, None, remedy)


def _multiply_by_class(weights: Array, class_weight: Any, classes: Array, units: int) -> None:
    if not isinstance(class_weight, Mapping):
        rule = "class_weight must be a dictionary from class numbers to weights."
        remedy = "class_weight={0: 1.0, 1: 5.0} makes class 1 count five times."
        raise type_error(rule, told(class_weight), None, remedy)
    weighed = np.zeros(len(classes), bool)
    for label, factor in class_weight.items():
        if isinstance(label, bool | np.bool_):
            rule = "The keys of class_weight are class numbers."
            remedy = f"Write class_weight={{{int(label)}: {shown(factor)}}}."
            raise type_error(rule, f"the key {told(label)}", None, remedy)
        checked_number(f"class_weight[{shown(label)}]", factor, least=0)
        weights[classes == label] *= factor
        weighed |= classes == label
    received = f"class_weight={shown(dict(class_weight))}"
    if not weighed.all():
        rule = "class_weight must have a weight for every class in y."
        received += f", y has a sample of class {classes[int(np.argmin(weighed))]:g}"
        text = any(isinstance(key, str) for key in class_weight)
        hint = "The keys are class numbers, not text." if text else None
        raise value_error(rule, received, None, hint)
    known: Sequence[int] = range(max(units, 2))
    if units == 1 and 0 not in class_weight and not (classes == 0).any():
        known = (-1, 1)
    if not np.isin(classes, known).all():
        known = range(max(2, int(classes.max()) + 1))
    # A number that is no int, and text, are looked for in a range by going through it all.
    numbers = [k for k in class_weight if isinstance(k, int | float | np.number)]
    there = [k for k in numbers if k == np.floor(k) and known[0] <= k <= known[-1]]
    unknown = [k for k in class_weight if k not in there and not np.any(classes == k)]
    if unknown:
        rule = f"class_weight has keys from {known[0]} to {known[-1]}, the classes of the model."
        raise value_error(rule, received, None, f"Leave out {shown(unknown[0])}.")


def weight_for_each(sample_weight: Any, size: int, dtype: Any) -> Array:
    """Return the weights of the samples as one number for each."""
    weights = cast(as_numbers(sample_weight, "sample_weight"), dtype, "sample_weight")
    if weights.shape not in ((size,), (size, 1)):
        received = f"sample_weight of shape {weights.shape} for {size} samples"
        raise value_error("sample_weight must have one number for each sample.", received)
    return weights.reshape(size)
