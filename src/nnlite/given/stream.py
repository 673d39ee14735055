"""Data that come in batches: from a generator, a loader, or whatever else `iter` takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from contextlib import suppress
from typing import Any

from nnlite.foundation.errors import value_error
from nnlite.foundation.types import Array
from nnlite.given.data import Data

Prepare = Callable[[Any, int], Data]
"""Checks what came as a batch; the second argument is its number, from 1 on."""

_NO_STREAM = (list, tuple, Mapping, Set, str, bytes, range, type)


def is_stream(data: Any) -> bool:
    """Return whether data come in batches: not an array, list, tuple, dictionary or frame.

    >>> is_stream(zip([1], [2])), is_stream([1, 2])
    (True, False)
    """
    whole = any(hasattr(data, name) for name in ("shape", "dtype", "__array__", "forpass"))
    if whole or isinstance(data, _NO_STREAM):
        return False
    return isinstance(data, Iterable) or all(
        hasattr(data, name) for name in ("__getitem__", "__len__")
    )


class Stream(Data):
    """Batches as they come. As `Data`, it is the first of them.

    Parameters
    ----------
    source
        What gives the batches.
    prepare
        What checks a batch.
    wanted
        How many make an epoch; None: as many as there are until the end.
    goes_on
        Whether an epoch of so many goes on where the last one ended, and begins again at the end.
    name
        What the source is called, for errors.
    """

    def __init__(
        self, source: Any, prepare: Prepare, wanted: int | None, goes_on: bool, name: str
    ) -> None:
        self.source, self.prepare, self.wanted, self.name = source, prepare, wanted, name
        self.is_once = isinstance(source, Iterator)
        self.begins_anew = not self.is_once and not (goes_on and wanted)
        self.length = wanted
        if wanted is None and hasattr(source, "__len__"):
            # A loader may have the method, and no answer.
            with suppress(TypeError, NotImplementedError):
                self.length = len(source)
        self.waiting: list[Data] = []
        self.is_untouched = True
        self._begin()
        if not self.looks_ahead():
            rule = f"{name} must give one batch at least."
            remedy = "It may have been gone through before: make it anew." if self.is_once else None
            raise value_error(rule, f"a {type(source).__name__} that ends at once", None, remedy)
        first = self.waiting[0]
        super().__init__(first.x, first.y, first.weights, first.kept)

    def _begin(self) -> None:
        self.iterator, self.number = iter(self.source), 0
        self.waiting.clear()

    def looks_ahead(self) -> bool:
        """Return whether there is another batch, which waits then for its turn."""
        for batch in () if self.waiting else self.iterator:
            self.number += 1
            self.waiting.append(self.prepare(batch, self.number))
            break
        return bool(self.waiting)

    def batch_size(self, wanted: int) -> int:
        """Return how many samples are in the first batch."""
        return self.size

    def shuffled(self, rng: Any) -> None:
        """Take batches as they come."""

    def steps(self, batch_size: int) -> int | None:
        """Return how many batches make an epoch, if that is known."""
        return self.length

    def batches(self, batch_size: int, order: Array | None = None, reuse: bool = False) -> Epoch:
        """Return the batches of an epoch, as large as they come."""
        if self.begins_anew and not self.is_untouched:
            self._begin()
        self.is_untouched = False
        return Epoch(self)

    def whole(self, batch_size: int) -> None:
        """Cut nothing once for all epochs: the next one brings other batches."""

    def next_after(self, done: int) -> Data:
        """Return the next batch of an epoch of known length, after so many."""
        if not self.looks_ahead() and not (self.is_once or self.begins_anew):
            self._begin()
        if self.looks_ahead():
            return self.waiting.pop()
        rule = f"{self.name} must give enough batches for every epoch."
        received = f"the end after {done} batches" + (f" of {self.length}" if self.length else "")
        remedy = "Let it go on for ever, ask for fewer steps or epochs, or give an object whose "
        raise value_error(rule, received, None, remedy + "__iter__ begins again each time.")


class Epoch(Iterator[tuple[list[Array], list[Array], Array | None]]):
    """The batches of one epoch."""

    def __init__(self, stream: Stream) -> None:
        self.stream, self.done = stream, 0

    def __next__(self) -> tuple[list[Array], list[Array], Array | None]:
        stream = self.stream
        is_end = self.done > 0 and stream.length is None and not stream.looks_ahead()
        if is_end or self.done == stream.length:
            raise StopIteration
        batch = stream.next_after(self.done)
        self.done += 1
        return batch.all()

    def numbers(self) -> Iterator[int]:
        """Yield the number of each batch, as long as there is one to take."""
        while self.done == 0 or self.stream.looks_ahead():
            yield self.done
