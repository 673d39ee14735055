"""What goes wrong with the learning, seen over the whole network.

A gradient that fades or swells on its way back, units that are equal, and a step too far: a network
should beat whoever always gives the same answer.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np

from nnlite.explain.formulas import DENSE, formulas_of
from nnlite.explain.lines import short
from nnlite.explain.watching import Call, WatchedStep
from nnlite.foundation.types import Array, Shape
from nnlite.layers.joining import Tensor
from nnlite.losses import CrossEntropy, Loss, SparseCategoricalCrossentropy
from nnlite.losses.reduction import times_the_mean

FACTOR = 1000.0
HALF = 0.5
SMALLER = "Start from smaller weights, or set clipnorm=1.0 in the optimizer."
SHALLOWER = "Use relu with he_normal weights, BatchNormalization, or fewer layers."


def flow_of_gradients(step: WatchedStep) -> Iterator[str]:
    """Compare each layer's gradient with the longest and the shortest on the way to it."""
    for what, verb, remedy in ("explodes", "grows", SMALLER), ("vanishes", "shrinks", SHALLOWER):
        largest = max(changes(step, verb == "grows"), key=lambda change: change[0], default=None)
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


def changes(step: WatchedStep, grows: bool) -> Iterator[tuple[float, Call, Call, int]]:
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
        arrays = [array for each in held for name, array in each.items() if name in ("W", "b")]
        if all(np.allclose(a, a[..., :1], rtol=1e-5, atol=0) for a in arrays):
            yield (
                f"The {layer.units} units of {layer.name} are equal and get equal "
                "gradients: they will always do the work of one. Start W from random numbers."
            )


def has_to_learn(step: WatchedStep) -> bool:
    """Return whether the loss is more than half of that of the best constant answer."""
    return bool(step.judgements) and step.loss - step.penalty > HALF * baseline_loss(step)


def rising_loss(step: WatchedStep, reach: float | None) -> Iterator[str]:
    """Find a step that makes the loss on its own batch much larger."""
    before, after = step.loss, step.loss_after
    if after <= 2 * before or after <= HALF * baseline_loss(step):
        return
    remedy = f", or scale the inputs, which reach {short(reach)}" if reach else ""
    yield (
        f"This step makes the loss on its own batch rise from {before:.4g} to {after:.4g}: it goes "
        f"too far. Take a smaller learning rate than {step.rate:g}{remedy}."
    )


def baseline_loss(step: WatchedStep) -> float:
    """Return the loss of always answering with the mean of y; -inf if it cannot be told."""
    return sum(
        judged.weight
        * constant_loss(judged.loss, judged.y, judged.gradient.shape, judged.gradient.dtype)
        for judged in step.judgements
        if judged.weight
    )


def constant_loss(loss: Loss, y: Array, shape: Shape, dtype: Any) -> float:
    """Return the loss of always answering with the mean of y, for predictions of that shape."""
    y = loss.truth(y)
    if isinstance(loss, SparseCategoricalCrossentropy):
        shares = np.bincount(y.reshape(-1), minlength=shape[-1]) / y.size
        answer: Array = np.broadcast_to(shares, shape)
    elif y.shape == shape:
        answer = np.broadcast_to(y.mean(axis=0), shape)
    else:
        return -math.inf
    values = loss.values_of if isinstance(loss, CrossEntropy) else loss.values
    answer = answer.astype(dtype)
    return float(values(y, answer).mean()) * times_the_mean(loss.reduction, answer)
