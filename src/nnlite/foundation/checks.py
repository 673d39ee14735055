"""What the arguments of layers, models and optimizers may be, said in one way everywhere.

The types with a check, as `Flag`, are the types of arguments: see `arguments`. Arrays of data are
no matter of this page: see `numeric`, `data` and `targets`.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

import numpy as np

from nnlite.foundation.arguments import Check
from nnlite.foundation.errors import explain_error, shown, told, type_error, value_error
from nnlite.foundation.types import Array, Shape
from nnlite.given.numbers import as_numbers

T = TypeVar("T")


def checked_number(
    name: str,
    value: T,
    *,
    least: float | None = None,
    above: float | None = None,
    most: float | None = None,
    below: float | None = None,
    whole: bool = False,
    where: str | None = None,
    remedy: str | None = None,
) -> T:
    """Return `value` if it is a finite number within the bounds, else explain.

    >>> checked_number("momentum", 0.9, least=0, most=1)
    0.9
    """
    bounds = _bounds(least, above, most, below)
    kind = "a whole number" if whole else "a number"
    kinds = int | np.integer if whole else int | float | np.integer | np.floating
    if isinstance(value, bool | np.bool_) or not isinstance(value, kinds):
        received = f"{name}={told(value)}"
        if remedy is None and isinstance(value, str):
            remedy = f"Write the number without quotes: {name}={value}." if value else None
        rule = f"{name} must be {kind} {bounds}".rstrip()
        raise type_error(f"{rule}.", received, where, remedy)
    inside = (
        -math.inf < value < math.inf
        and (least is None or value >= least)
        and (above is None or value > above)
        and (most is None or value <= most)
        and (below is None or value < below)
    )
    if not inside:
        rule = f"{name} must be {kind + ' ' if whole else ''}{bounds or 'finite'}."
        raise value_error(rule, f"{name}={shown(value)}", where, remedy)
    return value


def _bounds(
    least: float | None, above: float | None, most: float | None, below: float | None
) -> str:
    if least is not None and most is not None:
        return f"between {least:g} and {most:g}"
    if least is not None and below is not None:
        return f"from {least:g} to below {below:g}"
    if least is not None:
        return f"from {least:g} on"
    low = f"above {above:g}" if above is not None else ""
    high = f"below {below:g}" if below is not None else ""
    return " and ".join(filter(None, (low, high)))


def require(
    holds: Callable[[Any], bool],
    rule: str,
    remedy: str | Callable[[Any], str] | None = None,
    kind: type[Exception] = ValueError,
) -> Check:
    """Return the check that something holds for a value; a remedy may depend on the value.

    >>> even = require(lambda n: n % 2 == 0, "n must be even.", lambda n: f"Take {n + 1}.")
    >>> even("n", 4, None)
    4
    """

    def check(name: str, value: Any, where: str | None) -> Any:
        if not holds(value):
            received = f"{name}={shown(value)}" if kind is ValueError else f"{name}={told(value)}"
            told_remedy = remedy(value) if callable(remedy) else remedy
            raise kind(explain_error(rule, received, where, told_remedy))
        return value

    return check


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
    meant = {"true": True, "1": True, "false": False, "0": False}.get(
        shown(value).strip("'\"").lower()
    )
    remedy = None if meant is None else f"Write {name}={meant}."
    raise type_error(f"{name} must be True or False.", f"{name}={told(value)}", where, remedy)


def positive_integer(name: str, value: Any, where: str | None, remedy: str | None = None) -> int:
    """Return `value` if it is a whole number above 0, else explain."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise value_error(
            f"{name} must be a positive integer.", f"{name}={shown(value)}", where, remedy
        )
    return int(value)


def passed_through(function: Callable[[Any], Any]) -> Check:
    """Return the check that takes what the function makes of the value."""
    return lambda name, value, where: function(value)


def check_shape(shape: Any, where: str) -> Shape:
    """Return the shape of one sample as a tuple: 5, (5,) and [5] mean the same.

    >>> check_shape(5, "Input"), check_shape([28, 28, 1], "Input")
    ((5,), (28, 28, 1))
    """
    sizes = tuple(shape) if isinstance(shape, list | tuple | np.ndarray) else (shape,)
    for size in sizes:
        if isinstance(size, bool) or not isinstance(size, int | np.integer) or size < 1:
            raise value_error(
                "The shape of a sample is made of positive whole numbers, "
                "without the axis of the samples.",
                f"shape={shown(shape)}",
                where,
                f"Leave out the None: {sizes[1:]}."
                if len(sizes) > 1 and sizes[0] is None
                else "For a table with 30 columns write (30,); for grey images (28, 28, 1).",
            )
    return tuple(int(size) for size in sizes)


def check_dtype(dtype: Any) -> np.dtype[Any]:
    """Return float32 or float64 as a dtype, or explain that there is nothing else; None: float32.

    >>> check_dtype("float64"), check_dtype(None)
    (dtype('float64'), dtype('float32'))
    """
    if dtype is None:
        return np.dtype(np.float32)
    for known in (np.dtype(np.float32), np.dtype(np.float64)):
        if dtype in (known, known.name, known.type):
            return known
    raise value_error('dtype must be "float32" or "float64".', f"dtype={shown(dtype)}")


def check_weights(given: Sequence[Any], wanted: Sequence[Array], where: str) -> None:
    """Raise unless the given weights have the wanted shapes."""
    if not isinstance(given, list | tuple):
        raise type_error(
            "set_weights takes a list of arrays.",
            f"{type(given).__name__}",
            where,
            "weights = model.get_weights(); change them; model.set_weights(weights)",
        )
    shapes = [as_numbers(weight, "A weight").shape for weight in given]
    if shapes != [weight.shape for weight in wanted]:
        raise value_error(
            f"set_weights takes arrays of the shapes {[w.shape for w in wanted]}.",
            f"{shapes}",
            where,
            "The order is that of get_weights().",
        )


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
        raise type_error(
            "forpass takes x, and whether it is for training.",
            f"forpass{signature}",
            where,
            "def forpass(self, x, training=False):",
        ) from None


def check_output(output: Any, where: str) -> None:
    """Raise unless `forpass` returned an array."""
    if not isinstance(output, np.ndarray):
        raise type_error(
            "forpass must return an array, a row for each sample.",
            told(output),
            where,
            "End forpass with return and the output." if output is None else None,
        )


Flag = Annotated[bool, flag]
Name = Annotated[str | None, passed_through(check_name)]
DType = Annotated[Any, passed_through(check_dtype)]
PositiveInteger = Annotated[int, positive_integer]
PositiveOrNone = Annotated[int | None, or_none(positive_integer)]
Count = Annotated[int, number(least=0, whole=True)]
Seed = Annotated[int | None, or_none(number(least=0, whole=True))]
Number = Annotated[float, number()]
NotNegative = Annotated[float, number(least=0)]
Positive = Annotated[float, number(above=0)]
Share = Annotated[float, number(least=0, most=1)]
