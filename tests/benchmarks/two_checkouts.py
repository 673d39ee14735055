"""Compare the speed of two checkouts, in alternating pairs: did a change make anything slower?

`python tests/benchmarks/two_checkouts.py OLD_CHECKOUT NEW_CHECKOUT [PAIRS] [PART_OF_A_NAME]`
prints, for each network, the median of old time / new time: above 1, the new one is faster.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def serve() -> None:
    """Wait for the name of a network on each line of stdin, train it once, print the seconds."""
    from networks import WORKS

    ready: dict[str, Any] = {}
    for line in sys.stdin:
        work = WORKS[name := line.strip()]
        if name not in ready:
            ready[name] = (work.make(), *work.data())
            work.run(*ready[name])
        start = time.perf_counter()
        work.run(*ready[name])
        print(time.perf_counter() - start, flush=True)


def worker(checkout: str) -> subprocess.Popen[str]:
    """Start a process that uses the package of this checkout."""
    environment = os.environ | {"PYTHONPATH": f"{Path(checkout) / 'src'}:{HERE}"}
    command = [sys.executable, __file__, "--serve"]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment)


def seconds(process: subprocess.Popen[str], name: str) -> float:
    """Let a worker train a network once."""
    assert process.stdin
    assert process.stdout
    process.stdin.write(f"{name}\n")
    process.stdin.flush()
    taken = float(process.stdout.readline())
    # Threads of BLAS go on spinning for a while after their work is done.
    time.sleep(0.2)
    return taken


def main(old: str, new: str, pairs: str = "10", part: str = "") -> None:
    """Print a line for each network."""
    from networks import WORKS

    workers = [worker(old), worker(new)]
    print(f"{'work':40}{'new':>9}{'old / new, median':>20}{'least':>7}{'most':>7}")
    for name in WORKS:
        if part not in name:
            continue
        times = [[seconds(process, name) for process in workers] for _ in range(int(pairs))]
        ratios = [before / after for before, after in times]
        now = statistics.median(after for _, after in times)
        median = statistics.median(ratios)
        low, high = min(ratios), max(ratios)
        print(f"{name:40}{now * 1000:6.0f} ms{median:20.2f}{low:7.2f}{high:7.2f}", flush=True)
    for process in workers:
        process.stdin.close()  # type: ignore[union-attr]
        process.wait()


if __name__ == "__main__":
    serve() if sys.argv[1:] == ["--serve"] else main(*sys.argv[1:])
