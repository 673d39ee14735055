"""The user's files: paths are checked before they are used, and a file is written whole."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Annotated, Any

from nnlite.foundation.checks import passed_through
from nnlite.foundation.errors import explain_error, nearest, shown


def as_path(filepath: Any) -> Path:
    """Return what names a file as a path."""
    if not isinstance(filepath, str | Path) or not str(filepath) or Path(filepath).is_dir():
        folder = isinstance(filepath, str | Path)
        raise (ValueError if folder else TypeError)(
            explain_error(
                "The path must name a file.",
                f"{shown(str(filepath))}"
                + (", a folder" if folder else f" ({type(filepath).__name__})"),
                remedy='"model.npz"',
            )
        )
    return Path(filepath)


FilePath = Annotated[Any, passed_through(as_path)]


def check_folder(path: Path) -> None:
    """Raise unless there is a folder to write the file into."""
    if not path.parent.is_dir():
        raise FileNotFoundError(
            explain_error(
                "A file is written into a folder that exists.",
                f"{path}",
                remedy=f"Make it first: Path({str(path.parent)!r}).mkdir(parents=True).",
            )
        )


def check_exists(path: Path) -> None:
    """Raise unless there is such a file."""
    if not path.is_file():
        neighbours = [file.name for file in path.parent.iterdir()] if path.parent.is_dir() else []
        guess = nearest(path.name, neighbours)
        raise FileNotFoundError(
            explain_error(
                "There is no such file.",
                f"{path}",
                f"folder {path.parent.absolute()}",
                f"Did you mean {guess!r}?" if guess else "Paths start at the working folder.",
            )
        )


@contextmanager
def written_whole(path: Path) -> Iterator[IO[bytes]]:
    """Open a file for writing: a failure in the middle leaves what was there before."""
    unfinished = path.with_name(f".{path.name}.{uuid.uuid4().hex}.unfinished")
    try:
        with unfinished.open("xb") as file:
            yield file
        os.replace(unfinished, path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
