"""The training loop: batches, epochs, history. One step is forward, loss, backward, update."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from .callbacks import CallbackList
from .data import Data
from .errors import explain_error
from .halves import in_halves
from .layers.base import Layer
from .layers.symbolic import Tensor
from .objectives import Objective
from .optimizers import Optimizer
from .shortcuts import descends_plainly, is_watched, leaves_out_input_gradient, watch
from .types import Array

if TYPE_CHECKING:
    from .learning import Learner


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
        ends = [place for place, o in enumerate(self.objectives) if o.to_prediction is not None]
        before, self.usual = self.usual, self.model.network.up_to_logits(ends)
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
    trainer.claim_weights()
    trainer.start(data)
    # The order within a single batch does not change its mean.
    shuffle = shuffle and batch_size < data.size
    watched = is_watched(callbacks.callbacks)
    may_be_plain = trainer.may_be_plain() and not callbacks.watch_batches
    with (
        training_mode(model),
        np.errstate(all="ignore"),
        fast_network(trainer, workers, batch_size, watched),
    ):
        try:
            callbacks.on_train_begin()
            last_finite = trainer.flat.snapshot()
            for epoch in epochs:
                callbacks.on_epoch_begin(epoch)
                trainer.reset()
                plain = may_be_plain and trainer.optimizer.is_plain
                trainer.scale_gradients(trainer.optimizer.learning_rate if plain else 1.0)
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
                if watched or callbacks.before_epochs:
                    trainer.scale_gradients(1.0)
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
        finally:
            trainer.scale_gradients(1.0)
            callbacks.on_train_end()


@contextmanager
def fast_network(
    trainer: Trainer, workers: int | None, batch_size: int, watched: bool = False
) -> Iterator[None]:
    """Let the trainer use a network that computes the same, faster; one to look at, if watched."""
    outer = None if trainer.network is trainer.usual else trainer.network
    try:
        with in_halves(trainer.usual, workers, batch_size) as fast:
            trainer.network = fast.replaced(watch) if watched else fast
            yield
    finally:
        trainer.network = outer or trainer.usual


@contextmanager
def training_mode(model: Learner) -> Iterator[None]:
    """Let the layers reuse their memory from step to step, and leave out what nobody needs."""
    first = layers_without_trainable_ancestors(model)
    layers = [node.layer for node in model.nodes]
    for layer in layers:
        layer._workspace = {}
    for layer in first:
        layer.is_first = True
        layer.skip_input_gradient = leaves_out_input_gradient(layer)
    try:
        yield
    finally:
        for layer in layers:
            layer._workspace = None
            vars(layer).pop("shown", None)
        for layer in first:
            layer.is_first = layer.skip_input_gradient = False


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


def _stop(
    trainer: Trainer, last_finite: list[Array], found: str, epoch: int, batch: int, data: Data
) -> ValueError:
    """Go back to the last finite weights, and return the error that says why."""
    rate = trainer.optimizer.learning_rate
    trainer.flat.restore(last_finite)
    trainer.optimizer.reset()
    largest = max(float(np.abs(x).max()) for inputs, *_ in data.batches(1024) for x in inputs)
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
