"""One call for every argument and every kind of nonsense: no error without `Received:`."""

from __future__ import annotations

import io
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
import pytest

from attack.hostile_values import KINDS, is_explained
from attack.subjects import Subject, functions, methods, uses

SECONDS = 20
"""Longer than this no call may take."""

SAMPLE = 211
"""In the first tier one of so many calls is made: a prime, so that they go through all kinds."""

PARTS = {"functions": functions, "methods": methods, "uses": uses}


@pytest.fixture(autouse=True)
def _guarded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let files go to a folder of their own, nothing over the net, and no look stay changed."""

    def refused(*address: Any) -> None:
        raise OSError("There is no network.")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NNLITE_DATA", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(socket.socket, "connect", refused)
    with matplotlib.rc_context():
        yield
    plt.close("all")


@contextmanager
def in_time(seconds: float) -> Iterator[None]:
    """Raise TimeoutError when this takes longer, where the system has an alarm."""
    if not hasattr(signal, "setitimer") or threading.current_thread() != threading.main_thread():
        yield
        return

    def too_long(*given: Any) -> None:
        raise TimeoutError(f"It takes longer than {seconds} seconds.")

    before = signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def raw_error(subject: Subject, given: dict[str, Any]) -> str | None:
    """Return what a call raises without explaining it."""
    try:
        with in_time(SECONDS), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            subject.call(**given)
    except BaseException as error:
        return None if is_explained(error) else f"{type(error).__name__}: {error}"[:200]
    finally:
        plt.close("all")
    return None


def raw_errors(subjects: Iterator[Subject], every: int = 1) -> list[str]:
    """Return the calls that raise what nobody explains: every so many-th of them."""
    found, number = [], 0
    for subject in subjects:
        for argument in subject.arguments:
            for kind, make in KINDS.items():
                number += 1
                if number % every == 0 and (raw := raw_error(subject, {argument: make()})):
                    found.append(f"{subject.name}({argument}=<{kind}>): {raw}")
    return found


@pytest.mark.parametrize("part", PARTS)
def test_a_hostile_argument_is_explained(part: str) -> None:
    assert "\n".join(raw_errors(PARTS[part](), SAMPLE)) == ""


@pytest.mark.slow
@pytest.mark.parametrize("part", PARTS)
def test_every_hostile_argument_is_explained(part: str) -> None:
    assert "\n".join(raw_errors(PARTS[part]())) == ""


def test_enough_is_attacked() -> None:
    calls = {
        part: sum(len(subject.arguments) for subject in subjects()) * len(KINDS)
        for part, subjects in PARTS.items()
    }
    assert sum(calls.values()) > 80_000
    assert min(calls.values()) > 20_000


@pytest.mark.slow
def test_what_is_attacked_works_with_what_it_needs() -> None:
    wrong = [raw for part in PARTS.values() for one in part() if (raw := raw_error(one, {}))]
    assert wrong == []
