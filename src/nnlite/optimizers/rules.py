"""The update rules: how a gradient g becomes a step of the weights w. α is the learning rate."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from nnlite.foundation.checks import Flag, NotNegative, Share, number
from nnlite.foundation.errors import shown, value_error
from nnlite.foundation.types import Array
from nnlite.optimizers.base import Optimizer


def share_below_1(name: str, value: Any, where: str | None) -> Any:
    """Return a share, if it is not all."""
    share = number(least=0, most=1)(name, value, where)
    if share == 1:
        rule = f"{name} must be below 1: at 1 nothing new would ever count."
        remedy = "0.9 is usual for beta_1, 0.999 for beta_2."
        raise value_error(rule, f"{name}={shown(value)}", where, remedy)
    return share


Decay = Annotated[float, share_below_1]


def blend(mean: Array, share: float, new: Array, scratch: Array) -> None:
    """Let older numbers fade: mean ← share·mean + (1 − share)·new. `scratch` may be `new`."""
    mean *= share
    mean += np.multiply(new, 1 - share, scratch)


class SGD(Optimizer):
    """Gradient descent: w ← w − α·g.

    With momentum μ, the steps pick up speed: v ← μ·v − α·g and w ← w + v; Nesterov looks one step
    ahead: w ← w + μ·v − α·g.

    >>> w = np.array([1.0, 2.0])
    >>> SGD(0.1).step(w, np.array([1.0, -1.0]))
    >>> w
    array([0.9, 2.1])
    """

    default_learning_rate = 0.01

    def __init__(
        self,
        learning_rate: Any = None,
        momentum: Share = 0.0,
        nesterov: Flag = False,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.momentum, self.nesterov = momentum, nesterov

    @property
    def is_plain(self) -> bool:
        """Whether a step is w − α·g and nothing else, for an α that is above 0 and stays."""
        clips = (self.clipnorm, self.clipvalue, self.global_clipnorm)
        steady = self.schedule is None and self._rate > 0
        return steady and not any((self.momentum, self.weight_decay, *clips))

    def update(self, weights: Array, gradients: Array, learning_rate: float) -> None:
        """W ← w − α·g, or the same with momentum. Plain descent goes around it: see `subtract`."""
        step = np.multiply(gradients, learning_rate, self.scratch(weights))
        if not self.momentum:
            weights -= step
            return
        v = self.memory("v", weights)
        v *= self.momentum
        v -= step
        if self.nesterov:
            weights -= step
            weights += np.multiply(v, self.momentum, step)
        else:
            weights += v


class RMSprop(Optimizer):
    """Divides each step by the recent size of its gradient.

    s ← ρ·s + (1 − ρ)·g² and w ← w − α·g / √(s + ε); centered=True takes the square of the mean
    gradient off s first.

    >>> w = np.array([1.0])
    >>> RMSprop(0.1, rho=0.0).step(w, np.array([5.0]))
    >>> w.round(6)
    array([0.9])
    """

    def __init__(
        self,
        learning_rate: Any = None,
        rho: Share = 0.9,
        momentum: Share = 0.0,
        epsilon: NotNegative = 1e-7,
        centered: Flag = False,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.rho, self.momentum = rho, momentum
        self.epsilon, self.centered = epsilon, centered

    def update(self, weights: Array, gradients: Array, learning_rate: float) -> None:
        """W ← w − α·g / √(s + ε)."""
        s, step = self.memory("s", weights), self.scratch(weights)
        blend(s, self.rho, np.multiply(gradients, gradients, step), step)
        spread = s
        if self.centered:
            mean = self.memory("mean", weights)
            blend(mean, self.rho, gradients, step)
            # Rounding can push a variance that is nearly 0 below it.
            spread = np.maximum(np.subtract(s, mean * mean, step), 0, out=step)
        np.sqrt(np.add(spread, self.epsilon, step), step)
        np.divide(gradients, step, step)
        step *= learning_rate
        if self.momentum:
            v = self.memory("v", weights)
            v *= self.momentum
            v += step
            step = v
        weights -= step


class Adagrad(Optimizer):
    """Divides each step by the size of all gradients so far: s ← s + g² and w ← w − α·g / √(s + ε).

    >>> w = np.array([1.0])
    >>> Adagrad(0.1, initial_accumulator_value=0.0).step(w, np.array([5.0]))
    >>> w.round(6)
    array([0.9])
    """

    def __init__(
        self,
        learning_rate: Any = None,
        initial_accumulator_value: NotNegative = 0.1,
        epsilon: NotNegative = 1e-7,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.initial_accumulator_value, self.epsilon = initial_accumulator_value, epsilon

    def update(self, weights: Array, gradients: Array, learning_rate: float) -> None:
        """W ← w − α·g / √(s + ε)."""
        s = self.memory("s", weights, self.initial_accumulator_value)
        step = self.scratch(weights)
        s += np.multiply(gradients, gradients, step)
        np.sqrt(np.add(s, self.epsilon, step), step)
        np.divide(gradients, step, step)
        step *= learning_rate
        weights -= step


class Adam(Optimizer):
    """Momentum, and each step divided by the recent size of its gradient.

    m ← β₁·m + (1 − β₁)·g and v ← β₂·v + (1 − β₂)·g². Both start at 0 and are too small at first:
    after t steps m̂ = m/(1 − β₁ᵗ) and v̂ = v/(1 − β₂ᵗ) make up for it. w ← w − α·m̂ / (√v̂ + ε),
    where ε grows with the correction of v as in Keras. amsgrad=True never lets v shrink.

    >>> w = np.array([1.0])
    >>> Adam(0.1).step(w, np.array([5.0]))
    >>> w.round(6)
    array([0.9])
    """

    def __init__(
        self,
        learning_rate: Any = None,
        beta_1: Decay = 0.9,
        beta_2: Decay = 0.999,
        epsilon: NotNegative = 1e-7,
        amsgrad: Flag = False,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.beta_1, self.beta_2 = beta_1, beta_2
        self.epsilon, self.amsgrad = epsilon, amsgrad

    def update(self, weights: Array, gradients: Array, learning_rate: float) -> None:
        """W ← w − α·m̂ / (√v̂ + ε)."""
        m, v = self.memory("m", weights), self.memory("v", weights)
        step = self.scratch(weights)
        blend(m, self.beta_1, gradients, step)
        blend(v, self.beta_2, np.multiply(gradients, gradients, step), step)
        if self.amsgrad:
            largest = self.memory("largest v", weights)
            v = np.maximum(largest, v, out=largest)
        t = self.ages + 1
        corrected = learning_rate * (1 - self.beta_2**t) ** 0.5 / (1 - self.beta_1**t)
        np.add(np.sqrt(v, step), self.epsilon, step)
        np.divide(m, step, step)
        step *= corrected
        weights -= step


class AdamW(Adam):
    """Adam, and at each step every weight shrinks by the share α·weight_decay.

    >>> w = np.array([1.0])
    >>> AdamW(0.1, weight_decay=0.5).step(w, np.array([0.0]))
    >>> w
    array([0.95])
    """

    def __init__(
        self,
        learning_rate: Any = None,
        weight_decay: float = 0.004,
        beta_1: Decay = 0.9,
        beta_2: Decay = 0.999,
        epsilon: NotNegative = 1e-7,
        amsgrad: Flag = False,
        **options: Any,
    ) -> None:
        options["weight_decay"] = weight_decay
        super().__init__(learning_rate, beta_1, beta_2, epsilon, amsgrad, **options)
