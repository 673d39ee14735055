"""How a layer computes some samples of a batch, where it must know something of all of them.

A batch may be computed in parts, one after the other or side by side. Most layers look at each
sample by itself, and never notice. One that does not writes `forpass_in_parts` as a generator: it
yields a function and what it knows of its part; the function gets what all parts know, and returns
a list of what each goes on with.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Any, TypeAlias

Meeting: TypeAlias = tuple[Callable[[Sequence[Any]], Sequence[Any]], Any]
InParts: TypeAlias = Generator[Meeting, Any, Any]


def alone(part: InParts) -> Any:
    """Return what a part comes to that is the whole batch.

    >>> def share_of_the_sum(x):
    ...     total = yield lambda parts: [sum(parts)] * len(parts), sum(x)
    ...     return [number / total for number in x]
    >>> alone(share_of_the_sum([1, 3]))
    [0.25, 0.75]
    """
    answer = None
    while True:
        try:
            together, known = part.send(answer)
        except StopIteration as end:
            return end.value
        (answer,) = together([known])
