from __future__ import annotations

from collections.abc import Iterator

import pytest

from nnlite import running


@pytest.fixture(autouse=True)
def _no_ctrl_c_before() -> Iterator[None]:
    """Let no test feel the Ctrl-C of another: the second in a row is raised."""
    yield
    running.running.was_interrupted = False
