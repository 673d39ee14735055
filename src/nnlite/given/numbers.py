"""How whatever a user gives becomes an array of finite numbers, or an error that says where not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

import numpy as np

from nnlite.foundation.errors import shown, told, type_error, value_error
from nnlite.foundation.types import Array
from nnlite.given.rows import Rows, row_in_whole


def as_numbers(data: Any, name: str) -> Array:
    """Return lists, arrays, pandas frames and series as an array of numbers.

    >>> as_numbers([[1, 2], [3, 4]], "x").shape
    (2, 2)
    """
    if type(data) is np.ndarray and data.dtype.kind in "fiub":
        return data
    check_kind(data, name)
    array = as_array(data, name)
    if array.dtype.kind == "O":
        return _from_objects(array, name, data)
    if array.dtype.kind not in "fiub":
        raise _not_numbers(array, name)
    return array


def as_array(data: Any, name: str) -> Array:
    """Return an array of whatever this holds, or explain why it cannot be one.

    >>> as_array(["a", "b"], "names").shape
    (2,)
    """
    try:
        return np.asarray(data)
    except ValueError:
        rule = f"{name} must be rectangular: every sample with the same number of values."
        received = f"a {type(data).__name__} whose entries differ in length"
        remedy = "Inputs and truth are given apart: fit(x, y)."
        if isinstance(data, list):
            remedy = "Look for the odd one: set(len(row) for row in data)."
        raise value_error(rule, received, None, remedy) from None
    except Exception as error:
        rule = f"{name} must be an array of numbers, or what can become one."
        received = f"a {type(data).__name__}, which fails: {shown(error)}"
        raise type_error(rule, received) from error


def apart(result: Any, given: Any) -> Any:
    """Return a result, or a copy of it if it shares memory with an array that was given.

    >>> x = np.zeros(2)
    >>> apart(x + 1, x) is x, apart(x[:1], x).base is x
    (False, False)
    """
    arrays = given if isinstance(given, list) else [given]
    return result.copy() if any(np.may_share_memory(result, one) for one in arrays) else result


def check_kind(data: Any, name: str) -> None:
    """Raise unless this could be an array: not for what has no order, no length, or no value."""
    remedies = (
        (data is None, f"Give {name} an array, a list, or a pandas frame."),
        (isinstance(data, Mapping), f"Take its values: list({name}.values())."),
        (isinstance(data, Set | Iterator), f"Make it a list first: list({name})."),
        (callable(data) and not hasattr(data, "dtype"), "Call it first, with ()."),
        (hasattr(data, "forpass"), "A layer or a model is no data: give what goes into it."),
        (np.ma.is_masked(data), "Fill the gaps first, e.g. with data.filled(0)."),
    )
    for holds, remedy in remedies:
        if holds:
            received = "None" if data is None else f"a {type(data).__name__}"
            raise type_error(f"{name} must be an array of numbers.", received, None, remedy)


def _not_numbers(array: Array, name: str) -> TypeError:
    value = array.flat[0].item() if array.size else None
    kinds = {"U": "text", "S": "bytes", "c": "complex numbers", "M": "dates", "m": "durations"}
    kind = kinds.get(array.dtype.kind, f"values of type {array.dtype}")
    remedy = "Turn them into numbers first."
    if array.dtype.kind == "c":
        remedy = "Take the real part or the size: x.real, np.abs(x)."
    elif array.dtype.kind in "US":
        remedy = _remedy_for_text(str(value), name)
    return type_error(f"{name} must be numbers.", f"{kind}, the first {shown(value)}", None, remedy)


def _remedy_for_text(value: str, name: str) -> str:
    try:
        float(value)
    except ValueError:
        if name.startswith("y"):
            return "classes, y = np.unique(y, return_inverse=True) numbers the classes."
        return "Turn the text into numbers first, e.g. with pandas.get_dummies, or drop it."
    return f"Numbers in quotes are text: np.array({name}, dtype=float)."


def _from_objects(array: Array, name: str, data: Any) -> Array:
    """Pandas gives objects for mixed columns: numbers among them are fine, anything else is not."""
    for place, value in np.ndenumerate(array):
        if not isinstance(value, int | float | np.integer | np.floating | np.bool_):
            remedy = "Drop or convert such values first."
            remedy = _remedy_for_text(value, name) if isinstance(value, str) else remedy
            received = f"{told(value)}{at(place, data)}"
            raise type_error(f"{name} must be numbers.", received, None, remedy)
    try:
        return array.astype(np.float64)
    except OverflowError:
        rule = f"{name} must fit into floating numbers, up to 1e308."
        received = "a whole number with more than 308 digits"
        raise value_error(rule, received, None, f"Scale {name} first.") from None


def at(place: tuple[int, ...], data: Any = None) -> str:
    """Say where a value is; a frame's column by its name, a row by its number in the whole.

    >>> at((3, 1))
    ' at row 3, column 1'
    """
    names: list[Any] = ["row", "column"] if len(place) <= 2 else ["index"] * len(place)
    places = (row_in_whole(place[0], data), *place[1:]) if place else ()
    parts = [f"{word} {index}" for word, index in zip(names, places, strict=False)]
    columns = getattr(data.given if isinstance(data, Rows) else data, "columns", None)
    if columns is not None and len(place) == 2:
        parts[1] = f"column {shown(columns[place[1]])}"
    return " at " + ", ".join(parts) if parts else ""


def check_weights(given: Any, wanted: Sequence[Array], where: str) -> None:
    """Raise unless the given weights are arrays of the wanted shapes."""
    if not isinstance(given, list | tuple):
        remedy = "weights = model.get_weights(); change them; model.set_weights(weights)"
        raise type_error("set_weights takes a list of arrays.", type(given).__name__, where, remedy)
    shapes = [as_numbers(weight, "A weight").shape for weight in given]
    if shapes != [weight.shape for weight in wanted]:
        rule = f"set_weights takes arrays of the shapes {[w.shape for w in wanted]}."
        raise value_error(rule, f"{shapes}", where, "The order is that of get_weights().")


def check_finite(array: Array, name: str, data: Any = None) -> None:
    """Raise if there is a NaN or an infinity, saying where the first one is."""
    if array.dtype.kind != "f" or _is_finite(array):
        return
    bad = np.argwhere(~np.isfinite(array))
    place = tuple(map(int, bad[0]))
    count = f"{len(bad)} such value{'s' if len(bad) > 1 else ''}"
    count += " in this batch" if isinstance(data, Rows) else ""
    rule = f"{name} must be finite: one NaN or infinity spoils every weight."
    remedy = "Fill or drop missing values first, e.g. with frame.dropna()."
    raise value_error(rule, f"{array[place]}{at(place, data)} ({count})", None, remedy)


def _is_finite(array: Array) -> bool:
    """A sum of squares is finite only if every number is, and takes half as long as asking each."""
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        if array.flags.c_contiguous and np.isfinite(np.vdot(array, array)):
            return True
    return bool(np.isfinite(array).all())


def in_order(array: Array, dtype: Any = None) -> Array:
    """Return the numbers row by row in memory, as the processor writes them: the same bits follow.

    The last bits of a sum depend on how its numbers lie. An array that is right is not copied.

    >>> in_order(np.ones((2, 3), ">f8").T, "float32").flags.c_contiguous
    True
    """
    right, flags = array.dtype.isnative if dtype is None else array.dtype == dtype, array.flags
    if right and flags.c_contiguous and flags.aligned:
        return array
    wanted = array.dtype.newbyteorder("=") if dtype is None else np.dtype(dtype)
    ordered: Array = np.require(array, wanted, ["C", "A"])
    return ordered


def as_floats(data: Any, name: str) -> Array:
    """Return an array of floating numbers, of the type they have; whole numbers as float64.

    >>> as_floats([1, 2], "z")
    array([1., 2.])
    """
    array = as_numbers(data, name)
    return in_order(array, None if array.dtype.kind == "f" else np.float64)


def cast(array: Array, dtype: Any, name: str, data: Any = None) -> Array:
    """Return finite numbers in the model's dtype, or explain which are not, or too large for it."""
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        ready = in_order(array, dtype)
    if array.dtype.kind != "f" or _is_finite(ready):
        return ready
    check_finite(array, name, data)
    rule = f"{name} must fit into {np.dtype(dtype)}, up to {np.finfo(dtype).max:.2g}."
    remedy = f'Scale {name} first, or make the model with dtype="float64".'
    raise value_error(rule, f"{name} as large as {np.abs(array).max():.3g}", None, remedy)
