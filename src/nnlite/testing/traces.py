"""Whether a prediction leaves a trace: anything changed on the layer, or any array held on to."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np

from nnlite.foundation.types import Array
from nnlite.kernels.memory import NEW, Memory, UsedAgain
from nnlite.layers.layer import Layer
from nnlite.testing.subject import Subject, Trial, failure


def predicts_without_trace(trial: Trial) -> str:
    """A forpass with training=False changes nothing on the layer, and keeps no array."""
    _expect_no_trace(trial.subject())
    for in_training_loop in (False, True):
        subject = trial.subject()
        # The loop lends memory to the layer, and predicts for the validation in between.
        subject.layer.memory = UsedAgain() if in_training_loop else NEW
        subject.step()
        subject.restart()
        _expect_no_trace(subject)
    return "prediction leaves no trace on the layer"


def _expect_no_trace(subject: Subject) -> None:
    layer, trial = subject.layer, subject.trial
    before = _fingerprint(vars(layer))[1]
    x = [array[::-1].copy() for array in subject.x]
    watched = [weakref.ref(array) for array in x]
    layer.forpass(x if trial.several else x[0], False)
    # The attributes that a reader knows come first, those of the base class last.
    after = _fingerprint(vars(layer))[1]
    for name in sorted(before | after, key=lambda name: (name.startswith("_"), name)):
        if after.get(name) != before.get(name):
            rule = "forpass(x, training=False) must leave no trace on the layer: prediction holds "
            rule += "no memory, and may run in several threads."
            what = f"{'the weight ' if name in layer.parameters else ''}self.{name}"
            remedy = f"Store it only while training: if training: self.{name} = …"
            if name == "memory":
                remedy = "Take self.memory only while training."
            change = "another than before" if name in before else "new"
            raise failure(layer, rule, f"{what} is {change}", remedy)
    del x
    if _any_alive(watched) and gc.collect() >= 0 and _any_alive(watched):
        rule = "forpass(x, training=False) must leave no trace: something holds x after prediction."
        raise failure(layer, rule, "a reference to x outside of the layer's own attributes")


def _any_alive(references: list[weakref.ref[Array]]) -> bool:
    return any(reference() is not None for reference in references)


def _fingerprint(value: Any) -> Any:
    """Return what would show any change of an attribute: the object, and what it holds."""
    if isinstance(value, np.ndarray):
        return id(value), value.shape, value.tobytes()
    if isinstance(value, np.random.Generator):
        return id(value), repr(value.bit_generator.state)
    if isinstance(value, Layer | Memory | dict):
        held = value if isinstance(value, dict) else vars(value)
        return id(value), {key: _fingerprint(item) for key, item in held.items()}
    if isinstance(value, list | tuple):
        return id(value), [_fingerprint(item) for item in value]
    return id(value)
