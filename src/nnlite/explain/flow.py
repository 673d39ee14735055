"""What goes wrong on the way back: a gradient that fades or swells, equal units, a step too far."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..layers.symbolic import Tensor
from ..types import Array
from .formulas import DENSE, formulas_of
from .lines import short
from .progress import HALF, baseline_loss, has_to_learn
from .watching import Call, WatchedStep

FACTOR = 1000.0


@dataclass
class Change:
    """How a gradient differs in length from another, so many layers nearer to the loss."""

    factor: float
    call: Call
    source: Call
    layers: int


def flow_of_gradients(step: WatchedStep) -> Iterator[str]:
    """Compare each layer's gradient with the longest and the shortest on the way to it."""
    grown, shrunk = _largest_change(step, grows=True), _largest_change(step, grows=False)
    if grown:
        remedy = "Start from smaller weights, or set clipnorm=1.0 in the optimizer."
        yield _tell("explodes", "grows", grown, remedy)
    # Over a single layer it is no matter of depth: that is told by dead and saturated units.
    if shrunk and shrunk.layers > 1 and has_to_learn(step):
        remedy = "Use relu with he_normal weights, BatchNormalization, or fewer layers."
        yield _tell("vanishes", "shrinks", shrunk, remedy)


def _largest_change(step: WatchedStep, grows: bool) -> Change | None:
    """Return the largest growth or shrinking of the gradient over the layers, if it is large."""
    nearer: dict[Tensor, list[tuple[Call, int]]] = defaultdict(list)
    changes = []
    for call in reversed(step.calls):
        here = (call, 1) if call.length else None
        source = max(nearer[call.node.output], key=lambda found: found[0].length, default=here)
        if source and source is not here and here:
            behind, layers = source
            factor = call.length / behind.length if grows else behind.length / call.length
            changes.append(Change(factor, call, behind, layers))
            source = here if factor < 1 else (behind, layers + 1)
        for tensor in call.node.inputs:
            nearer[tensor] += [source] if source else []
    largest = max(changes, key=lambda change: change.factor, default=None)
    return largest if largest and largest.factor > FACTOR else None


def _tell(what: str, verb: str, change: Change, remedy: str) -> str:
    factor, layers = change.factor, change.layers
    per_layer = f", {short(factor ** (1 / layers))} per layer" if layers > 1 else ""
    return (
        f"The gradient {what} on its way back: from ‖d{change.source.Z}‖ = "
        f"{short(change.source.length)} to ‖d{change.call.Z}‖ = {short(change.call.length)} "
        f"it {verb} by a factor of {short(factor)}{per_layer}. {remedy}"
    )


def twins(step: WatchedStep) -> Iterator[str]:
    """Find dense layers whose units are all equal, and get equal gradients."""
    for call in step.calls:
        layer, held = call.layer, (call.weights, call.gradients)
        if formulas_of(layer) is not DENSE or "W" not in call.gradients or layer.units == 1:
            continue
        if all(_all_equal(arrays[n]) for arrays in held for n in ("W", "b") if n in arrays):
            yield (
                f"The {layer.units} units of {layer.name} are equal and get equal "
                "gradients: they will always do the work of one. Start W from random numbers."
            )


def _all_equal(array: Array) -> bool:
    return bool(np.allclose(array, array[..., :1], rtol=1e-5, atol=0))


def rising_loss(step: WatchedStep, reach: float | None) -> Iterator[str]:
    """Find a step that makes the loss on its own batch much larger."""
    before, after = step.loss, step.loss_after
    if after is None or not (after > 2 * before or math.isnan(after)):
        return
    baseline = baseline_loss(step)
    if baseline is None or not after <= HALF * baseline:
        remedy = f", or scale the inputs, which reach {short(reach)}" if reach else ""
        yield (
            f"This step makes the loss on its own batch rise from {before:.4g} to {after:.4g}: it "
            f"goes too far. Take a smaller learning rate than {step.rate:g}{remedy}."
        )
