"""The parts of the benchmarks, and how each is measured."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import bar
import busy
import memory
import start
from goals import Figure
from processes import lines
from report import line_of


@dataclass(frozen=True)
class Options:
    """How much is measured."""

    rounds: int
    share: float
    only: str
    keras: str


@dataclass(frozen=True)
class Part:
    """One part: the file with its networks, or the function that returns its figures."""

    name: str
    seconds: tuple[float, float]
    """What the beginning and each round take on a quiet machine, roughly."""
    file: str = ""
    core: str = ""
    figures: Callable[[Options], list[Figure]] | None = None

    def expected(self, options: Options) -> float:
        """Return the seconds that all rounds take, and the one that is left out."""
        beginning, a_round = self.seconds
        return beginning + a_round * (options.rounds + 1) * (options.share if self.file else 1)


PARTS = {
    part.name: part
    for part in (
        Part("networks", (60, 40), "networks"),
        Part("haswell", (30, 23), "networks", core="Haswell"),
        Part("others", (30, 12), "other_networks"),
        Part("growth", (15, 13), "growth"),
        Part("memory", (0, 8), figures=lambda options: memory.figures(options.rounds)),
        Part("start", (0, 4), figures=lambda options: start.figures(options.rounds, options.keras)),
        Part("busy", (0, 7), figures=lambda options: busy.figures(options.rounds)),
        Part("bar", (1, 1), figures=lambda options: bar.figures(3 * options.rounds)),
    )
}
# The peers of these parts are those of our own choice of routines, or PyTorch alone.
WITHOUT_KERAS = ("haswell", "growth")


def measure(part: Part, options: Options) -> tuple[dict[str, str], list[dict[str, Any]], float]:
    """Return the machine, the rows or figures, and the seconds that it took; print them."""
    begin = time.perf_counter()
    machine, rows = (compared if part.file else single)(part, options)
    return machine, rows, time.perf_counter() - begin


def compared(part: Part, options: Options) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Compare the networks of a file with those of the peers."""
    keras = "" if part.name in WITHOUT_KERAS else options.keras
    told = (part.file, str(options.rounds), str(options.share), options.only, keras)
    said = (json.loads(line) for line in lines("compare.py", *told, core=part.core))
    machine: dict[str, str] = next(said)
    print(", ".join(f"{what} {value}" for what, value in machine.items()))
    rows = []
    for row in said:
        print(line_of(row, goals=part.name == "networks"), flush=True)
        rows.append(row)
    return machine, rows


def single(part: Part, options: Options) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Measure single figures."""
    assert part.figures
    found = part.figures(options)
    print("\n".join(map(str, found)), flush=True)
    return {}, [asdict(figure) for figure in found]
