"""What a number among the arguments may be, said in one way everywhere."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .errors import explain_error


def checked_number(
    name: str,
    value: Any,
    *,
    least: float | None = None,
    above: float | None = None,
    most: float | None = None,
    below: float | None = None,
    whole: bool = False,
    where: str | None = None,
    remedy: str | None = None,
) -> Any:
    """Return `value` if it is a finite number within the bounds, else explain.

    >>> checked_number("momentum", 0.9, least=0, most=1)
    0.9
    """
    bounds = _bounds(least, above, most, below)
    kind = "a whole number" if whole else "a number"
    kinds = int | np.integer if whole else int | float | np.integer | np.floating
    if isinstance(value, bool | np.bool_) or not isinstance(value, kinds):
        received = f"{name}={value!r} ({type(value).__name__})"
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
        raise ValueError(explain_error(rule, f"{name}={value!r}", where, remedy))
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
