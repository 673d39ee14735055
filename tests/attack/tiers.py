"""The two tiers of an attack: few examples, always the same; many new ones, by a printed seed."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings

SEED = int(os.environ.get("NNLITE_ATTACK_SEED", secrets.randbelow(2**32)))
"""Where the second tier starts; with `NNLITE_ATTACK_SEED` it repeats another run."""


def profile(examples: int, always_the_same: bool) -> settings:
    """Return how so many examples are tried."""
    return settings(
        max_examples=examples,
        derandomize=always_the_same,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


def both(few: int, many: int) -> Any:
    """Run a test with `examples` in both tiers: a profile, and whether it is the larger one."""
    second = pytest.param(profile(many, False), id=f"{many} examples", marks=pytest.mark.slow)
    first = pytest.param(profile(few, True), id=f"{few} examples")
    return pytest.mark.parametrize("examples", [first, second])


def on_examples(few: int, many: int, **strategies: Any) -> Callable[[Any], Any]:
    """Make a property a test of both tiers."""

    def decorate(holds: Any) -> Any:
        @both(few, many)
        def test(examples: settings) -> None:
            tried = given(**strategies)(holds)
            if not examples.derandomize:
                print(f"NNLITE_ATTACK_SEED={SEED}")
                tried = seed(SEED)(tried)
            examples(tried)()

        test.__name__, test.__doc__ = holds.__name__, holds.__doc__
        return test

    return decorate
