"""Ctrl-C ends a training, not the program: the first is a wish to stop, the second is raised."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from nnlite.training.running import running


def until_ctrl_c(
    train: Callable[[], None], tell: Callable[[], None], finish: Callable[[], None]
) -> None:
    """Train until that ends by itself, or Ctrl-C ends it; finish in any case.

    The first Ctrl-C is told to the user. The second in a row is raised, whether it comes while the
    first is obeyed or in the next training. Raised is also one in a training inside of another:
    it is the other, which the user began, that shall end.
    """
    inside, again = len(running.trainings) > 1, running.was_interrupted
    running.was_interrupted = interrupted = False
    try:
        train()
    except KeyboardInterrupt as press:
        if inside or again or isinstance(press.__context__, KeyboardInterrupt):
            raise
        tell()
        interrupted = True
    finally:
        finish()
    running.was_interrupted = interrupted


@contextmanager
def surely(clean_up: Callable[[], None]) -> Iterator[None]:
    """Clean up at the end, though a Ctrl-C come in the middle of that: so it is done twice."""
    try:
        try:
            yield
        finally:
            clean_up()
    finally:
        clean_up()
