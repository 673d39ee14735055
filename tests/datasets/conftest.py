"""A user without any data, and a mirror on the loopback address that can misbehave."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

REAL_DATA = os.environ.get("NNLITE_DATA")

Answer = Callable[[BaseHTTPRequestHandler], None]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder, and no folder of the user's."""
    monkeypatch.delenv("NNLITE_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "nnlite"


@pytest.fixture
def real_data(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not REAL_DATA:
        pytest.skip("NNLITE_DATA is not set: it names the folder of the real data")
    monkeypatch.setenv("NNLITE_DATA", str(Path(REAL_DATA).absolute()))


class Mirror:
    """A server whose answers the test decides, path by path; anything else is a 404."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.requests: list[str] = []
        self.sent_all = False
        self.over = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign]
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"

    def _handler(mirror) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                mirror.requests.append(self.path)
                if self.path in mirror.answers:
                    mirror.answers[self.path](self)
                else:
                    self.send_error(404)

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    def answer(self, path: str, body: bytes, *, status: int = 200, length: int | None = -1) -> None:
        """Answer with this body; announce its length, another one, or none."""

        def send(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            if length is not None:
                handler.send_header("Content-Length", str(len(body) if length < 0 else length))
            handler.end_headers()
            handler.wfile.write(body)

        self.answers[path] = send

    def answer_slowly(self, path: str, at_once: bytes, then: bytes, pause: float) -> None:
        """Send raw bytes, headers included, at first all at once, then one by one with pauses."""

        def send(handler: BaseHTTPRequestHandler) -> None:
            handler.wfile.write(at_once)
            for byte in then:
                if self.over.wait(pause):
                    return
                handler.wfile.write(bytes([byte]))
            self.sent_all = True

        self.answers[path] = send


@pytest.fixture
def start_mirror(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Mirror]]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    mirrors = []

    def start() -> Mirror:
        mirror = Mirror()
        threading.Thread(target=mirror.server.serve_forever, args=(0.01,), daemon=True).start()
        mirrors.append(mirror)
        return mirror

    yield start
    for mirror in mirrors:
        mirror.over.set()
        mirror.server.shutdown()
        mirror.server.server_close()


@pytest.fixture
def mirror(start_mirror: Callable[[], Mirror]) -> Mirror:
    return start_mirror()
