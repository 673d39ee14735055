"""Alternating rounds: in each, everyone does its work once, so that all meet the same machine."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

Said = TypeVar("Said")

# Thread pools of BLAS and OpenMP go on spinning for a while after their work is done.
PAUSE = 0.2


def seconds(work: Callable[..., object], *given: object) -> float:
    """Return how long a work takes."""
    start = time.perf_counter()
    work(*given)
    return time.perf_counter() - start


def alternating(
    works: Mapping[str, Callable[[], Said]], rounds: int, pause: float = PAUSE
) -> dict[str, list[Said]]:
    """Return what each work says, round by round; a first round is left out."""
    said: dict[str, list[Said]] = {name: [] for name in works}
    for _ in range(rounds + 1):
        for name, work in works.items():
            time.sleep(pause)
            said[name].append(work())
    return {name: answers[1:] for name, answers in said.items()}


def median_ratio(above: list[float], below: list[float]) -> float:
    """Return the median of the ratios of the rounds."""
    return statistics.median(a / b for a, b in zip(above, below, strict=True))
