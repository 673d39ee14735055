"""The merge layers by their small names: `add([a, b])` is short for `Add()([a, b])`."""

from __future__ import annotations

from typing import Any

from nnlite.layers import merging
from nnlite.layers.merging import Axis


def add(inputs: Any, **options: Any) -> Any:
    """Return `Add(**options)(inputs)`.

    >>> from nnlite.layers import Input
    >>> add([Input(shape=(2,)), Input(shape=(2,))])
    <Tensor (None, 2) of 'add'>
    """
    return merging.Add(**options)(inputs)


def subtract(inputs: Any, **options: Any) -> Any:
    """Return `Subtract(**options)(inputs)`."""
    return merging.Subtract(**options)(inputs)


def multiply(inputs: Any, **options: Any) -> Any:
    """Return `Multiply(**options)(inputs)`."""
    return merging.Multiply(**options)(inputs)


def average(inputs: Any, **options: Any) -> Any:
    """Return `Average(**options)(inputs)`."""
    return merging.Average(**options)(inputs)


def maximum(inputs: Any, **options: Any) -> Any:
    """Return `Maximum(**options)(inputs)`."""
    return merging.Maximum(**options)(inputs)


def minimum(inputs: Any, **options: Any) -> Any:
    """Return `Minimum(**options)(inputs)`."""
    return merging.Minimum(**options)(inputs)


def concatenate(inputs: Any, axis: Axis = -1, **options: Any) -> Any:
    """Return `Concatenate(axis, **options)(inputs)`."""
    return merging.Concatenate(axis, **options)(inputs)
