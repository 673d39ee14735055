"""More update rules that find the size of each step by themselves. α is the learning rate."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlite.foundation.checks import NotNegative, Share
from nnlite.foundation.types import Array
from nnlite.optimizers.base import Optimizer
from nnlite.optimizers.rules import Decay, blend


class Adadelta(Optimizer):
    """Steps as large as the recent steps, each divided by the recent size of its gradient.

    s ← ρ·s + (1 − ρ)·g², the step is d = g·√(u + ε) / √(s + ε), u ← ρ·u + (1 − ρ)·d², and
    w ← w − α·d. α = 1 is the rule as it was published; 0.001 is Keras' default, and slow.

    >>> w = np.array([1.0])
    >>> Adadelta(1.0, rho=0.0, epsilon=0.01).step(w, np.array([5.0]))
    >>> w.round(3)
    array([0.9])
    """

    def __init__(
        self,
        learning_rate: Any = None,
        rho: Share = 0.95,
        epsilon: NotNegative = 1e-7,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.rho, self.epsilon = rho, epsilon

    def update(self, weights: Array, gradients: Array, learning_rate: float) -> None:
        """W ← w − α·g·√(u + ε) / √(s + ε)."""
        s, u = self.memory("s", weights), self.memory("u", weights)
        step = self.scratch(weights)
        blend(s, self.rho, np.multiply(gradients, gradients, step), step)
        np.sqrt(np.add(s, self.epsilon, step), step)
        np.divide(gradients, step, step)
        step *= np.sqrt(u + self.epsilon)
        squared = step * step
        blend(u, self.rho, squared, squared)
        step *= learning_rate
        weights -= step


class Nadam(Optimizer):
    """Adam that looks a step ahead, as Nesterov's momentum does.

    m ← β₁·m + (1 − β₁)·g and v ← β₂·v + (1 − β₂)·g². The share of the momentum rises from step to
    step, μₜ = β₁(1 − ½·0.96ᵗ), and pₜ = μ₁·μ₂ ⋯ μₜ corrects what began at 0:
    m̂ = μₜ₊₁·m/(1 − pₜ₊₁) + (1 − μₜ)·g/(1 − pₜ), v̂ = v/(1 − β₂ᵗ), and w ← w − α·m̂ / (√v̂ + ε).

    >>> w = np.array([1.0])
    >>> Nadam(0.1).step(w, np.array([5.0]))
    >>> w.round(4)
    array([0.8937])
    """

    def __init__(
        self,
        learning_rate: Any = None,
        beta_1: Decay = 0.9,
        beta_2: Decay = 0.999,
        epsilon: NotNegative = 1e-7,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon

    def update(self, weights: Array, gradients: Array, learning_rate: float) -> None:
        """W ← w − α·m̂ / (√v̂ + ε)."""
        m, v = self.memory("m", weights), self.memory("v", weights)
        # A number for each weight: one that thawed later is younger, and has its own product.
        product = self.memory("product", weights, 1.0)
        step, t = self.scratch(weights), self.ages + 1
        now, soon = (self.beta_1 * (1 - 0.5 * 0.96**when) for when in (t, t + 1))
        product *= now
        blend(m, self.beta_1, gradients, step)
        blend(v, self.beta_2, np.multiply(gradients, gradients, step), step)
        ahead = soon * m / (1 - soon * product) + (1 - now) * gradients / (1 - product)
        np.sqrt(np.divide(v, 1 - self.beta_2**t, step), step)
        np.divide(ahead, np.add(step, self.epsilon, step), step)
        step *= learning_rate
        weights -= step
