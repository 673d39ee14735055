"""A kernel slides over images pixel by pixel: z and the gradient of W, from x as it lies.

What is multiplied with what is told in `planes`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from nnlite.foundation.types import Array
from nnlite.kernels.memory import Memory
from nnlite.kernels.planes import Call, Sweep
from nnlite.kernels.products import column_sums

BIAS_PLANE = 1
"""The plane that goes into every result once, with the factor 1: that of the point 1."""


def carry_out(calls: list[Call]) -> None:
    """Write all products and copies."""
    for call in calls:
        if len(call) == 3:
            np.matmul(call[1], call[2], out=call[0])
        else:
            call[0][...] = call[1]


class Piece(NamedTuple):
    """Some images, and what is to be done with them: views, made once for arrays that stay."""

    images: slice
    planes: list[Call]
    windows: Array
    M: Array
    """What the planes give; with m = 1, z itself."""
    results: Array
    groups: list[tuple[Array, Array, Array]]
    z: Array


def _cut(sweep: Sweep, x: Array, z: Array | None, memory: Memory, name: str) -> list[Piece]:
    """Return the pieces of a batch; without z, each is written where the last one was."""

    def make() -> list[Piece]:
        pieces, count = [], sweep.columns.count
        for images in sweep.pieces(len(x)):
            T, planes = sweep.planes(x[images], memory)
            n = T.shape[1]
            shape = (sweep.apart, n, sweep.rows.count, count // sweep.apart * sweep.f)
            part = memory.scratch.take("some z", shape, sweep.dtype) if z is None else z[images]
            M = part = part.reshape(shape)
            results, groups = sweep.results_of(part) if sweep.m == 1 else part, []
            if sweep.m > 1:
                M = memory.scratch.take(
                    "M", (sweep.t, n * sweep.groups, count * sweep.f), sweep.dtype
                )
                results, groups = sweep.results(M), sweep.in_groups(part, M)
            windows = sweep.windows(T)
            pieces.append(Piece(images, planes, windows, M, results, groups, part))
        return pieces

    given = [x] if z is None else [x, z]
    made: list[Piece] = memory.prepared(f"{name} {sweep.apart}", given, make)
    return made


def forward(
    sweep: Sweep, x: Array, W: Array, b: Array | None, memory: Memory, z: Array | None = None
) -> Iterator[tuple[slice, Array]]:
    """Yield z, every window of x times the kernel, plus b: for some images after the other.

    It is written into `z`; without it, into memory that is used again for the next images, as
    (apart, n, oh, ow/apart·f).
    """
    U, count = sweep.kernels(W)[:, np.newaxis, np.newaxis], sweep.columns.count
    biases = None if b is None else np.multiply.outer(np.ones(count, b.dtype), b).reshape(-1)
    for piece in _cut(sweep, x, z, memory, "forward"):
        carry_out(piece.planes)
        np.matmul(piece.windows, U, out=piece.results)
        if biases is not None:
            place = piece.z if sweep.m == 1 else piece.M[BIAS_PLANE]
            np.add(place, biases[: place.shape[-1]], place)
        for rows, A, of_M in piece.groups:
            np.matmul(A, of_M, out=rows)
        yield piece.images, piece.z


def kernel_gradient(
    sweep: Sweep,
    x: Array,
    dz: Array | None,
    dW: Array,
    db: Array | None,
    memory: Memory,
    meet: Callable[[slice, Array], None] | None = None,
) -> None:
    """Write dW = Σ windowsᵀ·dz and db = Σ dz.

    Some images after the other, `meet` is told which, and their dz as (apart, n, oh, ow/apart·f):
    to write it, where there is none, or to go on with it as long as it is in the cache.
    """
    pair, width, f = sweep.pair, sweep.width, sweep.f
    dU = np.zeros((sweep.t, width * pair * f), sweep.dtype)
    if db is not None:
        db[...] = 0
    shape = (sweep.t, sweep.apart, sweep.columns.count // sweep.apart // pair, width, pair * f)
    per_column = memory.scratch.take("dU", shape, sweep.dtype)
    for piece in _cut(sweep, x, dz, memory, "kernel"):
        if meet is not None:
            meet(piece.images, piece.z)
        carry_out(piece.planes)
        for rows, A, of_dM in piece.groups:
            np.matmul(A.T, rows, out=of_dM)
        np.matmul(piece.windows.swapaxes(3, 4), piece.results, out=per_column)
        dU += per_column.reshape(sweep.t, -1, width * pair * f).sum(axis=1)
        if db is not None:
            seen = piece.z if sweep.m == 1 else piece.M[BIAS_PLANE]
            db += column_sums(seen.reshape(-1, f))
    dW[...] = sweep.kernel_gradient(dU, dW.shape)
