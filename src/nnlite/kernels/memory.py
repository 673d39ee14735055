"""Where results are written: into new arrays, or into those of the step before."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nnlite.foundation.types import Array, Shape

LINE = 64
"""Bytes of a line of the cache: what begins within one costs some operations twice the time."""


def aligned(shape: Shape, dtype: Any) -> Array:
    """Return an array of zeros that begins with a line of the cache, if it is a large one.

    >>> aligned((1000, 2), "float32").__array_interface__["data"][0] % 64
    0
    """
    size = math.prod(shape) * np.dtype(dtype).itemsize
    if size < 1 << 12:
        return np.zeros(shape, dtype)
    # Not a part of another array: it is the base of its views.
    room = bytearray(size + LINE)
    start = -np.frombuffer(room, np.uint8).__array_interface__["data"][0] % LINE
    return np.ndarray(shape, dtype, room, start)


class Memory:
    """Gives arrays to write into, of any content: here a new one every time.

    >>> Memory().take("z", (2, 3), "float32").shape
    (2, 3)
    """

    @property
    def scratch(self) -> Memory:
        """Where to write what is needed only until a function returns."""
        return self

    def take(self, name: str, shape: Shape, dtype: Any) -> Array:
        """Return an array of that shape."""
        return np.empty(shape, dtype)

    def zeros(self, name: str, shape: Shape, dtype: Any) -> Array:
        """Return an array that was made of zeros: who always writes the same places keeps them."""
        return np.zeros(shape, dtype)

    def prepared(self, name: str, arrays: Sequence[Array], make: Callable[[], Any]) -> Any:
        """Return what `make` gives; who always gets the same arrays keeps it."""
        return make()

    def part(self, name: str) -> Memory:
        """Return a memory whose names are apart from those of this one."""
        return self


NEW = Memory()


class UsedAgain(Memory):
    """Gives the array that it gave last time under that name: what it held is lost.

    A large new array costs a page fault for every 4 kB when it is first written, more than the
    arithmetic on it.

    >>> memory = UsedAgain()
    >>> memory.take("z", (2, 3), "float32") is memory.take("z", (2, 3), "float32")
    True
    """

    def __init__(self, scratch: Memory | None = None) -> None:
        self._scratch = scratch
        self.arrays: dict[str, Array] = {}
        self.whole: dict[str, Array] = {}
        self.parts: dict[str, UsedAgain] = {}
        self.made: dict[str, tuple[Any, Any]] = {}

    @property
    def scratch(self) -> Memory:
        """Where to write what is needed only until a function returns: many may share it.

        It stays in the cache of a processor, where each layer finds it warm from the one before.
        """
        return self if self._scratch is None else self._scratch

    def take(self, name: str, shape: Shape, dtype: Any) -> Array:
        """Return the same array while shape and dtype stay, else as much of it as is needed."""
        array = self.arrays.get(name)
        if array is not None and array.shape == shape and array.dtype == dtype:
            return array
        size, whole = math.prod(shape), self.whole.get(name)
        if whole is None or whole.size < size or whole.dtype != dtype:
            whole = self.whole[name] = aligned((size,), dtype)
        array = self.arrays[name] = whole[:size].reshape(shape)
        return array

    def zeros(self, name: str, shape: Shape, dtype: Any) -> Array:
        """Return the same array for a name, a shape and a dtype."""
        key = f"{name}, {shape} of {dtype}"
        if key not in self.arrays:
            self.arrays[key] = aligned(shape, dtype)
        return self.arrays[key]

    def prepared(self, name: str, arrays: Sequence[Array], make: Callable[[], Any]) -> Any:
        """Return what was made for the same places in memory last time; it keeps them alive."""
        places = [(a.__array_interface__["data"][0], a.shape, a.dtype.char) for a in arrays]
        known, made = self.made.get(name, (None, None))
        if known != places:
            made = make()
            self.made[name] = places, made
        return made

    def part(self, name: str) -> Memory:
        """Return the memory of that name within this one."""
        if name not in self.parts:
            self.parts[name] = UsedAgain(self._scratch)
        return self.parts[name]
