"""What a wrong result looks like beside the right one."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlite.foundation.errors import told
from nnlite.foundation.types import Array
from nnlite.testing.guesses import guess


def same(result: Any, wanted: Any) -> bool:
    """Return whether two results have the same shape and numbers.

    >>> same([1.0, 2.0], np.array([1, 2])), same([1.0], 1.0), same("x", 1.0)
    (True, False, False)
    """
    found, wanted = numbers(result), np.asarray(wanted, dtype=float)
    if found is None or found.shape != wanted.shape:
        return False
    return bool(np.allclose(found, wanted, rtol=1e-6, atol=1e-9, equal_nan=True))


def numbers(result: Any) -> Array | None:
    """Return a result as an array, or None where it is none."""
    try:
        return np.asarray(result, dtype=float)
    except (TypeError, ValueError):
        return None


def compare(result: Any, right: Array, samples: int) -> str:
    """Return a sentence on how a wrong result differs from the right one.

    >>> compare(np.array([0.5, 1.0]), np.array([1.0, 2.0]), 2)
    '1/2 of it, and there are 2 samples: is it a mean instead of a sum?'
    >>> compare(np.ones((2, 1)), np.ones(2), 2)
    'The numbers are right, but the shape is (2, 1), and should be (2,).'
    """
    found = numbers(result)
    if found is None:
        return f"Numbers are asked for. Received: {told(result)}"
    if found.shape != right.shape:
        return _other_shape(found, right)
    # A guess compares by factors, and there is none to zeros.
    remark = guess(found, right, samples, "result") if right.any() else None
    # One number is always some multiple of another.
    if remark and right.size == 1 and remark.startswith("Off by"):
        remark = None
    return remark or f"Received: {_short(found)}, and it should be {_short(right)}."


def _other_shape(found: Array, right: Array) -> str:
    shapes = f"the shape is {found.shape}, and should be {right.shape}."
    if found.ndim == 2 and same(found.T, right):
        return f"It is transposed: {shapes}"
    if found.size == right.size and same(found.ravel(), right.ravel()):
        return f"The numbers are right, but {shapes}"
    if right.size > 1 and found.shape == (right.size, right.size):
        return f"Every number has met every other, as with (n,) and (n, 1): {shapes}"
    if right.ndim and found.ndim == 0:
        return f"All has been added up to one number: {shapes} Which axis should go away?"
    return shapes[0].upper() + shapes[1:]


def _short(array: Array) -> str:
    if array.ndim == 0:
        return f"{array:.6g}"
    return " ".join(np.array2string(array, precision=5, threshold=12).split())
