"""In a worker process, as a grid search starts them, the others need the processor as well."""

from __future__ import annotations

import multiprocessing
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from threadpoolctl import threadpool_limits


def in_a_worker() -> bool:
    """Return whether this process was started by another one of Python's, to take part in its work.

    >>> in_a_worker()
    False
    """
    # A parent process is known to those of the standard library alone; joblib and Dask name theirs.
    return multiprocessing.current_process().name != "MainProcess"


def one_thread_in_a_worker() -> AbstractContextManager[Any]:
    """Let each matrix product of a worker keep to one thread: its process is one of several."""
    return threadpool_limits(1, user_api="blas") if in_a_worker() else nullcontext()


def threads_in_a_worker() -> int | None:
    """Return how many threads `Model.fit` may take: in a worker one, else it may choose."""
    return 1 if in_a_worker() else None
