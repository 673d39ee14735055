"""Where data files lie: in the folder that `NNLITE_DATA` names, or in the user's cache folder.

Each data set also looks into a subfolder of its own in both; one whose files are called like those
of another, into its subfolder only.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def data_folder() -> Path | None:
    """Return the folder that the environment variable `NNLITE_DATA` names, if it is set."""
    named = os.environ.get("NNLITE_DATA")
    return Path(named).expanduser().absolute() if named else None


def cache_folder() -> Path:
    """Return the folder for downloaded files, where the operating system wants such files."""
    named = os.environ.get("XDG_CACHE_HOME", "")
    if Path(named).is_absolute():
        return Path(named) / "nnlite"
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return (Path(local) if local else Path.home() / "AppData" / "Local") / "nnlite" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "nnlite"
    return Path.home() / ".cache" / "nnlite"


def search_folders(subfolder: str, only_there: bool = False) -> list[Path]:
    """Return the folders in which a data set looks for its files, in this order."""
    roots = filter(None, (data_folder(), cache_folder()))
    return [folder for root in roots for folder in (root, root / subfolder)[only_there:]]


def find_file(names: tuple[str, ...], subfolder: str, only_there: bool = False) -> Path | None:
    """Return the first file with one of these names that a search folder holds."""
    folders = search_folders(subfolder, only_there)
    paths = [folder / name for folder in folders for name in names]
    return next(filter(Path.is_file, paths), None)


def describe_search(subfolder: str, only_there: bool = False) -> str:
    """Say where `find_file` looks, for the error of a file that is nowhere."""
    folders = ", ".join(map(str, search_folders(subfolder, only_there)))
    return folders + " (the environment variable NNLITE_DATA is not set)" * (data_folder() is None)
