"""Ctrl-C at a chosen line of nnlite."""

from __future__ import annotations

import linecache
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nnlite


def lines_run(action: Callable[[], Any], stop_at: int) -> int:
    """Press Ctrl-C before the n-th line of nnlite; return how many lines were run."""
    home, before, lines = str(Path(nnlite.__file__).parent), sys.gettrace(), 0

    def trace_call(frame: Any, event: str, arg: Any) -> Any:
        last = 0

        def trace(frame: Any, event: str, arg: Any) -> Any:
            nonlocal lines, last
            if event == "line":
                before, last = last, frame.f_lineno
                if not (last < before and leaves_with(frame)):
                    lines += 1
                    if lines == stop_at:
                        raise KeyboardInterrupt
            return trace

        return trace if frame.f_code.co_filename.startswith(home) else None

    sys.settrace(trace_call)
    try:
        action()
    finally:
        sys.settrace(before)
    return lines


def leaves_with(frame: Any) -> bool:
    """Return whether a `with` block is being left: Python never lets Ctrl-C in just before that."""
    line = linecache.getline(frame.f_code.co_filename, frame.f_lineno)
    return line.lstrip().startswith("with ")
