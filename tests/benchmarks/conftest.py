"""Each piece of work, by nnlite and its peers in alternation, and one table of ratios."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import pytest

# Thread pools of BLAS and OpenMP go on spinning for a while after their work is done.
PAUSE = 0.3

ROWS: list[dict[str, float | str]] = []


def pytest_configure(config: pytest.Config) -> None:
    config.option.benchmark_disable_gc = True


@pytest.fixture
def compare(benchmark):
    """Return a function that times nnlite against its peers, all of them in each round."""

    def run(
        work: str,
        ours: Callable[[], object],
        peers: dict[str, Callable[[], object]],
        rounds: int = 5,
    ) -> dict[str, float]:
        times: dict[str, list[float]] = {name: [] for name in peers}

        def peers_first() -> None:
            for name, peer in peers.items():
                time.sleep(PAUSE)
                start = time.perf_counter()
                peer()
                times[name].append(time.perf_counter() - start)
            time.sleep(PAUSE)

        for warm_up in (ours, *peers.values()):
            warm_up()
        benchmark.pedantic(ours, setup=peers_first, rounds=rounds)
        mine = statistics.median(benchmark.stats.stats.data)
        ratios = {name: statistics.median(values) / mine for name, values in times.items()}
        ROWS.append({"work": work, "nnlite": mine, **ratios})
        return ratios

    return run


def pytest_terminal_summary(terminalreporter) -> None:
    if not ROWS:
        return
    names = list(
        dict.fromkeys(name for row in ROWS for name in row if name not in ("work", "nnlite"))
    )
    terminalreporter.section("time of each peer / time of nnlite (median of alternating rounds)")
    terminalreporter.write_line(f"{'work':32}{'nnlite':>10}" + "".join(f"{n:>14}" for n in names))
    for row in ROWS:
        cells = "".join(f"{row[n]:13.2f}x" if n in row else f"{'':14}" for n in names)
        terminalreporter.write_line(f"{row['work']:32}{row['nnlite'] * 1000:8.0f}ms{cells}")
