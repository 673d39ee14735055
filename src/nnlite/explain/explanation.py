"""The explanation of a step: lines to read, arrays to compute with, and warnings.

As plain text it is a table: formulas, shapes, and the size of the numbers. A page for notebooks has
the same table, set as formulas are, light or dark.
"""

from __future__ import annotations

import re
import shutil
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from nnlite.explain.lines import Line, Section
from nnlite.explain.symbols import numbered_symbols
from nnlite.foundation.arguments import explains_its_arguments
from nnlite.foundation.checks import PositiveInteger
from nnlite.foundation.errors import look_up
from nnlite.foundation.types import Array

INDENT, GAP, NUMBER = 2, 2, 7
NUMBERS = 2 * (GAP + NUMBER)
HEADINGS = "mean|·|", "max|·|"
FORWARD_ONLY = "The way back needs a loss and the truth: model.compile(...), then "
FORWARD_ONLY += "model.explain(x, y)."
# Its colours can be read on white and on black; everything else takes the page's own.
STYLE = Path(__file__).with_name("page.css").read_text(encoding="utf-8")


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

    @explains_its_arguments
    def text(self, width: PositiveInteger = 100) -> str:
        """Return the table for a terminal of that width, and no wider if that can be."""
        column, room = _measure(self.lines, width - INDENT - NUMBERS)
        rows = [self.title]
        for name, sections in self.halves.items():
            rows += ["", *_half(name.upper(), sections, column, room)]
        if not self.backward:
            rows += ["", *wrapped(FORWARD_ONLY, width)]
        for warning in self.warnings:
            rows += ["", *wrapped(f"WARNING: {warning}", width, subsequent_indent="  ")]
        return "\n".join(row.rstrip() for row in rows)

    def __str__(self) -> str:
        # As wide as the terminal, between 60 and 120 columns; 100 if there is none.
        return self.text(min(max(shutil.get_terminal_size((100, 24)).columns, 60), 120))

    def _repr_html_(self) -> str:
        return page(self)

    def __repr__(self) -> str:
        return f"<Explanation of '{self.model}' on {self.samples} samples>"


def _measure(lines: list[Line], room: int) -> tuple[int, int]:
    """Return the width of the formulas, at which most lines fit, and that of both columns."""
    pairs = [(len(line.equation), len(beside(line))) for line in lines if beside(line)]
    candidates = sorted({formula for formula, _ in pairs if formula <= room}) or [0]

    def widths(column: int) -> list[int]:
        return [column + GAP + b for f, b in pairs if f <= column and column + GAP + b <= room]

    column = max(candidates, key=lambda column: len(widths(column)))
    needed = [*widths(column), *(n for line in lines if (n := len(line.equation)) <= room)]
    return column, max(needed, default=room)


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
    indent, rest = " " * INDENT, beside(line)
    numbers = "".join(" " * GAP + size.rjust(NUMBER) for size in line.sizes)
    first, *others = textwrap.wrap(line.equation, room, subsequent_indent="    ")
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


def page(explanation: Explanation) -> str:
    """Return the table as HTML."""
    symbols = numbered_symbols(explanation.values)
    halves = explanation.halves.items()
    rows = "".join(row for name, sections in halves for row in _html_half(name, sections, symbols))
    end = "" if explanation.backward else f"<p>{escape(FORWARD_ONLY)}</p>"
    for warning in explanation.warnings:
        end += f'<div class="warning">{_formula(warning, symbols)}</div>'
    return (
        f'<div class="nnlite-explain"><style>\n{STYLE}</style>'
        f"<div><b>{escape(explanation.title)}</b></div>"
        f"<table>{rows}</table>{end}</div>"
    )


def _html_half(kind: str, sections: list[Section], symbols: re.Pattern[str]) -> Iterator[str]:
    """Yield the rows of one direction."""
    headings = "".join(f'<th class="number">{heading}</th>' for heading in HEADINGS)
    yield f'<tr class="half {kind}"><th colspan="2">{kind.upper()}</th>{headings}</tr>'
    for section in sections:
        remark = f" <span>{escape(section.remark)}</span>" if section.remark else ""
        yield f'<tr class="layer"><td colspan="4">{escape(section.title)}{remark}</td></tr>'
        yield from (_html_row(line, symbols) for line in section.lines)


def _html_row(line: Line, symbols: re.Pattern[str]) -> str:
    cells = "".join(f'<td class="number">{number}</td>' for number in line.sizes)
    note = f'<span class="note">&ensp; {escape(line.note)}</span>' if line.note else ""
    # A row that is too long breaks between shapes, not in one.
    shapes = escape(line.shapes).replace(", ", ",&nbsp;")
    beside = f'<td class="shapes">{shapes}{note}</td>'
    wide = "" if line.shapes or line.note else ' colspan="2"'
    formula = f'<td class="formula"{wide}>{_formula(line.equation, symbols)}</td>'
    return f"<tr>{formula}{'' if wide else beside}{cells}</tr>"


def _formula(text: str, symbols: re.Pattern[str]) -> str:
    """Set the numbers of symbols as indices, and T as a power."""
    return symbols.sub(r"\1<sub>\2</sub>", escape(text)).replace("ᵀ", "<sup>T</sup>")
