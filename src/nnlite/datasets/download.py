"""A download that can be trusted: the known file, from the first mirror that delivers exactly it.

What a server announces is not believed: size, checksum and time have limits of our own, and the
file appears under its name only when it is whole.
"""

from __future__ import annotations

import gzip
import http.client
import io
import queue
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ..errors import explain_error
from ..files import written_whole
from .known_file import BROKEN_GZIP, KnownFile, describe_broken_gzip

SECONDS_TO_ANSWER = 5.0
SECONDS_PER_READ = 15.0
SECONDS_PER_FILE = 600.0
CHUNK = 1 << 16


class DownloadError(OSError):
    """No mirror delivered the file; the text says for each address why."""


def download(file: KnownFile, mirrors: Sequence[str], folder: Path) -> str:
    """Download `file` into `folder` and return the mirror that delivered it.

    Each mirror is the address of a folder that holds the file, compressed, under its name with
    `.gz`. The file is stored uncompressed, as its checksum describes it.
    """
    failures = []
    for mirror in mirrors:
        address = f"{mirror.rstrip('/')}/{file.name}.gz"
        try:
            content = _fetch_in_time(address, file)
        except (OSError, ValueError, http.client.HTTPException, *BROKEN_GZIP) as error:
            failures.append(f"  {address}: {_reason(error)}")
        else:
            _store(folder / file.name, content)
            return mirror
    raise DownloadError("\n".join(failures))


def _fetch_in_time(address: str, file: KnownFile) -> bytes:
    """Return what `_fetch` returns, or give up when it has not begun, or not ended, in time.

    The limit of a socket holds for each read of each address of a host. A firewall that swallows
    requests, a silent name server, or a server that sends its headers letter by letter, would pass
    it: hence the thread, which may be left behind.
    """
    start = time.monotonic()
    deadline = start + SECONDS_PER_FILE
    answers: queue.SimpleQueue[bytes | Exception] = queue.SimpleQueue()
    answered = threading.Event()

    def begin() -> None:
        if time.monotonic() > start + SECONDS_TO_ANSWER:
            raise _silent()
        answered.set()

    def ask() -> None:
        try:
            answers.put(_fetch(address, file, deadline, begin))
        except Exception as error:
            answers.put(error)
        answered.set()

    threading.Thread(target=ask, name=f"download of {file.name}", daemon=True).start()
    if not answered.wait(SECONDS_TO_ANSWER):
        raise _silent()
    try:
        answer = answers.get(timeout=max(0.0, deadline - time.monotonic()))
    except queue.Empty:
        raise _too_slow() from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _fetch(address: str, file: KnownFile, deadline: float, begin: Callable[[], None]) -> bytes:
    """Return the uncompressed content that this address delivers, if it is that of `file`.

    `begin` is called when the address has answered; it raises if that was too late.
    """
    received = bytearray()
    with urllib.request.urlopen(address, timeout=SECONDS_PER_READ) as response:
        begin()
        limited = io.BufferedReader(_LimitedStream(response, _most_compressed(file), deadline))
        with gzip.open(limited) as uncompressed, _progress_bar(file) as bar:
            while len(received) <= file.size and (chunk := uncompressed.read(CHUNK)):
                received += chunk
                bar.update(len(chunk))
    content = bytes(received)
    complaint = file.complaint(content)
    if complaint:
        raise DownloadError(complaint)
    return content


class _LimitedStream(io.RawIOBase):
    """The body of a response, up to a size and a deadline."""

    def __init__(self, response: http.client.HTTPResponse, limit: int, deadline: float) -> None:
        if response.length is not None and response.length > limit:
            raise DownloadError(f"announces {response.length:,} bytes; at most {limit:,} can be")
        self._response = response
        self._limit = limit
        self._deadline = deadline
        self._received = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if time.monotonic() > self._deadline:
            raise _too_slow()
        received = self._response.read1(len(buffer))
        self._received += len(received)
        if self._received > self._limit:
            raise DownloadError(f"goes on after {self._limit:,} bytes; that is not the file")
        buffer[: len(received)] = received
        return len(received)


def _most_compressed(file: KnownFile) -> int:
    """Return a size in bytes that no compressed form of the file exceeds."""
    return file.size + file.size // 100 + 4096


def _silent() -> DownloadError:
    return DownloadError(f"no answer within {SECONDS_TO_ANSWER:g} s")


def _too_slow() -> DownloadError:
    return DownloadError(f"not finished within {SECONDS_PER_FILE:g} s")


def _reason(error: Exception) -> str:
    """Say in a few words why an address did not deliver."""
    if isinstance(error, DownloadError):
        return str(error)
    if isinstance(error, urllib.error.HTTPError):
        error.close()
        return f"HTTP {error.code} {error.reason}"
    if isinstance(error, BROKEN_GZIP):
        return describe_broken_gzip(error)
    if isinstance(error, urllib.error.URLError) and isinstance(error.reason, Exception):
        return _reason(error.reason)
    if isinstance(error, TimeoutError):
        return f"no answer within {SECONDS_PER_READ:g} s"
    return str(error) or type(error).__name__


def _progress_bar(file: KnownFile) -> Any:
    """Return a progress bar that counts the uncompressed bytes."""
    from tqdm import tqdm

    return tqdm(total=file.size, desc=file.name, unit="B", unit_scale=True)


def _store(path: Path, content: bytes) -> None:
    """Write the file, or say which folder cannot take it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(path) as file:
            file.write(content)
    except OSError as error:
        raise OSError(
            explain_error(
                "The folder for downloaded files must be writable and have room.",
                str(error),
                str(path.parent),
                "Name another folder with the environment variable XDG_CACHE_HOME.",
            )
        ) from error
