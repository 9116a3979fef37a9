"""Whether a cluster has workers: says so while it has none, and ends a run that waits in vain."""

import time
from collections.abc import Callable

from frameatlas.errors import ClusterError
from frameatlas.progress import Progress

REMIND_SECONDS = 60.0
"""After so long without a worker it is said again; then after twice as long, and so on."""

MOST_REMIND_SECONDS = 600.0


class WorkerWatch:
    """Counts workers' threads and the time without any.

    Args:
        progress: Is told that there are none, again and again.
        timeout: Seconds without any worker after which the run ends.
        from_the_first: Whether the time counts before the first worker has come. Those of
            ``--workers`` are started by us and have to come; those of a scheduler may come hours
            after the run has begun, and only a cluster that has lost them is given up.
        clock: Gives seconds that only grow.
    """

    def __init__(
        self,
        progress: Progress,
        timeout: float,
        *,
        from_the_first: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._progress, self._timeout, self._clock = progress, timeout, clock
        self._ours, self._had_some = from_the_first, False
        self._since: float | None = None
        self._remind_at = self._interval = 0.0

    def count(self, threads: int) -> None:
        """Take note of how many threads all workers together have now.

        Raises:
            ClusterError: There has been none for too long.
        """
        now = self._clock()
        if threads:
            self._had_some, self._since = True, None
            return
        if self._since is None:
            self._since, self._interval = now, REMIND_SECONDS
            self._remind_at = now + self._interval
            self._progress.note(f"Waiting for workers: the scheduler has none. {self._end()}")
            return
        if self._ends and now - self._since >= self._timeout:
            raise ClusterError(self._given_up())
        if now >= self._remind_at:
            minutes = round((now - self._since) / 60)
            self._progress.note(
                f"Still waiting for workers: none for {max(1, minutes)} min. {self._end()}"
            )
            self._interval = min(2 * self._interval, MOST_REMIND_SECONDS)
            self._remind_at = now + self._interval

    @property
    def _ends(self) -> bool:
        return self._ours or self._had_some

    def _end(self) -> str:
        if not self._ends:
            return "The run goes on when the first one comes."
        return f"The run ends after {self._timeout:g} s without any."

    def _given_up(self) -> str:
        if self._ours:
            return (
                "Expected the processes of --workers to stay. Received: none is left. What is done "
                "is kept: give the same command again, with fewer workers or without the option."
            )
        return (
            f"Expected the scheduler's workers to stay. Received: none for {self._timeout:g} s. "
            "What is done is kept: start workers and give the same command again; "
            "--worker-timeout sets how long it waits."
        )
