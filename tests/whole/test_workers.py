"""The tests themselves: two workers of the suite do not crowd each other out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import runpy, sys
import numpy
print(runpy.run_path(sys.argv[1])["blas_threads"]())
"""


@pytest.mark.usefixtures("blas_that_counts")
def test_a_worker_multiplies_in_one_thread_even_if_numpy_came_first() -> None:
    environment = {k: v for k, v in os.environ.items() if k != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(Path(__file__).parents[1] / "conftest.py")],
        env=environment | {"PYTEST_XDIST_WORKER": "gw0"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "{1}\n"
