"""What the truth must look like for each kind of loss, and which loss would fit it instead."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlite.foundation.errors import value_error
from nnlite.foundation.types import Array, Shape
from nnlite.given.numbers import as_numbers, cast, check_finite, in_order
from nnlite.given.rows import row_in_whole


def numbers(y: Any, output_shape: Shape, dtype: Any, loss: str) -> Array:
    """Return the truth with one number for each output: (n,) and (n, 1) mean the same.

    >>> numbers([1, 2, 3], (1,), "float64", "mean_squared_error").shape
    (3, 1)
    """
    array = np.atleast_1d(cast(as_numbers(y, "y"), dtype, "y", y))
    if array.shape[1:] == output_shape:
        return array
    if without_ones(array.shape[1:]) != without_ones(output_shape):
        rule = "y must have one value for each output of the model."
        remedy = _remedy_for_shape(array, output_shape)
        raise value_error(rule, _both(array, output_shape), f"loss '{loss}'", remedy)
    return array.reshape(len(array), *output_shape)


def _both(y: Array, output_shape: Shape) -> str:
    return f"y of shape {y.shape}, output of shape {_batch_of(output_shape)}"


def _batch_of(shape: Shape) -> str:
    """Write the shape of n samples: (n, 3)."""
    return str(("n", *shape)).replace("'", "")


def without_ones(shape: Shape) -> Shape:
    """Return the shape without axes of length 1: (n,) and (n, 1) are the same numbers.

    >>> without_ones((3, 1))
    (3,)
    """
    return tuple(size for size in shape if size != 1)


_FLATTEN = "For one answer per sample, put Flatten() before the last Dense layer."


def _remedy_for_shape(array: Array, output_shape: Shape) -> str:
    if len(output_shape) > 1 and array.ndim <= 2:
        return _FLATTEN
    if len(output_shape) == 1 and without_ones(array.shape[1:]) == () and output_shape[0] > 1:
        return (
            "For class numbers, use softmax and sparse_categorical_crossentropy; "
            f"for one value per sample, end the model with 1 unit instead of {output_shape[0]}."
        )
    if array.ndim == 2 and len(output_shape) == 1:
        single = (np.count_nonzero(array, axis=1) == 1).all()
        one_hot = single and (array.max(axis=1, initial=0) == 1).all()
        end = " and softmax, for categorical_crossentropy" if one_hot else ""
        return f"End the model with {array.shape[1]} units{end}."
    return "Give the last layer the shape of y."


def probabilities(y: Any, output_shape: Shape, dtype: Any, loss: str) -> Array:
    """Return the truth with a value from 0 to 1 for each output.

    >>> probabilities([0, 1], (1,), "float64", "binary_crossentropy")
    array([[0.], [1.]])
    """
    array = numbers(y, output_shape, dtype, loss)
    _check_range(array, loss)
    return array


def _remedy_for_range(array: Array) -> str:
    if np.isin(array, (-1, 1)).all():
        return "For labels −1 and 1, use (y + 1) / 2."
    if (array == np.floor(array)).all() and array.min() >= 0 and array.max() < 1000:
        classes = int(array.max()) + 1
        return (
            f"For {classes} classes, end the model with {classes} units and softmax, and use "
            "sparse_categorical_crossentropy; for numbers, mean_squared_error."
        )
    return "To predict numbers instead of yes or no, use mean_squared_error."


def _check_range(array: Array, loss: str, remedy: str | None = None) -> None:
    if array.size and not (array.min() >= 0 and array.max() <= 1):
        rule = f"{loss} compares probabilities: y must lie between 0 and 1."
        received = f"y from {array.min():g} to {array.max():g}"
        remedy = remedy or _remedy_for_range(array)
        raise value_error(rule, received, f"loss '{loss}'", remedy)


def one_hot_rows(y: Any, output_shape: Shape, dtype: Any, loss: str) -> Array:
    """Return the truth as one row per sample, with a number from 0 to 1 for each class.

    The rows of a lecture may hold 0.01 and 0.99 and sum to 1.08: the loss takes them as they are.

    >>> one_hot_rows([[0, 1]], (2,), "float64", "categorical_crossentropy")
    array([[0., 1.]])
    """
    array, where = as_numbers(y, "y"), f"loss '{loss}'"
    check_classes(output_shape, loss)
    flat = without_ones(array.shape[1:]) == output_shape[:-1]
    if array.size and array.shape[1:] != output_shape and flat:
        rule = f"{loss} takes one-hot rows, one value for each of {output_shape[-1]} classes."
        received = f"y of shape {array.shape}, the first label {array.flat[0]:g}"
        remedy = "For integer labels use sparse_categorical_crossentropy, "
        remedy += "or nnlite.utils.to_categorical(y)."
        raise value_error(rule, received, where, remedy)
    array = numbers(y, output_shape, dtype, loss)
    _check_range(array, loss, "Each row is a probability for each class: to_categorical(y).")
    return array


def class_numbers(y: Any, output_shape: Shape, loss: str) -> Array:
    """Return the truth as whole class numbers, one per prediction.

    >>> class_numbers([[2], [0]], (3,), "sparse_categorical_crossentropy")
    array([2, 0])
    """
    array, where = as_numbers(y, "y"), f"loss '{loss}'"
    check_classes(output_shape, loss)
    check_finite(array, "y", y)
    array, classes = np.atleast_1d(array), output_shape[-1]
    if array.shape[1:] == output_shape and classes > 1:
        rule = f"{loss} takes class numbers 0 to {classes - 1}, one per sample."
        received = f"y of shape {array.shape}, as for one-hot rows"
        remedy = "For one-hot rows use categorical_crossentropy, or y.argmax(axis=-1)."
        raise value_error(rule, received, where, remedy)
    if without_ones(array.shape[1:]) != without_ones(output_shape[:-1]):
        remedy = _FLATTEN if len(output_shape) > 1 else "Give y one whole number per sample."
        if array.ndim == 2:
            remedy = (
                f"Take one of the columns, or end the model with {array.shape[1]} units and "
                "use categorical_crossentropy."
            )
        rule = f"{loss} takes one class number per prediction."
        raise value_error(rule, _both(array, output_shape), where, remedy)
    if array.dtype.kind == "f" and (wrong := array != np.floor(array)).any():
        remedy = "For numbers to be predicted, use mean_squared_error."
        received = _first(wrong, array, y)
        raise value_error(f"{loss} takes whole class numbers.", received, where, remedy)
    if array.size and not (array.min() >= 0 and array.max() < classes):
        rule = f"Class numbers must be 0 to {classes - 1} for an output of {classes} units."
        received = _first((array < 0) | (array >= classes), array, y)
        remedy = _remedy_for_class_numbers(int(array.min()), int(array.max()), classes)
        raise value_error(rule, received, where, remedy)
    return in_order(array, np.int64).reshape(len(array), *output_shape[:-1])


def _first(wrong: Array, array: Array, y: Any) -> str:
    """Tell the first of the wrong numbers, and which sample's it is."""
    place = tuple(np.argwhere(wrong)[0])
    value = array[place]
    number = int(value) if value == np.floor(value) else f"{value:g}"
    return f"{number} at sample {row_in_whole(place[0], y)}"


def _remedy_for_class_numbers(smallest: int, largest: int, classes: int) -> str:
    if smallest > 0 and largest == classes:
        return f"Number the classes from 0: y - {smallest}."
    if smallest < 0 or largest >= 1_000_000:
        return "Number the classes from 0: classes, y = np.unique(y, return_inverse=True)."
    return f"Give the last layer {largest + 1} units, or number the classes from 0."


def check_classes(output_shape: Shape, loss: str) -> None:
    """Raise unless the output has a unit for each of at least two classes."""
    if not output_shape or output_shape[-1] < 2:
        rule = f"{loss} needs an output unit for each class, two at least."
        received = f"an output of shape {_batch_of(output_shape)}"
        remedy = "For one unit that says yes or no, use sigmoid with binary_crossentropy."
        raise value_error(rule, received, f"loss '{loss}'", remedy)
