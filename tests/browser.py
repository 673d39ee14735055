"""A page in a Chromium without a window, spoken to through pipes, for tests."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
OPTIONS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
OPTIONS += ["--no-first-run", "--disable-extensions", "--disable-background-networking"]


class Browser:
    """One tab: what it is told, and what it complained of and asked for."""

    def __init__(self, to: Any, back: Any) -> None:
        self.to, self.back, self.number, self.session = to, back, 0, None
        self.errors: list[str] = []
        self.requests: list[str] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self.session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> Any:
        """Return the answer to a command of the browser's protocol."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        self.to.write(json.dumps(message).encode() + b"\0")
        self.to.flush()
        while True:
            said = self.hear()
            if said.get("id") == self.number:
                assert "error" not in said, said["error"]
                return said["result"]

    def hear(self) -> Any:
        """Return the next message; note what is wrong, and what the page asks for."""
        letters = bytearray()
        while (letter := self.back.read(1)) != b"\0":
            assert letter, "the browser has ended"
            letters += letter
        said = json.loads(letters)
        about = said.get("params", {})
        if said.get("method") == "Runtime.exceptionThrown":
            self.errors.append(about["exceptionDetails"]["exception"]["description"])
        if said.get("method") == "Log.entryAdded" and about["entry"]["level"] == "error":
            self.errors.append(about["entry"]["text"])
        if said.get("method") == "Runtime.consoleAPICalled" and about["type"] == "error":
            self.errors.append(str(about["args"]))
        if said.get("method") == "Network.requestWillBeSent":
            self.requests.append(about["request"]["url"])
        return said

    def look_at(self, path: Path, width: int = 1400, height: int = 900, dark: bool = False) -> None:
        """Open a file in a window of this size."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.call("Page.navigate", url=path.as_uri())
        while self.hear().get("method") != "Page.loadEventFired":
            pass

    def ask(self, expression: str) -> Any:
        """Return the value of JavaScript on the page."""
        said = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in said, said["exceptionDetails"]
        return said["result"].get("value")

    def middle(self, element: str) -> tuple[float, float, float, float]:
        """Scroll to the first element that CSS finds; return left, top, width and height of it."""
        found = f"document.querySelector({json.dumps(element)})"
        self.ask(f"{found}.scrollIntoView({{block: 'center'}})")
        sides = "({x, y, width, height}) => [x, y, width, height]"
        box = self.ask(f"({sides})({found}.getBoundingClientRect())")
        return tuple(box)

    def mouse(self, kind: str, x: float, y: float, buttons: int = 1) -> None:
        """Press, move or release the mouse."""
        self.call(
            "Input.dispatchMouseEvent",
            type=kind,
            x=x,
            y=y,
            button="left",
            buttons=buttons,
            clickCount=1,
        )

    def drag(self, *points: tuple[float, float]) -> None:
        """Draw a line through these points."""
        self.mouse("mousePressed", *points[0])
        for x, y in points[1:]:
            self.mouse("mouseMoved", x, y)
        self.mouse("mouseReleased", *points[-1], buttons=0)

    def click(self, element: str, across: float = 0.5, down: float = 0.5) -> None:
        """Click on an element, in its middle or at this share of its width and height."""
        x, y, width, height = self.middle(element)
        self.drag((x + across * width, y + down * height))

    def photograph(self, path: Path, whole: bool = True) -> None:
        """Write what is seen as a picture."""
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(shot["data"]))


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """Start a browser whose profile lies in the folder, and end it."""
    (read_to, to), (back, write_back) = os.pipe(), os.pipe()
    options = [*OPTIONS, f"--user-data-dir={folder}/profile", "--remote-debugging-pipe"]
    # The browser reads from file 3 and writes to file 4.
    line = "import os, sys; a, b, *command = sys.argv[1:]; os.dup2(int(a), 13); os.dup2(int(b), 14)"
    line += "; os.dup2(13, 3); os.dup2(14, 4); os.execv(command[0], command)"
    command = [sys.executable, "-c", line, str(read_to), str(write_back), str(CHROMIUM), *options]
    process = subprocess.Popen(
        command,
        pass_fds=(read_to, write_back),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(read_to)
    os.close(write_back)
    # A browser that says nothing more would be waited for without end.
    end = threading.Timer(600, process.kill)
    end.start()
    try:
        with os.fdopen(to, "wb") as writing, os.fdopen(back, "rb") as reading:
            tab = Browser(writing, reading)
            yield tab
            tab.session = None
            tab.call("Browser.close")
        process.wait(timeout=20)
    finally:
        end.cancel()
        if process.poll() is None:
            process.kill()
            process.wait()
