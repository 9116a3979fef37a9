"""An atlas of frames that somebody else makes, brought up to date."""

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from frameatlas.embedder.build.indexed import Indexed
from frameatlas.embedder.build.output_folder import prepare_output
from frameatlas.embedder.index import IndexRun
from frameatlas.embedder.sources.given_task import GivenTask
from frameatlas.embedder.sources.matching import Matching
from frameatlas.embedder.sources.tasks import Task
from frameatlas.errors import InputError
from frameatlas.options import IndexOptions
from frameatlas.progress import NullProgress, Progress, Stopped
from frameatlas.store.lock import lock_atlas
from frameatlas.store.manifest import Source
from frameatlas.store.notes.damage_record import is_whole, read_damage


def index_given(
    given: Sequence[GivenTask],
    output: str | Path,
    *,
    options: IndexOptions,
    progress: Progress | None = None,
    stopped: Stopped = lambda: False,
) -> Indexed:
    """Make an atlas that holds exactly these sources, or bring one to that.

    Args:
        given: The sources, in the order of their frames.
        output: The atlas' folder; made where there is none.
        options: Frame rate and height as they will be told; engine and weights; the layout. The map
            is drawn anew where the sources are not those that it shows.
        progress: Is told what happens.
        stopped: Looked at often; once it gives True, the run stops and keeps its work.

    Raises:
        InputError: The output is no atlas, or one that was made in another way.
        LockedError: Another process is writing this atlas.
        SpaceError: The disk is full.
        InterruptedIndexError: ``stopped`` gave True; the same call goes on from there.
    """
    if options.scheduler is not None or options.workers is not None:
        raise InputError(
            "Expected no scheduler and no workers for frames that this process makes. Received: "
            f"{options.scheduler or options.workers}. Leave the option out."
        )
    started = time.monotonic()
    folder = Path(output).absolute()
    prepare_output(folder, options)
    with lock_atlas(folder):
        run = IndexRun(folder, options, progress or NullProgress(), stopped)
        atlas = run.open()
        known = {source.id: source for source in atlas.manifest.sources} if atlas else {}
        kept, tasks = _sort_out(given, known, folder)
        same = [source.id for source in kept] == list(known)
        matching = Matching(kept, tasks, known=len(kept))
        return run.index(matching, started, refit=bool(tasks) or not same, prune=True)


def _sort_out(
    given: Sequence[GivenTask], known: dict[str, Source], folder: Path
) -> tuple[list[Source], list[Task]]:
    """Sources that the atlas has whole, under the paths that are given, and those to be read."""
    kept: list[Source] = []
    tasks: list[Task] = []
    suspects = read_damage(folder)
    for task in given:
        source = known.get(task.id)
        if (
            source is not None
            and source.frames
            and is_whole(folder / "sources" / task.id, source, suspects)
        ):
            kept.append(replace(source, path=task.source.path, digest=task.source.digest))
        else:
            tasks.append(task)
    return kept, tasks
