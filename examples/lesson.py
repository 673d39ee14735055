"""What all lessons share: the table a lesson ends with, and where its pictures go.

A lesson is a script in cells: `# %% [markdown]` opens a cell of prose, `# %%` one of code. It
imports this module before nnlite, so that it also runs from a fresh checkout.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import matplotlib
import numpy as np
from cycler import cycler

if TYPE_CHECKING:
    from matplotlib.figure import Figure

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent

if find_spec("nnlite") is None:
    sys.path.insert(0, str(ROOT / "src"))

# After the line above, nnlite is there.
from nnlite.plot.style import COLOURS

BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, BLACK = COLOURS[:7]
GREY = "#7F7F7F"


def in_notebook() -> bool:
    """Return whether the lesson runs cell by cell, in a notebook or an editor."""
    ipython = sys.modules.get("IPython")
    return ipython is not None and ipython.get_ipython() is not None


if not in_notebook():
    # From the command line pictures are files: no window opens, and no screen is needed.
    matplotlib.use("Agg")
matplotlib.rcParams.update(
    {
        "figure.figsize": (8, 4.5),
        "figure.dpi": 100,
        "figure.constrained_layout.use": True,
        "axes.prop_cycle": cycler(color=COLOURS),
        "axes.spines.top": False,
        "axes.spines.right": False,
    }
)


def save(figure: Figure, name: str) -> None:
    """Save a picture as NAME.png among the figures; a notebook shows it instead."""
    if in_notebook():
        return
    import matplotlib.pyplot as plt

    path = figures_folder() / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
    plt.close(figure)
    print(f"picture: {path}")


def figures_folder() -> Path:
    """Return `figures/` beside `examples/`, or the folder that NNLITE_FIGURES names."""
    return Path(os.environ.get("NNLITE_FIGURES") or ROOT / "figures")


def progress(steps: Iterable[T], name: str) -> Iterable[T]:
    """Go through the steps of a loop that takes seconds, with a bar in a terminal or notebook."""
    from tqdm.auto import tqdm

    bar: Iterable[T] = tqdm(steps, desc=name, disable=None)
    return bar


def csv_option() -> str | None:
    """Return FILE if the lesson was started with `--csv FILE`."""
    arguments = [] if in_notebook() else sys.argv[1:]
    if not arguments:
        return None
    if len(arguments) != 2 or arguments[0] != "--csv":
        refuse(f"The only option is --csv FILE. Received: {' '.join(arguments)}")
    return arguments[1]


def refuse(message: str) -> NoReturn:
    """End the lesson because it was started with bad input: one line, and exit status 2."""
    print(message, file=sys.stderr)
    raise SystemExit(2)


@dataclass(frozen=True)
class Row:
    """One line of a table."""

    name: str
    came_out: str
    expected: str
    agrees: bool


class Table:
    """The table that ends a lesson: what came out, what had to, and whether they agree.

    >>> table = Table("One neuron")
    >>> table.equal("w", 913.597336431, 913.59733643, digits=8)
    >>> table.same("b, by hand and with nnlite", [1.0, 2.0], [1.0, 2.0 + 4e-15])
    >>> table.check("mean error", 0.25, "below .5", 0.25 < 0.5)
    >>> table.close()
    <BLANKLINE>
    One neuron                  came out           expected
    -------------------------------------------------------------------------
    w                           913.59733643       913.59733643         ok
    b, by hand and with nnlite  differ by 4.0e-15  at most 1e-10 apart  ok
    mean error                  0.25               below .5             ok
    """

    def __init__(self, title: str) -> None:
        self.title = title
        self.rows: list[Row] = []

    def equal(self, name: str, came_out: Any, printed: Any, digits: int | None = None) -> None:
        """Add what the course printed: a number, an array or a text.

        With `digits`, the numbers may differ by less than one in that digit behind the point,
        since the course rounds here and cuts there; without, not at all.
        """
        self._add(name, came_out, _text(printed, digits), _equal(came_out, printed, digits), digits)

    def same(self, name: str, by_hand: Any, with_nnlite: Any, tolerance: float = 1e-10) -> None:
        """Add two ways to the same numbers: how far apart are they?"""
        by_hand, with_nnlite = np.asarray(by_hand), np.asarray(with_nnlite)
        if by_hand.shape != with_nnlite.shape:
            shapes = f"shapes {by_hand.shape} and {with_nnlite.shape}"
            self._add(name, shapes, "the same shape", False)
            return
        difference = float(np.max(np.abs(by_hand - with_nnlite)))
        agrees = difference <= tolerance
        came_out = f"differ by {difference:.1e}" if difference else "equal"
        expected = f"at most {tolerance:g} apart" if tolerance else "equal"
        self._add(name, came_out, expected, agrees)

    def check(self, name: str, came_out: Any, condition: str, agrees: Any) -> None:
        """Add a condition, told in words."""
        self._add(name, came_out, condition, bool(agrees))

    def _add(
        self, name: str, came_out: Any, expected: str, agrees: bool, digits: int | None = None
    ) -> None:
        self.rows.append(Row(name, _text(came_out, digits), expected, agrees))

    def close(self) -> None:
        """Print the table; exit with status 1 if anything in it does not agree."""
        # The runner prints the tables of all lessons together.
        results = os.environ.get("NNLITE_LESSON_RESULTS")
        if results:
            text = json.dumps({"title": self.title, "rows": [asdict(row) for row in self.rows]})
            Path(results).write_text(text, encoding="utf-8")
        else:
            print("\n".join(table_lines([(self.title, self.rows)])))
        if not all(row.agrees for row in self.rows):
            raise SystemExit(1)


def table_lines(tables: Iterable[tuple[str, list[Row]]]) -> list[str]:
    """Return the lines of one or more tables, all with the same columns."""
    tables = list(tables)
    heads = [Row(title, "came out", "expected", True) for title, _ in tables]
    cells = [(row.name, row.came_out, row.expected) for row in heads]
    cells += [(row.name, row.came_out, row.expected) for _, rows in tables for row in rows]
    name, came_out, expected = (max(map(len, column)) for column in zip(*cells, strict=True))

    def line(row: Row, verdict: str) -> str:
        texts = f"{row.name:{name}}  {row.came_out:{came_out}}  {row.expected:{expected}}"
        return f"{texts}  {verdict}".rstrip()

    lines = []
    for head, (_, rows) in zip(heads, tables, strict=True):
        lines += ["", line(head, ""), "-" * (name + came_out + expected + 11)]
        lines += [line(row, "ok" if row.agrees else "DIFFERS") for row in rows]
    return lines


def _equal(came_out: Any, printed: Any, digits: int | None) -> bool:
    came_out, printed = np.asarray(came_out), np.asarray(printed)
    if came_out.shape != printed.shape:
        return False
    if digits is None:
        return bool(np.all(came_out == printed))
    return bool(np.all(np.abs(came_out - printed) < 10.0**-digits))


def _text(value: Any, digits: int | None = None) -> str:
    """Write a number with so many digits behind the point, an array on one line."""
    if not isinstance(value, list | float | np.ndarray | np.generic):
        return str(value)
    form = "{:.6g}" if digits is None else f"{{:.{digits}f}}"
    text = np.array2string(np.asarray(value), formatter={"float_kind": form.format})
    return " ".join(text.split()).replace("[ ", "[")
