"""Where random numbers come from: a generator for every model, never NumPy's global one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np

from nnlite.foundation.checks import checked_number

_lock = threading.Lock()
_seeds: np.random.SeedSequence | None = None
_seeds_here: ContextVar[np.random.SeedSequence | None] = ContextVar("seeds", default=None)


def set_random_seed(seed: int) -> None:
    """Make every model created from now on start from the same random numbers.

    Models that stand in others are among them. The `seed=` of the outer one is not for these: an
    inner model has weights already, maybe trained ones, and keeps them and its random numbers.

    Examples
    --------
    >>> import nnlite
    >>> nnlite.set_random_seed(7)
    >>> first = nnlite.Sequential([nnlite.layers.Dense(2, input_shape=(3,))]).get_weights()
    >>> nnlite.set_random_seed(7)
    >>> again = nnlite.Sequential([nnlite.layers.Dense(2, input_shape=(3,))]).get_weights()
    >>> bool((first[0] == again[0]).all())
    True
    """
    global _seeds
    checked_number("seed", seed, least=0, whole=True)
    with _lock:
        _seeds = np.random.SeedSequence(seed)


def new_generator(seed: int | None = None) -> np.random.Generator:
    """Return a generator: from `seed`, else `seeds_from`, else `set_random_seed`, else afresh."""
    if seed is not None:
        return np.random.default_rng(seed)
    with _lock:
        seeds = _seeds_here.get() or _seeds
        return np.random.default_rng(None if seeds is None else seeds.spawn(1)[0])


@contextmanager
def seeds_from(seed: int) -> Iterator[None]:
    """Let the models that are made here, in this thread and without a seed, start from this one.

    >>> numbers = []
    >>> for _ in range(2):
    ...     with seeds_from(7):
    ...         numbers.append(new_generator().integers(1000))
    >>> bool(numbers[0] == numbers[1])
    True
    """
    before = _seeds_here.set(np.random.SeedSequence(seed))
    try:
        yield
    finally:
        _seeds_here.reset(before)
