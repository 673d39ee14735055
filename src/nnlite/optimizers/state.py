"""What an optimizer remembers from step to step: apart for every model, and laid out by weights."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any, Self, TypeVar
from weakref import WeakKeyDictionary

import numpy as np

from nnlite.foundation.types import Array

K = TypeVar("K")
V = TypeVar("V")


class LivingKeys(WeakKeyDictionary[K, V]):
    """A dictionary that keeps none of its keys alive; a copy of it has copies of them as keys."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return type(self)(copy.deepcopy(dict(self), memo))

    def __reduce__(self) -> Any:
        return type(self), (dict(self),)


class State:
    """The memory of an optimizer for one vector of weights.

    Attributes
    ----------
    iterations
        How many steps it has taken.
    missed
        How many of them each number took no part in: 0, or an array, where weights thawed later.
    arrays, starts
        What it keeps by name, an array as long as the vector, and where each began.
    scratch
        An array as long as the vector to compute in. What it holds means nothing after a step.
    vector, parts
        The vector of the model, and where each weight lies in it; None and () for steps by hand.
    like
        For steps by hand, the shape and dtype of the vector of the last step.
    resting
        For each frozen weight its age, and its part of each array.
    """

    def __init__(self) -> None:
        self.vector: Array | None = None
        self.like: Any = None
        self.parts: Sequence[slice] = ()
        self.clear()

    def clear(self) -> None:
        """Forget all steps taken."""
        self.iterations = 0
        self.missed: Any = 0
        self.arrays: dict[str, Array] = {}
        self.starts: dict[str, float] = {}
        self.scratch: Array | None = None
        self.resting: LivingKeys[Any, tuple[int, dict[str, Array]]] = LivingKeys()

    def laid_out(self, before: Sequence[Any], now: Sequence[Any]) -> State:
        """Return the state for another choice of the weights: what is remembered goes with them.

        Both are lists of parts, each with its `weight` and its `place` in the vector.

        A weight that is frozen leaves its part behind, and goes on with it when it thaws. One that
        was never trained starts anew, with an age of its own.
        """
        old, size = before[-1].place.stop if before else 0, now[-1].place.stop if now else 0
        long = {name: array for name, array in self.arrays.items() if array.shape == (old,)}
        missed = np.broadcast_to(self.missed, (old,))
        new = State()
        new.iterations, new.starts = self.iterations, self.starts
        new.resting.update(self.resting)
        for part in before:
            age = self.iterations - int(missed[part.place].max(initial=0))
            kept = {name: array[part.place].copy() for name, array in long.items()}
            new.resting[part.weight] = age, kept
        new.missed = np.full(size, self.iterations)
        new.arrays = dict(self.arrays)
        for name, array in long.items():
            new.arrays[name] = np.full(size, self.starts[name], array.dtype)
        for part in now:
            age, kept = new.resting.pop(part.weight, (0, {}))
            new.missed[part.place] -= age
            for name, numbers in kept.items():
                new.arrays[name][part.place] = numbers
        new.missed = new.missed if new.missed.any() else 0
        return new
