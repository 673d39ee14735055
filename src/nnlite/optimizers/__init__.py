"""Optimizers: from gradients to better weights."""

from __future__ import annotations

from typing import Any

from nnlite.foundation.registry import Registry
from nnlite.foundation.unknown import explains_unknown_names
from nnlite.optimizers import schedules
from nnlite.optimizers.adaptive import Adadelta, Nadam
from nnlite.optimizers.base import Optimizer
from nnlite.optimizers.rules import SGD, Adagrad, Adam, AdamW, RMSprop

__all__ = ["SGD", "Adadelta", "Adagrad", "Adam", "AdamW", "Nadam", "Optimizer", "RMSprop"]
__all__ += ["get", "schedules"]

_CLASSES = (SGD, RMSprop, Adagrad, Adadelta, Adam, AdamW, Nadam)
KNOWN = Registry("optimizer", Optimizer, {rule.__name__.lower(): rule for rule in _CLASSES})


def get(identifier: Any) -> Optimizer:
    """Return the optimizer that a name, a class or an object means.

    >>> get("adam")
    Adam()
    """
    return KNOWN.get(identifier)


explains_unknown_names(__name__)
