"""Looking what there is takes minutes where files are many or far away: it ends when asked to."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from frameatlas.errors import InterruptedIndexError
from frameatlas.progress import Stopped

Item = TypeVar("Item")


def until_stopped(items: Iterable[Item], stopped: Stopped) -> Iterator[Item]:
    """Each of some files, as long as nobody wants the run to stop.

    Raises:
        InterruptedIndexError: ``stopped`` gave True.
    """
    for item in items:
        if stopped():
            raise InterruptedIndexError(
                "The run was stopped while it looked for files; it has written nothing."
            )
        yield item
