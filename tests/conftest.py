"""What holds for all tests: threads of the matrix products, and which tests compare bits."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import numpy  # noqa: F401 (threadpoolctl finds the libraries that are loaded)
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from nnlite.training import running

# What tests share is no test, and holds no doctests.
collect_ignore = [
    "every_layer.py",
    "random_networks.py",
    "torch_twins.py",
    "node.py",
    "browser.py",
    "data",
    "attack/tiers.py",
    "attack/subjects.py",
    "attack/hostile_values.py",
    "attack/mutation.py",
]

# Test workers share the processor: each product of one keeps to one thread. The variable comes too
# late for a NumPy that a plugin has imported, but in time for the processes that tests start.
if "PYTEST_XDIST_WORKER" in os.environ and "OPENBLAS_NUM_THREADS" not in os.environ:
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    threadpool_limits(1, user_api="blas")


def blas_threads() -> set[int]:
    """Return how many threads a product may use, in each library of products that is loaded."""
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


@pytest.fixture
def two_blas_threads() -> Iterator[Callable[[], set[int]]]:
    """Allow two threads for each product, so that a limit shows; gives what counts them."""
    with threadpool_limits(2, user_api="blas"):
        yield blas_threads


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Doctests print digits."""
    for item in items:
        if isinstance(item, pytest.DoctestItem):
            item.add_marker("bits")


@pytest.fixture(autouse=True)
def _no_ctrl_c_before() -> Iterator[None]:
    """Let no test feel the Ctrl-C of another: the second in a row is raised."""
    yield
    running.running.was_interrupted = False
