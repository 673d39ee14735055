"""The trainings of this thread, one inside of another where a callback trains; Ctrl-C ends them.

It ends a training, not the program: the first is a wish to stop, the second is raised.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class Running(threading.local):
    """What the trainings of one thread know of each other."""

    def __init__(self) -> None:
        self.trainings: list[Any] = []
        """Those that go on, the outermost first: with `model`, `history`, `step`, `in_epoch`."""
        self.was_interrupted = False
        """Whether it was Ctrl-C that ended the last one."""

    def counting(self) -> list[Any]:
        """Return the metrics in which the figures of an epoch are adding up."""
        counted = [training.step.figures.all for training in self.trainings if training.in_epoch]
        return [metric for metrics in counted for metric in metrics]


running = Running()


def until_ctrl_c(training: Any) -> None:
    """Train until that ends by itself, or Ctrl-C ends it; finish in any case.

    The first Ctrl-C is told to the user. The second in a row is raised, whether it comes while the
    first is obeyed or in the next training. Raised is also one in a training inside of another:
    it is the other, which the user began, that shall end.
    """
    inside, again = len(running.trainings) > 1, running.was_interrupted
    running.was_interrupted = False

    def obey(part: Callable[[], None]) -> None:
        nonlocal again
        try:
            part()
        except KeyboardInterrupt as press:
            training.model.stop_training = training.history.interrupted = True
            if inside or again or isinstance(press.__context__, KeyboardInterrupt):
                raise
            again = True
            training.tell_of_ctrl_c()

    try:
        obey(training.train)
    finally:
        obey(training.finish)
    running.was_interrupted = training.history.interrupted


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
