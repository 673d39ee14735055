"""The loop of a training: epochs, in each epoch its batches, for each batch one step."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from nnlite.callbacks import Callback, History
from nnlite.callbacks.base import TrainedModel
from nnlite.callbacks.calling import CallbackList
from nnlite.foundation.types import Array
from nnlite.given.data import Data
from nnlite.training.faster import is_watched, watch
from nnlite.training.finite import Finite
from nnlite.training.halves import in_halves
from nnlite.training.interruption import surely, until_ctrl_c
from nnlite.training.running import running
from nnlite.training.step import Trainer, training_mode
from nnlite.training.validation import Validation


@dataclass(eq=False)
class Loop:
    """One training, as `fit` was asked for it."""

    trainer: Trainer
    data: Data
    validation: Validation | None
    given: Sequence[Callback]
    batch_size: int
    epochs: range
    shuffle: bool
    check_finite: bool
    workers: int | None

    def __post_init__(self) -> None:
        trainer = self.trainer
        self.model = trainer.model
        # In a training inside of another one of this model, the outer one's faster network.
        self.outer = None if trainer.network is trainer.usual else trainer.network
        self.epoch, self.in_epoch = self.epochs.start, False
        self.history = History()
        everyone, model = [*self.given, self.history], cast(TrainedModel, self.model)
        self.callbacks = CallbackList(everyone, model, self.plan(), self.trainer.results)
        self.watched = is_watched(self.callbacks.callbacks)
        self.may_be_plain = trainer.may_be_plain() and not self.callbacks.watch_batches
        self.check_finite = self.check_finite and not self.callbacks.watches_finiteness
        # The order within a single batch does not change its mean.
        self.shuffle = self.shuffle and self.batch_size < self.data.size

    def plan(self) -> dict[str, Any]:
        """Return what callbacks may know before the training begins."""
        figures, validation = self.trainer.names(), self.validation
        if validation is not None and all(map(validation.is_due, self.epochs[:2])):
            figures += [f"val_{name}" for name in figures]
        return {
            "epochs": self.epochs.stop,
            "steps": -(-self.data.size // self.batch_size),
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
            until_ctrl_c(self.train, self.tell_of_ctrl_c, self.finish)
        return self.history

    def train(self) -> None:
        """Go through the epochs."""
        trainer = self.trainer
        halves = in_halves(trainer.usual, self.workers, self.batch_size)
        try:
            with training_mode(self.model), halves as fast:
                trainer.network = fast.replaced(watch) if self.watched else fast
                self.callbacks.tell("on_train_begin", {})
                self.finite = Finite(trainer, self.data)
                for epoch in self.epochs:
                    self.epoch = epoch
                    self.callbacks.tell("on_epoch_begin", epoch, {})
                    figures = self.go_through_batches()
                    if self.validation is not None:
                        figures |= self.validation.figures(epoch, trainer, self.callbacks)
                    self.callbacks.tell("on_epoch_end", epoch, figures)
                    if self.model.stop_training:
                        break
        except KeyboardInterrupt:
            self.model.stop_training = self.history.interrupted = True
            raise

    def go_through_batches(self) -> dict[str, float]:
        """Take a step for every batch, and return the figures of the epoch."""
        trainer, callbacks, model = self.trainer, self.callbacks, self.model
        plain = self.may_be_plain and trainer.optimizer.is_plain
        trainer.scale_gradients(trainer.optimizer.learning_rate if plain else 1.0)
        take_step = trainer.plain_step if plain else trainer.train_step
        batches = self.data.batches(self.batch_size, self.order(), reuse=True)
        trainer.reset()
        self.in_epoch = True
        try:
            for batch, (x, y, weights) in enumerate(batches):
                callbacks.on_batch_begin(batch)
                loss = take_step(x, y, weights)
                if self.check_finite and not math.isfinite(loss):
                    raise self.finite.error(f"a loss of {loss}", self.epoch, batch)
                callbacks.on_batch_end(batch)
                if model.stop_training:
                    break
            if self.check_finite:
                self.finite.check_weights(self.epoch, batch)
            return trainer.results()
        finally:
            self.in_epoch = False
            if self.watched:
                # A plain step leaves α·g, but between epochs a callback may look at g.
                trainer.scale_gradients(1.0)

    def order(self) -> Array | None:
        """Return a new order of the samples; None takes them as they come."""
        return self.model.rng.permutation(self.data.size) if self.shuffle else None

    def tell_of_ctrl_c(self) -> None:
        """Say why the training ends."""
        self.callbacks.say(
            f"Training stopped by Ctrl-C in epoch {self.epoch + 1}; weights and history are kept."
        )

    def finish(self) -> None:
        """Leave the trainer as it was, and tell the callbacks that training has ended."""
        self.trainer.network, self.in_epoch = self.outer or self.trainer.usual, False
        self.trainer.scale_gradients(1.0)
        self.callbacks.on_train_end()
