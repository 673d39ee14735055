"""The measured part of the performance page, in Markdown, out of what was measured so far."""

from __future__ import annotations

from typing import Any

from goals import OVER_PRODUCTS, RATIOS, Figure, Goal

# A part's rows or figures, by the part's name.
Measured = dict[str, dict[str, Any]]
Row = dict[str, Any]

CHART = "performance.png"


def as_figure(kept: dict[str, Any]) -> Figure:
    """Return a figure that was kept as JSON."""
    return Figure(**kept | {"goal": Goal(**kept["goal"]) if kept["goal"] else None})


def ratio_figures(row: Row) -> list[Figure]:
    """Return the ratios of a row that have goals."""
    name, ratios = row["name"], row["ratios"]
    found = [
        Figure(f"{peer}'s time / ours: {name}", ratios[peer], goal=goals[name])
        for peer, goals in RATIOS.items()
        if name in goals and peer in ratios
    ]
    if name in OVER_PRODUCTS and "bare products" in ratios:
        over = 1 / ratios["bare products"]
        found.append(
            Figure(f"our time / the five products: {name}", over, goal=OVER_PRODUCTS[name])
        )
    return found


def line_of(row: Row, goals: bool) -> str:
    """Return a row for the terminal: our time, the peers' over it, and the goals."""
    ratios = "  ".join(f"{peer} {ratio:.2f}" for peer, ratio in row["ratios"].items())
    lines = [f"{row['name']:54}{row['ms']:7.1f} ms   {ratios}"]
    for peer, difference in row["differ"].items():
        lines.append(f"  {peer} computes something else ({difference:.1g}): not timed")
    if goals:
        lines += [f"  {figure}" for figure in ratio_figures(row)]
    return "\n".join(lines)


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def cell(row: Row | None, peer: str) -> str:
    """Return the ratio to a peer, or a dash; or that the peer computes something else."""
    if row and peer in row["differ"]:
        return "differs"
    ratio = row["ratios"].get(peer) if row else None
    return "–" if ratio is None else f"{ratio:.2f}"


def networks(measured: Measured) -> list[str]:
    """Return the table of the networks that have goals, with both sets of routines."""
    haswell = {row["name"]: row for row in measured.get("haswell", {}).get("rows", [])}
    rows = []
    for row in measured["networks"]["rows"]:
        name = row["name"]
        judged = next((f for f in ratio_figures(row) if f.what.startswith("PyTorch")), None)
        goal = (str(judged.goal), judged.verdict) if judged else ("–", "–")
        cells = (cell(row, "PyTorch"), *goal, cell(row, "Keras"))
        rows.append((name, f"{row['ms']:.0f} ms", *cells, cell(haswell.get(name), "PyTorch")))
    head = ("work", "ours", "PyTorch / ours", "goal", "", "Keras / ours")
    return [
        "## Against PyTorch and Keras",
        "A peer's time divided by nnlite's: above 1, nnlite is faster. Goals are judged with "
        "OpenBLAS's own choice of routines; the last column is another run, with those it has for "
        "Haswell (no AVX-512); what has a – was not measured. Training is with `fit(verbose=0)` "
        "and plain SGD unless said, on "
        "images like MNIST's that the benchmark makes itself. After each convolution of a row like "
        "3×3×10 follows a pooling, at the end come 100 and 10 units; all networks stand in "
        "`tests/benchmarks/networks.py`.",
        table((*head, "Haswell's routines: PyTorch / ours"), rows),
    ]


def others(measured: Measured) -> list[str]:
    """Return the table of the networks beside the goals."""
    rows = [
        (row["name"], f"{row['ms']:.0f} ms", cell(row, "PyTorch"), cell(row, "Keras"))
        for row in measured["others"]["rows"]
    ]
    return [
        "## Networks beside the goals",
        "Other kernels, strides and channels than those above, from "
        "`tests/benchmarks/other_networks.py`.",
        table(("work", "ours", "PyTorch / ours", "Keras / ours"), rows),
    ]


def growth(measured: Measured) -> list[str]:
    """Return the chart, and what it shows."""
    return [
        "## What a sample costs",
        f"![The cost of a training sample over batch, width, depth and channels](pictures/{CHART})",
        "Time of `fit` for one sample, forward, back and update, ours and PyTorch's.",
    ]


def figures(measured: Measured) -> list[str]:
    """Return the table of all single figures."""
    found = [
        figure
        for row in measured.get("networks", {}).get("rows", [])
        for figure in ratio_figures(row)
        if not figure.what.startswith("PyTorch")
    ]
    for part in ("busy", "bar", "memory", "start"):
        found += map(as_figure, measured.get(part, {}).get("rows", []))
    rows = [
        (figure.what, figure.number, str(figure.goal or "–"), figure.verdict or "–")
        for figure in found
    ]
    if not rows:
        return []
    return [
        "## Single figures",
        "Memory is the peak resident memory of a process, imports and data included, in the middle "
        "one of several runs; the imports are those of fresh processes, NumPy with them, Python's "
        "own start left out; the first step is that of 784-100-10 on 32 samples.",
        table(("what", "measured", "goal", ""), rows),
    ]


def conditions(measured: Measured) -> str:
    """Return a sentence about each machine and day of these figures."""
    parts: dict[str, list[str]] = {}
    for name, part in measured.items():
        settings = [f"{what} {value}" for what, value in part["machine"].items()]
        told = ", ".join([part["day"], f"rounds {part['rounds']}", *settings])
        parts.setdefault(told, []).append(name)
    return "\n".join(f"- {', '.join(names)}: {told}" for told, names in parts.items())


def page(measured: Measured) -> str:
    """Return everything that is known."""
    texts = ["Measured were, and where:", conditions(measured)]
    for part, write in {"networks": networks, "others": others, "growth": growth}.items():
        if part in measured:
            texts += write(measured)
    return "\n\n".join([*texts, *figures(measured)])
