"""What the arguments of layers, models and optimizers may be, said in one way everywhere.

Arrays of data are no matter of this page: see `numeric`, `data` and `targets`.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np

from .errors import explain_error, shown, told
from .numeric import as_numbers
from .types import Array, Shape

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
        raise TypeError(explain_error(f"{rule}.", received, where, remedy))
    inside = (
        -math.inf < value < math.inf
        and (least is None or value >= least)
        and (above is None or value > above)
        and (most is None or value <= most)
        and (below is None or value < below)
    )
    if not inside:
        rule = f"{name} must be {kind + ' ' if whole else ''}{bounds or 'finite'}."
        raise ValueError(explain_error(rule, f"{name}={shown(value)}", where, remedy))
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


def positive_integer(name: str, value: Any, where: str, remedy: str | None = None) -> int:
    """Return `value` if it is a whole number above 0, else explain."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise ValueError(
            explain_error(
                f"{name} must be a positive integer.", f"{name}={shown(value)}", where, remedy
            )
        )
    return int(value)


def check_shape(shape: Any, where: str) -> Shape:
    """Return the shape of one sample as a tuple: 5, (5,) and [5] mean the same.

    >>> check_shape(5, "Input"), check_shape([28, 28, 1], "Input")
    ((5,), (28, 28, 1))
    """
    sizes = tuple(shape) if isinstance(shape, list | tuple | np.ndarray) else (shape,)
    for size in sizes:
        if isinstance(size, bool) or not isinstance(size, int | np.integer) or size < 1:
            raise ValueError(
                explain_error(
                    "The shape of a sample is made of positive whole numbers, "
                    "without the axis of the samples.",
                    f"shape={shown(shape)}",
                    where,
                    f"Leave out the None: {sizes[1:]}."
                    if len(sizes) > 1 and sizes[0] is None
                    else "For a table with 30 columns write (30,); for grey images (28, 28, 1).",
                )
            )
    return tuple(int(size) for size in sizes)


def check_dtype(dtype: Any) -> np.dtype[Any]:
    """Return float32 or float64 as a dtype, or explain that there is nothing else."""
    for known in (np.dtype(np.float32), np.dtype(np.float64)):
        if dtype in (known, known.name, known.type):
            return known
    raise ValueError(
        explain_error('dtype must be "float32" or "float64".', f"dtype={shown(dtype)}")
    )


def check_weights(given: Sequence[Any], wanted: Sequence[Array], where: str) -> None:
    """Raise unless the given weights have the wanted shapes."""
    if not isinstance(given, list | tuple):
        raise TypeError(
            explain_error(
                "set_weights takes a list of arrays.",
                f"{type(given).__name__}",
                where,
                "weights = model.get_weights(); change them; model.set_weights(weights)",
            )
        )
    shapes = [as_numbers(weight, "A weight").shape for weight in given]
    if shapes != [weight.shape for weight in wanted]:
        raise ValueError(
            explain_error(
                f"set_weights takes arrays of the shapes {[w.shape for w in wanted]}.",
                f"{shapes}",
                where,
                "The order is that of get_weights().",
            )
        )


def check_name(name: Any) -> str | None:
    """Return the name if it is text, or None."""
    if name is None or isinstance(name, str):
        return name
    raise TypeError(
        explain_error("name must be text.", f"name={told(name)}", None, 'name="hidden"')
    )


def check_takes_training(forpass: Any, where: str) -> None:
    """Raise unless `forpass` may be called as the models call it."""
    signature = inspect.signature(forpass)
    try:
        signature.bind(None, False)
    except TypeError:
        raise TypeError(
            explain_error(
                "forpass takes x, and whether it is for training.",
                f"forpass{signature}",
                where,
                "def forpass(self, x, training=False):",
            )
        ) from None


def check_output(output: Any, where: str) -> None:
    """Raise unless `forpass` returned an array."""
    if not isinstance(output, np.ndarray):
        raise TypeError(
            explain_error(
                "forpass must return an array, a row for each sample.",
                told(output),
                where,
                "End forpass with return and the output." if output is None else None,
            )
        )
