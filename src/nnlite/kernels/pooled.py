"""A convolution and the pooling behind it: the sweep writes what the pooling can compare.

A pooling that takes the columns of a window from all over a row runs through short stretches of
numbers. So the sweep writes each row of results with the columns apart: first those that come first
in a window of the pooling, then the second ones. Two long stretches are compared, or added. What
works on every number by itself, or on every channel, never notices in which order the pixels lie.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from nnlite.foundation.types import Array
from nnlite.kernels import planes
from nnlite.kernels.memory import Memory
from nnlite.kernels.planes import Sweep
from nnlite.kernels.pooling import deal, tournament
from nnlite.kernels.windows import Windows

Pieces: TypeAlias = Iterable[tuple[slice, Array]]
"""Some images after the other: which, and their numbers (apart, n, oh, ow/apart·f)."""
Winners: TypeAlias = tuple[Array, Array]
"""Who won the matches across, and down."""


def sweep_apart(x: Array, W: Array, windows: Windows, size: tuple[int, int]) -> Sweep:
    """Return the sweep that writes its results apart for windows of that size."""
    # Rows and columns that fill no window of the pooling are not computed.
    axes = zip(windows, size, strict=True)
    rows, columns = (replace(axis, count=axis.count // each * each) for axis, each in axes)
    return planes.sweep_over((rows, columns), len(x), *W.shape[2:], W.dtype, size[1])


def in_pieces(sweep: Sweep, z: Array) -> Iterator[tuple[slice, Array]]:
    """Yield what the sweep wrote to z (n, oh, ow, f)."""
    for images in sweep.pieces(len(z)):
        part = z[images]
        yield images, part.reshape(sweep.apart, len(part), sweep.rows.count, -1)


def put_in_order(apart: Array, z: Array) -> None:
    """Write some images (apart, n, oh, ow/apart·f) to z (n, oh, ow, f), column by column."""
    wide, n, rows, line = apart.shape
    f = z.shape[3]
    pixels = apart.reshape(wide, n, rows, line // f, f).transpose(1, 2, 3, 0, 4)
    z.reshape(pixels.shape)[...] = pixels


def largest(pieces: Pieces, a: Array, memory: Memory, keep_winners: bool) -> Winners | None:
    """Write the largest of each window to a (n, ph, pw, f); return who won, if that is kept."""
    winners, kept, ph = None, len(a) if keep_winners else 0, a.shape[1]
    for images, apart in pieces:
        wide, _, rows, line = apart.shape
        high = rows // ph
        across = memory.take("across", (kept, wide - 1, rows, line), np.dtype(bool))
        down = memory.take("down", (kept, high - 1, ph, line), np.dtype(bool))
        best = memory.scratch.take("best", apart.shape[1:], a.dtype)
        tournament(list(apart), best, across[images] if keep_winners else None)
        lines = [best[:, tap::high] for tap in range(high)]
        part = a[images].reshape(-1, ph, line)
        tournament(lines, part, down[images] if keep_winners else None)
        winners = across, down
    return winners if keep_winners else None


def means(pieces: Pieces, a: Array, memory: Memory) -> None:
    """Write the mean of each window to a (n, ph, pw, f)."""
    for images, apart in pieces:
        wide, n, rows, line = apart.shape
        part, high = a[images].reshape(n, -1, line), rows // a.shape[1]
        total = memory.scratch.take("total", (n, rows, line), a.dtype)
        first = apart[0]
        for other in apart[1:]:
            first = np.add(first, other, total)
        above = first[:, ::high]
        for tap in range(1, high):
            above = np.add(above, first[:, tap::high], part)
        np.multiply(above, 1 / (high * wide), part)


def spread(da: Array, winners: Winners | None, images: slice, apart: Array, memory: Memory) -> None:
    """Write the gradient of some images, from that of their pooling: to the winners, or to all."""
    wide, n, rows, line = apart.shape
    part, high = da[images].reshape(n, -1, line), rows // da.shape[1]
    lines = memory.scratch.take("d lines", (n, rows, line), da.dtype)
    taps = [lines[:, tap::high] for tap in range(high)]
    if winners is not None:
        across, down = winners
        deal(part, down[images], taps)
        deal(lines, across[images], list(apart))
    else:
        np.multiply(part, 1 / (high * wide), taps[0])
        for tap in taps[1:]:
            tap[...] = taps[0]
        apart[...] = lines
