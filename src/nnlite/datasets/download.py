"""A download that can be trusted: the known file, from the first mirror that delivers exactly it.

What a server announces is not believed: size, checksum and time have limits of our own, and the
file appears under its name only when it is whole.
"""

from __future__ import annotations

import http.client
import queue
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from nnlite.datasets.known_file import CHUNK, KnownFile, unpack
from nnlite.foundation.errors import explain_error
from nnlite.foundation.files import written_whole

SECONDS_TO_ANSWER = 5.0
SECONDS_PER_READ = 15.0
SECONDS_PER_FILE = 600.0


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
            content = _fetch(address, file)
        except (OSError, ValueError, http.client.HTTPException) as error:
            failures.append(f"  {address}: {_reason(error)}")
        else:
            _store(folder / file.name, content)
            return mirror
    raise DownloadError("\n".join(failures))


def _fetch(address: str, file: KnownFile) -> bytes:
    """Return the content that this address delivers, or give up when it is too slow.

    The limit of a socket holds for each read of each address of a host. A firewall that swallows
    requests, a silent name server, or a server that sends its headers letter by letter, would pass
    it: hence the thread, which is left behind, and ends at the next byte that it gets.
    """
    messages: queue.SimpleQueue[Any] = queue.SimpleQueue()
    given_up = threading.Event()

    def work() -> None:
        try:
            with urllib.request.urlopen(address, timeout=SECONDS_PER_READ) as response:
                messages.put("answered")
                messages.put(_receive(response, file, given_up))
        except Exception as error:
            messages.put(error)

    threading.Thread(target=work, name=f"download of {file.name}", daemon=True).start()
    limit, failure = SECONDS_TO_ANSWER, "no answer"
    try:
        message = messages.get(timeout=limit)
        if message == "answered":
            limit, failure = SECONDS_PER_FILE, "not finished"
            message = messages.get(timeout=limit)
    except queue.Empty:
        raise DownloadError(f"{failure} within {limit:g} s") from None
    finally:
        given_up.set()
    if isinstance(message, Exception):
        raise message
    return bytes(message)


def _receive(response: Any, file: KnownFile, given_up: threading.Event) -> bytes:
    """Return the uncompressed content of a response, if it is that of `file`."""
    from tqdm import tqdm

    parts, late = [], given_up.is_set()
    with tqdm(total=file.size, desc=file.name, unit="B", unit_scale=True, disable=late) as bar:
        for part in unpack(_body(response, file, given_up), file.size, file.md5_of_gz):
            parts.append(part)
            bar.update(len(part))
    content = b"".join(parts)
    if complaint := file.complaint(content):
        raise DownloadError(complaint)
    return content


def _body(response: Any, file: KnownFile, given_up: threading.Event) -> Iterator[bytes]:
    """Yield the compressed bytes, as long as they can be those of the file and are waited for."""
    most = file.size + file.size // 100 + 4096
    if response.length is not None and response.length > most:
        raise DownloadError(f"announces {response.length:,} bytes; at most {most:,} can be")
    received = 0
    while not given_up.is_set() and (chunk := response.read1(CHUNK)):
        received += len(chunk)
        if received > most:
            raise DownloadError(f"goes on after {most:,} bytes; that is not the file")
        yield chunk


def _reason(error: Exception) -> str:
    """Say in a few words why an address did not deliver."""
    if isinstance(error, urllib.error.HTTPError):
        error.close()
        return f"HTTP {error.code} {error.reason}"
    if isinstance(error, urllib.error.URLError) and isinstance(error.reason, Exception):
        return _reason(error.reason)
    if isinstance(error, TimeoutError):
        return f"no answer within {SECONDS_PER_READ:g} s"
    return str(error) or type(error).__name__


def _store(path: Path, content: bytes) -> None:
    """Write the file, or say which folder cannot take it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(path) as file:
            file.write(content)
    except OSError as error:
        rule = "The folder for downloaded files must be writable and have room."
        remedy = "Name another folder with the environment variable XDG_CACHE_HOME."
        raise OSError(
            explain_error(rule, error.strerror or str(error), str(path.parent), remedy)
        ) from error
