"""One voice for every error: the rule, what was received, where, and what to do about it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

T = TypeVar("T")


def explain_error(
    rule: str, received: str | None = None, where: str | None = None, remedy: str | None = None
) -> str:
    """Compose an error text.

    >>> print(explain_error("units must be a positive integer.", "units=-1", "layer 'dense'",
    ...                     "Write Dense(10)."))
    units must be a positive integer.
    Received: units=-1
    Where: layer 'dense'
    Remedy: Write Dense(10).
    """
    lines = [rule]
    if received is not None:
        lines.append(f"Received: {received}")
    if where is not None:
        lines.append(f"Where: {where}")
    if remedy is not None:
        lines.append(f"Remedy: {remedy}")
    return "\n".join(lines)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that looks most like `name`, if one does.

    >>> nearest("rleu", ["relu", "sigmoid"])
    'relu'
    """
    # Sorted, so that of two spellings the one in small letters is named.
    lowered = {k.lower(): k for k in sorted(known)}
    found = difflib.get_close_matches(name.lower(), lowered, n=1, cutoff=0.6)
    return lowered[found[0]] if found else None


def look_up(kind: str, name: str, known: Mapping[str, T]) -> T:
    """Return `known[name]`, or raise a ValueError that lists the known names and the nearest."""
    if name in known:
        return known[name]
    if name.lower() in known:
        return known[name.lower()]
    guess = nearest(name, known)
    raise ValueError(
        explain_error(
            f"Unknown {kind}. Known: {', '.join(sorted(known))}.",
            f"{name!r}",
            remedy=f'Did you mean "{guess}"?' if guess else f"Choose one of the known {kind}s.",
        )
    )


def reject_unknown_arguments(owner: str, unknown: Mapping[str, Any], known: Iterable[str]) -> None:
    """Raise a TypeError that names the first unknown keyword argument and the nearest known one."""
    if not unknown:
        return
    name = next(iter(unknown))
    known = sorted(known)
    guess = nearest(name, known)
    raise TypeError(
        explain_error(
            f"{owner} takes the arguments {', '.join(known)}.",
            f"{name}={unknown[name]!r}",
            remedy=f"Did you mean {guess}=?" if guess else f"Leave out {name}=.",
        )
    )
