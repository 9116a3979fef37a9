"""How far a cluster is: what its workers say meanwhile, added up for the user."""

import threading
from contextlib import suppress
from typing import Any

from frameatlas.progress import Progress


class ClusterProgress:
    """What workers say, by source. ``hear`` may be called from another thread.

    Args:
        progress: Is told how many frames are described.
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._done_frames = 0
        self._reports: dict[str, tuple[int, str]] = {}
        self._lock = threading.Lock()

    def hear(self, event: tuple[float, Any]) -> None:
        """Take a worker's word on how far it is; comes in Dask's own thread."""
        _, report = event
        with self._lock, suppress(KeyError, TypeError, ValueError):
            self._reports[str(report["id"])] = int(report["described"]), str(report["label"])

    def forget(self, task_id: str) -> None:
        """Drop what was said of a source that has ended."""
        with self._lock:
            self._reports.pop(task_id, None)

    def finish(self, frames: int) -> None:
        """Count the frames of a source that is finished."""
        self._done_frames += frames

    def step(self, handed_out: set[str]) -> None:
        """Tell the user how far all is; of sources that are not handed out nothing counts."""
        with self._lock:
            now = [report for key, report in self._reports.items() if key in handed_out]
        label = now[0][1] if now else ""
        if len(now) > 1:
            label += f" and {len(now) - 1} more"
        self._progress.step(self._done_frames + sum(done for done, _ in now), label)
