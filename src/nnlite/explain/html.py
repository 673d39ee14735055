"""The explanation as a page for notebooks: the same table, set as formulas are, light or dark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path

from nnlite.explain.explanation import FORWARD_ONLY, HEADINGS, Explanation
from nnlite.explain.lines import Line, Section
from nnlite.explain.symbols import numbered_symbols

# Its colours can be read on white and on black; everything else takes the page's own.
_STYLE = Path(__file__).with_name("page.css").read_text(encoding="utf-8")


def page(explanation: Explanation) -> str:
    """Return the table as HTML."""
    symbols = numbered_symbols(explanation.values)
    halves = explanation.halves.items()
    rows = "".join(row for name, sections in halves for row in _half(name, sections, symbols))
    end = "" if explanation.backward else f"<p>{escape(FORWARD_ONLY)}</p>"
    for warning in explanation.warnings:
        end += f'<div class="warning">{_formula(warning, symbols)}</div>'
    return (
        f'<div class="nnlite-explain"><style>\n{_STYLE}</style>'
        f"<div><b>{escape(explanation.title)}</b></div>"
        f"<table>{rows}</table>{end}</div>"
    )


def _half(kind: str, sections: list[Section], symbols: re.Pattern[str]) -> Iterator[str]:
    """Yield the rows of one direction."""
    headings = "".join(f'<th class="number">{heading}</th>' for heading in HEADINGS)
    yield f'<tr class="half {kind}"><th colspan="2">{kind.upper()}</th>{headings}</tr>'
    for section in sections:
        remark = f" <span>{escape(section.remark)}</span>" if section.remark else ""
        yield f'<tr class="layer"><td colspan="4">{escape(section.title)}{remark}</td></tr>'
        yield from (_row(line, symbols) for line in section.lines)


def _row(line: Line, symbols: re.Pattern[str]) -> str:
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
