"""The user's files: paths are checked before they are used, and a file is written whole."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Annotated, Any

from nnlite.foundation.checks import passed_through
from nnlite.foundation.errors import explain_error, nearest, shown, type_error, value_error


def as_path(filepath: Any) -> Path:
    """Return what names a file as a path."""
    rule, remedy = "The path must name a file.", '"model.npz"'
    if not isinstance(filepath, str | Path):
        received = f"'{shown(filepath)}' ({type(filepath).__name__})"
        raise type_error(rule, received, None, remedy)
    try:
        os.stat(filepath)
    except (FileNotFoundError, NotADirectoryError):
        pass
    except (OSError, ValueError) as error:
        received = f"{shown(str(filepath))}: {getattr(error, 'strerror', error)}"
        raise OSError(explain_error(rule, received, None, remedy)) from None
    if not str(filepath) or os.path.isdir(filepath):
        raise value_error(rule, f"{shown(str(filepath))}, a folder", None, remedy)
    return Path(filepath)


FilePath = Annotated[Any, passed_through(as_path)]


def check_folder(path: Path) -> None:
    """Raise unless there is a folder to write the file into."""
    if not path.parent.is_dir():
        rule = "A file is written into a folder that exists."
        remedy = f"Make it first: Path({str(path.parent)!r}).mkdir(parents=True)."
        raise FileNotFoundError(explain_error(rule, f"{path}", None, remedy))


def check_exists(path: Path) -> None:
    """Raise unless there is such a file."""
    if not path.is_file():
        neighbours = [file.name for file in path.parent.iterdir()] if path.parent.is_dir() else []
        guess = nearest(path.name, neighbours)
        remedy = f"Did you mean {guess!r}?" if guess else "Paths start at the working folder."
        where = f"folder {path.parent.absolute()}"
        raise FileNotFoundError(explain_error("There is no such file.", f"{path}", where, remedy))


@contextmanager
def written_whole(path: Path) -> Iterator[IO[bytes]]:
    """Open a file for writing: a failure in the middle leaves what was there before."""
    unfinished = path.with_name(f".{uuid.uuid4().hex}.unfinished")
    try:
        with unfinished.open("xb") as file:
            yield file
        os.replace(unfinished, path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
