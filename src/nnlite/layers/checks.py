"""Checks of what a user tells a layer, with errors that say what would be right."""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import explain_error, told
from ..numeric import as_numbers
from ..types import Array, Shape


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
                    f"shape={shape!r}",
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
    raise ValueError(explain_error('dtype must be "float32" or "float64".', f"dtype={dtype!r}"))


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


def positive_integer(name: str, value: Any, where: str, remedy: str | None = None) -> int:
    """Return `value` if it is a whole number above 0, else explain."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise ValueError(
            explain_error(f"{name} must be a positive integer.", f"{name}={value!r}", where, remedy)
        )
    return int(value)


def check_name(name: Any) -> str | None:
    """Return the name if it is text, or None."""
    if name is None or isinstance(name, str):
        return name
    raise TypeError(
        explain_error(
            "name must be text.", f"name={name!r} ({type(name).__name__})", None, 'name="hidden"'
        )
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


def snake_case(name: str) -> str:
    """Return the name in the way Keras names layers.

    >>> snake_case("MaxPooling2D"), snake_case("LeakyReLU")
    ('max_pooling2d', 'leaky_re_lu')
    """
    name = re.sub(r"([a-z])([A-Z])", r"\1_\2", name)
    name = re.sub(r"([A-Z]+)([A-Z][a-z]+)", r"\1_\2", name)
    return name.lower()
