"""The table of a lesson: what came out, what had to, and whether they agree."""

from __future__ import annotations

import json
import os
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np

from nnlite.foundation.arguments import explains_its_arguments
from nnlite.foundation.checks import require

# A terminal has 80 columns: three texts, two spaces after each, and "DIFFERS".
ROOM = 80 - 3 * 2 - len("DIFFERS")


def in_notebook() -> bool:
    """Return whether the lesson runs cell by cell, in a notebook or an editor."""
    ipython = sys.modules.get("IPython")
    return ipython is not None and ipython.get_ipython() is not None


@dataclass(frozen=True)
class Row:
    """One line of a table."""

    name: str
    came_out: str
    expected: str
    agrees: bool

    @property
    def verdict(self) -> str:
        """Return "ok" or "DIFFERS"."""
        return "ok" if self.agrees else "DIFFERS"


class Table:
    """The table that ends a lesson: what came out, what had to, and whether they agree.

    As a script the lesson prints it at its end. In a notebook each row is printed where it is
    checked, and the end is a verdict.

    >>> table = Table("One neuron")
    >>> table.equal("w", 913.597336431, 913.59733643, digits=8)
    >>> table.equal("b", 99.409355645, 99.40935, digits=5)
    >>> table.same("b, by hand and with nnlite", [1.0, 2.0], [1.0, 2.0 + 4e-15])
    >>> table.check("mean error", 0.25, "below .5", 0.25 < 0.5)
    >>> table.close()
    <BLANKLINE>
    One neuron                  came out           expected
    -------------------------------------------------------------------------
    w                           913.59733643       913.59733643         ok
    b                           99.40936           99.40935 (cut off)   ok
    b, by hand and with nnlite  differ by 4.0e-15  at most 1e-10 apart  ok
    mean error                  0.25               below .5             ok
    """

    def __init__(self, title: str) -> None:
        self.title = title
        self.rows: list[Row] = []

    def equal(self, name: str, came_out: Any, printed: Any, digits: int | None = None) -> None:
        """Add what the course printed: a number, an array or a text.

        With `digits`, the numbers may differ by less than one in that digit behind the point,
        since the course rounds here and cuts there; without, not at all. Where it cut digits off
        that we round, the table says so.
        """
        expected = _text(printed, digits)
        if digits is not None and _is_cut_off(came_out, printed, digits):
            expected += " (cut off)"
        self._add(name, came_out, expected, _equal(came_out, printed, digits), digits)

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
        row = Row(name, _text(came_out, digits), expected, agrees)
        self.rows.append(row)
        if in_notebook():
            told = "as expected" if row.came_out == row.expected else f"expected {row.expected}"
            print(f"{row.verdict}: {row.name}: {row.came_out} ({told})")

    def close(self) -> None:
        """Print the table; exit with status 1 if anything in it does not agree.

        A notebook, where all rows were printed, gets the verdict alone.
        """
        differing = [row.name for row in self.rows if not row.agrees]
        results = os.environ.get("NNLITE_LESSON_RESULTS")
        if in_notebook():
            right = len(self.rows) - len(differing)
            names = f" DIFFERS: {'; '.join(differing)}." if differing else ""
            print(f"{self.title}: {right} of {len(self.rows)} figures agree.{names}")
            return
        # The runner prints the tables of all lessons together.
        if results:
            text = json.dumps({"title": self.title, "rows": [asdict(row) for row in self.rows]})
            Path(results).write_text(text, encoding="utf-8")
        else:
            print("\n".join(table_lines([(self.title, self.rows)])))
        if differing:
            raise SystemExit(1)


def _are_tables(given: Any) -> bool:
    return bool(given) and all(
        isinstance(title, str) and all(isinstance(row, Row) for row in rows)
        for title, rows in given
    )


_tables = require(_are_tables, "table_lines takes pairs of a title and a list of rows.")


@explains_its_arguments
def table_lines(tables: Annotated[Sequence[tuple[str, list[Row]]], _tables]) -> list[str]:
    """Return the lines of one or more tables, all with the same columns, at most 80 wide.

    A text that is too long goes on in the next line.
    """
    heads = [Row(title, "came out", "expected", True) for title, _ in tables]
    rows = [row for _, rows in tables for row in rows]
    texts = [(row.name, row.came_out, row.expected) for row in [*heads, *rows]]
    widths = _fitting([[len(text) for text in row] for row in texts])

    def lines_of(row: Row, verdict: str) -> list[str]:
        columns = zip((row.name, row.came_out, row.expected), widths, strict=True)
        wrapped = [textwrap.wrap(text, width) for text, width in columns]
        height = max(map(len, wrapped))
        # The last lines of all texts stand side by side.
        parts = zip(
            *([""] * (height - len(part)) + part for part in [*wrapped, [verdict]]), strict=True
        )
        return ["  ".join([*map(str.ljust, line, widths), line[-1]]).rstrip() for line in parts]

    lines = []
    for head, (_, rows) in zip(heads, tables, strict=True):
        lines += ["", *lines_of(head, ""), "-" * min(80, sum(widths) + 11)]
        lines += [line for row in rows for line in lines_of(row, row.verdict)]
    return lines


def _fitting(lengths: list[list[int]]) -> tuple[int, int, int]:
    """Return widths for the three columns with which few texts need a second line.

    >>> _fitting([[20, 10, 12]]), _fitting([[60, 10, 12], [60, 10, 30], [60, 10, 12]])
    ((20, 10, 12), (42, 10, 15))
    """
    names, came_out, expected = np.max(lengths, axis=0).tolist()
    if names + came_out + expected <= ROOM:
        return names, came_out, expected
    return min(
        (
            (ROOM - second - third, second, third)
            for second in range(min(10, came_out), min(25, came_out) + 1)
            for third in range(min(10, expected), min(25, expected) + 1)
        ),
        # A name in two lines reads better than a number in two.
        key=lambda widths: (np.ceil(np.array(lengths) / widths) @ [1, 3, 3]).sum(),
    )


def _equal(came_out: Any, printed: Any, digits: int | None) -> bool:
    came_out, printed = np.asarray(came_out), np.asarray(printed)
    if came_out.shape != printed.shape:
        return False
    if digits is None:
        return bool(np.all(came_out == printed))
    return bool(np.all(np.abs(came_out - printed) < 10.0**-digits))


def _is_cut_off(came_out: Any, printed: Any, digits: int) -> bool:
    """Return whether a number is printed without its further digits, where we round it up."""
    if np.ndim(came_out) or np.ndim(printed) or not np.isfinite(came_out):
        return False
    longer = f"{came_out:.{digits + 6}f}"
    cut = longer[: len(longer) - 6]
    return cut == f"{printed:.{digits}f}" != f"{came_out:.{digits}f}"


def _text(value: Any, digits: int | None = None) -> str:
    """Write a number with so many digits behind the point, an array on one line."""
    if not isinstance(value, list | float | np.ndarray | np.generic):
        return str(value)
    form = "{:.6g}" if digits is None else f"{{:.{digits}f}}"
    text = np.array2string(np.asarray(value), formatter={"float_kind": form.format})
    return " ".join(text.split()).replace("[ ", "[")
