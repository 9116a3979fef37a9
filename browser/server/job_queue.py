"""Work that takes longer than an answer may: a few workers, progress, results that expire.

By hand, since Celery and its like need a broker beside the page, and a ``concurrent.futures`` pool
has neither progress, nor a limit of what waits, nor results that expire.
"""

import secrets
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from queue import Full, Queue
from threading import Lock, Thread
from typing import Any

from frameatlas.errors import FrameatlasError, InterruptedIndexError, LockedError

WAITING = 8
"""Jobs of a kind that wait at most; more are refused."""

PATIENCE = 10.0
"""Seconds that the end of the process waits for running jobs."""

KEPT_SECONDS = 1_800.0
"""How long a result is kept for whoever asked for it."""

KEPT_JOBS = 32
"""Finished jobs that are kept at most, of those that failed or made a file."""

KEPT_FINDINGS = 256
"""Finished jobs that found something and made no file: some kilobytes each, which links may name.
The newest are kept as long as the server lives."""


@dataclass
class Job:
    """One piece of work.

    Attributes:
        id: What the page asks for it by; nobody can guess it.
        state: "waiting", "running", "done" or "failed".
        share: How far it is, 0 to 1.
        text: One sentence: what it does, what came of it, or why it failed.
        result: What JSON says of it when it is done.
        file: A file to download, with the name that it is given.
        ended: When, on the monotonic clock; None before.
        stopped: Whether nobody waits for it any more; work that can, looks here now and then.
    """

    id: str
    state: str = "waiting"
    share: float = 0.0
    text: str = ""
    result: Any = None
    file: tuple[Path, str] | None = None
    ended: float | None = None
    stopped: bool = False

    @property
    def finding(self) -> bool:
        """Whether it is done and all that it made is its result."""
        return self.state == "done" and self.file is None

    def check_wanted(self) -> None:
        """Raise where nobody waits for it any more."""
        if self.stopped:
            raise InterruptedIndexError("Stopped, since the server ends.")

    def facts(self) -> dict[str, Any]:
        """What the page is told."""
        return {
            "state": self.state,
            "share": round(self.share, 4),
            "text": self.text,
            "result": self.result,
            "file": self.file[1] if self.file else None,
        }


Work = Callable[[Job, Path], None]
"""Does a job: sets share, text, result and file of it; may write into the folder."""


@dataclass
class _Line:
    """The jobs of one kind, one after the other."""

    queue: "Queue[tuple[Job, Work]]" = field(default_factory=lambda: Queue(WAITING))
    worker: Thread | None = None


class Jobs:
    """Does jobs in the background: one of each kind at a time.

    The files of all jobs lie in a temporary folder that goes with this object's ``close``.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._jobs: dict[str, Job] = {}
        self._lines: dict[str, _Line] = {}
        self._folder: Path | None = None

    def submit(self, kind: str, work: Work) -> Job:
        """Queue a job.

        Args:
            kind: Jobs of another kind do not wait for it.
            work: Does it, in another thread.

        Raises:
            LockedError: Too many wait already.
        """
        job = Job(secrets.token_urlsafe(12))
        with self._lock:
            self._forget()
            line = self._lines.setdefault(kind, _Line())
            try:
                line.queue.put_nowait((job, work))
            except Full:
                raise LockedError(
                    f"Expected a free place among {WAITING} waiting. Received: none; "
                    "try again when they are done."
                ) from None
            self._jobs[job.id] = job
            if line.worker is None:
                line.worker = Thread(
                    target=self._run, args=(line,), daemon=True, name=f"frameatlas-{kind}"
                )
                line.worker.start()
        return job

    def get(self, job_id: str) -> Job | None:
        """A job by its id, while it is kept."""
        with self._lock:
            self._forget()
            return self._jobs.get(job_id)

    def close(self) -> None:
        """Stop what runs, wait for it a little, and remove all files.

        A worker that is torn down within native code would take the process down with an abort.
        """
        with self._lock:
            left = [job for job in self._jobs.values() if job.ended is None]
            for job in left:
                job.stopped = True
        end = time.monotonic() + PATIENCE
        while any(job.ended is None for job in left) and time.monotonic() < end:
            time.sleep(0.02)
        with self._lock:
            if self._folder is not None:
                shutil.rmtree(self._folder, ignore_errors=True)
                self._folder = None

    def _run(self, line: _Line) -> None:
        while True:
            job, work = line.queue.get()
            job.state = "running"
            try:
                job.check_wanted()
                work(job, self._place(job))
                job.share, job.state = 1.0, "done"
            except FrameatlasError as error:
                job.text, job.state = str(error), "failed"
            except Exception as error:
                job.text = f"frameatlas met a fault of its own ({type(error).__name__}: {error})."
                job.state = "failed"
            job.ended = time.monotonic()

    def _place(self, job: Job) -> Path:
        with self._lock:
            if self._folder is None:
                self._folder = Path(tempfile.mkdtemp(prefix="frameatlas-jobs-"))
            place = self._folder / job.id
        place.mkdir(parents=True)  # whoever cleans temporary folders may have taken it
        return place

    def _forget(self) -> None:
        """Drop what is too old or too much; holds the lock already."""
        ended = [job for job in self._jobs.values() if job.ended is not None]
        ended.sort(key=lambda job: job.ended or 0.0)
        findings = [job for job in ended if job.finding]
        others = [job for job in ended if not job.finding]
        now = time.monotonic()
        old = [job for job in others if now - (job.ended or now) > KEPT_SECONDS]
        for job in (*old, *others[:-KEPT_JOBS], *findings[:-KEPT_FINDINGS]):
            self._jobs.pop(job.id, None)
            if self._folder is not None:
                shutil.rmtree(self._folder / job.id, ignore_errors=True)
