"""Networks that keep to scikit-learn's conventions: in its pipelines, searches and scores.

scikit-learn itself is loaded with the first of them.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from nnlite.foundation.unknown import unknown_name

if TYPE_CHECKING:
    from nnlite.estimators.classifier import NNClassifier
    from nnlite.estimators.regressor import NNRegressor

__all__ = ["NNClassifier", "NNRegressor"]

_HOMES = {"NNClassifier": "classifier", "NNRegressor": "regressor"}


def __getattr__(name: str) -> Any:
    """Load an estimator, and scikit-learn with it, when it is first used."""
    if name not in _HOMES:
        raise unknown_name(__name__, name)
    found = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
