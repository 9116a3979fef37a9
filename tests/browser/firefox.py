"""A Firefox without a screen, spoken to by its own protocol (Marionette): no driver is needed.

``FRAMEATLAS_FIREFOX`` names a Firefox that is not on the path.
"""

import base64
import json
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

PATIENCE = 90.0


def find_firefox() -> str | None:
    """The program, or None."""
    named = os.environ.get("FRAMEATLAS_FIREFOX")
    return named or shutil.which("firefox-esr") or shutil.which("firefox")


class Firefox:
    """One window of a Firefox that has nothing of this user's."""

    def __init__(self, program: str, folder: Path, width: int = 1280, height: int = 800) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        profile = folder / "profile"
        profile.mkdir()
        settings = {"marionette.port": port, "datareporting.policy.dataSubmissionEnabled": False}
        settings |= {"app.update.enabled": False, "browser.startup.page": 0}
        settings |= {"network.captive-portal-service.enabled": False}
        lines = [f'user_pref("{name}", {json.dumps(value)});' for name, value in settings.items()]
        (profile / "user.js").write_text("\n".join(lines), encoding="utf-8")
        size = ["--width", str(width), "--height", str(height)]
        self._process = subprocess.Popen(
            [program, "--headless", "--marionette", "--profile", str(profile), *size],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": str(folder), "MOZ_HEADLESS": "1"},
        )
        with _connected(port) as connection:  # the file keeps it open
            self._file = connection.makefile("rwb")
        self._number = 0
        self._read()
        self.ask("WebDriver:NewSession", {"capabilities": {"alwaysMatch": {}}})

    def ask(self, command: str, values: dict[str, Any] | None = None) -> Any:
        """Give a command and wait for its answer."""
        self._number += 1
        text = json.dumps([0, self._number, command, values or {}]).encode()
        self._file.write(b"%d:%s" % (len(text), text))
        self._file.flush()
        _, _, error, result = self._read()
        assert error is None, f"{command}: {error}"
        return result

    def _read(self) -> Any:
        digits = b""
        while (one := self._file.read(1)) != b":":
            assert one, "Firefox has ended"
            digits += one
        return json.loads(self._file.read(int(digits)))

    def open(self, address: str) -> None:
        """Go to an address."""
        self.ask("WebDriver:Navigate", {"url": address})

    def run(self, script: str, *arguments: Any) -> Any:
        """What the body of a function returns in the page."""
        given = {"script": script, "args": list(arguments), "sandbox": None}
        return self.ask("WebDriver:ExecuteScript", given)["value"]

    def until(self, expression: str, seconds: float = 30.0) -> None:
        """Wait until an expression is true in the page."""
        end = time.monotonic() + seconds
        while not self.run(f"return Boolean({expression})"):
            assert time.monotonic() < end, f"{expression} did not come true"
            time.sleep(0.1)

    def keys(self, text: str) -> None:
        """Press keys, one after the other."""
        presses = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
        self._act("key", "keyboard", presses)

    def click(self, x: float, y: float) -> None:
        """Press the mouse at a place of the window."""
        move = {"type": "pointerMove", "x": round(x), "y": round(y), "duration": 0}
        press = [{"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp")]
        self._act("pointer", "mouse", [move, *press])

    def wheel(self, x: float, y: float, pixels: int) -> None:
        """Turn the wheel."""
        turn = {"type": "scroll", "x": round(x), "y": round(y), "deltaX": 0, "deltaY": pixels}
        self._act("wheel", "wheel", [{**turn, "duration": 0, "origin": "viewport"}])

    def press(self, selector: str) -> None:
        """Press the middle of an element."""
        box = "const b = document.querySelector(arguments[0]).getBoundingClientRect();"
        x, y = self.run(f"{box} return [b.x + b.width / 2, b.y + b.height / 2]", selector)
        self.click(x, y)

    def picture(self) -> bytes:
        """The window as a PNG file."""
        return base64.b64decode(self.ask("WebDriver:TakeScreenshot", {"full": False})["value"])

    def _act(self, kind: str, name: str, actions: list[dict[str, Any]]) -> None:
        source = {"type": kind, "id": name, "actions": actions}
        self.ask("WebDriver:PerformActions", {"actions": [source]})

    def close(self) -> None:
        """End this Firefox."""
        self._file.close()
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _connected(port: int) -> socket.socket:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        except OSError:
            assert time.monotonic() < end, "Firefox does not answer"
            time.sleep(0.2)
