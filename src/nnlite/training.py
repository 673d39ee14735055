"""The training loop: batches, epochs, history. One step is forward, loss, backward, update."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from .callbacks.calling import CallbackList
from .data import Data
from .errors import explain_error
from .halves import in_halves
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

    def results(self) -> dict[str, float]:
        """Return the losses and metrics over all batches since the last reset."""
        each = [objective.results() for objective in self.objectives]
        weighted = zip(self.objectives, each, strict=True)
        total = sum(objective.weight * values[0] for objective, values in weighted)
        results = {"loss": total + self.penalties / max(self.count, 1)}
        if len(each) == 1:
            names = [metric.name for metric in self.objectives[0].metrics]
            results.update(zip(names, each[0][1:], strict=True))
            return results
        for output, values in zip(self.model.output_names, each, strict=True):
            results[f"{output}_loss"] = values[0]
        for output, objective, values in zip(
            self.model.output_names, self.objectives, each, strict=True
        ):
            for metric, value in zip(objective.metrics, values[1:], strict=True):
                results[f"{output}_{metric.name}"] = value
        return results

    def evaluate(self, data: Data, batch_size: int) -> dict[str, float]:
        """Return the losses and metrics over all samples, without training."""
        self.reset()
        for x, y, weights in data.batches(batch_size):
            self.forward(x, y, weights, training=False)
        return self.results()


def train(
    trainer: Trainer,
    data: Data,
    validation: Data | None,
    callbacks: CallbackList,
    *,
    batch_size: int,
    validation_batch_size: int,
    epochs: range,
    shuffle: bool,
    check_finite: bool,
    validation_freq: int,
    workers: int | None = None,
) -> None:
    """Train for these epochs. Ctrl-C ends it cleanly, a loss that is not finite with an error."""
    model = trainer.model
    trainer.start(data.y)
    # The order within a single batch does not change its mean.
    shuffle = shuffle and batch_size < data.size
    scaled = False
    may_be_plain = not (trainer.flat.regularized or callbacks.watch_batches)
    with (
        training_mode(model),
        np.errstate(all="ignore"),
        fast_network(trainer, workers, batch_size),
    ):
        try:
            callbacks.on_train_begin()
            last_finite = trainer.flat.snapshot()
            for epoch in epochs:
                callbacks.on_epoch_begin(epoch)
                trainer.reset()
                plain = scaled = may_be_plain and trainer.optimizer.is_plain
                take_step = trainer.plain_step if plain else trainer.train_step
                order = model.rng.permutation(data.size) if shuffle else None
                for batch, (x, y, weights) in enumerate(
                    data.batches(batch_size, order, reuse=True)
                ):
                    callbacks.on_batch_begin(batch)
                    loss = take_step(x, y, weights)
                    if check_finite and not math.isfinite(loss):
                        raise _stop(trainer, last_finite, f"a loss of {loss}", epoch, batch, data)
                    callbacks.on_batch_end(batch)
                    if model.stop_training:
                        break
                if plain:
                    trainer.flat.gradients *= 1 / trainer.optimizer.learning_rate
                    scaled = False
                if check_finite:
                    if not np.isfinite(trainer.flat.weights).all():
                        found = "weights that are not finite"
                        raise _stop(trainer, last_finite, found, epoch, batch, data)
                    last_finite = trainer.flat.snapshot()
                logs = trainer.results()
                if validation is not None and (epoch + 1) % validation_freq == 0:
                    callbacks.on_test_begin()
                    results = trainer.evaluate(validation, validation_batch_size)
                    logs.update({f"val_{name}": value for name, value in results.items()})
                    callbacks.on_test_end(results)
                callbacks.on_epoch_end(epoch, logs)
                if model.stop_training:
                    break
        except KeyboardInterrupt:
            model.stop_training = True
            if scaled:
                trainer.flat.gradients *= 1 / trainer.optimizer.learning_rate
        finally:
            callbacks.on_train_end()


@contextmanager
def fast_network(trainer: Trainer, workers: int | None, batch_size: int) -> Iterator[None]:
    """Let the trainer use a network that computes the same, faster."""
    plain = trainer.network
    try:
        with in_halves(plain, workers, batch_size) as trainer.network:
            yield
    finally:
        trainer.network = plain


@contextmanager
def training_mode(model: Learner) -> Iterator[None]:
    """Let the layers reuse their memory from step to step, and leave out what nobody needs."""
    first = layers_without_trainable_ancestors(model)
    layers = model.flat.layers
    for layer in layers:
        layer._workspace = {}
    for layer in first:
        layer.skip_input_gradient = True
    try:
        yield
    finally:
        for layer in layers:
            layer._workspace = None
        for layer in first:
            layer.skip_input_gradient = False


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


def _stop(
    trainer: Trainer, last_finite: list[Array], found: str, epoch: int, batch: int, data: Data
) -> ValueError:
    """Go back to the last finite weights, and return the error that says why."""
    rate = trainer.optimizer.learning_rate
    trainer.flat.restore(last_finite)
    trainer.optimizer.reset()
    largest = max(float(np.abs(x).max()) for x in data.x)
    remedy = "Try a smaller learning rate"
    if largest > 100:
        remedy += ", and scale the inputs first, e.g. (x - x.mean(0)) / x.std(0)"
    elif rate <= 1e-3:
        remedy += ", or clipnorm=1.0 in the optimizer"
    return ValueError(
        explain_error(
            "Training stopped: the loss is no longer finite. "
            "The weights are back at the end of the last finite epoch.",
            f"{found} in epoch {epoch + 1}, batch {batch + 1}, "
            f"with learning rate {rate:g} and inputs as large as {largest:g}",
            remedy=remedy + "; fit(..., check_finite=False) lets it run.",
        )
    )
