"""trouble"""

from __future__ import annotations

from .step import Step
from .told import Told


def find_trouble(step: Step, told: list[Told]) -> list[str]:
    """Return."""
    return []
