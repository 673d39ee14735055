"""Tables of numbers: CSV files with a header, read cell by cell.

Whatever is wrong with a file is reported with the file, the line and the column.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nnlite.datasets import folders
from nnlite.foundation.errors import (
    explain_error,
    nearest,
    shortened,
    shown,
    type_error,
    value_error,
)

Table = NDArray[np.float64]


def load_table(
    path: str | os.PathLike[str] | None, name: str, columns: tuple[str, ...], source: str
) -> tuple[Table, Table]:
    """Return the features and the target, which is the last column, of what `find_table` finds."""
    table = read_table(find_table(path, name, columns, source), columns)
    return table[:, :-1].copy(), table[:, -1].copy()


def find_table(
    path: str | os.PathLike[str] | None, name: str, columns: tuple[str, ...], source: str
) -> Path:
    """Return the path of a table: the one given, or that of the file `name` in a data folder."""
    if path is None:
        if found := folders.find_file((name,), "course"):
            return found
        rule = f"The file {name} is not on this computer ({source})."
        remedy = f"Put it into {folders.cache_folder()}, or into a folder that the environment "
        remedy += "variable NNLITE_DATA names, or give path=. "
        remedy += f"Its columns are: {', '.join(columns)}."
        where = folders.describe_search("course")
        raise FileNotFoundError(explain_error(rule, "path=None", where, remedy))
    if not isinstance(path, str | os.PathLike):
        received, remedy = f"path={shown(path)}", f'Write path="{name}".'
        raise type_error("path must be a string or a path.", received, remedy=remedy)
    if not os.path.isfile(path):
        rule, received = "path must be an existing CSV file.", f"path={shown(os.fspath(path))}"
        where, remedy = shortened(str(Path(path).absolute())), "Check the spelling and the folder."
        raise FileNotFoundError(explain_error(rule, received, where, remedy))
    return Path(path)


def read_table(path: Path, columns: tuple[str, ...]) -> Table:
    """Return the numbers of a CSV file, of shape (rows, columns), in the order of `columns`.

    The file may begin with a byte order mark, have its columns in another order, write their
    names in other capitals, and contain empty lines.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream)
            lines = [(reader.line_num, cells) for cells in reader if any(map(str.strip, cells))]
    except UnicodeDecodeError as error:
        received = f"the byte 0x{error.object[error.start]:02x}"
        remedy = 'In a spreadsheet program, save it as "CSV UTF-8".'
        raise value_error("A table must be text in UTF-8.", received, str(path), remedy) from error
    except csv.Error as error:
        raise value_error("A table must be a CSV file.", str(error), str(path)) from error
    if not lines:
        rule = f"A table must begin with a header: {', '.join(columns)}."
        raise value_error(rule, "an empty file", str(path), "Get the file again.")
    places = _places_of_columns(lines[0][1], columns, f"{path}, line 1")
    if len(lines) == 1:
        rule = "A table must have at least one row below its header."
        raise value_error(rule, "a header alone", str(path), "Get the file again.")
    return np.array([_numbers(cells, places, f"{path}, line {line}") for line, cells in lines[1:]])


def _places_of_columns(header: list[str], columns: tuple[str, ...], where: str) -> dict[str, int]:
    """Return the place of each column in the header, which must have just these columns."""
    given, known = [name.strip() for name in header], [name.lower() for name in columns]
    places = {name.lower(): place for place, name in enumerate(given)}
    missing = [name for name in columns if name.lower() not in places]
    unknown = [name for name in given if name.lower() not in known]
    if not missing and len(given) == len(columns):
        return {name: places[name.lower()] for name in columns}
    if len(given) == 1:
        remedy = "Separate the columns with commas."
    elif not missing:
        too_much = ", ".join(map(repr, unknown)) or "a column is there twice"
        remedy = f"Remove what is too much: {too_much}."
    elif guess := nearest(missing[0], unknown):
        remedy = f"Is {guess!r} the column {missing[0]!r}? Then rename it."
    else:
        remedy = f"Add what is missing: {', '.join(missing)}."
    rule = f"The {len(columns)} columns must be: {', '.join(columns)}."
    received = f"{len(given)} column{'s' * (len(given) != 1)}: {', '.join(given)}"
    raise value_error(rule, received, where, remedy)


def _numbers(cells: list[str], places: dict[str, int], where: str) -> list[float]:
    """Return the numbers of a line in the order of the columns."""
    if len(cells) != len(places):
        rule = f"Each line must have {len(places)} cells, one for each column."
        received = f"{len(cells)} cells: {','.join(cells)}"
        raise value_error(rule, received, where, "Repair the line, or delete it.")
    return [_number(cells[place], f"{where}, column {name!r}") for name, place in places.items()]


def _number(cell: str, where: str) -> float:
    try:
        # float() would take 1_000 for a number; no spreadsheet does.
        number = float(cell.replace("_", "?"))
    except ValueError:
        number = np.nan
    if not np.isfinite(number):
        rule = "Each cell below the header must hold a finite number."
        received = repr(cell) if cell.strip() else "an empty cell"
        raise value_error(rule, received, where, "Write a number there, or delete the line.")
    return number
