"""Numbers by rule, so that a file of figures need hold what came out alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def weights(shapes: Sequence[Sequence[int]]) -> list[Any]:
    """Return positive weights of these shapes, no two alike."""
    return [
        (0.4 + 0.3 * np.sin(1 + place + np.arange(np.prod(shape, dtype=int)) ** 1.5)).reshape(shape)
        for place, shape in enumerate(shapes)
    ]


def samples(shapes: Sequence[Sequence[int]]) -> list[Any]:
    """Return three samples for each of these inputs, of both signs."""
    return [
        2 * np.sin(5 * place + np.arange(3 * np.prod(shape, dtype=int)) ** 1.3).reshape(3, *shape)
        for place, shape in enumerate(shapes)
    ]
