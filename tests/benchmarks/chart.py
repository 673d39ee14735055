"""The chart of the performance page: what a sample costs, over what grows."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from growth import GROWING
from processes import ROOT

from nnlite.lessons.page import set_look
from nnlite.plot.style import BLUE, VERMILION

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LOOKS: dict[str, dict[str, Any]] = {
    "nnlite": {"color": BLUE, "marker": "o", "linestyle": "-"},
    "PyTorch": {"color": VERMILION, "marker": "s", "linestyle": "--"},
}


def curves(rows: list[dict[str, Any]], family: str) -> dict[str, tuple[list[int], list[float]]]:
    """Return sizes and microseconds for a sample, ours and PyTorch's, where both are known."""
    found: dict[str, tuple[list[int], list[float]]] = {name: ([], []) for name in LOOKS}
    for row in rows:
        kind, size = row["name"].split()
        if kind == family and "PyTorch" in row["ratios"]:
            ours = 1000 * row["ms"] / row["samples"]
            for name, cost in (("nnlite", ours), ("PyTorch", ours * row["ratios"]["PyTorch"])):
                found[name][0].append(int(size))
                found[name][1].append(cost)
    return found


def around(costs: list[float]) -> list[float]:
    """Return the powers of ten, their doubles and fives, from below all costs to above them.

    >>> around([0.3, 4])
    [0.2, 0.5, 1.0, 2.0, 5.0]
    """
    steps = [factor * 10.0**power for power in range(-3, 7) for factor in (1, 2, 5)]
    below = [step for step in steps if step <= min(costs)]
    above = [step for step in steps if step >= max(costs)]
    return [step for step in steps if below[-1] <= step <= above[0]]


def draw(rows: list[dict[str, Any]]) -> Figure:
    """Draw a part for each thing that grows, both axes in powers."""
    set_look()
    import matplotlib.pyplot as plt

    figure, parts = plt.subplots(2, 2, figsize=(8, 6.4))
    for ax, (family, title) in zip(parts.flat, GROWING.items(), strict=True):
        lines = curves(rows, family)
        for name, (sizes, costs) in lines.items():
            ax.plot(sizes, costs, label=name, **LOOKS[name])
        ax.set(xscale="log", yscale="log", title=title, xlabel=family)
        ax.minorticks_off()
        ax.set_xticks(lines["nnlite"][0], map(str, lines["nnlite"][0]))
        steps = around([cost for _, costs in lines.values() for cost in costs])
        ax.set_yticks(steps, [f"{step:g}" for step in steps])
        ax.set_ylim(steps[0], steps[-1])
        ax.grid(axis="y", alpha=0.3)
    for ax in parts[:, 0]:
        ax.set_ylabel("µs for a sample")
    parts[0, 0].legend()
    return figure


def write(rows: list[dict[str, Any]], path: Path) -> None:
    """Write the chart as the other pictures of the pages are written, in few colours."""
    sys.path.insert(0, str(ROOT / "docs" / "pictures"))
    from make import write as write_picture

    path.parent.mkdir(parents=True, exist_ok=True)
    write_picture(draw(rows), path)
