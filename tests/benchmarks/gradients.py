"""What one fit on two machines would send, and save: `tests/benchmarks/gradients.py [NAME …]`.

Two machines that share a batch exchange the gradients of all weights in every step, and at best
halve its time. Printed are the gradients of a step in MB; the processor's time for a step, which
other work on the machine does not lengthen as it does the clock's; the time that a line of 1 Gbit/s
needs for the gradients alone, without any delay; and the time by the clock that Dask needs to hand
them to another process of this machine, and back. Each is the smallest of several rounds.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np
from distributed import Client, LocalCluster
from networks import WORKS

NAMES = (
    "784-100-10, batch 32",
    "784-100-10, batch 128",
    "784-512-512-10, batch 128",
    "3×3×32 – 3×3×64, batch 128",
    "LeNet-5, batch 32",
)
STEPS = 20
BITS_PER_SECOND = 1e9


def seconds(
    clock: Callable[[], float], rounds: int, work: Callable[..., object], *given: object
) -> float:
    """Return the time of the fastest round."""
    times = []
    for _ in range(rounds):
        start = clock()
        work(*given)
        times.append(clock() - start)
    return min(times)


def there_and_back(client: Client, gradient: np.ndarray) -> np.ndarray:
    """Let another process add something to the gradient."""
    return client.submit(np.add, gradient, gradient, pure=False).result()


def main(names: list[str]) -> None:
    """Print a row for each network."""
    print(f"{'':27} {'MB':>6} {'ms a step':>10} {'ms at 1 Gbit/s':>15} {'ms by Dask':>11}")
    cluster = LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None)
    with cluster, Client(cluster) as client:
        for name in names or NAMES:
            work = WORKS[name]
            model, (x, y) = work.make(), work.data()
            part = STEPS * work.batch
            step = seconds(time.process_time, 3, work.run, model, x[:part], y[:part]) / STEPS
            gradient = model.gradient_vector.copy()
            sent = seconds(time.perf_counter, 50, there_and_back, client, gradient)
            line = 8 * gradient.nbytes / BITS_PER_SECOND
            figures = f"{1e3 * step:10.2f} {1e3 * line:15.2f} {1e3 * sent:11.1f}"
            print(f"{name:27} {gradient.nbytes / 1e6:6.2f} {figures}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
