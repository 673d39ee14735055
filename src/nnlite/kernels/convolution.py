"""Convolution and both of its gradients, for any stride, dilation and number of groups.

Shapes: images x (n, h, w, c), kernels W (kh, kw, c / groups, f), results z (n, oh, ow, f). What is
not a plain sweep with stride 1 becomes one: groups are convolutions side by side; of a stride s,
s·s pixels are laid on top of each other as channels (`folding`).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nnlite.foundation.types import Array
from nnlite.kernels import planes, sweep
from nnlite.kernels.channels import add_to_rows
from nnlite.kernels.folding import Folding, folding_of
from nnlite.kernels.memory import NEW, Memory
from nnlite.kernels.products import column_sums, long_product, tall_product
from nnlite.kernels.windows import Windows, mirror


def convolve(
    x: Array, W: Array, b: Array | None, windows: Windows, groups: int = 1, memory: Memory = NEW
) -> Array:
    """Return z, every window times the kernel, plus b."""
    rows, columns = windows
    z = memory.take("z", (len(x), rows.count, columns.count, W.shape[3]), W.dtype)
    for share, ins, outs in _shares(x, W, groups):
        some_b = None if b is None else b[outs]
        part = (
            z if groups == 1 else memory.scratch.take("part", (*z.shape[:3], _size(outs)), W.dtype)
        )
        _convolve(x[..., ins], W[..., outs], some_b, windows, part, memory.part(share))
        if groups > 1:
            z[..., outs] = part
    return z


def kernel_gradient(
    x: Array,
    dz: Array,
    windows: Windows,
    dW: Array,
    db: Array | None,
    groups: int = 1,
    memory: Memory = NEW,
) -> None:
    """Write dW = windowsᵀ·dz, the gradient of the kernel, and db = Σ dz."""
    for share, ins, outs in _shares(x, dW, groups):
        some_db = None if db is None else db[outs]
        some_x, some_dz = x[..., ins], dz[..., outs]
        dW[..., outs] = _kernel_gradient(
            some_x, some_dz, windows, dW[..., outs], some_db, memory.part(share)
        )


def input_gradient(
    dz: Array, W: Array, windows: Windows, groups: int = 1, memory: Memory = NEW
) -> Array:
    """Return dx: what each pixel did to all windows it lies in."""
    rows, columns = windows
    channels = W.shape[2] * groups
    dx = memory.take("dx", (len(dz), rows.size, columns.size, channels), W.dtype)
    for share, ins, outs in _shares(dx, W, groups):
        part = (
            dx
            if groups == 1
            else memory.scratch.take("part of dx", (*dx.shape[:3], _size(ins)), W.dtype)
        )
        _input_gradient(dz[..., outs], W[..., outs], windows, part, memory.part(share))
        if groups > 1:
            dx[..., ins] = part
    return dx


def _shares(x: Array, W: Array, groups: int) -> Iterator[tuple[str, slice, slice]]:
    """Yield a name for each group, its channels, and its filters."""
    ins, outs = x.shape[3] // groups, W.shape[3] // groups
    for group in range(groups):
        yield (
            f"group {group}",
            slice(group * ins, group * ins + ins),
            slice(group * outs, group * outs + outs),
        )


def _size(part: slice) -> int:
    return int(part.stop - part.start)


def _is_product(windows: Windows) -> bool:
    """Return whether every window is one pixel, and every pixel a window."""
    return all(axis.kernel == 1 and axis.count == axis.size for axis in windows)


def _convolve(
    x: Array, W: Array, b: Array | None, windows: Windows, z: Array, memory: Memory
) -> None:
    if _is_product(windows):
        lines = z.reshape(-1, z.shape[3])
        tall_product(x.reshape(-1, x.shape[3]), W.reshape(x.shape[3], -1), lines)
        if b is not None:
            add_to_rows(lines, b)
        return
    folding = folding_of(windows)
    x, W, results = folding.images(x, memory), folding.kernel(W), folding.room(z, memory)
    _run(sweep.forward(_plan(folding, x, W), x, W, b, memory, results))
    folding.join(results, z)


def _kernel_gradient(
    x: Array, dz: Array, windows: Windows, W: Array, db: Array | None, memory: Memory
) -> Array:
    if _is_product(windows):
        lines = dz.reshape(-1, dz.shape[3])
        if db is not None:
            column_sums(lines, db)
        return long_product(x.reshape(-1, x.shape[3]), lines).reshape(W.shape)
    folding = folding_of(windows)
    x, dz = folding.images(x, memory), folding.take_apart(dz)
    dW = np.empty_like(folding.kernel(W))
    sweep.kernel_gradient(_plan(folding, x, dW), x, dz, dW, db, memory)
    return dW if folding.slides else folding.kernel_gradient(dW, W)


def _input_gradient(dz: Array, W: Array, windows: Windows, dx: Array, memory: Memory) -> None:
    c, f = W.shape[2:]
    if _is_product(windows):
        flipped = np.ascontiguousarray(W.reshape(c, f).T)
        tall_product(dz.reshape(-1, f), flipped, dx.reshape(-1, c))
        return
    folding = folding_of(windows)
    dz, W = folding.take_apart(dz), folding.kernel(W)
    around = mirror(folding.windows[0]), mirror(folding.windows[1])
    W = np.ascontiguousarray(W[::-1, ::-1].swapaxes(2, 3))
    plan, memory = planes.sweep_over(around, len(dz), *W.shape[2:], W.dtype), memory.part("back")
    if folding.slides:
        _run(sweep.forward(plan, dz, W, None, memory, dx))
        return
    sizes = (around[0].count, around[1].count)
    folded = memory.scratch.take("folded", (len(dz), *sizes, W.shape[3]), W.dtype)
    _run(sweep.forward(plan, dz, W, None, memory, folded))
    folding.input_gradient(folded, dx, memory)


def _plan(folding: Folding, x: Array, W: Array) -> planes.Sweep:
    return planes.sweep_over(folding.windows, len(x), *W.shape[2:], W.dtype)


def _run(pieces: Iterator[object]) -> None:
    for _ in pieces:
        pass
