"""One step of a training: forward, loss, backward, update; and the figures that add up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from nnlite.foundation.types import Array
from nnlite.given.data import Data
from nnlite.layers.joining import Tensor
from nnlite.layers.layer import Layer
from nnlite.network.chain import up_to_logits
from nnlite.optimizers import Optimizer
from nnlite.training.faster import descends_plainly, leaves_out_input_gradient
from nnlite.training.interruption import surely
from nnlite.training.objective import Objective

if TYPE_CHECKING:
    from nnlite.models.fitting import Learner


class Trainer:
    """What `compile` makes of a model: its network, its optimizer, an objective per output."""

    def __init__(self, model: Learner, optimizer: Optimizer, objectives: list[Objective]) -> None:
        self.model = model
        self.optimizer = optimizer
        self.objectives = objectives
        self.network = self.usual = model.network
        self.connect()
        self.several_inputs = len(model.input_names) > 1
        self.claim_weights()
        self.regularized = self.flat.regularized
        self.penalties = 0.0
        self.count = 0
        self.scale = 1.0

    def connect(self) -> None:
        """Take the network anew, without the activations that its losses go around."""
        ends = [o.layer for o in self.objectives if o.to_prediction is not None]
        before, self.usual = self.usual, up_to_logits(self.model.network, ends)
        # During a `fit` a faster network stands here, and stays.
        if self.network is before:
            self.network = self.usual

    def claim_weights(self) -> None:
        """Bring the weights into the model's vectors, and remember the steps taken there."""
        self.flat = self.model.flat
        self.optimizer.bound_state = self.state = self.flat.state_of(self.optimizer)

    def train_step(self, x: list[Array], y: list[Array], weights: Array | None) -> float:
        """Take one step on one batch and return its loss, penalties included."""
        self.optimizer.bound_state = self.state
        loss = self.compute_gradients(x, y, weights)
        self.optimizer.step(self.flat.weights, self.flat.gradients)
        return loss

    def plain_step(self, x: list[Array], y: list[Array], weights: Array | None) -> float:
        """Take the same step for an optimizer that only subtracts α·g; `scale` is α then.

        Going backward is linear: what multiplies the small gradient of the loss multiplies them
        all. So α goes in there, and one pass through the long vectors less is needed.
        """
        self.optimizer.bound_state = self.state
        loss = self.compute_gradients(x, y, weights, self.scale)
        self.optimizer.subtract(self.flat.weights, self.flat.gradients)
        return loss

    def may_be_plain(self) -> bool:
        """Return whether nobody but the library would see α·g on its way."""
        layers = self.flat.layers
        return not self.flat.regularized and descends_plainly(self.optimizer, layers)

    def scale_gradients(self, scale: float) -> None:
        """Let the gradient vector hold `scale` × the gradients from now on."""
        if scale != self.scale:
            self.flat.gradients *= scale / self.scale
            self.scale = scale

    def compute_gradients(
        self, x: list[Array], y: list[Array], weights: Array | None, scale: float = 1.0
    ) -> float:
        """Go forward and backward: fill the gradient vector, times `scale`, and return the loss."""
        self.flat.settle()
        loss, gradients = self.forward(x, y, weights, True, scale)
        self.network.backprop(gradients if len(gradients) > 1 else gradients[0])
        for regularizer, weight in self.regularized:
            dW = weight.gradient
            dW += regularizer.gradient(weight.value)
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
            if objective.copies:
                truth, output = truth.copy(), output.copy()
            part, a = objective.judge(truth, output, weights)
            loss += part
            if training:
                gradients.append(objective.gradient(truth, a, weights, scale))
        return loss, gradients

    def penalty(self) -> float:
        """Return what the regularizers charge for the weights as they are."""
        if not self.regularized:
            return 0.0
        return sum((regularizer(weight.value) for regularizer, weight in self.regularized), 0.0)

    def start(self, data: Data) -> None:
        """Choose the metrics that fit this truth, and forget earlier batches."""
        # Looked up once, not at every step: a layer may have been frozen or thawed since.
        self.regularized = self.flat.regularized
        self.penalties, self.count = 0.0, 0
        _, sample, _ = next(data.batches(1))
        for objective, truth in zip(self.objectives, sample, strict=True):
            objective.start(truth)
        self.connect()

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
    layers = dict.fromkeys(node.layer for node in model.nodes)
    before = [
        (layer, layer._workspace, layer.is_first, layer.skip_input_gradient) for layer in layers
    ]

    def leave() -> None:
        for layer, workspace, is_first, skip in before:
            layer._workspace, layer.is_first, layer.skip_input_gradient = workspace, is_first, skip
            if workspace is None:
                vars(layer).pop("shown", None)

    with surely(leave):
        for layer in layers:
            layer._workspace, layer.is_first = {}, layer in first
            layer.skip_input_gradient = layer.is_first and leaves_out_input_gradient(layer)
        yield


def layers_without_trainable_ancestors(model: Learner) -> list[Layer]:
    """Return the layers whose input gradient no weight needs."""
    trained: set[Tensor] = set()
    needed: set[Layer] = set()
    for node in model.nodes:
        if any(tensor in trained for tensor in node.inputs):
            needed.add(node.layer)
            trained.add(node.output)
        elif node.layer.trainable_names():
            trained.add(node.output)
    return [node.layer for node in model.nodes if node.layer not in needed]
