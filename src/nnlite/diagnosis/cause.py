"""What a cause says of itself, and how its numbers are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Cause:
    """Why a network does not learn.

    Parameters
    ----------
    name
        One of `nnlite.diagnosis.NAMES`.
    says
        What is wrong, in a sentence.
    evidence
        The numbers that show it.
    remedy
        The one thing to do about it.
    tried
        The name of the run with the remedy; "" where looking was enough.
    """

    name: str
    says: str
    evidence: str
    remedy: str
    tried: str = ""


def several(names: Sequence[str], most: int = 3) -> str:
    """Write some names, and how many more there are.

    >>> several(["dense"]), several(["a", "b", "c", "d", "e"])
    ('dense', 'a, b, c and 2 more')
    """
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")
