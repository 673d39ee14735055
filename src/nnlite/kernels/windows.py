"""Where the windows of a kernel lie on an image.

Both axes follow the same rule, so an `Axis` describes one of them and a pair describes an image.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TypeAlias

from nnlite.foundation.types import Array
from nnlite.kernels.memory import Memory


@dataclass(frozen=True)
class Axis:
    """The windows along one axis.

    Window number i starts at i·stride on the padded axis, of which the image begins at `before`.
    Pixels behind the last window that fills are not looked at.
    """

    size: int
    kernel: int
    stride: int
    dilation: int
    before: int
    count: int

    @cached_property
    def reach(self) -> int:
        """How many pixels one window spans."""
        return (self.kernel - 1) * self.dilation + 1

    @cached_property
    def span(self) -> int:
        """How many pixels all windows span: the size of the padded axis."""
        return (self.count - 1) * self.stride + self.reach

    @cached_property
    def used(self) -> int:
        """How many pixels of the image lie under windows."""
        return min(self.size, self.span - self.before)

    @cached_property
    def padded(self) -> bool:
        """Whether windows reach over the edge of the image."""
        return self.span > self.used

    @cached_property
    def inside(self) -> slice:
        """Where the image lies on the padded axis."""
        return slice(self.before, self.before + self.used)

    def taps(self) -> Iterator[slice]:
        """Yield, for each place in the kernel, the pixels of the padded axis it meets."""
        for start in range(0, self.reach, self.dilation):
            yield slice(start, start + (self.count - 1) * self.stride + 1, self.stride)


Windows: TypeAlias = tuple[Axis, Axis]


@lru_cache(maxsize=1024)
def mirror(axis: Axis) -> Axis:
    """Place the windows, one per pixel of x, through which the gradient comes back to it."""
    before = axis.reach - 1 - axis.before
    return Axis(axis.count, axis.kernel, 1, axis.dilation, before, axis.size)


@lru_cache(maxsize=1024)
def along(
    size: int, kernel: int, stride: int = 1, padding: str = "valid", dilation: int = 1
) -> Axis:
    """Place windows along an axis; `same` makes ⌈size/stride⌉ of them, the odd pixel behind.

    `causal` makes as many, none of which sees what comes after its last pixel.

    >>> along(5, 2, padding="same").count, along(5, 2, stride=2).count
    (5, 2)
    """
    reach = (kernel - 1) * dilation + 1
    if padding == "valid":
        return Axis(size, kernel, stride, dilation, 0, (size - reach) // stride + 1)
    count = -(-size // stride)
    missing = max((count - 1) * stride + reach - size, 0)
    before = reach - 1 if padding == "causal" else missing // 2
    return Axis(size, kernel, stride, dilation, before, count)


def pad(x: Array, windows: Windows, value: float, memory: Memory, name: str) -> Array:
    """Return the images (n, h, w, c) as far as windows reach, with `value` around them."""
    rows, columns = windows
    if not rows.padded and not columns.padded:
        return x[:, : rows.span, : columns.span]
    padded = memory.take(name, (len(x), rows.span, columns.span, x.shape[3]), x.dtype)
    padded[:, : rows.inside.start] = value
    padded[:, rows.inside.stop :] = value
    padded[:, :, : columns.inside.start] = value
    padded[:, :, columns.inside.stop :] = value
    padded[:, rows.inside, columns.inside] = x[:, : rows.used, : columns.used]
    return padded


def crop(padded: Array, windows: Windows, memory: Memory) -> Array:
    """Return the images inside their frames; pixels that no window saw are 0."""
    rows, columns = windows
    images = memory.take(
        "dx", (len(padded), rows.size, columns.size, padded.shape[3]), padded.dtype
    )
    images[:, rows.used :] = 0
    images[:, :, columns.used :] = 0
    images[:, : rows.used, : columns.used] = padded[:, rows.inside, columns.inside]
    return images
