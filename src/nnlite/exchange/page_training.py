"""Whether the page can train a model on, and what it has to know for that."""

from __future__ import annotations

from typing import Any

from nnlite import activations, layers, losses, optimizers
from nnlite.foundation.ours import ours
from nnlite.losses.reduction import MEAN

LAYERS = layers.Dense, layers.Activation, layers.Reshape, layers.Normalization, layers.Rescaling
LOSSES = {losses.MeanSquaredError, losses.HalfSquaredError, losses.MeanAbsoluteError, losses.Huber}
CROSS_ENTROPIES = (
    losses.BinaryCrossentropy,
    losses.CategoricalCrossentropy,
    losses.SparseCategoricalCrossentropy,
)
OPTIMIZERS = optimizers.SGD, optimizers.Adam


def training_of(model: Any, width_of_truth: int) -> dict[str, Any] | None:
    """Return loss and optimizer, or None where the page cannot train as `train_on_batch` does.

    It trains chains of `Dense` and activations, by the losses and optimizers of the course.
    """
    if model.compiled is None or len(model.inputs) > 1 or len(model.outputs) > 1:
        return None
    loss, optimizer, ending = model.endings[0].loss, model.optimizer, model.endings[0]
    sparse = isinstance(loss, losses.SparseCategoricalCrossentropy)
    wide = 1 if sparse else model.outputs[0].sample[-1]
    at_logits = ending.at_logits or (
        getattr(loss, "from_logits", False) and ending.activation == activations.linear.forpass
    )
    knows_loss = type(loss) in LOSSES or (type(loss) in CROSS_ENTROPIES and at_logits)
    plain = loss.reduction in (MEAN, "mean") and not getattr(loss, "label_smoothing", 0)
    if not (knows_loss and plain and width_of_truth == wide and len(ending.shape) == 1):
        return None
    called = [node.layer for node in model.nodes]
    if not all(isinstance(layer, LAYERS) for layer in called):
        return None
    if model.nodes[-1].output is not model.outputs[0] or not _steps_plainly(optimizer):
        return None
    learned = [weight for layer in called for weight in layer.trainable_parameters]
    frozen = any("W" in layer.parameters and not layer.trainable_parameters for layer in called)
    if not learned or frozen or any(weight.regularizer is not None for weight in learned):
        return None
    names = "momentum", "nesterov", "beta_1", "beta_2", "epsilon"
    how = {name: getattr(optimizer, name) for name in names if name in vars(optimizer)}
    kind = next(kind.__name__ for kind in OPTIMIZERS if isinstance(optimizer, kind))
    return {
        "loss": {"name": loss.name, "delta": getattr(loss, "delta", 1.0)},
        "optimizer": {"kind": kind, **how},
        "rate": float(optimizer.learning_rate),
    }


def _steps_plainly(optimizer: Any) -> bool:
    """Return whether a step is the rule of the lecture alone: nothing clips, decays, or is new."""
    if type(optimizer) not in OPTIMIZERS or not ours(optimizer, "step", "update"):
        return False
    beside = "clipnorm", "clipvalue", "global_clipnorm", "weight_decay", "schedule", "amsgrad"
    return not any(getattr(optimizer, name, None) for name in beside)
