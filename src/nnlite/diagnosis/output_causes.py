"""What may be wrong with the end of a network: its last activation, and the loss."""

from __future__ import annotations

import numpy as np

from nnlite import losses
from nnlite.diagnosis.cause import Cause, several
from nnlite.diagnosis.data_causes import REGRESSION
from nnlite.diagnosis.patient import Patient
from nnlite.diagnosis.thresholds import (
    EQUAL,
    MORE_THAN_ONE_CLASS,
    OUT_OF_REACH,
    ROWS,
    TOO_FEW_OF_EACH,
)
from nnlite.diagnosis.treatments import (
    OF_CLASSES,
)
from nnlite.diagnosis.words import compared
from nnlite.explain.lines import percent, short
from nnlite.foundation.types import Array
from nnlite.given.classes import ENOUGH_OF_EACH, MOST_CLASSES, labels_of
from nnlite.layers.activated import ActivatedLayer
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
