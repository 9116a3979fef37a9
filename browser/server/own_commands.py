"""Running a command of ours in a process of its own, for the page: its events, end and stop."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any

from frameatlas.errors import InterruptedIndexError, SourceError

OnEvent = Callable[[dict[str, Any]], None]
"""Hears of each JSON line of a command."""

LOOK = 0.3
"""Seconds between looks at whether somebody wants it to stop."""

PATIENCE = 30.0
"""Seconds that a command has for stopping: what is half done is kept, and a rerun goes on there."""

_PROGRAM = "from frameatlas.cli.main import main; main()"


def run_command(
    arguments: Sequence[str], on_event: OnEvent, stopped: Callable[[], bool]
) -> dict[str, Any]:
    """Run ``frameatlas ARGUMENTS --json`` and wait for it.

    Args:
        arguments: The command and what it is given, without --json.
        on_event: Hears of its progress.
        stopped: Whether it is no longer wanted; it is then interrupted as by Ctrl-C.

    Returns:
        The last event; empty where there was none.

    Raises:
        InterruptedIndexError: It was stopped.
        SourceError: It failed, with its own sentence.
    """
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", _PROGRAM, *arguments, "--json"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    said: list[str] = []
    listener = threading.Thread(target=_collect, args=(process.stderr, said), daemon=True)
    watcher = threading.Thread(target=_interrupt, args=(process, stopped), daemon=True)
    listener.start()
    watcher.start()
    last: dict[str, Any] = {}
    assert process.stdout is not None
    for line in process.stdout:
        event = _parse_event(line)
        if event is not None:
            last = event
            on_event(event)
    code = process.wait()
    listener.join(timeout=5)
    process.stdout.close()
    if stopped() or code == 130:
        raise InterruptedIndexError("Stopped; the same again goes on where it was.")
    if code > 1 or (code and not last):
        text = said[-1].removeprefix("Error: ") if said else f"The command ended with code {code}."
        raise SourceError(text)
    return last


def _parse_event(line: str) -> dict[str, Any] | None:
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None


def _collect(stream: Any, said: list[str]) -> None:
    with stream:
        for line in stream:
            if line.strip():
                said.append(line.strip())
                del said[:-20]


def _interrupt(process: subprocess.Popen[str], stopped: Callable[[], bool]) -> None:
    while process.poll() is None:
        if stopped():
            process.send_signal(signal.SIGINT if sys.platform != "win32" else signal.SIGTERM)
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
            return
        try:
            process.wait(LOOK)
        except subprocess.TimeoutExpired:
            continue
