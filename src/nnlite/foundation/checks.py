"""What the arguments of layers, models and optimizers may be, said in one way everywhere.

The types with a check, as `Flag`, are the types of arguments: see `arguments`. Arrays of data are
no matter of this page: see `nnlite.given`.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Annotated, Any, TypeVar

import numpy as np

from nnlite.foundation.arguments import Check
from nnlite.foundation.errors import explain_error, shown, told, type_error, value_error
from nnlite.foundation.types import Shape

T = TypeVar("T")


def checked_number(
    name: str,
    value: T,
    *,
    least: float = -math.inf,
    above: float = -math.inf,
    most: float = math.inf,
    below: float = math.inf,
    whole: bool = False,
    where: str | None = None,
    remedy: str | None = None,
) -> T:
    """Return `value` if it is a finite number within the bounds, else explain.

    >>> checked_number("momentum", 0.9, least=0, most=1)
    0.9
    """
    bounds = _bounds(least, above, most, below)
    kind = "a whole number " if whole else "a number "
    kinds = int | np.integer if whole else int | float | np.integer | np.floating
    if isinstance(value, bool | np.bool_) or not isinstance(value, kinds):
        if remedy is None and isinstance(value, str) and value:
            remedy = f"Write the number without quotes: {name}={value}."
        rule = f"{name} must be {kind}{bounds}".rstrip()
        raise type_error(f"{rule}.", f"{name}={told(value)}", where, remedy)
    if not (above < value < below and least <= value <= most):
        rule = f"{name} must be {kind if whole else ''}{bounds or 'finite'}."
        raise value_error(rule, f"{name}={shown(value)}", where, remedy)
    return value


def _bounds(least: float, above: float, most: float, below: float) -> str:
    if -math.inf < least:
        low, high = f"from {least:g}", f" to below {below:g}" if below < math.inf else " on"
        return low + high if most == math.inf else f"between {least:g} and {most:g}"
    low = f"above {above:g}" if -math.inf < above else ""
    high = f"below {below:g}" if below < math.inf else ""
    return " and ".join(filter(None, (low, high)))


def require(
    holds: Callable[[Any], bool],
    rule: str,
    remedy: str | Callable[[Any], str] | None = None,
    kind: type[Exception] = ValueError,
) -> Check:
    """Return the check that something holds for a value; a remedy may depend on the value.

    It does not hold for a value for which it cannot be told, such as an array in place of a name.

    >>> even = require(lambda n: n % 2 == 0, "n must be even.", lambda n: f"Take {n + 1}.")
    >>> even("n", 4, None)
    4
    """

    def check(name: str, value: Any, where: str | None) -> Any:
        with suppress(Exception):
            if holds(value):
                return value
        received = f"{name}={(shown if kind is ValueError else told)(value)}"
        found = remedy(value) if callable(remedy) else remedy
        raise kind(explain_error(rule, received, where, found))

    return check


def is_one_of(value: Any, known: Iterable[Any]) -> bool:
    """Return whether the value is one of those known; what cannot be compared is none of them.

    >>> is_one_of("min", ("min", "max")), is_one_of(np.zeros(2), ("min", "max"))
    (True, False)
    """
    try:
        return any(value is one or bool(value == one) for one in known)
    except Exception:
        return False


def or_none(check: Check) -> Check:
    """Return the check that lets None pass, too."""
    return lambda name, value, where: None if value is None else check(name, value, where)


def number(**bounds: Any) -> Check:
    """Return the check for a number within these bounds."""

    def check(name: str, value: Any, where: str | None) -> Any:
        checked_number(name, value, where=where, **bounds)
        # One of NumPy's float64 would turn arrays of float32 into float64.
        return value.item() if isinstance(value, np.generic) else value

    return check


def flag(name: str, value: Any, where: str | None = None) -> bool:
    """Return `value` if it is True or False, else explain.

    >>> flag("use_bias", True)
    True
    """
    if isinstance(value, bool | np.bool_):
        return bool(value)
    meanings = {"true": True, "1": True, "false": False, "0": False}
    meant = meanings.get(shown(value).strip("'\"").lower())
    remedy = None if meant is None else f"Write {name}={meant}."
    raise type_error(f"{name} must be True or False.", f"{name}={told(value)}", where, remedy)


def positive_integer(name: str, value: Any, where: str | None, remedy: str | None = None) -> int:
    """Return `value` if it is a whole number above 0, else explain."""
    if not _counts(value):
        rule = f"{name} must be a positive integer."
        raise value_error(rule, f"{name}={shown(value)}", where, remedy)
    return int(value)


def _counts(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and bool(value > 0)


def passed_through(function: Callable[[Any], Any]) -> Check:
    """Return the check that takes what the function makes of the value."""
    return lambda name, value, where: function(value)


def check_shape(shape: Any, where: str | None) -> Shape:
    """Return the shape of one sample as a tuple: 5, (5,) and [5] mean the same.

    >>> check_shape(5, "Input"), check_shape([28, 28, 1], "Input")
    ((5,), (28, 28, 1))
    """
    several = isinstance(shape, list | tuple) or (isinstance(shape, np.ndarray) and shape.ndim)
    sizes = tuple(shape) if several else (shape,)
    if all(map(_counts, sizes)):
        return tuple(map(int, sizes))
    rule = "The shape of a sample is made of positive whole numbers, "
    rule += "without the axis of the samples."
    remedy = "For a table with 30 columns write (30,); for grey images (28, 28, 1)."
    if len(sizes) > 1 and sizes[0] is None:
        remedy = f"Leave out the None: {sizes[1:]}."
    raise value_error(rule, f"shape={shown(shape)}", where, remedy)


def check_dtype(dtype: Any) -> np.dtype[Any]:
    """Return float32 or float64 as a dtype, or explain that there is nothing else; None: float32.

    >>> check_dtype("float64"), check_dtype(None)
    (dtype('float64'), dtype('float32'))
    """
    for known in map(np.dtype, ("float32", "float64")):
        # NumPy says that float64 equals None; and an array of text may equal a name.
        is_array = isinstance(dtype, np.ndarray)
        if dtype is None or (not is_array and is_one_of(dtype, (known, known.name, known.type))):
            return known
    raise value_error('dtype must be "float32" or "float64".', f"dtype={shown(dtype)}")


def any_dtype(name: str, dtype: Any, where: str | None) -> np.dtype[Any]:
    """Return whatever NumPy takes for a type of numbers; None: float32."""
    try:
        found = np.dtype("float32" if dtype is None else dtype)
    except Exception:
        found = np.dtype(object)
    if found.kind not in "fiubc":
        rule, remedy = "dtype must be a type of numbers.", f'{name}="float32"'
        raise value_error(rule, f"{name}={shown(dtype)}", where, remedy)
    return found


def mapping(name: str, value: Any, where: str | None) -> Mapping[str, Any]:
    """Return a dictionary whose keys are names, or explain."""
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return value
    rule = f"{name} must be a dictionary, with names as its keys."
    raise type_error(rule, f"{name}={told(value)}", where)


def text(name: str, value: Any, where: str | None) -> str:
    """Return `value` if it is text, and not empty, else explain."""
    if isinstance(value, str) and value:
        return value
    raise type_error(f"{name} must be text.", f"{name}={told(value)}", where)


def is_list(value: Any) -> bool:
    """Return whether this holds several things in an order: a list, an array, a series, …"""
    return isinstance(value, list | tuple | range) or bool(getattr(value, "ndim", 0) == 1)


def callable_(name: str, value: Any, where: str | None) -> Any:
    """Return `value` if it can be called, else explain."""
    if callable(value):
        return value
    raise type_error(f"{name} must be a function.", f"{name}={told(value)}", where)


def an(kind: str, *classes: type) -> Check:
    """Return the check for an object of one of these classes; `kind` says what it is.

    >>> an("a number of Python", int)("n", 3, None)
    3
    """

    def check(name: str, value: Any, where: str | None) -> Any:
        if isinstance(value, classes):
            return value
        raise type_error(f"{name} must be {kind}.", f"{name}={told(value)}", where)

    return check


def check_name(name: Any) -> str | None:
    """Return the name if it is text, or None."""
    if name is None or isinstance(name, str):
        return name
    raise type_error("name must be text.", f"name={told(name)}", None, 'name="hidden"')


def check_takes_training(forpass: Any, where: str) -> None:
    """Raise unless `forpass` may be called as the models call it."""
    signature = inspect.signature(forpass)
    try:
        signature.bind(None, False)
    except TypeError:
        rule = "forpass takes x, and whether it is for training."
        remedy = "def forpass(self, x, training=False):"
        raise type_error(rule, f"forpass{signature}", where, remedy) from None


def check_output(output: Any, where: str) -> None:
    """Raise unless `forpass` returned an array."""
    if not isinstance(output, np.ndarray):
        remedy = "End forpass with return and the output." if output is None else None
        rule = "forpass must return an array, a row for each sample."
        raise type_error(rule, told(output), where, remedy)


Flag = Annotated[bool, flag]
DTypeOrNone = Annotated[Any, or_none(passed_through(check_dtype))]
AnyDType = Annotated[Any, any_dtype]
Config = Annotated[Mapping[str, Any], mapping]
Text = Annotated[str, text]
FunctionOrNone = Annotated[Any, or_none(callable_)]
FlagOrNone = Annotated[bool | None, or_none(flag)]
Name = Annotated[str | None, passed_through(check_name)]
DType = Annotated[Any, passed_through(check_dtype)]
PositiveInteger = Annotated[int, positive_integer]
PositiveOrNone = Annotated[int | None, or_none(positive_integer)]
Count = Annotated[int, number(least=0, whole=True)]
Seed = Annotated[int | None, or_none(number(least=0, whole=True))]
Number = Annotated[float, number()]
NotNegative = Annotated[float, number(least=0)]
NotNegativeOrNone = Annotated[float | None, or_none(number(least=0))]
Positive = Annotated[float, number(above=0)]
Share = Annotated[float, number(least=0, most=1)]
