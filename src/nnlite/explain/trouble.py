"""What does not look well in a step, in words: what it is, how far it goes, and what to do.

A warning has to be right, so each has a wide margin: nine in ten values, a factor of a thousand,
a loss no better than half of what a constant answer gets.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nnlite.activations import SoftmaxFunction
from nnlite.explain import activations
from nnlite.explain.flow import flow_of_gradients, has_to_learn, rising_loss, twins
from nnlite.explain.formulas import ACTIVATION, DENSE, formulas_of
from nnlite.explain.lines import Line, percent, short
from nnlite.explain.watching import Call, WatchedStep
from nnlite.foundation.types import Array
from nnlite.layers.activated import ActivatedLayer
from nnlite.layers.joining import Tensor
from nnlite.losses import CategoricalCrossentropy
from nnlite.losses.crossentropy import SUMS_TO_1

MOST_SATURATED, SATURATED_BY_DATA = 0.9, 0.5
MOST_DEAD, ENOUGH_TO_CALL_DEAD = 0.5, 128
UNSCALED = 10.0
FAR_FROM_1 = 0.01


def find_trouble(step: WatchedStep, lines: list[Line]) -> list[str]:
    """Return the warnings."""
    broken = next(not_finite(step, lines), None)
    if broken:
        return [broken]
    activated = [call for call in step.calls if isinstance(call.layer, ActivatedLayer)]
    silent = [*dead(step, activated), *saturated(step, activated)]
    found = [*lonely_softmax(activated), *no_activation(step), *silent]
    found += [*rows_that_are_no_shares(step), *truth_that_is_no_share(step)]
    if step.judgements:
        if not silent:
            found += [*twins(step), *flow_of_gradients(step)]
        found += rising_loss(step, reach_of_unscaled(step.x))
    return found


def not_finite(step: WatchedStep, lines: list[Line]) -> Iterator[str]:
    """Find arrays with a NaN or an infinity; the first is the one to blame."""
    for call in step.calls:
        for name, weight in call.weights.items():
            if not np.isfinite(weight).all():
                yield (
                    f"{call.W[name]} of {call.layer.name} is no longer finite, and spoils all "
                    "that it touches. Make the model anew, and train it with a smaller learning "
                    "rate."
                )
    for line in lines:
        if line.value is not None and not np.isfinite(line.value).all():
            bad = int((~np.isfinite(line.value)).sum())
            yield (
                f"{line.symbol} is the first that is not finite: {bad:,} of its "
                f"{np.size(line.value):,} numbers are NaN or infinite. The numbers before it grew "
                "too large: scale the inputs, or start from smaller weights."
            )


def lonely_softmax(activated: list[Call]) -> Iterator[str]:
    """Find a softmax over a single unit."""
    for call in activated:
        if isinstance(call.layer.activation, SoftmaxFunction) and call.a.shape[-1] == 1:
            yield (
                f"{call.layer.name} is a softmax over one unit, which is 1 whatever comes in, and "
                "learns nothing. Use a sigmoid, or one unit for each class."
            )


def rows_that_are_no_shares(step: WatchedStep) -> Iterator[str]:
    """Find outputs that a loss of classes has to divide by their sums, row by row."""
    for judged in step.judgements:
        a, loss = judged.call.a, judged.loss.name
        sums = a.sum(axis=-1)
        if not judged.divided or np.abs(sums - 1).max() <= FAR_FROM_1:
            continue
        divided = np.abs(sums) >= np.finfo(a.dtype).tiny
        some, others = sums[divided], int((~divided).sum())
        said = []
        if some.size:
            ends = f"{short(some.min())} up to {short(some.max())}"
            said.append(f"the rows of its output sum to {ends}, so {loss} divides each by its sum.")
        if others:
            said.append(
                f"{others:,} of the {sums.size:,} rows of its output sum to 0: {loss} has nothing "
                "to divide them by, and sees no shares in them."
            )
        if (a[divided] / some[..., None] < 0).any():
            said.append("Shares below 0 or above 1 are cut off.")
        remedy = 'Use activation="softmax"; where several classes can be true, binary_crossentropy.'
        yield " ".join([f"{judged.call.layer.name}:", *said, remedy])


def truth_that_is_no_share(step: WatchedStep) -> Iterator[str]:
    """Find rows of truth that do not sum to 1, as probabilities of classes do."""
    for judged in step.judgements:
        sums = judged.y.sum(axis=-1) if isinstance(judged.loss, CategoricalCrossentropy) else 1
        if np.abs(sums - 1).max() > SUMS_TO_1:
            yield (
                f"The rows of {judged.Y} sum to {short(np.min(sums))} up to {short(np.max(sums))}, "
                f"not to 1: {judged.loss.name} takes them, and the gradient of z is a·Σy − y. "
                "Where several classes can be true, use sigmoid with binary_crossentropy."
            )


def no_activation(step: WatchedStep) -> Iterator[str]:
    """Find two linear layers in a row, unless the first is a bottleneck."""
    dense = {tensor: c for tensor, c in step.call_of.items() if formulas_of(c.layer) is DENSE}
    for call in dense.values():
        before = dense.get(call.node.inputs[0])
        if before is None or before.is_bent:
            continue
        name, units = before.layer.name, before.layer.units
        if units >= min(before.x[0].shape[-1], call.layer.units):
            yield (
                f"Between {name} and {call.layer.name} is no activation: together they "
                f"can do no more than one linear layer. Give {name} an activation."
            )


def saturated(step: WatchedStep, activated: list[Call]) -> Iterator[str]:
    """Find layers whose σ or tanh is flat for most values, where a gradient should pass."""
    data = data_tensors(step)
    for call in activated:
        share = activations.saturated_share(call.layer.activation, call.a)
        if share is None or share < SATURATED_BY_DATA:
            continue
        # The slope of the last activation does not matter if the loss went, or may go, around it.
        last = step.model.outputs[0].node.layer
        if call.da is None if step.judgements else call.layer is last:
            continue
        source = call
        if formulas_of(call.layer) is ACTIVATION:
            source = step.call_of.get(call.node.inputs[0], call)
        reach = reach_of_unscaled(source.x) if data.issuperset(source.node.inputs) else None
        hidden = call.node.output not in step.model.outputs
        stuck = share >= MOST_SATURATED and has_to_learn(step)
        if not (reach and hidden) and not stuck:
            continue
        kind = "sigmoids" if call.layer.activation.name == "sigmoid" else "tanh units"
        remedy = _scale(reach) or "Start from smaller weights, normalize before it, or use relu."
        yield (
            f"{call.layer.name}: {percent(share)} of its {kind} are saturated. Their slope is "
            f"almost 0, so they pass back almost no gradient. {remedy}"
        )


def dead(step: WatchedStep, activated: list[Call]) -> Iterator[str]:
    """Find layers with many ReLU units that are 0 for the whole batch."""
    data = data_tensors(step)
    for call in activated:
        a, units = call.a, call.a.shape[-1]
        silent = activations.dead_units(call.layer.activation, a)
        if not silent or len(a) < 2 or not any(x.any() for x in call.x):
            continue
        many = silent >= MOST_DEAD * units and a.size // units >= ENOUGH_TO_CALL_DEAD
        if silent < units and not (many and has_to_learn(step)):
            continue
        reach = reach_of_unscaled(call.x) if data.issuperset(call.node.inputs) else None
        remedy = _scale(reach) or "Try a smaller learning rate, he_normal weights, or leaky_relu."
        which = f"all {units}" if silent == units else f"{silent} of its {units}"
        yield (
            f"{call.layer.name}: {which} ReLU units are dead: 0 for each of the {len(a)} samples, "
            f"so no gradient reaches their weights. {remedy}"
        )


def _scale(reach: float | None) -> str:
    """Return the remedy for inputs that reach that far; nothing for scaled ones."""
    how = "scale them first, (x-x.mean(0))/x.std(0)"
    return f"Its inputs reach {short(reach)}: {how}." if reach else ""


def data_tensors(step: WatchedStep) -> set[Tensor]:
    """Return the inputs, and what was made of them without a weight."""
    data = set(step.model.inputs)
    for call in step.calls:
        plain = not call.weights and not isinstance(call.layer, ActivatedLayer)
        if plain and data.issuperset(call.node.inputs):
            data.add(call.node.output)
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
