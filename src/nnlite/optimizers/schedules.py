"""A schedule turns the number of steps taken so far into the learning rate of the next one."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence

from nnlite.foundation.checks import (
    Flag,
    NotNegative,
    NotNegativeOrNone,
    Positive,
    Share,
    checked_number,
)
from nnlite.foundation.configuration import Configurable
from nnlite.foundation.errors import must_define, shown, type_error, value_error
from nnlite.foundation.registry import Registry
from nnlite.foundation.unknown import explains_unknown_names


class LearningRateSchedule(Configurable):
    """A learning rate that depends on the number of steps: a subclass writes `__call__(step)`."""

    def __call__(self, step: int) -> float:
        """Return the learning rate of that step, counted from 0."""
        raise must_define(self, "__call__(step)")


class _SteadyDecay(LearningRateSchedule):
    """What decays by `decay_rate` over `decay_steps`; at their ends only with staircase=True."""

    def __init__(
        self,
        initial_learning_rate: Positive,
        decay_steps: Positive,
        decay_rate: NotNegative,
        staircase: Flag = False,
    ) -> None:
        self.initial_learning_rate, self.decay_steps = initial_learning_rate, decay_steps
        self.decay_rate, self.staircase = decay_rate, staircase

    def stretches(self, step: int) -> float:
        """Return how often `decay_steps` have passed: step / decay_steps."""
        passed = step / self.decay_steps
        return math.floor(passed) if self.staircase else passed


class ExponentialDecay(_SteadyDecay):
    """α = α₀ · rate^(step / decay_steps); in whole steps of `decay_steps` with staircase=True.

    >>> ExponentialDecay(0.1, decay_steps=100, decay_rate=0.5)(100)
    0.05
    """

    def __call__(self, step: int) -> float:
        """Return α₀ · rate^(step / decay_steps)."""
        return float(self.initial_learning_rate * self.decay_rate ** self.stretches(step))


class InverseTimeDecay(_SteadyDecay):
    """α = α₀ / (1 + rate · step / decay_steps).

    >>> InverseTimeDecay(0.1, decay_steps=1, decay_rate=1.0)(4)
    0.02
    """

    def __call__(self, step: int) -> float:
        """Return α₀ / (1 + rate · step / decay_steps)."""
        return float(self.initial_learning_rate / (1 + self.decay_rate * self.stretches(step)))


class PiecewiseConstantDecay(LearningRateSchedule):
    """The first value up to the first boundary (included), the next up to the next, and so on.

    >>> schedule = PiecewiseConstantDecay([100, 200], [1.0, 0.5, 0.1])
    >>> schedule(100), schedule(101), schedule(1000)
    (1.0, 0.5, 0.1)
    """

    def __init__(self, boundaries: Sequence[float], values: Sequence[float]) -> None:
        if not isinstance(boundaries, list | tuple) or not isinstance(values, list | tuple):
            received = f"boundaries={shown(boundaries)}, values={shown(values)}"
            remedy = "PiecewiseConstantDecay([1000], [0.1, 0.01])"
            raise type_error("boundaries and values must be lists.", received, None, remedy)
        self.boundaries = [checked_number("A boundary", b, least=0) for b in boundaries]
        self.values = [checked_number("A value", v, least=0) for v in values]
        if self.boundaries != sorted(self.boundaries):
            raise value_error("boundaries must grow.", f"boundaries={shown(self.boundaries)}")
        if len(self.values) != len(self.boundaries) + 1:
            rule = "There must be one more value than boundaries."
            received = f"{len(self.boundaries)} boundaries, {len(self.values)} values"
            remedy = "The last value holds after the last boundary."
            raise value_error(rule, received, None, remedy)

    def __call__(self, step: int) -> float:
        """Return the value of the stretch in which the step lies."""
        # As many values are behind as boundaries that the step has passed.
        return float(self.values[bisect_left(self.boundaries, step)])


class CosineDecay(LearningRateSchedule):
    """Half a cosine wave from α₀ down to alpha·α₀ over `decay_steps`.

    With `warmup_steps`, the rate first rises in a straight line to `warmup_target`, and the wave
    begins there.

    >>> schedule = CosineDecay(0.1, decay_steps=100)
    >>> schedule(0), round(schedule(50), 6), schedule(100)
    (0.1, 0.05, 0.0)
    """

    def __init__(
        self,
        initial_learning_rate: NotNegative,
        decay_steps: Positive,
        alpha: Share = 0.0,
        warmup_target: NotNegativeOrNone = None,
        warmup_steps: NotNegative = 0,
    ) -> None:
        self.initial_learning_rate, self.decay_steps = initial_learning_rate, decay_steps
        self.alpha = alpha
        self.warmup_target, self.warmup_steps = warmup_target, warmup_steps

    def __call__(self, step: int) -> float:
        """Return the rate on the rising line, or on the wave after it."""
        start, passed = self.initial_learning_rate, float(step)
        if self.warmup_target is not None:
            if step < self.warmup_steps:
                return float(start + (self.warmup_target - start) * step / self.warmup_steps)
            start, passed = self.warmup_target, step - self.warmup_steps
        share = min(passed, self.decay_steps) / self.decay_steps
        wave = 0.5 * (1 + math.cos(math.pi * share))
        return float(start * ((1 - self.alpha) * wave + self.alpha))


_CLASSES = (ExponentialDecay, InverseTimeDecay, PiecewiseConstantDecay, CosineDecay)
KNOWN = Registry("schedule", LearningRateSchedule, {rule.__name__: rule for rule in _CLASSES})

explains_unknown_names(__name__)
