"""What several commands share: which atlas is meant, and stopping with Ctrl-C."""

import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from frameatlas.errors import InputError, NoAtlasError
from frameatlas.missing_paths import is_unmatched, missing
from frameatlas.safe_text import say

Stopped = Callable[[], bool]


def resolve_atlas(given: str | None) -> Path:
    """The atlas that a command is about: the one that was named, or the only one here.

    Args:
        given: The argument, or None.

    Raises:
        NoAtlasError: None was named and there are none, or several, in this folder.
    """
    if given is not None:
        if is_unmatched(given):
            raise NoAtlasError(
                f"Expected an atlas. Received: {given}, a pattern that matches no folder; name "
                "one, or make one with `frameatlas index VIDEOS`."
            )
        return Path(given)
    here = sorted(path for path in Path().glob("*.atlas") if path.is_dir())
    if len(here) == 1:
        say(f"Taking {here[0]}.", err=True)
        return here[0]
    found = ", ".join(str(path) for path in here) or "none"
    remedy = "name one of them" if here else "make one with `frameatlas index VIDEOS`, or name it"
    raise NoAtlasError(f"Expected one *.atlas folder here. Received: {found}; {remedy}.")


def refuse_missing(paths: Iterable[str | Path], expected: str) -> None:
    """Refuse files that are not there, before anything is opened or loaded.

    Args:
        paths: As they were typed.
        expected: What they should be, for the message.

    Raises:
        InputError: One of them is not there, or is a pattern without a match.
    """
    for path in map(str, paths):
        if not os.path.lexists(path):
            raise InputError(f"Expected {expected}. Received: {missing(path)}")


@contextmanager
def stopping_on_interrupt() -> Iterator[Stopped]:
    """Have Ctrl-C once stop a run cleanly, and twice at once.

    Yields:
        A function that gives True once the user wants to stop.
    """
    if threading.current_thread() is not threading.main_thread():  # it alone hears of signals
        yield lambda: False
        return
    wanted = False

    def interrupted(number: int, frame: FrameType | None) -> None:
        nonlocal wanted
        del frame
        if wanted:
            os._exit(130)
        wanted = True
        with suppress(OSError, RuntimeError):  # nobody reads; or a line is being printed right now
            say("\nStopping after this step; Ctrl-C again stops at once.", err=True)
        del number

    before = {s: signal.signal(s, interrupted) for s in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: wanted
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
