"""The callback that remembers how the weights moved, so that a picture can move as they did."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import numpy as np

from nnlite.callbacks.base import Callback, Logs
from nnlite.foundation.checks import Positive, PositiveInteger, number
from nnlite.foundation.errors import value_error
from nnlite.foundation.types import Array


class WeightRecorder(Callback):
    """Keeps copies of all weights: before the first step, after every n-th, and after the last.

    Its memory is bounded: when there is no room for a further copy, every second one is dropped,
    and from then on only half as many are made. What is kept lies evenly over the whole training.
    A training that begins later is recorded afresh.

    Parameters
    ----------
    every
        After how many steps the weights are copied. They are counted on from epoch to epoch.
    most
        How many copies are kept at most.
    megabytes
        How large all copies together may be. Of a large model there are fewer than `most`.

    Attributes
    ----------
    steps, epochs
        After how many steps the weights were copied, and in which epoch, counted from 1.
    weights
        The copies: for each of these steps, what `model.get_weights()` returned.

    Examples
    --------
    >>> import nnlite
    >>> model = nnlite.Sequential([nnlite.layers.Dense(1, input_shape=(1,))], seed=0)
    >>> model.compile(loss="mse")
    >>> recorder = WeightRecorder(every=2)
    >>> history = model.fit([1, 2], [2, 4], batch_size=1, epochs=3, verbose=0, callbacks=[recorder])
    >>> recorder.steps
    [0, 2, 4, 6]
    >>> recorder
    <WeightRecorder: 4 copies of 2 weights, every 2 steps from 0 to 6, 0.00 MB>
    """

    def __init__(
        self,
        every: PositiveInteger = 1,
        most: Annotated[int, number(least=2, whole=True)] = 100,
        megabytes: Positive = 100.0,
    ) -> None:
        self.every, self.most, self.megabytes = every, most, megabytes
        self._forget()

    counts_batches = True

    def _forget(self) -> None:
        self.steps: list[int] = []
        self.epochs: list[int] = []
        self.weights: list[list[Array]] = []
        self.done, self.epoch, self.stride = 0, 0, self.every

    def on_train_begin(self, logs: Logs = None) -> None:
        """Start anew, with the weights before the first step."""
        self._forget()
        size = sum(weight.nbytes for weight in self.model.get_weights())
        self.room = min(self.most, int(self.megabytes * 1e6 / max(size, 1)))
        if self.room < 2:
            rule = f"A WeightRecorder keeps at least two copies of the weights, of {size:,} bytes."
            remedy = f"WeightRecorder(megabytes={-(-2 * size // 10**6)})"
            raise value_error(rule, f"megabytes={self.megabytes:g}", None, remedy)
        self._copy()

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        """Note the epoch."""
        self.epoch = epoch + 1

    def advance(self, running: Callable[[], dict[str, float]]) -> None:
        """Count a step; copy the weights, if it is time."""
        self.done += 1
        if self.done % self.stride == 0:
            self._copy()

    def on_train_end(self, logs: Logs = None) -> None:
        """Copy the weights after the last step."""
        if self.steps and self.steps[-1] < self.done:
            self._copy(last=True)

    def _copy(self, last: bool = False) -> None:
        if len(self.steps) == self.room:
            self.stride *= 2
            self.steps, self.epochs = self.steps[::2], self.epochs[::2]
            self.weights = self.weights[::2]
            if self.done % self.stride and not last:
                return
        weights = self.model.get_weights()
        # A training that failed leaves numbers behind of which there is no picture.
        if all(np.isfinite(weight).all() for weight in weights):
            self.steps.append(self.done)
            self.epochs.append(self.epoch)
            self.weights.append(weights)

    def __len__(self) -> int:
        return len(self.steps)

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        if not self.steps:
            return "<WeightRecorder: nothing recorded yet>"
        megabytes = sum(weight.nbytes for weight in self.weights[0]) * len(self) / 1e6
        what = f"{len(self)} copies of {sum(weight.size for weight in self.weights[0])} weights"
        steps = f"every {self.stride} steps from {self.steps[0]} to {self.steps[-1]}"
        return f"<WeightRecorder: {what}, {steps}, {megabytes:.2f} MB>"

    @contextmanager
    def at(self, place: int) -> Iterator[Any]:
        """Give the model the weights of `steps[place]`, and afterwards those that it has now.

        >>> recorder = WeightRecorder()
        >>> with recorder.at(0) as model:
        ...     model.predict([1.0])
        Traceback (most recent call last):
        ...
        ValueError: A WeightRecorder has copies once a model was trained with it.
        Received: nothing recorded yet
        Remedy: recorder = WeightRecorder(); model.fit(x, y, callbacks=[recorder])
        """
        before = self.check()
        try:
            self.model.set_weights(self.weights[place])
            yield self.model
        finally:
            self.model.set_weights(before)

    def check(self) -> list[Array]:
        """Return the weights that the model has now; raise if no copy fits them."""
        if not self.steps:
            rule = "A WeightRecorder has copies once a model was trained with it."
            remedy = "recorder = WeightRecorder(); model.fit(x, y, callbacks=[recorder])"
            raise value_error(rule, "nothing recorded yet", None, remedy)
        now: list[Array] = self.model.get_weights()
        shapes, recorded = ([weight.shape for weight in w] for w in (now, self.weights[0]))
        if shapes != recorded:
            rule = f"The copies are of weights {recorded}."
            remedy = "The model was changed after the training: train it with the recorder again."
            where = f"model '{getattr(self.model, 'name', '')}'"
            raise value_error(rule, f"a model with weights {shapes}", where, remedy)
        return now
