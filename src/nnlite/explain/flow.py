"""What goes wrong on the way back: a gradient that fades or swells, and units that are equal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from nnlite.explain.formulas import DENSE, formulas_of
from nnlite.explain.lines import short
from nnlite.explain.progress import has_to_learn
from nnlite.explain.watching import Call, WatchedStep
from nnlite.foundation.types import Array
from nnlite.layers.joining import Tensor

FACTOR = 1000.0
SMALLER = "Start from smaller weights, or set clipnorm=1.0 in the optimizer."
SHALLOWER = "Use relu with he_normal weights, BatchNormalization, or fewer layers."


def flow_of_gradients(step: WatchedStep) -> Iterator[str]:
    """Compare each layer's gradient with the longest and the shortest on the way to it."""
    for what, verb, remedy in ("explodes", "grows", SMALLER), ("vanishes", "shrinks", SHALLOWER):
        changes = _changes(step, verb == "grows")
        largest = max(changes, key=lambda change: change[0], default=None)
        if largest is None or largest[0] <= FACTOR:
            continue
        factor, call, source, layers = largest
        # Over a single layer it is no matter of depth: that is told by dead and saturated units.
        if verb == "shrinks" and (layers == 1 or not has_to_learn(step)):
            continue
        per_layer = f", {short(factor ** (1 / layers))} per layer" if layers > 1 else ""
        yield (
            f"The gradient {what} on its way back: from ‖d{source.Z}‖ = {short(source.length)} to "
            f"‖d{call.Z}‖ = {short(call.length)} it {verb} by a factor of {short(factor)}"
            f"{per_layer}. {remedy}"
        )


def _changes(step: WatchedStep, grows: bool) -> Iterator[tuple[float, Call, Call, int]]:
    """Yield each call's factor over a source nearer to the loss, both, and how far it is.

    The source is the shortest so far where growth is looked for, else the longest.
    """
    nearer: dict[Tensor, list[tuple[Call, int]]] = defaultdict(list)
    for call in reversed(step.calls):
        onward = sorted(nearer[call.node.output], key=lambda source: -source[0].length)[:1]
        if call.length:
            here = (call, 1)
            for source, layers in onward:
                factor = call.length / source.length if grows else source.length / call.length
                yield factor, call, source, layers
                here = here if factor < 1 else (source, layers + 1)
            onward = [here]
        for tensor in call.node.inputs:
            nearer[tensor] += onward


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
