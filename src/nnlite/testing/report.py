"""What a gradient check found, as a table: one row for each weight and each input."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from nnlite.foundation.types import Array, Shape
from nnlite.testing.differences import Comparison
from nnlite.testing.guesses import guess


@dataclass(frozen=True)
class GradientRow:
    """The gradient of one weight or input, at the place where its error is largest.

    Parameters
    ----------
    layer, name
        The names of the layer, or of the input, and of the gradient: dW, db, dx …
    shape, max_error, place
        The gradient's shape, its largest error, and where that is.
    analytic, numeric
        What backprop says at that place, and what the differences say.
    checked, passed
        How many entries were looked at, and whether all were right.
    guess
        What kind of mistake it looks like.
    """

    layer: str
    name: str
    shape: Shape
    max_error: float
    place: tuple[int, ...]
    analytic: float
    numeric: float
    checked: int
    passed: bool
    guess: str | None = None

    @property
    def spelt_place(self) -> str:
        """The gradient and the place, as in code.

        >>> GradientRow("dense", "dW", (3, 2), 1e-3, (2, 0), 1.001, 1.0, 6, False).spelt_place
        'dW[2, 0]'
        """
        return self.name + place_text(self.place)

    @property
    def sentence(self) -> str:
        """The disagreement in words.

        >>> print(GradientRow("d", "dW", (3, 2), 1e-3, (2, 0), 1.001, 1.0, 6, False).sentence)
        dW[2, 0]: backprop says 1.001, the differences say 1.0
        """
        found, wanted = number(self.analytic), number(self.numeric)
        return f"{self.spelt_place}: backprop says {found}, the differences say {wanted}"

    @property
    def finding(self) -> str:
        """The disagreement, and the guess at what is behind it."""
        return f"{self.sentence}. {self.guess or ''}".rstrip()


def row_of(
    layer: str, name: str, found: Comparison, samples: int, grad: Array | None = None
) -> GradientRow:
    """Return the row that sums up a comparison; see `guess` for the last two arguments."""
    passed, place = found.passed, found.worst
    remark = None if passed else guess(found.analytic, found.numeric, samples, name, grad)
    figures = found.max_error, place, float(found.analytic[place]), float(found.numeric[place])
    return GradientRow(layer, name, found.analytic.shape, *figures, found.checked, passed, remark)


@dataclass(frozen=True, repr=False)
class GradientReport:
    """What `gradcheck` found. It prints as a table, and is true if all gradients are right.

    >>> row = GradientRow("dense", "dW", (3, 2), 1e-3, (2, 0), 1.001, 1.0, 6, False)
    >>> report = GradientReport("Gradients of 'net'", [row], 1e-6)
    >>> report.passed, report.max_error, report.failures[0].layer
    (False, 0.001, 'dense')
    """

    title: str
    rows: Sequence[GradientRow]
    tolerance: float
    notes: Sequence[str] = field(default=())

    @property
    def passed(self) -> bool:
        """Whether every gradient agrees with the differences."""
        return all(row.passed for row in self.rows)

    @property
    def max_error(self) -> float:
        """The largest relative error of all."""
        return max((row.max_error for row in self.rows), default=0.0)

    @property
    def failures(self) -> list[GradientRow]:
        """The rows that failed."""
        return [row for row in self.rows if not row.passed]

    def __bool__(self) -> bool:
        return self.passed

    def __str__(self) -> str:
        verdict = "passed" if self.passed else "FAILED"
        error = f"largest error {self.max_error:.1e}, tolerance {self.tolerance:.0e}"
        lines = [f"{self.title}: {verdict} ({error})", "", *table(self.rows)]
        findings = [f"{row.layer}: {row.finding}" for row in self.failures]
        for paragraph in (findings, list(self.notes)):
            lines += ["", *paragraph] if paragraph else []
        return "\n".join(lines)

    __repr__ = __str__


@dataclass(frozen=True, repr=False)
class LayerReport(GradientReport):
    """What `check_layer` found: the gradients, and the duties of a layer that it fulfils.

    >>> LayerReport("Flatten", [], 1e-6, duties=["x and grad stay as they are"]).duties
    ['x and grad stay as they are']
    """

    duties: Sequence[str] = field(default=())

    def __str__(self) -> str:
        return "\n".join([super().__str__(), "", *(f"  {duty:<70}ok" for duty in self.duties)])

    __repr__ = __str__


def table(rows: Sequence[GradientRow]) -> list[str]:
    """Return the lines of the table."""
    partly = any(row.checked < math.prod(row.shape) for row in rows)
    lines = [["layer", "gradient", "shape", "checked", "largest error", "at", "backprop"]]
    lines[0] += ["differences", ""]
    for row in rows:
        checked = f"{row.checked:,} of {math.prod(row.shape):,}"
        figures = [f"{row.max_error:.1e}", place_text(row.place), number(row.analytic)]
        figures += [number(row.numeric), "ok" if row.passed else "FAIL"]
        lines.append([row.layer, row.name, str(row.shape), checked, *figures])
    padded = []
    for title, *cells in zip(*lines, strict=True):
        side = ">" if title in ("largest error", "backprop", "differences") else "<"
        width = max(map(len, [title, *cells]))
        if partly or title != "checked":
            padded.append([f"{cell:{side}{width}}" for cell in [title, *cells]])
    header, *body = map("  ".join, zip(*padded, strict=True))
    return [("  " + line).rstrip() for line in (header, "─" * len(header), *body)]


def place_text(place: Iterable[Any]) -> str:
    """Return a place as an index.

    >>> place_text((2, 0))
    '[2, 0]'
    """
    return str(list(map(int, place)))


def number(value: float) -> str:
    """Return a number with eight digits, and a point in it.

    >>> number(1.0), number(1.001), number(-2.5e-9)
    ('1.0', '1.001', '-2.5e-09')
    """
    text = f"{value:.8g}"
    return text if any(sign in text for sign in ".en") else text + ".0"
