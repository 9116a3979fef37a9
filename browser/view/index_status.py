"""Whether another process writes the atlas at this moment, and how far it is."""

import json
import os
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from frameatlas.store.lock import LOCK_FILE
from frameatlas.store.manifest import Manifest


@dataclass(frozen=True)
class Indexing:
    """An index run by another process.

    Attributes:
        done: New sources that it has finished.
        under_way: Sources that it is reading.
        since: When it began, in seconds since 1970.
    """

    done: int
    under_way: int
    since: float

    def text(self) -> str:
        """One sentence for the page."""
        clock = time.strftime("%H:%M", time.localtime(self.since))
        return (
            f"The atlas is being written since {clock}: {self.done} new sources done, "
            f"{self.under_way} under way."
        )


def indexing(folder: Path, manifest: Manifest | None) -> Indexing | None:
    """Who holds the lock says so in it; nothing is locked to find out.

    Args:
        folder: The atlas' folder.
        manifest: What is known of it, to tell new sources from old ones.

    Returns:
        The run; None where there is none, or only one that was killed.
    """
    try:
        owner = json.loads((folder / LOCK_FILE).read_text(encoding="utf-8"))
        process, host, since = int(owner["process"]), str(owner["host"]), float(owner["since"])
        time.localtime(since)  # the page shows it
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None
    if host == socket.gethostname() and not _runs(process):
        return None
    known = {source.id for source in manifest.sources} if manifest else set()
    try:
        names = {path.name for path in (folder / "sources").iterdir()}
    except OSError:
        names = set()
    begun = [name for name in names if name.startswith(".building-")]
    done = [name for name in names - known if not name.startswith(".")]
    return Indexing(len(done), len(begun), since)


def _runs(process: int) -> bool:
    """Whether a process is alive; true where the system does not say."""
    if os.name != "posix" or process < 1:
        return process > 0
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
