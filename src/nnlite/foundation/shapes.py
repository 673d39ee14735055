"""What a shape may be where one is given: that of an array, of a sample, or of several samples."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

import numpy as np

from nnlite.foundation.checks import check_shape
from nnlite.foundation.errors import shown, value_error
from nnlite.foundation.types import Shape


def shape_of_array(name: str, value: Any, where: str | None) -> Shape:
    """Return the shape of an array: 5, (5,) and [5] mean the same; () is that of a number."""
    several = isinstance(value, Iterable) and not isinstance(value, str | bytes)
    try:
        sizes = tuple(value) if several else (value,)
    except Exception:
        sizes = (value,)
    if all(isinstance(size, int | np.integer) and size >= 0 for size in sizes):
        return tuple(map(int, sizes))
    rule = "A shape is made of whole numbers from 0 on."
    remedy = "(30, 10) is the shape of weights from 30 inputs to 10 units."
    raise value_error(rule, f"{name}={shown(sizes)}", where, remedy)


def shape_of_samples(name: str, value: Any, where: str | None) -> Any:
    """Return the shape of a sample, as layers are built for it: a list of them, for a merge."""
    merged = isinstance(value, list | tuple) and value
    if merged and all(isinstance(shape, list | tuple) for shape in value):
        return [check_shape(shape, where) for shape in value]
    return check_shape(value, where)


OneShape = Annotated[Shape, lambda name, value, where: check_shape(value, where)]
SampleShape = Annotated[Any, shape_of_samples]
ArrayShape = Annotated[Any, shape_of_array]
