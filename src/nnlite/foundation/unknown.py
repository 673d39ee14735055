"""What a module says of a name that it does not have: where it is, or which one may be meant."""

from __future__ import annotations

import importlib
import inspect
import opcode
import sys
from types import FrameType
from typing import Any

from nnlite.foundation.errors import attribute_error, explain_error, listed, nearest

PACKAGE = __name__.partition(".")[0]
SEARCHED = (
    *("layers", "models", "optimizers", "losses", "metrics", "activations", "callbacks"),
    *("datasets", "initializers", "regularizers", "utils", "estimators"),
)
"""Where a name may stand, if it is not where it was looked for."""

ELSEWHERE_CALLED = {
    "Linear": "Dense",
    "Module": "Layer",
    "BatchNorm1d": "BatchNormalization",
    "BatchNorm2d": "BatchNormalization",
    "MSELoss": "MeanSquaredError",
    "L1Loss": "MeanAbsoluteError",
    "BCELoss": "BinaryCrossentropy",
    "CrossEntropyLoss": "CategoricalCrossentropy",
    "MLPClassifier": "NNClassifier",
    "MLPRegressor": "NNRegressor",
}
"""Names of PyTorch and scikit-learn, and ours."""


def explains_unknown_names(module: str) -> None:
    """Give the module of this `__name__` a `__getattr__` that explains.

    >>> import nnlite
    >>> nnlite.optimizers.Adagard
    Traceback (most recent call last):
        ...
    AttributeError: nnlite.optimizers has no Adagard.
    Received: nnlite.optimizers.Adagard
    Remedy: Did you mean nnlite.optimizers.Adagrad?
    """

    def __getattr__(name: str) -> Any:
        raise unknown_name(module, name)

    vars(sys.modules[module])["__getattr__"] = __getattr__


def unknown_name(module: str, name: str, remedy: str | None = None) -> Exception:
    """Return the error that a module's `__getattr__` raises.

    Python keeps the text of an AttributeError from whoever writes `from module import name`: that
    is an ImportError.
    """
    if name.startswith("_"):
        return AttributeError(f"module {module!r} has no attribute {name!r}")
    received, rule = f"{module}.{name}", f"{module} has no {name}."
    remedy = remedy or remedy_for(module, name)
    if is_import(inspect.currentframe()):
        return ImportError(explain_error(rule, received, None, remedy))
    return attribute_error(rule, received, None, remedy)


def is_import(frame: FrameType | None) -> bool:
    """Return whether who asked `__getattr__` of the module is at `from module import name`."""
    for _ in range(2):
        frame = frame and frame.f_back
    return bool(frame and frame.f_code.co_code[frame.f_lasti] == opcode.opmap["IMPORT_FROM"])


def remedy_for(module: str, name: str) -> str:
    """Return what to write instead of a name: one that is elsewhere, or the nearest, or all."""
    meant, known = ELSEWHERE_CALLED.get(name, name), public_names(module)
    if meant not in known:
        for other in SEARCHED:
            home = f"{PACKAGE}.{other}"
            if meant != "get" and meant in public_names(home):
                return f"from {home} import {meant}"
    alike = [other for other in known if other[0].isupper() == meant[0].isupper()]
    guess = meant if meant in known else nearest(meant, alike) or nearest(meant, known)
    return f"Did you mean {module}.{guess}?" if guess else f"Known names: {listed(known)}."


def public_names(module: str) -> list[str]:
    """Return the names that a module is for: those it lists, else those of what it holds itself."""
    held = vars(importlib.import_module(module))
    if "__all__" in held:
        return list(held["__all__"])
    own = [name for name, value in held.items() if getattr(value, "__module__", None) == module]
    return [name for name in own if not name.startswith("_")]
