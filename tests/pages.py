"""Pages whose code is run: what a block prints, or the error it ends in, stands in the next block.

`python tests/pages.py docs/errors.md` writes into a page what its blocks print now. A page runs
from top to bottom in one namespace:

- A `python` block is run. The `text` block behind it holds what it printed, its warnings, and its
  error if it ends in one; without a `text` block it must do none of that.
- Where `<!-- other digits elsewhere -->` stands before the `text`, another machine may print other
  digits: only what lies between the numbers is compared.
- A `py` block is a piece of the source file that was linked last before it.
"""

from __future__ import annotations

import io
import re
import sys
import traceback
import warnings
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

BLOCK = re.compile(
    r"^```python\n(.*?)^```$(?:\n\n(<!-- .*? -->\n)?^```text\n(.*?)^```$)?", re.M | re.S
)
NUMBER = re.compile(r"-?\b\d[\d,]*(\.\d+)?(e[-+]?\d+)?\b")
LINKED = re.compile(r"\]\((\.\./src/[^)#]+\.py)\)|^```py\n(.*?)^```$", re.M | re.S)


def printed_by(code: str, names: dict[str, Any]) -> str:
    """Return what a block prints, warns, and raises."""
    out = io.StringIO()
    with redirect_stdout(out), warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            exec(compile(code, "<page>", "exec"), names)
        except Exception as error:
            print("".join(traceback.format_exception_only(error)).rstrip())
    said = [f"{w.category.__name__}: {w.message}\n" for w in warned]
    return out.getvalue() + "".join(said)


def filled(page: str) -> str:
    """Return the page with what its blocks print now."""
    names: dict[str, Any] = {"__name__": "page"}

    def fill(block: re.Match[str]) -> str:
        code, comment, before = block.groups()
        now = printed_by(code, names)
        if comment and without_numbers(now) == without_numbers(before):
            now = before
        shown = f"\n\n{comment or ''}```text\n{now}```" if now else ""
        return f"```python\n{code}```{shown}"

    return BLOCK.sub(fill, page)


def without_numbers(text: str) -> str:
    """Return what lies between the numbers; a table may be wider or narrower by them."""
    return re.sub(r"\s+|─+", " ", NUMBER.sub("0", text))


def misquoted(page: Path) -> list[str]:
    """Return the pieces of source on a page that do not stand in the file linked before them."""
    file, wrong = "", []
    for found in LINKED.finditer(page.read_text(encoding="utf-8")):
        file = found[1] or file
        if found[2] is not None:
            source = stripped((page.parent / file).read_text(encoding="utf-8"))
            wrong += [found[2]] if stripped(found[2]) not in source else []
    return wrong


def stripped(code: str) -> str:
    """Return code without its indentation, between line ends."""
    return "\n" + "".join(f"{line.strip()}\n" for line in code.splitlines())


if __name__ == "__main__":
    for name in sys.argv[1:]:
        text = Path(name).read_text(encoding="utf-8")
        Path(name).write_text(filled(text), encoding="utf-8")
