"""Runs JavaScript of the page in Node, for tests."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import pytest

from nnlite.exchange.page import COMPUTING, script

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")


def run(code: str, given: Any, modules: tuple[str, ...] = COMPUTING) -> Any:
    """Return what `code` returns, a function's body that knows `given`, behind these modules."""
    program = f"{script(*modules)}\nconst given = JSON.parse(require('fs').readFileSync(0));\n"
    program += f"console.log(JSON.stringify((() => {{{code}}})()));"
    done = subprocess.run(
        ["node", "-e", program], input=json.dumps(given), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
