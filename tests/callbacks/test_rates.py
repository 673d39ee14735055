"""Callbacks that change the learning rate, and optimizers whose rate follows a schedule."""

from __future__ import annotations

from typing import Any

import pytest

from nnlite.callbacks import Callback, LearningRateScheduler, ReduceLROnPlateau
from nnlite.optimizers.schedules import ExponentialDecay


def test_a_plateau_does_not_silently_replace_a_schedule(small_model: Any) -> None:
    model = small_model(rate=ExponentialDecay(0.5, 1, 0.5))
    with pytest.raises(ValueError, match="ReduceLROnPlateau") as error:
        model.fit([1.0], [4.0], epochs=9, callbacks=[ReduceLROnPlateau("loss")], verbose=0)
    text = str(error.value)
    assert "ReduceLROnPlateau changes a learning rate that is a number" in text
    assert "Received: learning_rate=ExponentialDecay(0.5, 1, 0.5)" in text
    assert "Remedy: compile(SGD(0.01)), or leave out the callback." in text
    assert model.optimizer.iterations == 0
    assert model.optimizer.learning_rate == 0.5


def test_a_plateau_sees_a_schedule_that_is_set_while_training_goes_on(small_model: Any) -> None:
    class Sets(Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            if epoch == 1:
                self.model.optimizer.learning_rate = ExponentialDecay(0.5, 1, 0.5)

    model = small_model()
    callbacks = [ReduceLROnPlateau("loss", patience=1, min_delta=100), Sets()]
    with pytest.raises(ValueError, match="ReduceLROnPlateau changes a learning rate that") as error:
        model.fit([1.0], [4.0], epochs=9, callbacks=callbacks, verbose=0)
    assert "Received: learning_rate=ExponentialDecay(0.5, 1, 0.5)" in str(error.value)
    assert model.optimizer.schedule is not None
    assert model.history.history == {"loss": [8.0], "learning_rate": [0.5]}


def test_a_plateau_takes_a_rate_that_has_replaced_a_schedule(small_model: Any) -> None:
    model = small_model(rate=ExponentialDecay(0.5, 1, 0.5))
    model.optimizer.learning_rate = 0.25
    callback = ReduceLROnPlateau("loss", factor=0.5, patience=1, min_delta=100)
    model.fit([1.0], [4.0], epochs=2, callbacks=[callback], verbose=0)
    assert model.optimizer.learning_rate == 0.125


def test_a_scheduler_takes_the_place_of_a_schedule(small_model: Any) -> None:
    model = small_model(rate=ExponentialDecay(0.5, 1, 0.5))
    callback = LearningRateScheduler(lambda epoch: 0.25 + epoch)
    history = model.fit([1.0], [4.0], epochs=2, callbacks=[callback], verbose=0).history
    assert history["learning_rate"] == [0.25, 1.25]
    assert model.optimizer.learning_rate == 1.25
