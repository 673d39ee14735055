"""The trainings of this thread: one goes on inside of another where a callback trains."""

from __future__ import annotations

import threading
from typing import Any, Protocol


class Training(Protocol):
    """What the trainings know of each other."""

    model: Any
    history: Any
    in_epoch: bool
    """Whether figures are adding up, batch by batch."""


class Running(threading.local):
    """The trainings of one thread."""

    def __init__(self) -> None:
        self.trainings: list[Training] = []
        """The outermost comes first."""
        self.was_interrupted = False
        """Whether it was Ctrl-C that ended the last training."""

    def in_epoch(self) -> bool:
        """Return whether the figures of an epoch are adding up."""
        return any(training.in_epoch for training in self.trainings)


running = Running()
