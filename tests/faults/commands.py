"""Command lines as processes of their own, started, waited for, and killed."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SERVER = Path(__file__).with_name("command_server.py")
STAND_IN = Path(__file__).parents[1] / "embedder" / "indexing_child.py"
PATIENCE = 120.0
"""Seconds after which a command counts as hanging."""


@dataclass(frozen=True)
class Ended:
    """How a command ended.

    Attributes:
        code: Its exit code; below 0 the signal that killed it.
        output: What it printed.
        errors: What it printed to standard error.
        events: What it did to files of the watched folder, in order; empty where it was killed.
    """

    code: int
    output: str
    errors: str
    events: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The last line of standard error: the sentence of a command that was refused."""
        lines = self.errors.strip().splitlines()
        return lines[-1] if lines else ""


@dataclass(frozen=True)
class Options:
    """How a child is started.

    Attributes:
        environment: Variables that it has beside those of this process.
        watched: Part of a path: what is done to such files is counted.
        kill_at: Number of the event at which it kills itself; None for never.
        delay: Seconds that the stand-in engine takes for each block more.
        trained: Whether the layout is trained even for few frames.
        largest: Bytes that a file may grow to (RLIMIT_FSIZE).
        stall: Seconds after which an FFmpeg without progress is given up; None for the usual.
        powerless: Whether root's right to write everything is taken from it.
    """

    environment: dict[str, str] = field(default_factory=dict)
    watched: str | None = None
    kill_at: int | None = None
    delay: float = 0.0
    trained: bool = False
    largest: int | None = None
    stall: float | None = None
    powerless: bool = False


class Running:
    """A command that was started."""

    def __init__(self, server: "Commands", process: int, output: Path, errors: Path) -> None:
        self._server, self.process = server, process
        self._output, self._errors = output, errors

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Send a signal to the command alone, not to what it started."""
        os.kill(self.process, number)

    def errors(self) -> str:
        """What it has printed to standard error so far."""
        return self._errors.read_text(errors="replace") if self._errors.exists() else ""

    def wait(self) -> Ended:
        """Wait until it ends."""
        code = int(self._server.ask({"wait": self.process, "patience": PATIENCE})["code"])
        events = Path(f"{self._output}.events")
        seen = json.loads(events.read_text()) if events.exists() else []
        output = self._output.read_text(errors="replace")
        return Ended(code, output, self.errors(), tuple(seen))


class Commands:
    """Starts command lines in children of one process that has everything loaded.

    Args:
        folder: Where what they print is kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0
        self._server = subprocess.Popen(
            [sys.executable, str(SERVER), str(STAND_IN)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "FRAMEATLAS_CACHE": str(folder / "cache"), "HOME": str(folder)},
        )
        self._answer()

    def start(self, *arguments: str | Path, **options: Any) -> Running:
        """Start a command; it runs beside the test. Options are those of ``Options``."""
        self._count += 1
        output = self._folder / f"{self._count}.output"
        errors = self._folder / f"{self._count}.errors"
        for place in (output, errors):
            place.touch(0o666)
            place.chmod(0o666)
        request = {
            **vars(Options(**options)),
            "arguments": [str(argument) for argument in arguments],
            "folder": str(self._folder),
            "output": str(output),
            "errors": str(errors),
        }
        return Running(self, int(self.ask(request)["process"]), output, errors)

    def run(self, *arguments: str | Path, **options: Any) -> Ended:
        """Run a command to its end, however it ends."""
        running = self.start(*arguments, **options)
        return running.wait()

    def killed_after(self, seconds: float, *arguments: str | Path, **options: Any) -> Ended:
        """Run a command and kill it after a time, where it has not ended by itself."""
        running = self.start(*arguments, **options)
        time.sleep(seconds)
        running.kill()
        return running.wait()

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """One request to the server, and its answer."""
        assert self._server.stdin is not None
        self._server.stdin.write(json.dumps(request) + "\n")
        self._server.stdin.flush()
        return self._answer()

    def close(self) -> None:
        """End the server."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.close()
        self._server.wait(PATIENCE)
        self._server.stdout.close()

    def _answer(self) -> dict[str, Any]:
        assert self._server.stdout is not None
        line = self._server.stdout.readline()
        assert line, "the server of commands ended"
        return dict(json.loads(line))
