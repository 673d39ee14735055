"""Where in the student's code an error was."""

from __future__ import annotations

import linecache
import sysconfig
import traceback
from pathlib import Path

LIBRARIES = Path(__file__).resolve().parents[1], Path(sysconfig.get_path("stdlib"))


def told_error(error: BaseException) -> str:
    """Return the line of the student's code at which an error rose, and the error.

    >>> try:
    ...     [][0]
    ... except IndexError as error:
    ...     print(told_error(error))
    Line 2: [][0]
    IndexError: list index out of range
    """
    what = f"{type(error).__name__}: {error}"
    if isinstance(error, SyntaxError) and error.lineno:
        line = (error.text or "").strip()
        return f"Line {error.lineno}: {line}\n{type(error).__name__}: {error.msg}"
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _own(frame.filename)]
    if not frames:
        return what
    last = frames[-1]
    line = (last.line or linecache.getline(last.filename, last.lineno or 0)).strip()
    return f"Line {last.lineno}: {line}\n{what}"


def _own(filename: str) -> bool:
    """Return whether a file is the student's: neither ours nor another library's."""
    path = Path(filename)
    if filename.startswith("<frozen") or {"site-packages", "dist-packages"} & {*path.parts}:
        return False
    return not any(map(path.is_relative_to, LIBRARIES))
