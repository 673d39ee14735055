"""Units that pass no gradient back: ReLU that are 0 for all samples, σ and tanh at flat ends."""

from __future__ import annotations

from nnlite.diagnosis.thresholds import DEAD, SATURATED
from nnlite.explain.activations import dead_units, saturated_share
from nnlite.explain.lines import percent
from nnlite.explain.watching import WatchedStep
from nnlite.layers.activated import ActivatedLayer


def dead_layers(step: WatchedStep) -> list[str]:
    """Return the layers with many dead units, and how many these are."""
    found = []
    for call in step.calls:
        if isinstance(call.layer, ActivatedLayer):
            dead, units = dead_units(call.layer.activation, call.a), call.a.shape[-1]
            if dead and dead >= DEAD * units:
                found.append(f"{call.layer.name} ({dead} of {units})")
    return found


def flat_layers(step: WatchedStep) -> list[str]:
    """Return the hidden layers with many saturated units, and their share."""
    found, outputs = [], set(step.model.outputs)
    for call in step.calls:
        if isinstance(call.layer, ActivatedLayer) and call.node.output not in outputs:
            share = saturated_share(call.layer.activation, call.a)
            if share is not None and share >= SATURATED:
                found.append(f"{call.layer.name} ({percent(share)})")
    return found
