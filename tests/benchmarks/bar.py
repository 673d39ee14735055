"""What the progress bar costs: XOR, 2000 epochs, in a pseudo-terminal, with and without it in turn.

`python tests/benchmarks/bar.py [PAIRS]`; there are no pseudo-terminals on Windows.
"""

from __future__ import annotations

import os
import pty
import statistics
import subprocess
import sys
import threading
from functools import partial

from goals import BAR, Figure
from processes import HERE, environment
from rounds import alternating, median_ratio, seconds

WITH_BAR, WITHOUT = "1", "0"


def read_all(terminal: int) -> None:
    """Read what is written to a terminal, as its window would, until nobody writes any more."""
    try:
        while os.read(terminal, 65536):
            pass
    except OSError:  # so Linux tells that the other end is closed
        pass


def pairs_in_terminal(pairs: int) -> tuple[float, float]:
    """Return the median seconds without the bar, and of the ratios with it / without."""
    ours, theirs = pty.openpty()
    reader = threading.Thread(target=read_all, args=(ours,))
    reader.start()
    command = [sys.executable, str(HERE / "bar.py"), "--inside", str(pairs)]
    try:
        done = subprocess.run(
            command, env=environment(), stdout=subprocess.PIPE, stderr=theirs, text=True, check=True
        )
    finally:
        os.close(theirs)
        reader.join()
        os.close(ours)
    without, ratio = map(float, done.stdout.split())
    return without, ratio


def inside(pairs: int) -> None:
    """Train in this process, whose stderr is the terminal, and print both numbers."""
    from networks import WORKS

    work = WORKS["XOR"]
    model, (x, y) = work.make(), work.data()

    def train(verbose: str) -> None:
        model.fit(x, y, work.batch, work.epochs, verbose=int(verbose))

    times = alternating({v: partial(seconds, train, v) for v in (WITH_BAR, WITHOUT)}, pairs, 0)
    without = times[WITHOUT]
    print(statistics.median(without), median_ratio(times[WITH_BAR], without))


def figures(pairs: int) -> list[Figure]:
    """Return the time of the training, and the ratio."""
    without, ratio = pairs_in_terminal(pairs)
    return [
        Figure("XOR, 2000 epochs, without a progress bar", without, "s"),
        Figure("XOR, 2000 epochs, with a progress bar / without", ratio, goal=BAR),
    ]


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        inside(int(sys.argv[2]))
    else:
        for figure in figures(int(sys.argv[1]) if sys.argv[1:] else 20):
            print(figure)
