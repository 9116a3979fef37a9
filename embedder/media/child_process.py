"""A child that answers questions about files, and is ended where one costs too much."""

import json
import os
import subprocess
import sys
from select import select
from typing import IO, Any, cast

from frameatlas.errors import InterruptedIndexError
from frameatlas.progress import Stopped

_LOOK_SECONDS = 0.1
"""How often whoever waits looks whether the run was stopped."""

PROGRAM = """
import sys
from importlib.util import find_spec, module_from_spec

wing = find_spec("frameatlas.embedder")
sys.modules[wing.name] = module_from_spec(wing)
from frameatlas.embedder.media.look_child import main

main()
"""
"""``python -m frameatlas.embedder.media.look_child`` would first import all that the wing exports,
which a look at a file does not need and which takes twice as long as the rest of the start."""


class ChildEndedError(Exception):
    """The child is gone: the system ended it, or it crashed."""


class LookChild:
    """A process of ``look_child``, one question at a time."""

    def __init__(self) -> None:
        """Start it."""
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", PROGRAM],  # -P: no module is taken from where we are
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C in the terminal is for us
        )

    def ask(
        self, question: dict[str, Any], seconds: float, stopped: Stopped
    ) -> tuple[dict[str, Any], bytes]:
        """Put a question and wait for the answer.

        Args:
            question: What ``look_child`` takes.
            seconds: How long the answer may take.
            stopped: True once the user wants the run to stop.

        Returns:
            The answer, and the bytes that followed it.

        Raises:
            ChildEndedError: There is none, since the child ended.
            TimeoutError: There is none in time.
            InterruptedIndexError: The user stopped the run.
        """
        try:
            pipe = _pipe(self._process.stdin)
            pipe.write(json.dumps(question).encode() + b"\n")
            pipe.flush()
        except OSError as error:
            raise ChildEndedError from error
        left = [seconds]
        got = bytearray()
        while b"\n" not in got:
            got += self._some(left, stopped)
        head, _, rest = bytes(got).partition(b"\n")
        answer: dict[str, Any] = json.loads(head)
        arrays = bytearray(rest)
        while len(arrays) < int(answer["bytes"]):
            arrays += self._some(left, stopped)
        return answer, bytes(arrays)

    def _some(self, left: list[float], stopped: Stopped) -> bytes:
        """The next bytes, waiting as long as seconds are left."""
        out = _pipe(self._process.stdout).fileno()
        while not select([out], [], [], _LOOK_SECONDS)[0]:
            left[0] -= _LOOK_SECONDS
            if stopped():
                raise InterruptedIndexError("The run was stopped while a file was looked at.")
            if left[0] < 0:
                raise TimeoutError
        piece = os.read(out, 1 << 20)
        if not piece:
            raise ChildEndedError
        return piece

    def end(self) -> int:
        """End it, whatever it is at; its exit status, negative where a signal had ended it."""
        status = self._process.poll()
        if status is None:
            self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            _pipe(pipe).close()
        return self._process.returncode if status is None else status


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    return cast(IO[bytes], pipe)
