"""One run of FFmpeg: raw bytes from its output, lines from its error, and an end to waiting."""

import io
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import IO, Self, cast

from frameatlas.errors import InterruptedIndexError, SourceError
from frameatlas.progress import Stopped

STALL_SECONDS = 60.0
"""A source that makes no progress for so long is given up."""

MOST_LINES = 10_000
"""Lines between two bytes of output that count as progress: something that only talks is none."""

_LONGEST_LINE = 65_536

_WATCH_INTERVAL = 0.1
"""Seconds between two looks at the clock."""


class VideoProcess:
    """Runs a command in a process group of its own and never leaves it behind.

    A second thread reads the lines of its error output, a third watches: it ends the group when
    the user stops the run, or when neither bytes nor lines came for ``stall_seconds``. Time
    during which nobody asks for bytes does not count: the describing may be behind.
    """

    def __init__(
        self,
        command: Sequence[str],
        on_line: Callable[[str], None],
        *,
        stopped: Stopped,
        stall_seconds: float = STALL_SECONDS,
    ) -> None:
        """Start the command.

        Args:
            command: Program and arguments; no shell is involved.
            on_line: Called from another thread with each line of error output.
            stopped: True once the user wants the run to stop.
            stall_seconds: Seconds without progress after which the command is given up.
        """
        self.stalled = False
        self.interrupted = False
        self._on_line = on_line
        self._stopped = stopped
        self._stall_seconds = stall_seconds
        self._progress = time.monotonic()
        self._waiting = False
        self.rest = 0
        """Bytes with which the output ended and that filled no buffer."""
        self._lines = 0
        self._ended = threading.Event()
        self._process = _start(command)
        self._threads = (
            threading.Thread(target=self._read_lines, daemon=True, name="ffmpeg-lines"),
            threading.Thread(target=self._watch, daemon=True, name="ffmpeg-watch"),
        )
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def read_into(self, buffer: memoryview) -> bool:
        """Fill a buffer with the next bytes of output.

        Returns:
            Whether it was filled; False at the end of the output, whatever the reason.

        Raises:
            InterruptedIndexError: The user stopped the run.
        """
        filled = 0
        self._progress = time.monotonic()
        self._waiting = True
        try:
            while filled < len(buffer):
                # One read at a time, so that the watch sees progress within a frame.
                count = _pipe(self._process.stdout).readinto1(buffer[filled:])
                if count == 0:
                    break
                filled += count
                self._progress = time.monotonic()
                self._lines = 0
        finally:
            self._waiting = False
        self.rest = filled % len(buffer)
        if self.interrupted or self._stopped():
            raise InterruptedIndexError("The run was stopped; run the same command to go on.")
        return filled == len(buffer)

    @property
    def said_all(self) -> bool:
        """Whether no more lines come."""
        return not self._threads[0].is_alive()

    def wait(self) -> int:
        """Wait for the end, after the output has ended, and return the exit status.

        The watch goes on meanwhile: a command may close its output and then hang.
        """
        self._progress = time.monotonic()
        self._waiting = True
        status = self._process.wait()
        self.close()
        return status

    def close(self) -> None:
        """End the command if it still runs, and collect what is left of it."""
        self._ended.set()
        if self._process.poll() is None:
            self._kill()
        self._process.wait()
        for thread in self._threads:
            thread.join()
        _pipe(self._process.stdout).close()
        _pipe(self._process.stderr).close()

    def _read_lines(self) -> None:
        errors = _pipe(self._process.stderr)
        while line := errors.readline(_LONGEST_LINE):
            self._lines += 1
            if self._lines <= MOST_LINES:
                self._progress = time.monotonic()
            self._on_line(line.decode("utf-8", "replace").rstrip())

    def _watch(self) -> None:
        while not self._ended.wait(_WATCH_INTERVAL):
            self.interrupted = self._stopped()
            quiet = time.monotonic() - self._progress
            self.stalled = self._waiting and quiet > self._stall_seconds
            if self.interrupted or self.stalled:
                self._kill()
                return

    def _kill(self) -> None:
        """End the whole group: a wrapper script's child must not hold the pipes open."""
        try:
            if os.name == "posix":
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()
        except (ProcessLookupError, PermissionError):
            pass


def _start(command: Sequence[str]) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # Ctrl-C in the terminal is for us: we end FFmpeg once the frame is stored.
            start_new_session=True,
        )
    except OSError as error:
        raise SourceError(f"FFmpeg could not be started ({error.strerror})") from error


def _pipe(pipe: IO[bytes] | None) -> io.BufferedReader:
    assert pipe is not None
    return cast(io.BufferedReader, pipe)
