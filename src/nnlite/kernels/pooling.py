"""Pooling: each window becomes one number, its largest or its mean.

Both work along one axis after the other: first the width, then the height.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from nnlite.foundation.types import Array
from nnlite.kernels.memory import NEW, Memory
from nnlite.kernels.windows import Axis, Windows, crop, pad


def max_pool(
    x: Array, windows: Windows, memory: Memory = NEW, keep_winners: bool = False
) -> tuple[Array, tuple[Array, Array] | None]:
    """Return the largest of each window; and who won the matches, if that shall be kept."""
    padded = pad(x, windows, -np.inf, memory, "padded")
    widths, across = _play(padded, 2, windows[1], memory, keep_winners)
    result, down = _play(widths, 1, windows[0], memory, keep_winners)
    return result, (across, down) if keep_winners else None


def max_pool_gradient(
    grad: Array, winners: tuple[Array, Array], windows: Windows, memory: Memory = NEW
) -> Array:
    """Return dx: each gradient at the first of the largest of its window."""
    across, down = winners
    heights = _return_to_winners(grad, down, 1, windows[0], memory)
    padded = _return_to_winners(heights, across, 2, windows[1], memory)
    return uncovered(padded, windows, memory)


def uncovered(padded: Array, windows: Windows, memory: Memory) -> Array:
    """Return the images inside their frames, if there are any."""
    rows, columns = windows
    if padded.shape[1:3] == (rows.size, columns.size):
        return padded
    return crop(padded, windows, memory)


def average_pool(x: Array, windows: Windows, memory: Memory = NEW) -> Array:
    """Return the mean of the pixels of x in each window, without those around x."""
    padded = pad(x, windows, 0, memory, "padded")
    # Down first: rows of pixels are long stretches, and half of them are left for the width.
    heights = _add_up(padded, 1, windows[0], memory)
    result = _add_up(heights, 2, windows[1], memory)
    return np.divide(result, _pixels_inside(windows, x.dtype), result)


def average_pool_gradient(grad: Array, windows: Windows, memory: Memory = NEW) -> Array:
    """Return dx: each pixel gets its share of the gradient of every window it lies in."""
    shares = grad / _pixels_inside(windows, grad.dtype)
    widths = _spread(shares, 2, windows[1], memory)
    padded = _spread(widths, 1, windows[0], memory)
    return uncovered(padded, windows, memory)


def _play(
    x: Array, place: int, axis: Axis, memory: Memory, keep_winners: bool
) -> tuple[Array, Array]:
    """Return the largest along one axis, and for every later tap whether it beat those before."""
    taps = _taps(x, place, axis)
    shape = taps[0].shape
    best = memory.take(f"best {place}", shape, x.dtype)
    matches = (shape[0], len(taps) - 1 if keep_winners else 0, *shape[1:])
    beats = memory.take(f"beats {place}", matches, np.dtype(bool))
    tournament(taps, best, beats if keep_winners else None)
    return best, beats


def tournament(taps: list[Array], best: Array, beats: Array | None) -> None:
    """Write the largest of some arrays, place by place, and which later one beat those before."""
    leader, *others = taps
    for match, challenger in enumerate(others):
        if beats is not None:
            np.greater(challenger, leader, beats[:, match])
        leader = np.maximum(leader, challenger, out=best)
    if not others:
        best[...] = leader


def _return_to_winners(grad: Array, beats: Array, place: int, axis: Axis, memory: Memory) -> Array:
    """Send the gradient back through the matches, the last one first."""
    shape = list(grad.shape)
    shape[place] = axis.span
    dx = memory.take(f"returned {place}", tuple(shape), grad.dtype)
    taps = _taps(dx, place, axis)
    if axis.stride == axis.kernel and axis.dilation == 1:
        deal(grad, beats, taps)
        return dx
    dx[...] = 0
    rest = grad
    for match in range(beats.shape[1] - 1, -1, -1):
        won = rest * beats[:, match]
        taps[match + 1] += won
        rest = rest - won
    taps[0] += rest
    return dx


def deal(grad: Array, beats: Array, taps: list[Array]) -> None:
    """Write the gradients where windows do not overlap: every place is written once."""
    rest = grad
    for match in range(beats.shape[1] - 1, -1, -1):
        np.multiply(rest, beats[:, match], taps[match + 1])
        rest = np.subtract(rest, taps[match + 1], taps[0])
    if not beats.shape[1]:
        taps[0][...] = grad


def _add_up(x: Array, place: int, axis: Axis, memory: Memory) -> Array:
    """Return the sums along one axis."""
    first, *others = _taps(x, place, axis)
    total = memory.take(f"total {place}", first.shape, x.dtype)
    if not others:
        total[...] = first
    for other in others:
        first = np.add(first, other, total)
    return total


def _spread(shares: Array, place: int, axis: Axis, memory: Memory) -> Array:
    """Return an array longer along one axis: each share at all pixels of its window, added up."""
    shape = list(shares.shape)
    shape[place] = axis.span
    spread = memory.take(f"spread {place}", tuple(shape), shares.dtype)
    apart = axis.stride == axis.kernel and axis.dilation == 1
    if not apart:
        spread[...] = 0
    for tap in _taps(spread, place, axis):
        if apart:
            tap[...] = shares
        else:
            tap += shares
    return spread


def _taps(x: Array, place: int, axis: Axis) -> list[Array]:
    """Show, for each place of a window along one axis, the pixels that lie there."""
    return [x[(slice(None),) * place + (tap,)] for tap in axis.taps()]


@lru_cache(maxsize=256)
def _pixels_inside(windows: Windows, dtype: np.dtype[np.floating]) -> Array:
    """Return how many pixels of the image lie in each window, (oh, ow, 1), or in all of them."""
    counts = []
    for axis in windows:
        inside = np.zeros(axis.span, dtype)
        inside[axis.inside] = 1
        counts.append(sum(inside[tap] for tap in axis.taps()))
    down, across = counts
    pixels = np.multiply.outer(down, across)[:, :, np.newaxis]
    return pixels if any(axis.padded for axis in windows) else pixels[0, 0, 0]
