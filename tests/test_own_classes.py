"""What a user writes is called: the table of `nnlite.ours`, walked row by row, and its page."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest

import nnlite
from nnlite import activations, initializers, losses, metrics, optimizers, regularizers
from nnlite.callbacks import Callback
from nnlite.layers import Activation, Dense, Input
from nnlite.optimizers import schedules
from nnlite.ours import CALLED, Call

X = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]])
Y = np.array([[0.0], [1.0], [1.0], [0.0]])
ENTRIES = ("making", "fit", "evaluate", "predict", "train_on_batch")
PARTS: dict[str, tuple[type, tuple[Any, ...]]] = {
    "Layer": (Dense, (1, "sigmoid")),
    "ActivationFunction": (activations.Sigmoid, ()),
    "Initializer": (initializers.GlorotUniform, ()),
    "Regularizer": (regularizers.L2, (0.1,)),
    "Loss": (losses.BinaryCrossentropy, ()),
    "Metric": (metrics.BinaryAccuracy, ()),
    "Optimizer": (optimizers.SGD, (0.1,)),
    "LearningRateSchedule": (schedules.ExponentialDecay, (0.1, 10, 0.9)),
    "Callback": (Callback, ()),
}
"""For each public base class a class of the library's that takes shortcuts where there are any."""

REACHED = {"Loss": "values", "Metric": "update_state"}
"""A method that is called, to be overridden beside those that are not."""


def counted(kind: type, method: str, calls: list[str]) -> Any:
    """Return what a user writes in place of a method: it counts, and does the same."""
    original = getattr(kind, method)

    @functools.wraps(original)
    def count(self: Any, *args: Any, **options: Any) -> Any:
        calls.append(method)
        return original(self, *args, **options)

    return count


def model_with(base: str, part: Any) -> tuple[nnlite.Sequential, list[Callback]]:
    """Return a compiled model that holds the part, and callbacks."""
    chosen = {name: part if name == base else kind(*given) for name, (kind, given) in PARTS.items()}
    last = chosen["Layer"]
    last.activation = chosen["ActivationFunction"]
    last.kernel_initializer = chosen["Initializer"]
    last.kernel_regularizer = chosen["Regularizer"]
    if base == "LearningRateSchedule":
        chosen["Optimizer"].learning_rate = part
    model = nnlite.Sequential([Input((2,)), Activation("tanh"), last], seed=0)
    model.compile(chosen["Optimizer"], chosen["Loss"], metrics=[chosen["Metric"]])
    return model, [chosen["Callback"]]


def run(entry: str, model: nnlite.Sequential, callbacks: list[Callback]) -> None:
    if entry == "fit":
        model.fit(X, Y, batch_size=2, verbose=0, callbacks=callbacks, validation_data=(X, Y))
    elif entry == "evaluate":
        model.evaluate(X, Y, verbose=0)
    elif entry == "predict":
        model.predict(X)
    elif entry == "train_on_batch":
        model.train_on_batch(X, Y)


def subclassed(row: Call, calls: list[str], patch: Any) -> Any:
    kind, given = PARTS[row.base]
    methods = {row.method: counted(kind, row.method, calls)}
    if not row.by and row.base in REACHED:
        methods[REACHED[row.base]] = counted(kind, REACHED[row.base], [])
    return type("Own", (kind,), methods)(*given)


def hung(row: Call, calls: list[str], patch: Any) -> Any:
    kind, given = PARTS[row.base]
    part = kind(*given)
    setattr(part, row.method, functools.partial(counted(kind, row.method, calls), part))
    return part


def patched(row: Call, calls: list[str], patch: Any) -> Any:
    kind, given = PARTS[row.base]
    patch.setattr(kind, row.method, counted(kind, row.method, calls))
    return kind(*given)


def cases() -> list[Any]:
    ways = [subclassed, hung, patched]
    return [
        pytest.param(row, way, entry, id=f"{row.base}.{row.method} {way.__name__}, {entry}")
        for row in CALLED
        for way in ways
        for entry in ENTRIES
        # Python looks for __call__ on the class alone.
        if not (way is hung and row.method.startswith("__"))
        # The library's own classes call what it says is for users: only theirs is told here.
        if not (way is patched and not row.by)
    ]


@pytest.mark.parametrize(("row", "way", "entry"), cases())
def test_what_the_table_says_is_called(
    row: Call, way: Any, entry: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    part = way(row, calls, monkeypatch)
    calls.clear()
    model, callbacks = model_with(row.base, part)
    if entry != "making":
        calls.clear()
        run(entry, model, callbacks)
    assert bool(calls) == (entry in row.by)
