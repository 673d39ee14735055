"""Where random numbers come from: a generator for every model, never NumPy's global one."""

from __future__ import annotations

import threading

import numpy as np

from nnlite.foundation.checks import checked_number

_lock = threading.Lock()
_seeds: np.random.SeedSequence | None = None


def set_random_seed(seed: int) -> None:
    """Make every model created from now on start from the same random numbers.

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
    """Return a generator: from `seed`, else from that of `set_random_seed`, else a fresh one."""
    if seed is not None:
        return np.random.default_rng(seed)
    with _lock:
        return np.random.default_rng(_seeds.spawn(1)[0] if _seeds is not None else None)
