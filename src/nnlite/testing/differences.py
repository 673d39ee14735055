"""What a slope is without the chain rule: move one number a little, and see how the loss moves.

Such differences are slow and not quite exact, but they know nothing of backprop: where both agree,
both are right. This page says how far they must agree.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from nnlite.foundation.types import Array

# How far a number is moved, relative to its size if that is above 1; the first is the best.
STEPS = (1e-3, 1e-4, 1e-5, 1e-6)
# Entries below this share of the largest gradient of their array are held against that share.
FLOOR = 1e-3

EPSILON, TINY = float(np.finfo(np.float64).eps), float(np.finfo(np.float64).tiny)


@dataclass
class Comparison:
    """The gradient of one array by backprop and by differences.

    `numeric` and `errors` are NaN for entries that were not looked at.
    """

    analytic: Array
    numeric: Array
    errors: Array
    tolerance: float

    @property
    def passed(self) -> bool:
        """Whether all errors are within the tolerance."""
        return self.max_error <= self.tolerance

    @property
    def checked(self) -> int:
        """How many entries were looked at."""
        return int((~np.isnan(self.errors)).sum())

    @property
    def worst(self) -> tuple[int, ...]:
        """The place of the largest error; where many are alike, the one with most at stake."""
        errors = np.nan_to_num(self.errors, nan=-1.0, posinf=np.inf)
        gap = np.nan_to_num(np.abs(self.analytic - self.numeric), nan=np.inf)
        flat = int(np.where(errors >= 0.99 * errors.max(), gap, -1.0).argmax())
        return tuple(int(index) for index in np.unravel_index(flat, self.errors.shape))

    @property
    def max_error(self) -> float:
        """The largest error."""
        return float(self.errors[self.worst])


def compare(
    loss: Callable[[], float],
    array: Array,
    analytic: Array,
    noise: float,
    tolerance: float,
    max_entries: int | None = None,
) -> Comparison:
    """Compare a gradient with differences of the loss, entry by entry.

    Parameters
    ----------
    loss
        Returns the loss at the numbers that `array` holds.
    array
        The numbers to move, contiguous and float64; they come back as they were.
    analytic
        The gradient for `array` that backprop gives.
    noise
        How much the loss trembles by round-off: see `measure_noise`.
    tolerance
        The relative error up to which an entry is right.
    max_entries
        How many entries to look at, spread at random; None for all.

    Examples
    --------
    >>> w = np.array([1.0, 2.0])
    >>> found = compare(lambda: float(w @ w), w, np.array([2.0, 4.004]), 1e-15, 1e-6)
    >>> found.worst, found.max_error < 1.1e-3
    ((1,), True)
    """
    numeric, errors = np.full(array.shape, np.nan), np.full(array.shape, np.nan)
    floor = FLOOR * largest(analytic)
    numbers = array.reshape(-1)
    for place in chosen_places(analytic, max_entries):
        entry = Entry(loss, numbers, place)
        slope = float(analytic.flat[place])
        found = judge(entry, slope, floor, noise, tolerance)
        errors.flat[place], numeric.flat[place] = found
    return Comparison(np.array(analytic), numeric, errors, tolerance)


def largest(array: Array) -> float:
    """Return the largest size among the finite numbers.

    >>> largest(np.array([1.0, -2.0, np.inf]))
    2.0
    """
    return float(np.abs(array).max(initial=0.0, where=np.isfinite(array)))


def chosen_places(analytic: Array, max_entries: int | None) -> Sequence[int]:
    """Return the flat places to look at: all, or the largest gradient and a random choice."""
    if max_entries is None or analytic.size <= max_entries:
        return range(analytic.size)
    rng = np.random.default_rng(0)
    places = rng.choice(analytic.size, max_entries, replace=False)
    places[0] = np.abs(analytic).argmax()
    return sorted({int(place) for place in places})


class Entry:
    """One number that the loss depends on, and how the loss changes with it."""

    def __init__(self, loss: Callable[[], float], numbers: Array, place: int) -> None:
        self.loss, self.numbers, self.place = loss, numbers, place
        self.value = float(numbers[place])
        self.scale = max(1.0, abs(self.value))

    def at(self, shift: float) -> float:
        """Return the loss with the number moved that far."""
        self.numbers[self.place] = self.value + shift
        result = self.loss()
        self.numbers[self.place] = self.value
        return result

    def central(self, step: float) -> float:
        """Return the slope from two points on either side: exact for a polynomial of degree 4."""
        h = step * self.scale
        near, far = self.at(h) - self.at(-h), self.at(2 * h) - self.at(-2 * h)
        return (8 * near - far) / (12 * h)

    def one_sided(self, step: float) -> tuple[float, float]:
        """Return the slopes to the left and to the right."""
        h = step * self.scale
        middle = self.at(0.0)
        right = (4 * self.at(h) - self.at(2 * h) - 3 * middle) / (2 * h)
        left = (3 * middle - 4 * self.at(-h) + self.at(-2 * h)) / (2 * h)
        return left, right


def judge(
    entry: Entry, slope: float, floor: float, noise: float, tolerance: float
) -> tuple[float, float]:
    """Return the relative error of backprop's slope, and what the differences say.

    Where they disagree, a kink (of ReLU, |w|, max) may lie within the step, so smaller steps are
    tried: a real fault stays. A step so small that its noise would hide the disagreement says
    nothing, and is left out. At a kink itself, any slope between left and right is right.
    """
    best, disagreement = (np.inf, np.nan), np.inf
    if not np.isfinite(slope):
        return np.inf, entry.central(STEPS[0])
    for step, side in [*((h, False) for h in STEPS), *((h, True) for h in STEPS[-2:])]:
        trembling = noise / (step * entry.scale)
        if trembling > disagreement / 2:
            continue
        ends = entry.one_sided(step) if side else (entry.central(step),) * 2
        nearest = min(max(slope, min(ends)), max(ends))
        difference = abs(slope - nearest)
        error = difference / max(abs(slope), abs(nearest), floor, trembling / tolerance, TINY)
        if error <= tolerance or not error >= 0.9 * best[0]:
            best, disagreement = (error, nearest), difference
        if error <= tolerance:
            break
    return best


def measure_noise(loss: Callable[[], float], arrays: Sequence[Array]) -> float:
    """Return how much the loss trembles when all numbers change in their last digits.

    >>> w = np.array([1.0, 2.0])
    >>> 0 < measure_noise(lambda: float(w @ w), [w]) < 1e-13
    True
    """
    rng = np.random.default_rng(0)
    originals = [array.copy() for array in arrays]
    scales = [1e-13 * np.maximum(1, np.abs(values)) for values in originals]
    middle = loss()
    noise = abs(middle) * EPSILON
    for _ in range(8):
        shifts = [scale * rng.uniform(-1, 1, scale.shape) for scale in scales]
        both_sides = 0.0
        for sign in (1, -1):
            for array, values, shift in zip(arrays, originals, shifts, strict=True):
                array[...] = values + sign * shift
            both_sides += loss()
        noise = max(noise, abs(both_sides - 2 * middle))
    for array, values in zip(arrays, originals, strict=True):
        array[...] = values
    return float(4 * noise)
