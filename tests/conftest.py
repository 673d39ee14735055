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
    "pressing.py",
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
def blas_that_counts() -> None:
    """Skip where no library of products tells its threads, as Apple's does not."""
    if not blas_threads():
        pytest.skip("NumPy's library of matrix products does not tell how many threads it takes")


@pytest.fixture
def two_blas_threads(blas_that_counts: None) -> Iterator[Callable[[], set[int]]]:
    """Allow two threads for each product, so that a limit shows; gives what counts them."""
    with threadpool_limits(2, user_api="blas"):
        yield blas_threads


# What the run of a whole tier says before it begins.
TIERS = {
    "not slow": "The first tier: about three minutes on two quiet cores.",
    "slow": "The second tier: about ten minutes on two quiet cores.",
}
SIGNS = """\
They first look for the tests, up to half a minute; then a dot is a test that passed, an s one that
is skipped (-rs says why), an F one that failed; at the end of a line, how much is done.
"""


def pytest_sessionstart(session: pytest.Session) -> None:
    """Tell whoever runs a whole tier what is going to happen, and how long it takes."""
    config = session.config
    named = config.args_source is pytest.Config.ArgsSource.ARGS
    tier = TIERS.get(config.option.markexpr)
    if tier and not named and not hasattr(config, "workerinput"):
        config.get_terminal_writer().line(f"{tier}\n{SIGNS}")


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
