from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nnlite import Sequential
from nnlite.callbacks import Callback
from nnlite.layers import Dense
from nnlite.optimizers import SGD


class Model:
    """What a callback sees of a model: one weight, the number of epochs so far."""

    def __init__(self) -> None:
        self.stop_training = False
        self.weight = 0
        self.optimizer = Optimizer()
        self.saved: list[str] = []

    def get_weights(self) -> list[Any]:
        return [self.weight]

    def set_weights(self, weights: list[Any]) -> None:
        self.weight = weights[0]

    def save(self, path: str) -> None:
        self.saved.append(path)

    def save_weights(self, path: str) -> None:
        self.saved.append(f"weights {path}")


class Optimizer:
    learning_rate = 1.0


Play = Callable[..., Model]


@pytest.fixture
def play() -> Play:
    """Return what calls a callback as `fit` does, with these figures epoch by epoch."""

    def play(callback: Callback, figures: list[float], name: str = "val_loss") -> Model:
        model = Model()
        callback.set_model(model)
        callback.set_params({"epochs": len(figures), "steps": 1, "validates": True})
        callback.on_train_begin({})
        for epoch, figure in enumerate(figures):
            callback.on_epoch_begin(epoch, {})
            model.weight = epoch
            callback.on_epoch_end(epoch, {"loss": 0.5, name: figure})
            if model.stop_training:
                break
        callback.on_train_end({})
        return model

    return play


@pytest.fixture
def small_model() -> Callable[..., Sequential]:
    """Return what makes a neuron without a bias, of weight 0."""

    def small_model(rate: float = 0.5, **options: Any) -> Sequential:
        model = Sequential([Dense(1, use_bias=False, input_shape=(1,))], dtype="float64")
        model.set_weights([[[0.0]]])
        model.compile(optimizer=SGD(rate), loss="half_squared_error", **options)
        return model

    return small_model
