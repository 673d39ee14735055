"""The rooms of the package: they are what the design page says, and imports go one way."""

from __future__ import annotations

import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "nnlite"
PAGE = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """The rooms that a file imports when it is loaded itself, and those it names for its types."""
    found, todo = set(), list(ast.parse(path.read_text(encoding="utf-8")).body)
    while todo:
        line = todo.pop()
        if isinstance(line, ast.If | ast.Try):
            todo += [*line.body, *line.orelse]
        elif isinstance(line, ast.ImportFrom) and str(line.module).split(".")[0] == "nnlite":
            inside = str(line.module).split(".")[1:]
            found |= {inside[0]} if inside else {name.name for name in line.names}
    return found - {room(path)}


def test_imports_between_rooms_never_go_in_a_circle():
    graph: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        if path != PACKAGE / "__init__.py":
            graph.setdefault(room(path), set()).update(imported(path))
    order = list(TopologicalSorter(graph).static_order())
    assert order[0] == "foundation"
    assert "plot" in order


def test_the_design_page_names_every_room_and_no_other():
    (tree,) = re.findall(r"^    src/nnlite/\n(.*?)\n\n", PAGE, re.M | re.S)
    listed = re.findall(
        r"[a-z_]+(?=/|\.py)", "\n".join(re.findall(r"^      (\S+(?: \S+/)*)", tree, re.M))
    )
    there = {room(path) for path in PACKAGE.rglob("*.py")}
    assert set(listed) == there


def test_every_file_that_the_design_page_names_is_there():
    named = re.findall(r"`([a-z_]+/[a-z_/]+\.(?:py|md))`", PAGE)
    assert len(named) > 15
    for name in named:
        assert (PACKAGE / name).exists() or (ROOT / name).exists(), name
