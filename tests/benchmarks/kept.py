"""What was measured so far, kept in a file, and the page that is made of it."""

from __future__ import annotations

import datetime
import json
from typing import Any

import chart
import report
from parts import Options, Part
from processes import ROOT

FOLDER = ROOT / ".benchmarks"
DOCS = ROOT / "docs"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


class Kept:
    """The parts that were measured, each with its day, its machine and its rows."""

    def __init__(self, name: str) -> None:
        self.path = FOLDER / f"{name}.json"
        self.parts: report.Measured = {}
        if self.path.exists():
            self.parts = json.loads(self.path.read_text(encoding="utf-8"))

    def expected(self, part: Part, options: Options) -> float:
        """Return the seconds that a part takes, at the pace of the last time."""
        return part.expected(options) * float(self.parts.get(part.name, {}).get("pace", 1))

    def keep(
        self,
        part: Part,
        options: Options,
        machine: dict[str, str],
        rows: list[dict[str, Any]],
        seconds: float,
    ) -> None:
        """Keep a part; with `only`, the rows measured take the place of those of their names."""
        found = {
            "day": datetime.date.today().isoformat(),
            "rounds": options.rounds,
            "machine": machine,
            "rows": rows,
        }
        before = self.parts.get(part.name, {})
        if options.only and before:
            fresh = {row.get("name"): row for row in rows}
            found["rows"] = [fresh.pop(row.get("name"), row) for row in before["rows"]]
            found["rows"] += fresh.values()
        elif not options.only:
            found["pace"] = seconds / part.expected(options)
        self.parts[part.name] = before | found
        FOLDER.mkdir(exist_ok=True)
        text = json.dumps(self.parts, ensure_ascii=False, indent=1)
        self.path.write_text(text, encoding="utf-8")


def write_page(measured: report.Measured, into_docs: bool = False) -> None:
    """Write the page and its chart: beside what was kept, or into docs, between the two marks."""
    folder = DOCS if into_docs else FOLDER
    text = report.page(measured)
    path = folder / "performance.md"
    if into_docs:
        head, rest = path.read_text(encoding="utf-8").split(BEGIN)
        text = f"{head}{BEGIN}\n\n{text}\n\n{END}{rest.split(END)[1]}"
    path.write_text(text, encoding="utf-8")
    if "growth" in measured:
        chart.write(measured["growth"]["rows"], folder / "pictures" / report.CHART)
