"""The loop of a training: epochs, in each epoch its batches, for each batch one step."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlite.callbacks import Callback, History
from nnlite.callbacks.bar import say_beside
from nnlite.callbacks.calling import CallbackList
from nnlite.foundation.types import Array
from nnlite.given.data import Data
from nnlite.training.evaluation import Validation
from nnlite.training.faster import Faster
from nnlite.training.finite import Finite
from nnlite.training.running import running, surely, until_ctrl_c
from nnlite.training.step import Step


@dataclass(eq=False)
class Loop:
    """One training, as `fit` was asked for it."""

    step: Step
    data: Data
    validation: Validation | None
    given: Sequence[Callback]
    batch_size: int
    epochs: range
    shuffle: bool
    check_finite: bool
    workers: int | None

    def __post_init__(self) -> None:
        self.model = self.step.model
        self.epoch, self.in_epoch = self.epochs.start, False
        self.steps = self.data.steps(self.batch_size)
        self.history = History()
        everyone = [*self.given, self.history]
        self.callbacks = CallbackList(everyone, self.model, self.plan(), self.step.figures.results)
        self.faster = Faster(self.step, self.callbacks)
        self.check_finite = self.check_finite and not self.callbacks.watches_finiteness
        # The order within a single batch does not change its mean.
        self.whole = self.data.whole(self.batch_size)

    def plan(self) -> dict[str, Any]:
        """Return what callbacks may know before the training begins."""
        figures, validation = [*self.step.figures.names], self.validation
        if validation is not None and all(map(validation.is_due, self.epochs[:2])):
            figures += [f"val_{name}" for name in figures]
        return {
            "epochs": self.epochs.stop,
            "steps": self.steps,
            "initial_epoch": self.epochs.start,
            "validates": validation is not None,
            "validation_freq": validation and validation.every,
            "figures": figures,
        }

    def run(self) -> History:
        """Train to the last epoch, or until a callback or Ctrl-C ends it."""
        model, trainings = self.model, running.trainings
        depth, wished = len(trainings), model.stop_training
        around = [training for training in trainings if training.model is model]

        def leave() -> None:
            del trainings[depth:]
            if around:
                model.history, model.stop_training = around[-1].history, wished

        with surely(leave), np.errstate(all="ignore"):
            trainings.append(self)
            model.history, model.stop_training = self.history, False
            until_ctrl_c(self)
        return self.history

    def train(self) -> None:
        """Go through the epochs."""
        callbacks = self.callbacks
        with self.faster.training(self.workers, self.batch_size):
            callbacks.tell("on_train_begin", {})
            self.finite = Finite(self.step, self.data)
            for epoch in self.epochs:
                self.epoch = epoch
                callbacks.tell("on_epoch_begin", epoch, {})
                figures = self.go_through_batches()
                if self.validation is not None:
                    figures |= self.validation.figures(epoch, self.step, callbacks)
                callbacks.tell("on_epoch_end", epoch, figures)
                if self.model.stop_training:
                    break

    def go_through_batches(self) -> dict[str, float]:
        """Take a step for every batch, and return the figures of the epoch."""
        step, callbacks, model = self.step, self.callbacks, self.model
        self.faster.begin_epoch()
        batches: Any = self.whole or self.data.batches(self.batch_size, self.order(), reuse=True)
        numbers = batches.numbers() if self.steps is None else range(self.steps)
        batches = iter(batches)
        step.figures.reset()
        self.in_epoch = True
        try:
            for batch in numbers:
                callbacks.tell("on_train_batch_begin", batch, {})
                # Not earlier: callbacks may still look at the last batch, in the same memory.
                loss = step.take(*next(batches))
                if self.check_finite and not math.isfinite(loss):
                    raise self.finite.error(f"a loss of {loss}", self.epoch, batch)
                callbacks.on_batch_end(batch)
                if model.stop_training:
                    break
            if self.check_finite:
                self.finite.check_weights(self.epoch, batch)
            return step.figures.results()
        finally:
            self.in_epoch = False
            self.faster.end_epoch()

    def order(self) -> Array | None:
        """Return a new order of the samples; None takes them as they come."""
        return self.data.shuffled(self.model.rng) if self.shuffle else None

    def tell_of_ctrl_c(self) -> None:
        """Say why the training ends."""
        kept = "weights and history are kept."
        say_beside(self.given, f"Training stopped by Ctrl-C in epoch {self.epoch + 1}; {kept}")

    def finish(self) -> None:
        """Leave true gradients behind, and tell the callbacks that training has ended."""
        self.step.scale_gradients(1.0)
        self.callbacks.on_train_end()
