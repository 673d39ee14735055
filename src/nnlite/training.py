"""One step of a training: forward, loss, backward, update; and the figures that add up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from .data import Data
from .interruption import surely
from .layers.base import Layer
from .objectives import Objective
from .optimizers import Optimizer
from .types import Array

if TYPE_CHECKING:
    from .learning import Learner


class Trainer:
    """What `compile` makes of a model: its network, its optimizer, an objective per output."""

    def __init__(self, model: Learner, optimizer: Optimizer, objectives: list[Objective]) -> None:
        self.model = model
        self.optimizer = optimizer
        self.objectives = objectives
        at_logits = [place for place, o in enumerate(objectives) if o.to_prediction is not None]
        self.network = model.network.up_to_logits(at_logits)
        self.several_inputs = len(model.input_names) > 1
        self.flat = model.flat
        self.penalties = 0.0
        self.count = 0

    def train_step(self, x: list[Array], y: list[Array], weights: Array | None) -> float:
        """Take one step on one batch and return its loss, penalties included."""
        loss = self.compute_gradients(x, y, weights)
        self.optimizer.step(self.flat.weights, self.flat.gradients)
        return loss

    def plain_step(self, x: list[Array], y: list[Array], weights: Array | None) -> float:
        """Take the same step for an optimizer that only subtracts α·g, and leave α·g as gradient.

        Going backward is linear: what multiplies the small gradient of the loss multiplies them
        all. So α goes in there, and one pass through the long vectors less is needed.
        """
        loss = self.compute_gradients(x, y, weights, self.optimizer.learning_rate)
        self.optimizer.subtract(self.flat.weights, self.flat.gradients)
        return loss

    def compute_gradients(
        self, x: list[Array], y: list[Array], weights: Array | None, scale: float = 1.0
    ) -> float:
        """Go forward and backward: fill the gradient vector, times `scale`, and return the loss."""
        loss, gradients = self.forward(x, y, weights, True, scale)
        self.network.backprop(gradients if len(gradients) > 1 else gradients[0])
        for regularizer, W, dW in self.flat.regularized:
            dW += regularizer.gradient(W)
        return loss

    def forward(
        self,
        x: list[Array],
        y: list[Array],
        weights: Array | None,
        training: bool,
        scale: float = 1.0,
    ) -> tuple[float, list[Array]]:
        """Return the loss of a batch and, in training, `scale` × its gradient for each output."""
        outputs = self.network.forpass(x if self.several_inputs else x[0], training)
        if len(self.objectives) == 1:
            outputs = [outputs]
        loss, gradients = self.penalty(), []
        self.penalties += loss * len(x[0])
        self.count += len(x[0])
        for objective, truth, output in zip(self.objectives, y, outputs, strict=True):
            part, a = objective.judge(truth, output, weights)
            loss += part
            if training:
                gradients.append(objective.gradient(truth, a, weights, scale))
        return loss, gradients

    def penalty(self) -> float:
        """Return what the regularizers charge for the weights as they are."""
        if not self.flat.regularized:
            return 0.0
        return sum((r(W) for r, W, _ in self.flat.regularized), 0.0)

    def start(self, y: list[Array]) -> None:
        """Choose the metrics that fit this truth, and forget earlier batches."""
        # Looked up once, not at every step: a layer may have moved to another model since.
        self.flat = self.model.flat
        self.penalties, self.count = 0.0, 0
        for objective, truth in zip(self.objectives, y, strict=True):
            objective.start(truth)

    def reset(self) -> None:
        """Forget earlier batches."""
        self.penalties, self.count = 0.0, 0
        for objective in self.objectives:
            objective.reset()

    def names(self) -> list[str]:
        """Return the names of the losses and metrics, once `start` has chosen them."""
        if len(self.objectives) == 1:
            return ["loss", *(metric.name for metric in self.objectives[0].metrics)]
        named = list(zip(self.model.output_names, self.objectives, strict=True))
        each = [f"{output}_{metric.name}" for output, o in named for metric in o.metrics]
        return ["loss", *(f"{output}_loss" for output, _ in named), *each]

    def results(self) -> dict[str, float]:
        """Return the losses and metrics over all batches since the last reset."""
        each = [objective.results() for objective in self.objectives]
        weighted = zip(self.objectives, each, strict=True)
        total = sum(objective.weight * values[0] for objective, values in weighted)
        losses = [values[0] for values in each] if len(each) > 1 else []
        rest = [value for values in each for value in values[1:]]
        figures = [total + self.penalties / max(self.count, 1), *losses, *rest]
        return dict(zip(self.names(), figures, strict=True))

    def evaluate(self, data: Data, batch_size: int) -> dict[str, float]:
        """Return the losses and metrics over all samples, without training."""
        self.reset()
        for x, y, weights in data.batches(batch_size):
            self.forward(x, y, weights, training=False)
        return self.results()


@contextmanager
def training_mode(model: Learner) -> Iterator[None]:
    """Let the layers reuse their memory from step to step, and leave out what nobody needs.

    Afterwards they are as before: at rest, or in the training of another model that shares them.
    """
    first = set(layers_without_trainable_ancestors(model))
    before = [(layer, layer._workspace, layer.skip_input_gradient) for layer in model.flat.layers]

    def leave() -> None:
        for layer, workspace, skip in before:
            layer._workspace, layer.skip_input_gradient = workspace, skip

    with surely(leave):
        for layer, *_ in before:
            layer._workspace, layer.skip_input_gradient = {}, layer in first
        yield


def layers_without_trainable_ancestors(model: Learner) -> list[Layer]:
    """Return the layers whose input gradient no weight needs."""
    trained: set[Any] = set()
    needed: set[int] = set()
    for node in model.nodes:
        if any(tensor in trained for tensor in node.inputs):
            needed.add(id(node.layer))
            trained.add(node.output)
        elif node.layer.trainable_names():
            trained.add(node.output)
    return [layer for layer in model.flat.layers if id(layer) not in needed]
