"""What the page has to know of the loss and the optimizer: for the lesson, and to train on."""

from __future__ import annotations

from typing import Any

from nnlite import activations, layers, losses, optimizers
from nnlite.foundation.ours import ours
from nnlite.foundation.types import Array
from nnlite.losses.reduction import MEAN

LAYERS = layers.Dense, layers.Activation, layers.Reshape, layers.Normalization, layers.Rescaling
OTHERWISE_IN_TRAINING = layers.Dropout, layers.BatchNormalization, layers.RandomFlip
LOSSES = {losses.MeanSquaredError, losses.HalfSquaredError, losses.MeanAbsoluteError, losses.Huber}
CROSS_ENTROPIES = (
    losses.BinaryCrossentropy,
    losses.CategoricalCrossentropy,
    losses.SparseCategoricalCrossentropy,
)
OPTIMIZERS = optimizers.SGD, optimizers.Adam


def judges_like_the_page(model: Any, width_of_truth: int) -> bool:
    """Return whether the page has the loss, and its way back is that of a training step."""
    if model.compiled is None or len(model.inputs) > 1 or len(model.outputs) > 1:
        return False
    ending, last = model.endings[0], model.nodes[-1]
    loss = ending.loss
    wide = 1 if isinstance(loss, losses.SparseCategoricalCrossentropy) else ending.shape[-1]
    if len(ending.shape) > 1 or width_of_truth != wide or last.output is not model.outputs[0]:
        return False
    if any(isinstance(node.layer, OTHERWISE_IN_TRAINING) for node in model.nodes):
        return False
    if loss.reduction not in (MEAN, "mean") or getattr(loss, "label_smoothing", False):
        return False
    of_logits = ending.activation == activations.linear.forpass
    at_logits = ending.at_logits or (getattr(loss, "from_logits", False) and of_logits)
    return type(loss) in LOSSES or (type(loss) in CROSS_ENTROPIES and at_logits)


def training_of(model: Any, width_of_truth: int) -> dict[str, Any] | None:
    """Return loss and optimizer, or None where the page cannot train as `train_on_batch` does.

    It trains `Dense` layers and activations, by the losses and optimizers of the course.
    """
    if not (judges_like_the_page(model, width_of_truth) and _steps_plainly(model.optimizer)):
        return None
    called = [node.layer for node in model.nodes]
    learned = [weight for layer in called for weight in layer.trainable_parameters]
    frozen = any("W" in layer.parameters and not layer.trainable_parameters for layer in called)
    if not learned or frozen or any(weight.regularizer is not None for weight in learned):
        return None
    if not all(isinstance(layer, LAYERS) for layer in called):
        return None
    optimizer = model.optimizer
    names = "momentum", "nesterov", "beta_1", "beta_2", "epsilon"
    how = {name: getattr(optimizer, name) for name in names if name in vars(optimizer)}
    kind = next(kind.__name__ for kind in OPTIMIZERS if isinstance(optimizer, kind))
    return {"optimizer": {"kind": kind, **how}, "rate": float(optimizer.learning_rate)}


def lesson_of(model: Any, x: list[Array], y: Any, width_of_truth: int) -> dict[str, Any]:
    """Return the formulas of `explain` for one sample, and the loss if there is a way back."""
    back = y is not None and judges_like_the_page(model, width_of_truth)
    told = model.explain(x[0] if len(x) == 1 else x, y if back else None)
    called = enumerate(node.layer for node in model.nodes)
    otherwise = {place for place, layer in called if isinstance(layer, OTHERWISE_IN_TRAINING)}
    sections = [
        {
            "half": half,
            "title": section.title,
            "place": section.place,
            "lines": [_line(line) for line in section.lines],
        }
        for half in ("forward", "backward")
        for section in told.halves.get(half, [])
        if section.place not in otherwise
    ]
    loss = model.endings[0].loss if back else None
    how = {"name": loss.name, "delta": getattr(loss, "delta", 1.0)} if loss else None
    return {"sections": sections, "loss": how}


def _line(line: Any) -> dict[str, str]:
    # The loss is told with its value, which on the page is that of the sample of the moment.
    formula = line.formula.rpartition(" = ")[0] if line.symbol == "J" else line.formula
    return {"symbol": line.symbol, "formula": formula, "shapes": line.shapes}


def _steps_plainly(optimizer: Any) -> bool:
    """Return whether a step is the rule of the lecture alone: nothing clips, decays, or is new."""
    if type(optimizer) not in OPTIMIZERS or not ours(optimizer, "step", "update"):
        return False
    beside = "clipnorm", "clipvalue", "global_clipnorm", "weight_decay", "schedule", "amsgrad"
    return not any(getattr(optimizer, name, None) for name in beside)
