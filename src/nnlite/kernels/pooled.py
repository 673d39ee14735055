"""A convolution and the max pooling behind it, some images after the other.

A pooling that takes the columns of a window from all over a row runs through short stretches of
numbers. So the sweep writes each row of results with the columns apart: first those that come first
in a window of the pooling, then the second ones. Two long stretches are compared, and what lies
between the layers never leaves the cache. An activation that never falls can wait until after the
pooling, where a quarter of the numbers is left.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from nnlite.foundation.types import Array
from nnlite.kernels import planes, sweep
from nnlite.kernels.convolution import input_gradient
from nnlite.kernels.memory import Memory
from nnlite.kernels.planes import Sweep
from nnlite.kernels.pooling import deal, tournament
from nnlite.kernels.windows import Windows


@dataclass
class Trace:
    """What the way back needs: the sweep, x, and who won the matches across and down."""

    sweep: Sweep
    x: Array
    across: Array
    down: Array


def convolve_and_pool(
    x: Array,
    W: Array,
    b: Array | None,
    windows: Windows,
    size: tuple[int, int],
    memory: Memory,
    keep_trace: bool = True,
) -> tuple[Array, Trace | None]:
    """Return the largest of each window of `size` of x ∗ W + b, and the trace of how it came."""
    # Rows and columns that fill no window of the pooling are not computed.
    ph, pw = (axis.count // each for axis, each in zip(windows, size, strict=True))
    rows = replace(windows[0], count=ph * size[0])
    columns = replace(windows[1], count=pw * size[1])
    x, (c, f) = np.ascontiguousarray(x), W.shape[2:]
    plan = planes.sweep_over((rows, columns), len(x), c, f, W.dtype, size[1])
    a = memory.take("a", (len(x), ph, pw, f), W.dtype)
    kept = len(x) if keep_trace else 0
    across = memory.take("across", (kept, size[1] - 1, ph * size[0], pw * f), np.dtype(bool))
    down = memory.take("down", (kept, size[0] - 1, ph, pw * f), np.dtype(bool))
    for piece, apart in sweep.forward(plan, x, W, b, memory):
        n = apart.shape[1]
        best = memory.scratch.take("best", (n, rows.count, pw * f), W.dtype)
        tournament(list(apart), best, across[piece] if keep_trace else None)
        lines = [best[:, tap :: size[0]] for tap in range(size[0])]
        z = a[piece].reshape(n, ph, pw * f)
        tournament(lines, z, down[piece] if keep_trace else None)
    return a, Trace(plan, x, across, down) if keep_trace else None


def gradients(
    da: Array, trace: Trace, W: Array, dW: Array, db: Array | None, memory: Memory, skip_input: bool
) -> Array | None:
    """Write dW and db from the gradient of the pooled z, and return dx unless nobody needs it."""
    plan, across, down = trace.sweep, trace.across, trace.down
    n, ph, pw, f = da.shape
    high, wide, rows = down.shape[1] + 1, plan.apart, plan.rows.count
    dz = None if skip_input else memory.scratch.take("dz", (n, rows, pw, wide, f), W.dtype)

    def write_dz(piece: slice, apart: Array) -> None:
        part = da[piece].reshape(-1, ph, pw * f)
        lines = memory.scratch.take("d lines", (len(part), rows, pw * f), W.dtype)
        deal(part, down[piece], [lines[:, tap::high] for tap in range(high)])
        deal(lines, across[piece], list(apart))
        if dz is not None:
            dz[piece] = apart.reshape(wide, len(part), rows, pw, f).transpose(1, 2, 3, 0, 4)

    sweep.kernel_gradient(plan, trace.x, write_dz, dW, db, memory)
    if dz is None:
        return None
    windows = (plan.rows, plan.columns)
    return input_gradient(dz.reshape(n, rows, pw * wide, f), W, windows, memory=memory)
