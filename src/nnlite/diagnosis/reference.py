"""Another network for the same task: what it learns tells whether there is anything to learn."""

from __future__ import annotations

import math

from nnlite.layers import Activation, Dense, Flatten, Reshape
from nnlite.layers.activated import ActivatedLayer
from nnlite.models import Model, Sequential
from nnlite.optimizers import Adam

UNITS, RATE = 64, 0.01


def reference_model(model: Model, seed: int) -> Model | None:
    """Return a network of two wide layers with the same end; None for several inputs or outputs."""
    if len(model.inputs) > 1 or len(model.outputs) > 1 or model.compiled is None:
        return None
    shape, last = model.outputs[0].sample, model.outputs[0].node.layer
    start = Flatten(input_shape=model.inputs[0].sample)
    wide = [Dense(UNITS, "relu", kernel_initializer="he_normal") for _ in range(2)]
    end = [Dense(math.prod(shape)), *([Reshape(shape)] if len(shape) != 1 else [])]
    if isinstance(last, ActivatedLayer) and last.activation.name != "linear":
        end.append(Activation(last.activation))
    other = Sequential([start, *wide, *end], seed=seed, dtype=str(model.dtype))
    other.compile(Adam(RATE), model.compiled["loss"])
    return other
