"""The goals, and whether a figure meets its own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
    """At least, or at most, this number."""

    bound: float
    at_most: bool = False

    def met(self, value: float) -> bool:
        """Return whether a number, as it is printed, meets the goal."""
        value = round(value, 2)
        return value <= self.bound if self.at_most else value >= self.bound

    def __str__(self) -> str:
        return f"{'≤' if self.at_most else '≥'} {self.bound:g}"


@dataclass(frozen=True)
class Figure:
    """A number that was measured, and the goal that it has, if it has one."""

    what: str
    value: float
    unit: str = ""
    goal: Goal | None = None

    @property
    def verdict(self) -> str:
        """Return `met` or `missed`, or nothing where there is no goal."""
        if self.goal is None:
            return ""
        return "met" if self.goal.met(self.value) else "missed"

    @property
    def number(self) -> str:
        """Return the value and its unit."""
        return f"{self.value:.{0 if self.value >= 100 else 2}f} {self.unit}".strip()

    def __str__(self) -> str:
        goal = f"   goal {self.goal}: {self.verdict}" if self.goal else ""
        return f"{self.what:68}{self.number:>10}{goal}"


# The time of a peer over ours.
RATIOS = {
    "PyTorch": {
        "XOR": Goal(3.0),
        "784-100-10, batch 1": Goal(2.2),
        "784-100-10, batch 32": Goal(2.3),
        "784-100-10, batch 128": Goal(1.8),
        "784-100-10, Adam, batch 32": Goal(2.6),
        "784-512-512-10, batch 128": Goal(1.3),
        "3×3×10, batch 32": Goal(2.0),
        "3×3×10, batch 128": Goal(2.0),
        "5×5×8 – 5×5×16, batch 32": Goal(1.4),
        "5×5×8 – 5×5×16, batch 128": Goal(1.25),
        "3×3×32 – 3×3×64, batch 32": Goal(1.25),
        "3×3×32 – 3×3×64, batch 128": Goal(1.45),
        "LeNet-5, batch 32": Goal(1.6),
        "batch norm, dropout, Adam, batch 64": Goal(1.4),
        "residual, batch 64": Goal(1.2),
        "depthwise and pointwise, batch 64": Goal(1.0),
        "prediction of 3×3×32 – 3×3×64": Goal(2.0),
        "prediction of 784-100-10": Goal(1.0),
    },
    "scikit-learn": {
        "784-100-10, batch 32": Goal(1.9),
        "784-100-10, batch 128": Goal(1.6),
    },
}
# Our time over that of the five matrix products.
OVER_PRODUCTS = {"784-100-10, batch 128": Goal(1.5, at_most=True)}
# What the performance page told before convolution was made anew, in MB.
MEMORY = Goal(127, at_most=True)
BUSY = Goal(3, at_most=True)
BAR = Goal(1.03, at_most=True)
