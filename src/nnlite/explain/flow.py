"""What goes wrong on the way back: a gradient that fades or swells, equal units, a step too far."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..layers.symbolic import Node, Tensor
from ..types import Array
from .formulas import DenseFormulas, formulas_of
from .lines import short
from .progress import HALF, baseline_loss, has_to_learn
from .told import Told, dz_of
from .watching import WatchedStep

FACTOR = 1000.0


@dataclass
class Source:
    """A layer behind a gradient, towards the loss: the length of its own, and how far it is."""

    told: Told
    length: float
    layers_on: int


@dataclass
class Change:
    """How a gradient differs in length from one behind it."""

    factor: float
    told: Told
    length: float
    source: Source


def flow_of_gradients(step: WatchedStep, told: list[Told]) -> list[str]:
    """Compare each layer's gradient with the longest and the shortest on the way to it."""
    grown, shrunk = _change(step, told, grows=True), _change(step, told, grows=False)
    warnings = [] if grown is None else [_tell("explodes", "grows", grown)]
    # Over a single layer it is no matter of depth: that is told by dead and saturated units.
    if shrunk is not None and shrunk.source.layers_on and has_to_learn(step):
        warnings.append(_tell("vanishes", "shrinks", shrunk))
    return warnings


def _change(step: WatchedStep, told: list[Told], grows: bool) -> Change | None:
    """Return the largest growth or shrinking of the gradient over the layers, if it is large."""
    readers: dict[Tensor, list[Node]] = {}
    behind: dict[Node, Source | None] = {}
    most: Change | None = None
    for (node, call), one in reversed(list(zip(step.calls, told, strict=True))):
        found = [s for reader in readers.get(node.output, []) if (s := behind[reader])]
        source = max(found, key=lambda source: source.length, default=None)
        for tensor in node.inputs:
            readers.setdefault(tensor, []).append(node)
        behind[node] = source
        length = float(np.linalg.norm(dz_of(call).astype(np.float64))) if call.gradients else 0.0
        if not length:
            continue
        if source is not None:
            factor = length / source.length if grows else source.length / length
            if factor > max(FACTOR, most.factor if most else 0):
                most = Change(factor, one, length, source)
        if source is None or (length < source.length if grows else length > source.length):
            behind[node] = Source(one, length, 0)
        else:
            behind[node] = Source(source.told, source.length, source.layers_on + 1)
    return most


def _tell(what: str, verb: str, change: Change) -> str:
    layers, source = change.source.layers_on + 1, change.source
    per_layer = f", {short(change.factor ** (1 / layers))} per layer" if layers > 1 else ""
    remedy = {
        "explodes": "Start from smaller weights, or set clipnorm=1.0 in the optimizer.",
        "vanishes": "Use relu with he_normal weights, BatchNormalization, or fewer layers.",
    }[what]
    return (
        f"The gradient {what} on its way back: from ‖d{source.told.z}‖ = {short(source.length)} to "
        f"‖d{change.told.z}‖ = {short(change.length)} it {verb} by a factor of "
        f"{short(change.factor)}{per_layer}. {remedy}"
    )


def twins(told: list[Told]) -> list[str]:
    """Find dense layers whose units are all equal, and get equal gradients."""
    found = []
    for one in told:
        if not isinstance(formulas_of(one.layer), DenseFormulas) or "W" not in one.call.gradients:
            continue
        arrays = [one.layer.W, one.call.gradients["W"]]
        if one.layer.use_bias:
            arrays += [one.layer.b, one.call.gradients.get("b", one.layer.b)]
        if one.layer.units > 1 and all(_all_equal(array) for array in arrays):
            found.append(
                f"The {one.layer.units} units of {one.layer.name} are equal and get equal "
                "gradients: they will always do the work of one. Start W from random numbers."
            )
    return found


def _all_equal(array: Array) -> bool:
    first = array[..., :1]
    return bool(np.allclose(array, first, rtol=1e-5, atol=0))


def rising_loss(step: WatchedStep, reach: float | None) -> list[str]:
    """Find a step that makes the loss on its own batch much larger."""
    before, after = step.loss, step.loss_after
    if after is None or not (after > 2 * before or math.isnan(after)):
        return []
    baseline = baseline_loss(step)
    if baseline is not None and after <= HALF * baseline:
        return []
    remedy = f", or scale the inputs, which reach {short(reach)}" if reach else ""
    return [
        f"This step makes the loss on its own batch rise from {before:.4g} to {after:.4g}: it goes "
        f"too far. Take a smaller learning rate than {step.rate:g}{remedy}."
    ]
