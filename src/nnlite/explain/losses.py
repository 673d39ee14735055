"""What each loss says of itself: its value, and the gradient that starts the way back."""

from __future__ import annotations

from .. import losses
from ..losses import CrossEntropy, Loss
from ..types import Array
from .watching import Judgement

_VALUES: dict[type[Loss], str] = {
    losses.MeanSquaredError: "Σ ({a} − {y})²",
    losses.HalfSquaredError: "Σ ½({a} − {y})²",
    losses.MeanAbsoluteError: "Σ |{a} − {y}|",
    losses.Huber: "Σ huber({a} − {y})",
    losses.BinaryCrossentropy: "−Σ ({y}·ln {a} + (1 − {y})·ln(1 − {a}))",
    losses.CategoricalCrossentropy: "−Σ {y}·ln {a}",
    losses.SparseCategoricalCrossentropy: "−Σ ln {a}[{y}]",
}
_GRADIENTS: dict[type[Loss], str] = {
    losses.MeanSquaredError: "2({a} − {y})",
    losses.HalfSquaredError: "({a} − {y})",
    losses.MeanAbsoluteError: "sign({a} − {y})",
    losses.Huber: "clip({a} − {y}, ±{delta:g})",
    losses.BinaryCrossentropy: "({a} − {y})/({a}(1 − {a}))",
    losses.CategoricalCrossentropy: "−{y}/{a}",
    losses.SparseCategoricalCrossentropy: "−onehot({y})/{a}",
}
_OF_CLASSES = losses.CategoricalCrossentropy, losses.SparseCategoricalCrossentropy


def value(judged: Judgement, y: str, z: str, a: str) -> str:
    """Return the formula of J, the mean over the samples."""
    loss = judged.objective.loss
    if isinstance(loss, CrossEntropy) and loss.from_logits:
        a = f"{_activation(loss)}({z})"
    pattern = _VALUES.get(type(loss))
    if pattern is None:
        return f"mean {_name(loss)}({y}, {a})"
    return f"{pattern.format(a=a, y=y)}/{_count(judged)}"


def gradient(judged: Judgement, y: str, z: str, a: str) -> str:
    """Return the formula of the gradient: of z, where loss and activation are taken together."""
    loss, weight = judged.objective.loss, judged.objective.weight
    share = "" if weight == 1 else f"{weight:g}·"
    if isinstance(loss, CrossEntropy) and (judged.objective.to_prediction or loss.from_logits):
        a = f"{_activation(loss)}({z})" if loss.from_logits else a
        sparse = isinstance(loss, losses.SparseCategoricalCrossentropy)
        truth = f"onehot({y})" if sparse else y
        return f"{share}({a} − {truth})/{_count(judged)}"
    pattern = _GRADIENTS.get(type(loss))
    if pattern is None:
        return f"{share}∂{_name(loss)}/∂{a}"
    formula = pattern.format(a=a, y=y, delta=getattr(loss, "delta", 1))
    return f"{share}{formula}/{_count(judged)}"


def _count(judged: Judgement) -> str:
    """Return what a sum is divided by: m samples, and k numbers each if there are several."""
    per_sample = places(judged.objective.loss, judged.gradient)
    return "m" if per_sample == 1 else f"({per_sample}·m)"


def places(loss: Loss, output: Array) -> int:
    """Return how many judged numbers, or classes, each sample has."""
    numbers = output.size // max(len(output), 1)
    return numbers // int(output.shape[-1]) if isinstance(loss, _OF_CLASSES) else numbers


def _activation(loss: CrossEntropy) -> str:
    return {"sigmoid": "σ"}.get(loss.activation.name, loss.activation.name)


def _name(loss: Loss) -> str:
    return loss.name or type(loss).__name__
