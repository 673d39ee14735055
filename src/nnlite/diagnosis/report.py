"""What a diagnosis says: as text, as a page for notebooks, and to be drawn."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from typing import Any

from nnlite.diagnosis.cause import Cause
from nnlite.diagnosis.runs import Run
from nnlite.explain.lines import short

WIDTH, INDENT, MOST = 80, "   ", 1000
STYLE = (
    ".nnlite-diagnosis {max-width: 52em; line-height: 1.4}"
    ".nnlite-diagnosis td, .nnlite-diagnosis th "
    "{text-align: left !important; padding: 1px 14px 1px 0}"
    ".nnlite-diagnosis td + td {text-align: right !important; font-variant-numeric: tabular-nums}"
    ".nnlite-diagnosis .remedy {border-left: 4px solid #2a9d6a; padding-left: 10px}"
    ".nnlite-diagnosis .evidence {opacity: .75}"
)


@dataclass
class Diagnosis:
    """Why a network does not learn: causes, the first of them first, and what was tried.

    `print(diagnosis)` is a text of 80 columns, a notebook shows a page, and `diagnosis.plot()`
    a picture.

    Parameters
    ----------
    model
        The model's name.
    causes
        What is wrong, ranked.
    runs
        What became of the copies: the first is as it is, each other one with a remedy.
    answers
        What a teacher asks first, and the answers.
    learns
        Whether a copy learned well as it is; None if none was trained.
    finished
        Whether all was tried that was to be tried; else the time was over before.
    """

    model: str
    causes: list[Cause] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    learns: bool | None = None
    finished: bool = True

    @property
    def first(self) -> str | None:
        """The name of the first cause; None if there is none."""
        return self.causes[0].name if self.causes else None

    @property
    def verdict(self) -> str:
        """All of it in a sentence."""
        count = len(self.causes)
        if count:
            return f"{count} cause{'s' * (count > 1)}: {', '.join(c.name for c in self.causes)}"
        if self.learns:
            return "it learns; nothing was found"
        if not self.finished:
            return "the time was over before anything was found"
        learned = f"{100 * max(self.runs[0].progress, 0):.0f} %" if self.runs else "little"
        return (
            f"it learns {learned} of what a constant answer leaves open, and nothing that was "
            "tried makes it learn much better"
        )

    def text(self, width: int = WIDTH) -> str:
        """Return the report for a terminal of that width."""
        return "\n".join(self._lines(width))

    def _lines(self, width: int) -> Iterator[str]:
        yield from _wrapped(f"Diagnosis of '{self.model}': {self.verdict}.", width)
        for number, cause in enumerate(self.causes, 1):
            yield ""
            yield from _wrapped(f"{number}. {cause.says}  [{cause.name}]", width, INDENT)
            yield from _wrapped(f"{INDENT}Evidence: {cause.evidence}.", width, INDENT)
            yield from _wrapped(f"{INDENT}Remedy: {cause.remedy}", width, INDENT)
        if self.answers:
            yield ""
            for question, answer in self.answers.items():
                yield from _wrapped(f"{question} {answer}", width, INDENT)
        if self.runs:
            yield from ["", "Tried on copies:".ljust(width - 30) + "steps      loss  of constant"]
        for run in self.runs:
            name = textwrap.shorten(run.name, width - 34)
            share = f"{100 * run.end / run.constant:.0f} %" if run.constant > 0 else ""
            share = f"> {MOST} %" if 100 * run.end > MOST * run.constant > 0 else share
            numbers = f"{run.steps[-1]:5d}{short(run.end):>10}{share:>13}"
            yield f"{INDENT}{name.ljust(width - 33)}{numbers}"
        if not self.finished:
            yield ""
            yield from _wrapped("The time was over: not all was tried. Give more seconds=.", width)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<Diagnosis of '{self.model}': {self.verdict}>"

    def plot(self, ax: Any = None) -> Any:
        """Draw what was tried and what helped: see `nnlite.plot.diagnosis`."""
        from nnlite import plot

        return plot.diagnosis(self, ax=ax)

    def _repr_html_(self) -> str:
        return "".join(self._page())

    def _page(self) -> Iterator[str]:
        yield f'<div class="nnlite-diagnosis"><style>{STYLE}</style>'
        yield f"<b>Diagnosis of '{escape(self.model)}'</b>: {escape(self.verdict)}.<ol>"
        for cause in self.causes:
            yield f"<li><b>{escape(cause.says)}</b> <code>{cause.name}</code>"
            yield f'<div class="evidence">{escape(cause.evidence)}.</div>'
            yield f'<div class="remedy">{escape(cause.remedy)}</div></li>'
        yield "</ol>"
        for question, answer in self.answers.items():
            yield f"<div>{escape(question)} {escape(answer)}</div>"
        if self.runs:
            yield "<table><tr><th>tried on copies</th><th>steps</th><th>loss</th></tr>"
            for run in self.runs:
                row = escape(run.name), f"{run.steps[-1]}", short(run.end)
                yield f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>"
            yield "</table>"
        if not self.finished:
            yield "<div>The time was over: not all was tried. Give more seconds=.</div>"
        yield "</div>"


def _wrapped(text: str, width: int, indent: str = "") -> list[str]:
    return textwrap.wrap(
        text, width, subsequent_indent=indent, break_on_hyphens=False, drop_whitespace=True
    )
