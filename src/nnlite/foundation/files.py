"""The user's files: paths are checked before they are used, and a file is written whole."""

from __future__ import annotations

import errno
import os
import platform
import re
import stat
import time
import uuid
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Annotated, Any

from nnlite.foundation.checks import passed_through
from nnlite.foundation.errors import explain_error, nearest, shown, told, type_error, value_error


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


def as_folder(folder: Any) -> Path:
    """Return what names a folder, be it there or not, as a path."""
    rule = "The path must name a folder."
    if not isinstance(folder, str | Path):
        raise type_error(rule, told(folder), None, '"."')
    try:
        is_other = os.path.exists(folder) and not os.path.isdir(folder)
        os.path.lexists(folder) or os.stat(folder)
    except FileNotFoundError:
        is_other = False
    except (OSError, ValueError) as error:
        received = f"{shown(str(folder))}: {getattr(error, 'strerror', error)}"
        raise OSError(explain_error(rule, received)) from None
    if is_other or not str(folder):
        raise value_error(rule, f"the file {folder}" if is_other else "''", None, '"."')
    return Path(folder)


FilePath = Annotated[Any, passed_through(as_path)]
FolderPath = Annotated[Any, passed_through(as_folder)]


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


HOUR = 3600.0
_UNFINISHED = re.compile(r"\.nnlite-([0-9a-f]{8})-(\d{1,9})-[0-9a-f]{6}")
_REMEDIES = {
    errno.ENOSPC: "Free some space, or write to another disk.",
    errno.EDQUOT: "Free some space: your share of the disk is used up.",
    errno.EFBIG: "The system takes no file as large as this: write to another disk.",
    errno.EACCES: "Write into a folder of your own, or ask for the right to write into this one.",
    errno.EPERM: "Write into a folder of your own, or ask for the right to write into this one.",
    errno.EROFS: "Write to another disk: this one can only be read.",
    errno.EIO: "The disk does not answer as it should: write to another one.",
}


@contextmanager
def written_whole(path: Path) -> Iterator[IO[bytes]]:
    """Open a file for writing: a failure in the middle leaves what was there before.

    What a link points to is written, and the link stays; so do the rights of a file.
    """
    with _told_of(path):
        target = Path(os.path.realpath(path))
        check_folder(target)
        if target.exists() and not target.is_file():
            raise value_error("The path must name a file.", f"{path}, which is none")
        _remove_leftovers(target.parent)
        name = f".nnlite-{_machine()}-{os.getpid()}-{uuid.uuid4().hex[:6]}"
        unfinished = target.with_name(name)
        try:
            with unfinished.open("xb") as file:
                # First of all: what nobody else may read must not be readable while it is written.
                with suppress(OSError):
                    unfinished.chmod(stat.S_IMODE(target.stat().st_mode))
                yield file
            os.replace(unfinished, target)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise


@contextmanager
def _told_of(path: Path) -> Iterator[None]:
    """Explain what a disk has against writing, by the name that the user gave."""
    try:
        yield
    except OSError as error:
        if error.errno not in _REMEDIES:
            raise
        rule, remedy = "The file could not be written.", _REMEDIES[error.errno]
        received = f"{path}: {error.strerror}"
        told = type(error)(explain_error(rule, received, None, remedy))
        told.strerror = error.strerror
        raise told from None


def _machine() -> str:
    """Return a number for this machine: those of processes mean nothing on another one."""
    return f"{zlib.crc32(platform.node().encode()):08x}"


def _remove_leftovers(folder: Path) -> None:
    """Remove unfinished files that nobody goes on with: of processes that have died, or too old."""
    with suppress(OSError):
        for left in [*folder.glob(".nnlite-*")]:
            if name := _UNFINISHED.fullmatch(left.name):
                with suppress(OSError):
                    has_ended = name[1] == _machine() and _has_ended(int(name[2]))
                    if has_ended or time.time() - left.lstat().st_mtime > HOUR:
                        left.unlink()


def _has_ended(process: int) -> bool:
    """Return whether there is no such process any more; False where nobody can tell."""
    # On Windows, asking in this way ends the process.
    if os.name != "posix" or process <= 0:
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
