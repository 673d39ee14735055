"""The types of what many layers are told: each is checked, and becomes what the layer keeps."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from nnlite import activations, initializers, regularizers
from nnlite.foundation.checks import passed_through, require
from nnlite.foundation.errors import shown, value_error
from nnlite.foundation.types import Shape


def as_sizes(name: str, value: Any, where: str | None, rank: int = 2, least: int = 1) -> Shape:
    """Return a number per axis: 3 and (3, 3) mean the same.

    >>> as_sizes("kernel_size", 3, "layer 'conv2d'")
    (3, 3)
    """
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    given = (value,) * rank if whole else value
    try:
        sizes = tuple(int(size) for size in given)
        right = all(size == wanted for size, wanted in zip(sizes, given, strict=True))
    except (TypeError, ValueError):
        sizes, right = (), False
    if not right or len(sizes) != rank or min(sizes) < least:
        several = f", or {rank} of them" if rank > 1 else ""
        rule = f"{name} must be a whole number from {least} on{several}."
        raise value_error(rule, shown(value), where)
    return sizes


ActivationLike = Annotated[Any, passed_through(activations.get)]
InitializerLike = Annotated[Any, passed_through(initializers.get)]
RegularizerLike = Annotated[Any, passed_through(regularizers.get)]
_LAST = "Channels come last: (samples, height, width, channels)."
_MOVE = "Move the axis: np.moveaxis(x, 1, -1)."
_KNOWN = (None, "channels_last")
DataFormat = Annotated[str | None, require(lambda given: given in _KNOWN, _LAST, _MOVE)]
