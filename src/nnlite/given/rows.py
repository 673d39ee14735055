"""Data that is not made ready at once: a batch is checked and cast when its turn comes.

So a file that is larger than the memory can be trained on.
"""

from __future__ import annotations

from collections.abc import Callable
from mmap import mmap
from typing import Any

import numpy as np

from nnlite.foundation.types import Array, Shape

GIGABYTE = 2**30

Prepare = Callable[[Array, Any], Array]
"""Makes an array ready; the second argument is what was given, for the texts of errors."""


class Rows:
    """Rows of large data as they were given, and how they are made ready.

    Parameters
    ----------
    array
        The numbers, of any type and in any order.
    given
        What the user gave: a frame knows the names of its columns.
    prepare
        What makes a checked array of some rows.
    numbers
        Which rows of the whole they are: all, if not given.
    """

    def __init__(self, array: Array, given: Any, prepare: Prepare, numbers: Any = None) -> None:
        self.array, self.given, self.prepare = array, given, prepare
        self.numbers = range(len(array)) if numbers is None else numbers

    @property
    def shape(self) -> Shape:
        """The shape of these rows, as they were given."""
        return self.array.shape

    def __len__(self) -> int:
        return len(self.array)

    def __getitem__(self, part: Any) -> Rows:
        numbers = self.numbers[part] if isinstance(part, slice) else part + self.numbers[0]
        return Rows(self.array[part], self.given, self.prepare, numbers)

    def __array__(self, *args: Any, **kwargs: Any) -> Array:
        return self.array

    def ready(self) -> Array:
        """Return these rows as an array of checked numbers."""
        return self.prepare(self.array, self)


def made_ready(array: Any, given: Any, prepare: Prepare) -> Array | Rows:
    """Return the array made ready; or its `Rows`, where that is left to the batches."""
    if isinstance(array, np.ndarray) and (array.nbytes > GIGABYTE or _is_in_a_file(array)):
        return Rows(array, given, prepare)
    return prepare(array, given)


def _is_in_a_file(array: Array) -> bool:
    """Return whether it is a view of a file, as `np.memmap` and its slices are."""
    owner: Any = array
    while isinstance(owner, np.ndarray):
        owner = owner.base
    return isinstance(owner, mmap)


def row_in_whole(row: int, data: Any) -> int:
    """Return the number of a row in all of the data that it is a part of."""
    return int(data.numbers[row]) if isinstance(data, Rows) else int(row)
