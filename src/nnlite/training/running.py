"""The trainings of this thread: one goes on inside of another where a callback trains."""

from __future__ import annotations

import threading
from typing import Any


class Running(threading.local):
    """What the trainings of one thread know of each other."""

    def __init__(self) -> None:
        self.trainings: list[Any] = []
        """Those that are going on, the outermost first: with `model`, `history`, `in_epoch`."""
        self.was_interrupted = False
        """Whether it was Ctrl-C that ended the last one."""

    def in_epoch(self, model: Any) -> bool:
        """Return whether the figures of an epoch of this model are adding up."""
        return any(training.in_epoch for training in self.trainings if training.model is model)


running = Running()
