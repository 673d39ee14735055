"""What weights a model file holds, so that no others are made while its layers are built."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from nnlite.foundation.registry import is_ours
from nnlite.foundation.types import Shape


class Expected:
    """The shapes of the weights in a file, and how many numbers they have together."""

    def __init__(self, shapes: Iterable[Shape]) -> None:
        self.shapes = set(shapes := list(shapes))
        self.left = sum(map(math.prod, shapes))

    def holds(self, kind: type, shape: Shape) -> bool:
        """Return whether a layer of this class may make such a weight, after those before."""
        # A layer of the user's makes its weights in trial runs, too, to find out shapes.
        self.left -= math.prod(shape) if is_ours(kind) else 0
        return shape in self.shapes and self.left >= 0


_expected: ContextVar[Expected | None] = ContextVar("expected", default=None)


@contextmanager
def only(shapes: Iterable[Shape]) -> Iterator[None]:
    """Let layers make weights of these shapes alone."""
    before = _expected.set(Expected(shapes))
    try:
        yield
    finally:
        _expected.reset(before)


def shapes_expected() -> Expected | None:
    """Return the weights that alone may be made; None if any may.

    >>> with only([(2, 3)]):
    ...     expected = shapes_expected()
    ...     expected.holds(object, (2, 3)), expected.holds(object, (2, 50_000_000))
    (True, False)
    >>> shapes_expected()
    """
    return _expected.get()
