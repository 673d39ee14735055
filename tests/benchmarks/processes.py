"""Processes that measure: each uses the package of this checkout, and the routines it is told to.

A process of its own for each set of BLAS routines, because OpenBLAS chooses them once, when it is
loaded; and one for TensorFlow, which may live in another Python.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SOURCE = ROOT / "src"


def environment(core: str = "", source: Path = SOURCE) -> dict[str, str]:
    """Return the environment of a process: with OpenBLAS's own choice, unless a core is named."""
    found = {name: value for name, value in os.environ.items() if name != "OPENBLAS_CORETYPE"}
    if core:
        found["OPENBLAS_CORETYPE"] = core
    found["PYTHONPATH"] = os.pathsep.join([str(source), str(HERE)])
    return found | {"PYTHONUTF8": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}


def output(*arguments: str, python: str = sys.executable) -> str:
    """Run Python with these arguments to its end, and return what it printed."""
    command = [python, *arguments]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stderr}")
    return done.stdout


def lines(script: str, *arguments: str, core: str = "") -> Iterator[str]:
    """Run a file of this folder to its end, and give each line as soon as it is printed."""
    command = [sys.executable, str(HERE / script), *arguments]
    with subprocess.Popen(
        command, env=environment(core), stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        assert process.stdout
        yield from process.stdout
    if process.returncode:
        raise SystemExit(f"{script} has ended with status {process.returncode}.")


def has(python: str, module: str) -> bool:
    """Return whether a Python has a module."""
    code = f"from importlib.util import find_spec; raise SystemExit(find_spec('{module}') is None)"
    return subprocess.run([python, "-c", code], check=False).returncode == 0


class Worker:
    """A process that answers each line with a line."""

    def __init__(
        self,
        script: str,
        *arguments: str,
        python: str = sys.executable,
        source: Path = ROOT / "src",
    ) -> None:
        command = [python, str(HERE / script), *arguments]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # What TensorFlow tells of the processor is no answer.
            stderr=None if python == sys.executable else subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env=environment(os.environ.get("OPENBLAS_CORETYPE", ""), source),
        )

    def ask(self, line: str) -> str:
        """Return the answer to a line."""
        assert self.process.stdin
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        return self.said()

    def said(self) -> str:
        """Return the next line that the process says."""
        assert self.process.stdout
        answer = self.process.stdout.readline()
        if not answer:
            raise SystemExit(f"The process of {self.process.args} has ended.")
        return answer

    def close(self) -> None:
        """Let the process end."""
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()
