"""nnlite: deep learning in pure NumPy, for people who want to see how neural networks work.

>>> import nnlite
>>> model = nnlite.Sequential([nnlite.layers.Dense(1, input_shape=(1,))], seed=0)
>>> model.compile(optimizer=nnlite.optimizers.SGD(0.1), loss="mse")
>>> history = model.fit([1, 2, 3], [2, 4, 6], epochs=200, verbose=0)
>>> model.predict([4]).round(2)
array([[8.]], dtype=float32)
"""

from __future__ import annotations

import importlib
from typing import Any

from . import (
    activations,
    callbacks,
    initializers,
    layers,
    losses,
    metrics,
    models,
    optimizers,
    regularizers,
    utils,
)
from .errors import explain_error, nearest
from .layers import Input
from .models import Model, Sequential, load_model
from .seeding import set_random_seed

__version__ = "0.1.0"

__all__ = [
    "Input",
    "Model",
    "Sequential",
    "activations",
    "callbacks",
    "initializers",
    "layers",
    "load_model",
    "losses",
    "metrics",
    "models",
    "optimizers",
    "regularizers",
    "set_random_seed",
    "utils",
]

# These load other libraries, or are needed by few: they are imported when first used.
_LATER = ("datasets", "graph", "plot", "testing")


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return importlib.import_module(f"{__name__}.{name}")
    guess = nearest(name, __dir__())
    remedy = f"Did you mean nnlite.{guess}?" if guess else None
    raise AttributeError(explain_error(f"nnlite has no {name}.", f"nnlite.{name}", None, remedy))


def __dir__() -> list[str]:
    return sorted([*__all__, *_LATER])
