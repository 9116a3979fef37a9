"""Which frames of new videos are looked at: all, or key frames only."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from frameatlas.embedder.build.pipeline import build_key, source_key
from frameatlas.embedder.build.source_builder import begun_frames, find_finished_source
from frameatlas.embedder.sources.tasks import Task, VideoTask
from frameatlas.store.manifest import Made


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


def begun_sample(sources: Path, tasks: Sequence[Task], made: Made) -> str:
    """What an interrupted run chose for these sources: "key"; "" where nothing tells.

    Args:
        sources: The atlas' ``sources`` folder.
        tasks: New sources.
        made: How frames and features are made.
    """
    key = build_key(made)
    for task in tasks:
        if not isinstance(task, VideoTask):
            continue
        finished = find_finished_source(sources, task.id, made)
        wanted = replace(task, source=replace(task.source, sample="key"))
        begun = begun_frames(sources, task.id, source_key(key, wanted))
        if begun or (finished is not None and finished.sample == "key"):
            return "key"
    return ""
