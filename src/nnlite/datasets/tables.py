"""Tables of numbers: CSV files with a header, read cell by cell.

Whatever is wrong with a file is reported with the file, the line and the column.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import explain_error, nearest
from . import folders

Table = NDArray[np.float64]


def find_table(
    path: str | os.PathLike[str] | None, name: str, columns: tuple[str, ...], source: str
) -> Path:
    """Return the path of a table: the one given, or that of the file `name` in a data folder."""
    if path is not None:
        if not isinstance(path, str | os.PathLike):
            raise TypeError(
                explain_error(
                    "path must be a string or a path.",
                    f"path={path!r}",
                    remedy=f'Write path="{name}".',
                )
            )
        if not Path(path).is_file():
            raise FileNotFoundError(
                explain_error(
                    "path must be an existing CSV file.",
                    f"path={os.fspath(path)!r}",
                    str(Path(path).absolute()),
                    "Check the spelling and the folder.",
                )
            )
        return Path(path)
    found = folders.find_file((name,), "course")
    if found is None:
        raise FileNotFoundError(
            explain_error(
                f"The file {name} is not on this computer ({source}).",
                where=folders.describe_search("course"),
                remedy=f"Put it into {folders.cache_folder()}, or into a folder that the"
                " environment variable NNLITE_DATA names, or give path=. Its columns are:"
                f" {', '.join(columns)}.",
            )
        )
    return found


def read_table(path: Path, columns: tuple[str, ...]) -> Table:
    """Return the numbers of a CSV file, of shape (rows, columns), in the order of `columns`.

    The file may begin with a byte order mark, have its columns in another order, write their
    names in other capitals, and contain empty lines.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            lines = _lines(stream)
            order = _order_of_columns(path, next(lines, (1, []))[1], columns)
            rows = [_numbers(path, line, cells, order, columns) for line, cells in lines]
    except UnicodeDecodeError as error:
        raise ValueError(
            explain_error(
                "A table must be text in UTF-8.",
                f"the byte 0x{error.object[error.start]:02x}",
                str(path),
                'In a spreadsheet program, save it as "CSV UTF-8".',
            )
        ) from error
    except csv.Error as error:
        raise ValueError(
            explain_error("A table must be a CSV file.", str(error), str(path))
        ) from error
    if not rows:
        raise ValueError(
            explain_error(
                "A table must have at least one row below its header.",
                "a header alone",
                str(path),
                "Get the file again.",
            )
        )
    return np.array(rows, dtype=np.float64)


def _lines(stream: Iterator[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the number and the cells of each line that is not empty."""
    reader = csv.reader(stream)
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield reader.line_num, cells


def _order_of_columns(path: Path, header: list[str], columns: tuple[str, ...]) -> list[int]:
    """Return the place of each column in the header, which must have just these columns."""
    given = [name.strip() for name in header]
    places = {name.lower(): place for place, name in enumerate(given)}
    if not given:
        raise ValueError(
            explain_error(
                f"A table must begin with a header: {', '.join(columns)}.",
                "an empty file",
                str(path),
                "Get the file again.",
            )
        )
    missing = [name for name in columns if name.lower() not in places]
    if missing or len(given) != len(columns):
        raise ValueError(
            explain_error(
                f"The {len(columns)} columns must be: {', '.join(columns)}.",
                f"{len(given)} {'column' if len(given) == 1 else 'columns'}: {', '.join(given)}",
                f"{path}, line 1",
                _remedy_for_columns(given, missing, columns),
            )
        )
    return [places[name.lower()] for name in columns]


def _remedy_for_columns(given: list[str], missing: list[str], columns: tuple[str, ...]) -> str:
    known = {name.lower() for name in columns}
    unknown = [name for name in given if name.lower() not in known]
    if len(given) == 1:
        return "Separate the columns with commas."
    if not missing:
        too_much = ", ".join(map(repr, unknown)) or "a column is there twice"
        return f"Remove what is too much: {too_much}."
    guess = nearest(missing[0], unknown)
    if guess:
        return f"Is {guess!r} the column {missing[0]!r}? Then rename it."
    return f"Add what is missing: {', '.join(missing)}."


def _numbers(
    path: Path, line: int, cells: list[str], order: list[int], columns: tuple[str, ...]
) -> list[float]:
    """Return the numbers of a line in the order of the columns."""
    if len(cells) != len(columns):
        raise ValueError(
            explain_error(
                f"Each line must have {len(columns)} cells, one for each column.",
                f"{len(cells)} cells: {','.join(cells)}",
                f"{path}, line {line}",
                "Repair the line, or delete it.",
            )
        )
    return [
        _number(cells[place], f"{path}, line {line}, column {name!r}")
        for place, name in zip(order, columns, strict=True)
    ]


def _number(cell: str, where: str) -> float:
    try:
        # float() would take 1_000 for a number; no spreadsheet does.
        number = float(cell.replace("_", "?"))
    except ValueError:
        number = np.nan
    if not np.isfinite(number):
        raise ValueError(
            explain_error(
                "Each cell below the header must hold a finite number.",
                f"{cell!r}" if cell.strip() else "an empty cell",
                where,
                "Write a number there, or delete the line.",
            )
        )
    return number
