"""A lesson on a busy machine: how much longer does it take with two busy loops beside it?

`python tests/benchmarks/busy.py [ROUNDS]` runs `python examples 02`, quiet and busy in turn.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

from goals import BUSY, Figure
from processes import ROOT, environment
from rounds import alternating, seconds

LOOPS = 2


@contextmanager
def busy_loops() -> Iterator[None]:
    """Keep two cores busy."""
    command = [sys.executable, "-c", "while True: pass"]
    loops = [subprocess.Popen(command) for _ in range(LOOPS)]
    try:
        time.sleep(0.5)  # until they run
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def lesson() -> float:
    """Return the seconds of the command, in an empty folder, where its pictures go."""
    command = [sys.executable, str(ROOT / "examples"), "02"]
    with tempfile.TemporaryDirectory() as folder:
        return seconds(
            lambda: subprocess.run(
                command, cwd=folder, env=environment(), stdout=subprocess.DEVNULL, check=True
            )
        )


def busy_lesson() -> float:
    """Return the same with the loops beside it."""
    with busy_loops():
        return lesson()


def figures(rounds: int) -> list[Figure]:
    """Return how long the lesson takes, and the ratio."""
    times = alternating({"quiet": lesson, "busy": busy_lesson}, rounds)
    quiet, busy = (statistics.median(times[kind]) for kind in ("quiet", "busy"))
    return [
        Figure("`python examples 02`, quiet", quiet, "s"),
        Figure("`python examples 02`, two busy loops beside it", busy, "s"),
        Figure("`python examples 02`, busy / quiet", busy / quiet, goal=BUSY),
    ]


if __name__ == "__main__":
    for figure in figures(int(sys.argv[1]) if sys.argv[1:] else 5):
        print(figure)
