"""Compare the speed of two checkouts, in alternating pairs: did a change make anything slower?

`python tests/benchmarks/two_checkouts.py OLD_CHECKOUT NEW_CHECKOUT [PAIRS] [PART_OF_A_NAME]`
prints, for each network, the median of old time / new time: above 1, the new one is faster.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path
from typing import Any

import rounds
from processes import Worker


def serve() -> None:
    """Wait for the name of a network on each line of stdin, train it once, print the seconds."""
    from networks import WORKS

    ready: dict[str, Any] = {}
    for line in sys.stdin:
        work = WORKS[name := line.strip()]
        if name not in ready:
            ready[name] = (work.make(), *work.data())
            work.run(*ready[name])
        print(rounds.seconds(work.run, *ready[name]), flush=True)


def seconds(worker: Worker, name: str) -> float:
    """Let a worker train a network once."""
    taken = float(worker.ask(name))
    time.sleep(rounds.PAUSE)
    return taken


def main(old: str, new: str, pairs: str = "10", part: str = "") -> None:
    """Print a line for each network."""
    from networks import WORKS

    folders = [Path(old) / "src", Path(new) / "src"]
    workers = [Worker("two_checkouts.py", "--serve", source=source) for source in folders]
    print(f"{'work':40}{'new':>9}{'old / new, median':>20}{'least':>7}{'most':>7}")
    for name in WORKS:
        if part not in name:
            continue
        times = [[seconds(worker, name) for worker in workers] for _ in range(int(pairs))]
        ratios = [before / after for before, after in times]
        now = statistics.median(after for _, after in times)
        median = statistics.median(ratios)
        low, high = min(ratios), max(ratios)
        print(f"{name:40}{now * 1000:6.0f} ms{median:20.2f}{low:7.2f}{high:7.2f}", flush=True)
    for worker in workers:
        worker.close()


if __name__ == "__main__":
    serve() if sys.argv[1:] == ["--serve"] else main(*sys.argv[1:])
