"""Work on several threads whose results come back in order, few at a time in memory."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class OrderedWork:
    """Threads that work ahead by a bounded number of items.

    Args:
        jobs: Threads.
        ahead: Items that may wait or be worked on at the same time.
    """

    def __init__(self, jobs: int, ahead: int | None = None) -> None:
        self._pool = ThreadPoolExecutor(jobs, thread_name_prefix="poster")
        self._ahead = ahead or jobs + 1

    def map(self, work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """``work`` of every item, in their order."""
        pending: deque[Future[Result]] = deque()
        for item in items:
            pending.append(self._pool.submit(work, item))
            if len(pending) >= self._ahead:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()

    def close(self) -> None:
        """End the threads; what has not begun is dropped."""
        self._pool.shutdown(cancel_futures=True)
