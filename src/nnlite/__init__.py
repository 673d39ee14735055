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
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nnlite import (
        activations,
        callbacks,
        datasets,
        estimators,
        exercises,
        graph,
        initializers,
        layers,
        lessons,
        losses,
        metrics,
        models,
        optimizers,
        plot,
        regularizers,
        saving,
        testing,
        utils,
    )
    from nnlite.foundation.seeding import set_random_seed
    from nnlite.layers import Input
    from nnlite.models import Model, Sequential, load_model

__version__ = "0.2.0"

__all__ = [
    "Input",
    "Model",
    "Sequential",
    "activations",
    "callbacks",
    "datasets",
    "estimators",
    "exercises",
    "graph",
    "initializers",
    "layers",
    "lessons",
    "load_model",
    "losses",
    "metrics",
    "models",
    "optimizers",
    "plot",
    "regularizers",
    "saving",
    "set_random_seed",
    "testing",
    "utils",
]

_HOMES = {
    "Input": "layers",
    "Model": "models",
    "Sequential": "models",
    "load_model": "models",
    "set_random_seed": "foundation.seeding",
}


def __getattr__(name: str) -> Any:
    """Import a part when it is first used, so that `import nnlite` costs next to nothing."""
    if name in _HOMES:
        found = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
        globals()[name] = found
        return found
    if name in __all__ or name == "backend":
        return importlib.import_module(f"{__name__}.{name}")
    from nnlite.foundation.unknown import unknown_name

    raise unknown_name(__name__, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
