"""Pooling: each window becomes one number, its largest or its mean.

Both work along one axis after the other: first the width, then the height.
"""

from __future__ import annotations

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
    rows, columns = windows
    if padded.shape[1:3] == (rows.size, columns.size):
        return padded
    return crop(padded, windows, memory)


def average_pool(x: Array, windows: Windows, memory: Memory = NEW) -> Array:
    """Return the mean of the pixels of x in each window, without those around x."""
    padded = pad(x, windows, 0, memory, "padded")
    widths = _add_up(padded, 2, windows[1], memory)
    result = _add_up(widths, 1, windows[0], memory)
    return np.divide(result, _pixels_inside(windows, x.dtype), result)


def average_pool_gradient(grad: Array, windows: Windows, memory: Memory = NEW) -> Array:
    """Return dx: each pixel gets its share of the gradient of every window it lies in."""
    rows, columns = windows
    share = grad / _pixels_inside(windows, grad.dtype)
    heights = np.zeros((len(grad), rows.span, *grad.shape[2:]), grad.dtype)
    for tap in rows.taps():
        heights[:, tap] += share
    padded = np.zeros((*heights.shape[:2], columns.span, grad.shape[3]), grad.dtype)
    for tap in columns.taps():
        padded[:, :, tap] += heights
    return crop(padded, windows, memory)


def _play(
    x: Array, place: int, axis: Axis, memory: Memory, keep_winners: bool
) -> tuple[Array, Array]:
    """Return the largest along one axis, and for every later tap whether it beat those before."""
    taps = [x[(slice(None),) * place + (tap,)] for tap in axis.taps()]
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
    taps = [dx[(slice(None),) * place + (tap,)] for tap in axis.taps()]
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
    first, *others = (x[(slice(None),) * place + (tap,)] for tap in axis.taps())
    total = memory.take(f"total {place}", first.shape, x.dtype)
    total[...] = first
    for other in others:
        total += other
    return total


def _pixels_inside(windows: Windows, dtype: np.dtype[np.floating]) -> Array:
    """Return how many pixels of the image lie in each window, (oh, ow, 1)."""
    counts = []
    for axis in windows:
        inside = np.zeros(axis.span, dtype)
        inside[axis.inside] = 1
        counts.append(sum(inside[tap] for tap in axis.taps()))
    down, across = counts
    return np.multiply.outer(down, across)[:, :, np.newaxis]
