"""What does not look well in a step, in words: what it is, how far it goes, and what to do.

A warning has to be right, so each has a wide margin: nine in ten values, a factor of a thousand,
a loss no better than half of what a constant answer gets.
"""

from __future__ import annotations

import numpy as np

from ..activations import SoftmaxFunction
from ..layers.base import ActivatedLayer
from ..types import Array
from . import activations
from .flow import flow_of_gradients, rising_loss, twins
from .formulas import ActivationFormulas, DenseFormulas, formulas_of
from .lines import Line, percent, short
from .progress import has_to_learn
from .told import Told
from .watching import WatchedStep

MOST_SATURATED, SATURATED_BY_DATA = 0.9, 0.5
MOST_DEAD, ENOUGH_TO_CALL_DEAD = 0.5, 128
UNSCALED = 10.0
SCALE_THEM = "(x-x.mean(0))/x.std(0)"


def find_trouble(step: WatchedStep, told: list[Told], lines: list[Line]) -> list[str]:
    """Return the warnings."""
    broken = not_finite(step, told, lines)
    if broken:
        return broken
    silent = [*dead(step, told), *saturated(step, told)]
    found = [*lonely_softmax(told), *no_activation(told), *silent]
    if step.judgements:
        if not silent:
            found += [*twins(told), *flow_of_gradients(step, told)]
        found += rising_loss(step, reach_of_unscaled(step.x))
    return found


def not_finite(step: WatchedStep, told: list[Told], lines: list[Line]) -> list[str]:
    """Find the first array with a NaN or an infinity."""
    for one in told:
        for name, symbol in one.weights.items():
            if not np.isfinite(one.layer._views[name]).all():
                return [
                    f"{symbol} of {one.layer.name} is no longer finite, and spoils all that it "
                    "touches. Make the model anew, and train it with a smaller learning rate."
                ]
    for line in lines:
        if line.value is not None and not np.isfinite(line.value).all():
            bad = int((~np.isfinite(line.value)).sum())
            return [
                f"{line.symbol} is the first that is not finite: {bad:,} of its "
                f"{np.size(line.value):,} numbers are NaN or infinite. The numbers before it grew "
                "too large: scale the inputs, or start from smaller weights."
            ]
    return []


def lonely_softmax(told: list[Told]) -> list[str]:
    """Find a softmax over a single unit."""
    return [
        f"{one.layer.name} is a softmax over one unit, which is 1 whatever comes in, and learns "
        "nothing. Use a sigmoid, or one unit for each class."
        for one in told
        if isinstance(one.layer, ActivatedLayer)
        and isinstance(one.layer.activation, SoftmaxFunction)
        and one.call.output.shape[-1] == 1
    ]


def no_activation(told: list[Told]) -> list[str]:
    """Find two linear layers in a row, unless the first is a bottleneck."""
    producers, found = {one.a: one for one in told}, []
    for one in told:
        before = producers.get(one.x[0])
        if before is None or not (_is_dense(before) and _is_dense(one)) or before.z != before.a:
            continue
        units = before.layer.units
        if units >= min(before.call.x[0].shape[-1], one.layer.units):
            found.append(
                f"Between {before.layer.name} and {one.layer.name} is no activation: together they "
                f"can do no more than one linear layer. Give {before.layer.name} an activation."
            )
    return found


def _is_dense(told: Told) -> bool:
    return isinstance(formulas_of(told.layer), DenseFormulas)


def saturated(step: WatchedStep, told: list[Told]) -> list[str]:
    """Find layers whose σ or tanh is flat for most values, where a gradient should pass."""
    producers, data, found = {one.a: one for one in told}, data_symbols(step, told), []
    for one in told:
        if not isinstance(one.layer, ActivatedLayer) or not _passes_gradients(step, one):
            continue
        share = activations.saturated_share(one.layer.activation, one.call.output)
        if share is None or share < SATURATED_BY_DATA:
            continue
        source = one
        if isinstance(formulas_of(one.layer), ActivationFormulas):
            source = producers.get(one.x[0], one)
        reach = reach_of_unscaled(source.call.x) if set(source.x) <= data else None
        hidden = one.a not in _outputs(step, told)
        stuck = share >= MOST_SATURATED and has_to_learn(step)
        if not (reach and hidden) and not stuck:
            continue
        kind = "sigmoids" if one.layer.activation.name == "sigmoid" else "tanh units"
        remedy = (
            f"Its inputs reach {short(reach)}: scale them first, {SCALE_THEM}."
            if reach
            else "Start from smaller weights, normalize before it, or use relu."
        )
        found.append(
            f"{one.layer.name}: {percent(share)} of its {kind} are saturated. Their slope is "
            f"almost 0, so they pass back almost no gradient. {remedy}"
        )
    return found


def dead(step: WatchedStep, told: list[Told]) -> list[str]:
    """Find layers with many ReLU units that are 0 for the whole batch."""
    data, found = data_symbols(step, told), []
    for one in told:
        if not isinstance(one.layer, ActivatedLayer):
            continue
        a = one.call.output
        units, values = a.shape[-1], a.size // a.shape[-1]
        silent = activations.dead_units(one.layer.activation, a)
        if not silent or len(a) < 2 or not any(x.any() for x in one.call.x):
            continue
        many = silent >= MOST_DEAD * units and values >= ENOUGH_TO_CALL_DEAD
        if silent < units and not (many and has_to_learn(step)):
            continue
        reach = reach_of_unscaled(one.call.x) if set(one.x) <= data else None
        remedy = "Try a smaller learning rate, he_normal weights, or leaky_relu."
        if reach:
            remedy = f"Its inputs reach {short(reach)}: scale them first, {SCALE_THEM}."
        which = f"all {units}" if silent == units else f"{silent} of its {units}"
        found.append(
            f"{one.layer.name}: {which} ReLU units are dead: 0 for each of the {len(a)} samples, "
            f"so no gradient reaches their weights. {remedy}"
        )
    return found


def _passes_gradients(step: WatchedStep, told: Told) -> bool:
    """Return whether the slope of the activation matters: not if the loss went around it."""
    if step.judgements:
        return told.call.da is not None
    return step.model.outputs[0].node.layer is not told.layer


def _outputs(step: WatchedStep, told: list[Told]) -> set[str]:
    tensors = {node.output for node, _ in step.calls} & set(step.model.outputs)
    return {
        one.a for (node, _), one in zip(step.calls, told, strict=True) if node.output in tensors
    }


def data_symbols(step: WatchedStep, told: list[Told]) -> set[str]:
    """Return the symbols of the inputs, and of what was made of them without a weight."""
    inputs = set(step.model.inputs)
    data: set[str] = set()
    for (node, _), one in zip(step.calls, told, strict=True):
        data |= {x for x, tensor in zip(one.x, node.inputs, strict=True) if tensor in inputs}
        plain = not one.layer.weights and not isinstance(one.layer, ActivatedLayer)
        if plain and set(one.x) <= data:
            data.add(one.a)
    return data


def reach_of_unscaled(x: list[Array]) -> float | None:
    """Return the largest value of inputs that are not scaled; None if they are.

    A scaled feature is about 1 on average; a single value far out does not matter.
    """
    for array in x:
        average = np.abs(array.reshape(-1, array.shape[-1])).mean(axis=0)
        if average.max() > UNSCALED:
            return float(np.abs(array).max())
    return None
