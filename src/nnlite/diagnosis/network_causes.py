"""What may be wrong with the layers and how they begin: one cause per function."""

from __future__ import annotations

import numpy as np

from nnlite.diagnosis.cause import Cause, several
from nnlite.diagnosis.patient import Patient
from nnlite.diagnosis.thresholds import (
    AND_MORE,
    EQUAL,
    GROSSLY,
    GROWS,
    LARGE_START,
    LEARNS_HALF,
    SHRINKS,
    TWICE,
)
from nnlite.diagnosis.training_causes import LARGER, SMALLER
from nnlite.diagnosis.treatments import (
    BENT,
    FRESH,
    RECTIFIED,
    THAWED,
    Treatment,
    times,
)
from nnlite.diagnosis.units import dead_layers, flat_layers
from nnlite.diagnosis.words import compared
from nnlite.explain.flow import changes
from nnlite.explain.lines import short
from nnlite.explain.watching import Call
from nnlite.layers import Dense
from nnlite.layers.activated import KernelLayer


def frozen_layers(patient: Patient) -> Cause | None:
    """Layers that ought to learn are frozen."""
    frozen = [
        layer
        for layer in patient.model.layers
        if any(w.trainable for w in layer.parameters.values()) and not layer.trainable
    ]
    if not frozen:
        return None
    nothing = patient.model.flat.weights.size == 0
    ends = any(ending.layer in frozen for ending in patient.model.endings)
    if not (nothing or ends) and (patient.learns or not patient.helps(THAWED)):
        return None
    names = several([layer.name for layer in frozen])
    said = "no weight is trained" if nothing else compared(patient, THAWED)
    return Cause(
        "frozen_layers",
        "Layers are frozen that would have to learn.",
        f"trainable=False in {names}; {said}",
        f"model.get_layer({frozen[-1].name!r}).trainable = True, before compile.",
        "" if nothing else THAWED.name,
    )


def equal_weights(patient: Patient) -> Cause | None:
    """The units of a layer start equal, at zeros for instance, and stay equal."""
    equal = [
        layer.name
        for layer in patient.start.layers
        if isinstance(layer, KernelLayer)
        and "W" in layer.parameters
        and layer.W.shape[-1] > 1
        and np.ptp(layer.W, axis=-1).max() <= EQUAL * max(float(np.abs(layer.W).max()), EQUAL)
    ]
    hidden = {call.layer.name for call in patient.hidden}
    equal = [name for name in equal if name in hidden]
    if not equal:
        return None
    return Cause(
        "equal_weights",
        "The units of a layer are all equal: they do the work of one, or of none.",
        f"in {several(equal)} all columns of W are the same; {compared(patient, FRESH)}",
        'kernel_initializer="glorot_uniform", or "he_normal" for relu: start at random.',
        FRESH.name,
    )


def dead_units(patient: Patient) -> Cause | None:
    """ReLU units are 0 for all samples, so no gradient reaches their weights."""
    silent = dead_layers(patient.look)
    if not silent or not patient.helps(FRESH):
        return None
    return Cause(
        "dead_units",
        "ReLU units are dead: 0 for every sample, so that no gradient reaches their weights.",
        f"{several(silent)}; {compared(patient, FRESH)}",
        'Begin anew with kernel_initializer="he_normal" and biases of 0.',
        FRESH.name,
    )


def saturated_units(patient: Patient) -> Cause | None:
    """Sigmoid or tanh units stand at their flat ends: the weights are too large."""
    flat = flat_layers(patient.look)
    if not flat or (patient.wakes_up and not patient.helps(FRESH)):
        return None
    return Cause(
        "saturated_units",
        "Sigmoid or tanh units are saturated: their slope is almost 0.",
        f"{several(flat)}; {compared(patient, FRESH)}",
        'Begin with smaller weights: kernel_initializer="glorot_uniform".',
        FRESH.name,
    )


def exploding_gradients(patient: Patient) -> Cause | None:
    """The weights start so large that signals and gradients grow from layer to layer."""
    growth, start = _growth(patient)
    if not (growth > GROWS or start > LARGE_START) or not patient.helps(FRESH):
        return None
    return _exploding(patient)


def gross_explosion(patient: Patient) -> Cause | None:
    """They start so large that it is a fault even where something is learned."""
    growth, start = _growth(patient)
    return _exploding(patient) if growth > GROSSLY and start > GROWS else None


def _growth(patient: Patient) -> tuple[float, float]:
    """Return by how much the gradient grows, and how far above a constant answer the loss is."""
    growth = max((change[0] for change in changes(patient.look, True)), default=0.0)
    return growth, patient.own.start / patient.own.constant


def _exploding(patient: Patient) -> Cause:
    growth, start = _growth(patient)
    return Cause(
        "exploding_gradients",
        "The weights start too large: signals and gradients grow from layer to layer.",
        f"the gradient grows by {short(growth)} on its way back, and the loss begins at "
        f"{short(start)} times that of a constant answer; {compared(patient, FRESH)}",
        'kernel_initializer="he_normal" for relu, "glorot_uniform" for the others.',
        FRESH.name,
    )


def vanishing_gradients(patient: Patient) -> Cause | None:
    """The gradient fades on its way to the first layers."""
    loss = max((change[0] for change in changes(patient.look, False)), default=0.0)
    if loss <= SHRINKS or not (remedy := _against_vanishing(patient)):
        return None
    return Cause(
        "vanishing_gradients",
        "The gradient vanishes on its way to the first layers.",
        f"it shrinks by a factor of {short(loss)}; {compared(patient, remedy)}",
        'activation="relu" with kernel_initializer="he_normal" in the hidden layers.'
        if remedy is RECTIFIED
        else 'Begin with larger weights: kernel_initializer="he_normal" for relu.',
        remedy.name,
    )


def _against_vanishing(patient: Patient) -> Treatment | None:
    return next((tried for tried in (FRESH, RECTIFIED) if patient.helps(tried)), None)


def no_activation(patient: Patient) -> Cause | None:
    """Hidden layers without an activation can do no more than one linear layer."""
    straight = [
        call.layer.name
        for call in patient.hidden
        if isinstance(call.layer, Dense) and not _bends(patient, call)
    ]
    if not straight or not patient.helps(BENT, on_new=True):
        return None
    return Cause(
        "no_activation",
        "Between layers is no activation: together they can do no more than one linear layer.",
        f"{several(straight)} without activation; {compared(patient, BENT)}",
        f'activation="relu" in layer {straight[0]}.',
        BENT.name,
    )


def _bends(patient: Patient, call: Call) -> bool:
    """Return whether an activation is in the layer, or behind it before the next weights."""
    if call.is_bent or call.node.output in patient.look.model.outputs:
        return call.is_bent
    behind = [other for other in patient.look.calls if call.node.output in other.node.inputs]
    return any(other.is_bent for other in behind if not other.weights) or any(
        _bends(patient, other) for other in behind if not isinstance(other.layer, KernelLayer)
    )


def too_little_capacity(patient: Patient) -> Cause | None:
    """Another network learns the task, and this one does not at any rate."""
    if patient.own.progress >= LEARNS_HALF:
        return None
    tried = [times(factor) for factor in (*SMALLER[:2], *LARGER[:2])]
    rates = [patient.own, *map(patient.run, tried)]
    best = max(rates, key=lambda run: run.progress)
    other = patient.reference
    if other.progress < TWICE * max(best.progress, 0.0) + AND_MORE:
        return None
    if not patient.helps_on_new(other, max(rates, key=lambda run: run.progress_on_new)):
        return None
    ten = patient.by_heart
    return Cause(
        "too_little_capacity",
        "The network is too small for this task.",
        f"two layers of 64 relu units bring the loss to {short(other.end)}, this network only to "
        f"{short(best.end)} with the best of {len(rates)} rates; of ten samples it comes from "
        f"{short(ten.start)} to {short(ten.end)}",
        'More units, or a hidden layer more: Dense(64, activation="relu").',
        other.name,
    )
