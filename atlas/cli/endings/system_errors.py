"""What the system refuses, in a sentence each: names, disks, streams and memory."""

import errno
import os
import sys

_SHOWN = 80
"""Characters of a file's name that are shown."""

_NO_MEMORY = (
    "failed to map segment",
    "cannot allocate memory",
    "can't start new thread",
    "std::bad_alloc",
    "bad allocation",
    "error return without exception set",
    "out of memory",
    "oom when allocating",
)
"""How libraries say that there was no memory, where they do not raise ``MemoryError``."""

NO_MEMORY = (
    "Expected enough memory. Received: less than this needs; close other programs, allow it more "
    "(ulimit -v), or give --low-memory to `frameatlas index`."
)


def open_streams() -> None:
    """Have the three standard streams be open, so that no other file gets their numbers.

    What is written to a standard output that was closed fails, as to a full one; notes on a
    standard error that was closed are lost, as whoever closed it wants.
    """
    for number, flags in ((0, os.O_RDONLY), (1, os.O_RDONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            opened = os.open(os.devnull, flags)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


def lacks_memory(error: BaseException | None) -> bool:
    """Whether an error, or one that led to it, says that there was no memory."""
    seen = 0
    while error is not None and seen < 10:
        text = str(error).lower()
        if isinstance(error, MemoryError) or any(words in text for words in _NO_MEMORY):
            return True
        error, seen = error.__cause__ or error.__context__, seen + 1
    return False


def system_sentence(error: OSError) -> str:
    """One sentence for a person about what the system refused."""
    reason = error.strerror or str(error) or type(error).__name__
    if error.filename is None:
        return (
            f"Expected standard output, or a disk, that takes what is written. Received: {reason}. "
            "Send the output elsewhere, or make room."
        )
    name = str(error.filename if isinstance(error.filename, str) else os.fsdecode(error.filename))
    shown = name if len(name) <= _SHOWN else f"{name[: _SHOWN // 2]}…{name[-_SHOWN // 2 :]}"
    if error.errno == errno.ENAMETOOLONG:
        longest = max(len(os.fsencode(part)) for part in name.split("/"))
        return (
            f"Expected a name that this disk can hold, usually 255 bytes. Received: one of "
            f"{longest} ({shown}); choose a shorter one."
        )
    return f"Expected to use {shown}. Received: {reason}. Check it, or name another one."
