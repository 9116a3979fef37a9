"""Sources that wait for a worker, in their order, and how often each was handed out."""

from collections import deque
from collections.abc import Sequence

from frameatlas.embedder.sources.tasks import Task

ATTEMPTS = 3
"""Times that a source is handed out where a worker failed in some way without dying."""


class TaskQueue:
    """What is still to be handed out.

    A source under which several workers died waits until no other is out, so that it cannot take
    others down with it.

    Args:
        tasks: What is to be built, in order.
    """

    def __init__(self, tasks: Sequence[Task]) -> None:
        self._waiting, self._alone = deque(tasks), deque[Task]()
        self._set_apart: set[str] = set()
        self._attempts: dict[str, int] = {}

    def __len__(self) -> int:
        """Sources that wait."""
        return len(self._waiting) + len(self._alone)

    def next(self, out: int, most: int) -> Task | None:
        """The next to hand out while so many are out; None where none may be.

        Args:
            out: Sources that are handed out now.
            most: Sources that may be.
        """
        if self._waiting:
            return self._begin(self._waiting.popleft()) if out < most else None
        return self._begin(self._alone.popleft()) if self._alone and not out else None

    def _begin(self, task: Task) -> Task:
        self._attempts[task.id] = self._attempts.get(task.id, 0) + 1
        return task

    def give_back(self, task: Task) -> None:
        """Have a source wait again as if it had never been handed out."""
        self._attempts[task.id] -= 1
        (self._alone if task.id in self._set_apart else self._waiting).append(task)

    def retry(self, task: Task) -> bool:
        """Have a source wait again that failed; False where it was tried often enough."""
        again = self._attempts[task.id] < ATTEMPTS
        if again:
            self._waiting.append(task)
        return again

    def set_apart(self, task: Task) -> bool:
        """Have a source wait to be tried alone; False where it was already."""
        apart = task.id not in self._set_apart
        if apart:
            self._set_apart.add(task.id)
            self._alone.append(task)
        return apart
