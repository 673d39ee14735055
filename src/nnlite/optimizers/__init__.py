"""Optimizers: from gradients to better weights."""

from __future__ import annotations

from typing import Any

from ..configuration import resolve
from . import schedules
from .base import Optimizer
from .rules import SGD, Adagrad, Adam, AdamW, RMSprop

__all__ = ["SGD", "Adagrad", "Adam", "AdamW", "Optimizer", "RMSprop", "get", "schedules"]

_CLASSES = {rule.__name__: rule for rule in (SGD, RMSprop, Adagrad, Adam, AdamW)}
_NAMED = {**_CLASSES, **{name.lower(): rule for name, rule in _CLASSES.items()}}


def get(identifier: Any) -> Optimizer:
    """Return the optimizer that a name, a class or an object means.

    >>> get("adam")
    Adam()
    """
    return resolve("optimizer", identifier, Optimizer, _NAMED)
