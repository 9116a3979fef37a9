"""Which frames of new videos are looked at: all, or key frames only."""

from collections.abc import Sequence
from dataclasses import replace

from frameatlas.embedder.sources.tasks import Task, VideoTask


def sampled(tasks: Sequence[Task], sample: str) -> list[Task]:
    """The same tasks, their videos to be looked at as is asked for.

    Args:
        tasks: New sources; those that are made again keep to what they were.
        sample: "all" or "key".
    """
    return [
        replace(task, source=replace(task.source, sample=sample))
        if isinstance(task, VideoTask)
        else task
        for task in tasks
    ]
