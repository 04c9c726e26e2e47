"""Debian's Chromium without a window, spoken to over a pipe: no driver, no port, nothing but the standard library."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

CHROMIUM = shutil.which("chromium")
HIGH = 20
"""File descriptors above those that a shell's redirections overwrite."""


class Browser:
    """One page of Chromium, and what it said and asked for while it loaded."""

    def __init__(self, profile: Path) -> None:
        assert CHROMIUM is not None
        asked, told = os.pipe(), os.pipe()
        ours = [asked[1], told[0]]
        theirs = [fcntl.fcntl(end, fcntl.F_DUPFD, HIGH) for end in (asked[0], told[1])]
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
        flags += ["--disable-background-networking", f"--user-data-dir={profile}", "--remote-debugging-pipe"]
        # Chromium reads orders from descriptor 3 and answers on 4.
        script = f'exec "$@" 3<&{theirs[0]} 4>&{theirs[1]}'
        self.process = subprocess.Popen(
            ["bash", "-c", script, "bash", CHROMIUM, *flags, "about:blank"],
            pass_fds=theirs,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for end in (asked[0], told[1], *theirs):
            os.close(end)
        self.orders, self.answers = os.fdopen(ours[0], "wb"), os.fdopen(ours[1], "rb")
        self.unread, self.number = b"", 0
        self.events: list[dict[str, Any]] = []
        self.session: str | None = None
        target = self.order("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.order("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime"):
            self.order(f"{domain}.enable")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.orders.close()
        self.process.terminate()
        self.process.wait(30)
        self.answers.close()

    def _message(self) -> dict[str, Any]:
        while b"\0" not in self.unread:
            read = os.read(self.answers.fileno(), 1 << 20)
            assert read, "Chromium ended"
            self.unread += read
        message, _, self.unread = self.unread.partition(b"\0")
        return json.loads(message)

    def order(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Give an order and wait for its answer; events that come before it are kept."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session is not None:
            message["sessionId"] = self.session
        self.orders.write(json.dumps(message).encode() + b"\0")
        self.orders.flush()
        while (answer := self._message()).get("id") != self.number:
            self.events.append(answer)
        assert "error" not in answer, answer
        return answer["result"]

    def open(self, page: Path) -> None:
        """Load a file and wait until all that belongs to it is there."""
        self.events.clear()
        self.order("Page.navigate", url=page.resolve().as_uri())
        while not self.said("Page.loadEventFired"):
            self.events.append(self._message())

    def said(self, method: str) -> list[dict[str, Any]]:
        """Events of a kind since the page was opened."""
        return [event["params"] for event in self.events if event.get("method") == method]

    def asks(self, expression: str) -> Any:
        """Value of an expression in the page."""
        answer = self.order("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def screenshot(self, path: Path, width: int = 1100) -> Path:
        """Write the whole page as a picture."""
        height = self.asks("document.documentElement.scrollHeight")
        self.order("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        data = self.order("Page.captureScreenshot", captureBeyondViewport=True)["data"]
        path.write_bytes(base64.b64decode(data))
        return path
