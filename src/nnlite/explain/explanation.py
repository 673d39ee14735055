"""The explanation of a step: lines to read, arrays to compute with, and warnings.

As plain text it is a table: formulas, shapes, and the size of the numbers.
"""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field

from nnlite.explain.lines import Line, Section
from nnlite.foundation.errors import look_up
from nnlite.foundation.types import Array

INDENT, GAP, NUMBER = 2, 2, 7
NUMBERS = 2 * (GAP + NUMBER)
HEADINGS = "mean|·|", "max|·|"
FORWARD_ONLY = "The way back needs a loss and the truth: model.compile(...), then "
FORWARD_ONLY += "model.explain(x, y)."


@dataclass
class Explanation:
    """One training step of a network on a batch, as a lecturer writes it on the board.

    `print(explanation)` is a table for the terminal, a notebook shows it as HTML, and
    `nnlite.plot.explain(explanation)` draws it. `explanation["dW1"]` is the array of that name.

    Parameters
    ----------
    model
        The model's name.
    samples
        How many samples the batch has, m.
    forward, backward, update
        What each layer does on the way to the loss, and back, and what the optimizer makes of it.
    warnings
        What does not look well, and what to do about it.
    values
        Every array that has a symbol.
    """

    model: str
    samples: int
    forward: list[Section]
    backward: list[Section]
    update: list[Section]
    warnings: list[str] = field(default_factory=list)
    values: dict[str, Array] = field(default_factory=dict)

    def __getitem__(self, symbol: str) -> Array:
        """Return the array of a symbol: X, Z1, dW1."""
        return look_up("symbol", symbol, self.values)

    @property
    def title(self) -> str:
        """What is explained, in a line."""
        what = "one training step" if self.backward else "forward"
        return f"{self.model}: {what} on m = {self.samples} sample{'s' * (self.samples > 1)}"

    @property
    def halves(self) -> dict[str, list[Section]]:
        """The sections forward, backward and of the update, those of them that there are."""
        halves = {"forward": self.forward, "backward": self.backward, "update": self.update}
        return {name: sections for name, sections in halves.items() if sections}

    @property
    def lines(self) -> list[Line]:
        """All lines in their order."""
        return [line for half in self.halves.values() for section in half for line in section.lines]

    def text(self, width: int = 100) -> str:
        """Return the table for a terminal of that width."""
        return table(self, width)

    def __str__(self) -> str:
        # As wide as the terminal, between 60 and 120 columns; 100 if there is none.
        return table(self, min(max(shutil.get_terminal_size((100, 24)).columns, 60), 120))

    def _repr_html_(self) -> str:
        from nnlite.explain.html import page

        return page(self)

    def __repr__(self) -> str:
        return f"<Explanation of '{self.model}' on {self.samples} samples>"


def table(explanation: Explanation, width: int) -> str:
    """Return the table, no wider than `width` if that can be."""
    column, room = _measure(explanation.lines, width - INDENT - NUMBERS)
    rows = [explanation.title]
    for name, sections in explanation.halves.items():
        rows += ["", *_half(name.upper(), sections, column, room)]
    if not explanation.backward:
        rows += ["", *wrapped(FORWARD_ONLY, width)]
    for warning in explanation.warnings:
        rows += ["", *wrapped(f"WARNING: {warning}", width, subsequent_indent="  ")]
    return "\n".join(row.rstrip() for row in rows)


def _measure(lines: list[Line], room: int) -> tuple[int, int]:
    """Return the width of the formulas, at which most lines fit, and that of both columns."""
    pairs = [(len(line.equation), len(beside(line))) for line in lines if beside(line)]
    candidates = sorted({formula for formula, _ in pairs if formula <= room}) or [0]

    def widths(column: int) -> list[int]:
        return [column + GAP + b for f, b in pairs if f <= column and column + GAP + b <= room]

    column = max(candidates, key=lambda column: len(widths(column)))
    needed = widths(column)
    needed += [len(line.equation) for line in lines if len(line.equation) <= room]
    return column, min(room, max(needed, default=room))


def wrapped(text: str, width: int, subsequent_indent: str = "") -> list[str]:
    """Break a text into lines, but not the code in it."""
    return textwrap.wrap(text, width, subsequent_indent=subsequent_indent, break_on_hyphens=False)


def beside(line: Line) -> str:
    """Return what stands beside a formula: the shapes, and the note."""
    return f"{line.shapes}   {line.note}" if line.shapes and line.note else line.shapes or line.note


def _half(title: str, sections: list[Section], column: int, room: int) -> Iterator[str]:
    """Yield the rows of one direction."""
    headings = "".join(" " * GAP + heading.rjust(NUMBER) for heading in HEADINGS)
    yield title.ljust(INDENT + room) + headings
    for section in sections:
        yield f"{section.title}  {section.remark}"
        for line in section.lines:
            yield from _rows(line, column, room)


def _rows(line: Line, column: int, room: int) -> Iterator[str]:
    """Yield a line as one row, or as several where it is too long."""
    indent, formula, rest = " " * INDENT, line.equation, beside(line)
    numbers = "".join(" " * GAP + size.rjust(NUMBER) for size in line.sizes)
    first, *others = textwrap.wrap(formula, room, subsequent_indent="    ") or [""]
    for start in (column + GAP, len(first) + GAP):
        if not others and len(first) + GAP <= start <= room - len(rest):
            first, rest = first.ljust(start) + rest, ""
    yield indent + first.ljust(room) + numbers
    yield from (indent + other for other in others)
    if rest:
        indent += " " * min(column + GAP, max(room - len(rest), GAP))
        yield from textwrap.wrap(
            rest, INDENT + room + NUMBERS, initial_indent=indent, subsequent_indent=indent
        )
