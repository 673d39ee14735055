"""What may be wrong with the network, by itself or for its loss: one cause per function."""

from __future__ import annotations

import numpy as np

from nnlite import losses
from nnlite.diagnosis.cause import Cause, several
from nnlite.diagnosis.data_causes import REGRESSION
from nnlite.diagnosis.patient import Patient
from nnlite.diagnosis.thresholds import (
    AND_MORE,
    DEAD,
    EQUAL,
    GROSSLY,
    GROWS,
    LARGE_START,
    LEARNS_HALF,
    MORE_THAN_ONE_CLASS,
    OUT_OF_REACH,
    ROWS,
    SATURATED,
    SHRINKS,
    TOO_FEW_OF_EACH,
    TWICE,
)
from nnlite.diagnosis.training_causes import LARGER
from nnlite.diagnosis.treatments import (
    BENT,
    FRESH,
    OF_CLASSES,
    RECTIFIED,
    THAWED,
    Treatment,
    times,
)
from nnlite.diagnosis.words import compared
from nnlite.explain.activations import dead_units, saturated_share
from nnlite.explain.flow import changes
from nnlite.explain.lines import percent, short
from nnlite.explain.watching import Call
from nnlite.foundation.types import Array
from nnlite.given.classes import ENOUGH_OF_EACH, MOST_CLASSES, labels_of
from nnlite.layers import Dense
from nnlite.layers.activated import ActivatedLayer, KernelLayer
from nnlite.models import Model
from nnlite.training.compiling import per_output

FIT = {
    losses.BinaryCrossentropy: "sigmoid",
    losses.CategoricalCrossentropy: "softmax",
    losses.SparseCategoricalCrossentropy: "softmax",
    losses.KLDivergence: "softmax",
    losses.Hinge: "tanh",
}
REACH = {
    "sigmoid": (0.0, 1.0),
    "softmax": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "relu": (0.0, np.inf),
    "softplus": (0.0, np.inf),
}
# Of an activation that the library does not know nothing can be said.
KNOWN = {*REACH, "linear", "leaky_relu", "elu", "selu", "silu", "gelu"}


def output_does_not_fit_loss(model: Model) -> Cause | None:
    """The last activation is not the one that the loss needs."""
    told = (model.compiled or {}).get("loss")
    judges = map(losses.get, per_output(told, model.output_names, "loss"))
    for tensor, loss in zip(model.outputs, judges, strict=True):
        layer = tensor.node.layer
        if not isinstance(layer, ActivatedLayer) or layer.activation.name not in KNOWN:
            continue
        name, says = layer.activation.name, f"layer {layer.name} ends in {layer.activation.name}"
        if name == "softmax" and tensor.sample[-1:] == (1,):
            return Cause(
                "output_does_not_fit_loss",
                "A softmax over a single unit is always 1.",
                f"{says}, over {tensor.sample[-1]} unit",
                'For yes or no: Dense(1, activation="sigmoid") and loss="binary_crossentropy".',
            )
        wanted = next((g for kind, g in FIT.items() if type(loss) is kind), None)
        if wanted and getattr(loss, "from_logits", False):
            wanted = "linear"
        if wanted is None or name == wanted or (wanted, name) == ("tanh", "linear"):
            continue
        # A layer without weights may hand on what a softmax before it gave.
        if name == "linear" and not layer.weights:
            continue
        return Cause(
            "output_does_not_fit_loss",
            f"{loss.name} and {name} do not belong together.",
            f"{says}; {loss.name} takes {_takes(wanted)}",
            f'activation="{wanted}" in layer {layer.name}.',
        )
    return None


def _takes(wanted: str) -> str:
    meanings = {
        "softmax": "shares of classes that sum to 1",
        "sigmoid": "a probability for each output by itself",
        "tanh": "numbers from −1 to 1",
        "linear": "logits here, any numbers, for from_logits is True",
    }
    return f"{meanings[wanted]}: {wanted}"


def output_out_of_reach(patient: Patient) -> Cause | None:
    """The last activation cannot give the targets: sigmoid and 50, relu and −1."""
    for ending, y in zip(patient.model.endings, patient.y, strict=True):
        name = ending.layer.activation.name if isinstance(ending.layer, ActivatedLayer) else ""
        if name not in REACH or not isinstance(ending.loss, REGRESSION):
            continue
        low, high = REACH[name]
        share = float(((y < low - EQUAL) | (y > high + EQUAL)).mean())
        if share > OUT_OF_REACH:
            return Cause(
                "output_out_of_reach",
                f"{name} cannot give the targets.",
                f"{percent(share)} of the targets, from {short(y.min())} to {short(y.max())}, lie "
                f"outside of what {name} gives: {short(low)} to {short(high)}",
                f"Leave the last layer, {ending.layer.name}, without an activation.",
            )
    return None


def wrong_loss(patient: Patient) -> Cause | None:
    """The loss is that of another task: numbers for classes, one class where several are true."""
    for ending, y in zip(patient.model.endings, patient.y, strict=True):
        if (found := _rows_of_several(ending.loss, y)) or (
            found := _many_classes(ending.loss, y, patient.samples)
        ):
            return found
        if not isinstance(ending.loss, REGRESSION) or (labels := labels_of(y)) is None:
            continue
        kinds, counts = np.unique(labels, return_counts=True)
        activated = isinstance(ending.layer, ActivatedLayer)
        name = ending.layer.activation.name if activated else "linear"
        enough = counts.min() >= ENOUGH_OF_EACH and len(labels) >= ENOUGH_OF_EACH * 4
        numbered = np.array_equal(kinds - kinds[0], np.arange(len(kinds))) and kinds[0] in (0, 1)
        if name in ("sigmoid", "softmax"):
            if patient.learns or not patient.helps(OF_CLASSES):
                continue
            said, tried = compared(patient, OF_CLASSES), OF_CLASSES.name
        elif enough and numbered and 1 < len(kinds) <= MOST_CLASSES:
            said, tried = f"the output of {ending.layer.name} is any number", ""
        else:
            continue
        remedy = 'End with softmax, a unit for each class, and "sparse_categorical_crossentropy".'
        if len(kinds) == 2:
            remedy = 'End with one sigmoid, and loss="binary_crossentropy".'
        return Cause(
            "wrong_loss",
            f"{ending.loss.name} is for numbers, and y holds classes.",
            f"y holds {len(kinds)} different values, {several([*map(str, kinds)])}; {said}",
            remedy,
            tried,
        )
    return None


def _rows_of_several(loss: losses.Loss, y: Array) -> Cause | None:
    if not isinstance(loss, losses.CategoricalCrossentropy):
        return None
    odd = float((np.abs(y.sum(axis=-1)) > MORE_THAN_ONE_CLASS).mean())
    if odd <= ROWS:
        return None
    return Cause(
        "wrong_loss",
        f"{loss.name} is for one class per sample, and here several are true at once.",
        f"{percent(odd)} of the rows of y sum to more than {MORE_THAN_ONE_CLASS:g}",
        'End with sigmoid, and loss="binary_crossentropy".',
    )


def _many_classes(loss: losses.Loss, y: Array, samples: int) -> Cause | None:
    if not isinstance(loss, losses.SparseCategoricalCrossentropy) or y.ndim > 1:
        return None
    kinds = len(np.unique(y))
    if kinds <= max(MOST_CLASSES, samples / TOO_FEW_OF_EACH):
        return None
    return Cause(
        "wrong_loss",
        f"{loss.name} takes each number for a class of its own, and y holds numbers.",
        f"{len(y):,} samples have {kinds:,} different labels",
        'End with one unit without activation, and loss="mse".',
    )


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


def dead_units_of_relu(patient: Patient) -> Cause | None:
    """ReLU units are 0 for all samples, so no gradient reaches their weights."""
    silent = []
    for call in patient.look.calls:
        if isinstance(call.layer, ActivatedLayer):
            dead = dead_units(call.layer.activation, call.a)
            if dead and dead >= DEAD * call.a.shape[-1]:
                silent.append(f"{call.layer.name} ({dead} of {call.a.shape[-1]})")
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
    flat = []
    for call in patient.hidden:
        share = saturated_share(call.layer.activation, call.a)
        if share is not None and share >= SATURATED:
            flat.append(f"{call.layer.name} ({percent(share)})")
    if not flat:
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
    rates = [patient.own, *(patient.run(times(factor)) for factor in LARGER[:2])]
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
