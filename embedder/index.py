"""Indexing: from files to an atlas, in steps that a crash cannot undo."""

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TextIO

import numpy as np

from frameatlas.atlas import MANIFEST, Atlas, open_atlas
from frameatlas.embedder.build.disk_estimate import check_space, estimate
from frameatlas.embedder.build.hardware_choice import decoded_by, versions_of
from frameatlas.embedder.build.indexed import Indexed
from frameatlas.embedder.build.noted_progress import NotedProgress
from frameatlas.embedder.build.output_folder import prepare_output, removed_if_refused
from frameatlas.embedder.build.pipeline import BuildContext, build_key, default_jobs, kept_frames
from frameatlas.embedder.build.sampling import begun_sample, sampled
from frameatlas.embedder.build.source_builder import any_made, find_finished_source
from frameatlas.embedder.build.time_estimate import TimeEstimate
from frameatlas.embedder.describe.choice import Choice
from frameatlas.embedder.describe.engine import open_engine
from frameatlas.embedder.describe.memory import spare_memory
from frameatlas.embedder.describe.vectors import unmatched
from frameatlas.embedder.describe_words import add_words, kept_words
from frameatlas.embedder.finish_sources import finish_sources
from frameatlas.embedder.map.draw_map import draw_map, extend_map
from frameatlas.embedder.media.frame_sink import FrameSettings
from frameatlas.embedder.sources.carried_places import carried_places, rows_to_keep
from frameatlas.embedder.sources.discovery import Found, find_sources, passed_over_text
from frameatlas.embedder.sources.excluded import excluded_sources, say_excluded
from frameatlas.embedder.sources.exclusions import Exclusions, kept_patterns
from frameatlas.embedder.sources.kept_sources import (
    forget_replaced,
    leave_out_silent,
    put_back_unreplaced,
    put_repaired,
)
from frameatlas.embedder.sources.matching import Matching, match_sources
from frameatlas.embedder.sources.pruning import prune_sources, refuse_lost_disks, remove_leftovers
from frameatlas.embedder.sources.repair import broken_sources, forget_repaired, say_broken
from frameatlas.embedder.sources.replaced import Replaced
from frameatlas.embedder.sources.tasks import Task
from frameatlas.embedder.workers.this_process import ThisProcess, Workforce
from frameatlas.embedder.workers.workforce import workforce
from frameatlas.errors import FormatError, InterruptedIndexError, NewerFormatError, NoAtlasError
from frameatlas.options import IndexOptions
from frameatlas.progress import NullProgress, Progress, Stopped
from frameatlas.store.atomic import write_text
from frameatlas.store.lock import lock_atlas
from frameatlas.store.manifest import Made, Manifest, Source


def index_videos(
    paths: Sequence[str | Path],
    output: str | Path,
    *,
    options: IndexOptions | None = None,
    progress: Progress | None = None,
    stopped: Stopped = lambda: False,
    stdin: TextIO | None = None,
) -> Indexed:
    """Turn videos and photos into an atlas, or add them to one; dates and subtitles are read, too.

    Args:
        paths: Files, folders, globs, "@list.txt", or "-" for paths on standard input.
        output: The atlas' folder; made where there is none.
        options: Frame rate, height, layout and so on.
        progress: Is told what happens.
        stopped: Looked at often; once it gives True, the run stops and keeps its work.
        stdin: Where "-" reads paths from.

    Returns:
        What was done, with the atlas opened.

    Raises:
        InputError: The paths or the wish cannot be meant.
        LockedError: Another process is writing this atlas.
        SpaceError: The disk is full, or too small for the estimate.
        ClusterError: There is no scheduler at the wish's address, or it went away.
        InterruptedIndexError: ``stopped`` gave True; the same call goes on from there.
    """
    started = time.monotonic()
    folder = Path(output).absolute()
    options, progress = options or IndexOptions(), progress or NullProgress()
    progress.stage("looking", None, "")
    if options.low_memory:
        spare_memory()
    exclusions = Exclusions((*kept_patterns(folder), *options.exclude))
    found = find_sources([str(path) for path in paths], stdin, folder, exclusions, stopped)
    if found.skipped:
        progress.note(f"{found.skipped} skipped: {passed_over_text(found)}.")
    with workforce(options, progress, stopped) as force, removed_if_refused(folder):
        run = IndexRun(folder, options, progress, stopped, force)
        run.exclude, run.found = exclusions.patterns, found
        run.photos = [file.absolute() for photos in found.photos for file in photos.files]
        prepare_output(folder, options)
        with lock_atlas(folder):
            run.progress = NotedProgress(progress, folder)
            done = run.index(match_sources(run.open(), found, options.hwaccel, stopped), started)
    finish_sources(folder, progress, stopped)
    return done


class IndexRun:
    """One index run; the atlas is locked."""

    def __init__(
        self,
        folder: Path,
        options: IndexOptions,
        progress: Progress,
        stopped: Stopped,
        force: Workforce | None = None,
    ) -> None:
        self.folder, self.options, self.progress, self.stopped = folder, options, progress, stopped
        self.force = force or ThisProcess()
        self.atlas: Atlas | None = None
        self.earlier: Made | None = None
        self.photos: list[Path] = []
        self.exclude: tuple[str, ...] = ()
        self.found: Found | None = None

    def open(self) -> Atlas | None:
        """The atlas that is added to, as the last finished run left it.

        A damaged manifest is written anew from what each source says of itself.
        """
        try:
            self.atlas = open_atlas(self.folder)
            # A run that failed before its first source was whole binds nobody to its settings.
            begun = self.atlas.manifest.sources or any_made(self.folder / "sources")
            self.earlier = self.atlas.manifest.made if begun else None
        except NoAtlasError:
            self.earlier = any_made(self.folder / "sources")
        except NewerFormatError:
            raise
        except FormatError as error:
            self.earlier = any_made(self.folder / "sources")
            self.progress.note(f"{error} It is written anew; the map is drawn again.")
        return self.atlas

    def index(
        self,
        matching: Matching,
        started: float,
        *,
        refit: bool | None = None,
        prune: bool | None = None,
    ) -> Indexed:
        """Read what is to be read, draw the map where needed, and write the manifest.

        Args:
            matching: What is kept, and what is to be read.
            started: When the run began, by ``time.monotonic``.
            refit: Draw the map anew; None as in the options.
            prune: Remove what is not in ``matching``; None as in the options.
        """
        refit = self.options.refit if refit is None else refit
        prune = self.options.prune if prune is None else prune
        choice = Choice(self.options, self.earlier, self.folder, self.photos)
        made = choice.made
        if self.earlier is None:
            self._write(Manifest(made))
        if prune:
            refuse_lost_disks(matching.kept, self.found, force=self.options.force)
        pruned, broken = self._tidy(matching, prune)
        settings = FrameSettings(made.fps, made.height)
        time_estimate = TimeEstimate(settings, partial(choice.open_any, open_engine), self.stopped)
        tasks = broken + sampled(matching.tasks, self._sample(matching.tasks, made, time_estimate))
        tasks = decoded_by(tasks, settings, self.progress, self.stopped)
        built = self._build(tasks, choice, settings, time_estimate)
        repaired = {source.id: source for source in built[: len(broken)]}
        added, silent = leave_out_silent(built[len(broken) :], self.found)
        for source in matching.failed:
            self.progress.source(source)
        old = self.atlas.manifest.sources if self.atlas else ()
        before, replaced = put_back_unreplaced(old, matching.kept, matching.replaced, added)
        kept, moved_back = put_repaired(before, repaired)
        sources = (*kept, *moved_back, *added, *matching.failed)
        if choice.vectors and (left := unmatched(choice.vectors, sources, self.photos)):
            self.progress.note(left)
        words = kept_words(self.atlas, self.folder, sources)
        manifest = Manifest(made, sources, None, versions_of(tasks), words=words)
        redrawn = self._draw(manifest, kept, replaced, refit)
        remove_leftovers(self.folder, manifest, everything=prune)
        forget_replaced(self.folder, replaced, manifest, self.progress)
        forget_repaired(self.folder, manifest)
        add_words(self.folder, manifest, self.progress, self.stopped)
        built = [*built[: len(broken)], *added, *(s for s in matching.damaged if s in kept)]
        failed = [s for s in (*built, *matching.failed) if s.status != "ok"]
        return Indexed(
            open_atlas(self.folder),
            tuple(added),
            tuple(failed),
            matching.known,
            matching.moved,
            pruned,
            redrawn,
            time.monotonic() - started,
            silent + (self.found.skipped if self.found else 0),
        )

    def _tidy(self, matching: Matching, prune: bool) -> tuple[int, list[Task]]:
        """Forget what is to be pruned; find what is damaged on disk and can be made again."""
        excluded = excluded_sources(self.folder, matching.kept, self.found, self.exclude)
        if not prune:
            say_excluded(excluded, self.progress)
        pruned = prune_sources(matching, self.progress, excluded) if prune else 0
        others = [source for source in matching.kept if source.id not in matching.again]
        broken, lost = broken_sources(self.folder, others, self.options.hwaccel)
        broken += matching.again.values()
        say_broken(broken, lost, self.progress)
        return pruned, broken

    def _sample(self, tasks: list[Task], made: Made, time_estimate: TimeEstimate) -> str:
        """Which frames of new videos are looked at; an interrupted run's choice stays."""
        if self.options.sample != "auto":
            return self.options.sample
        begun = begun_sample(self.folder / "sources", tasks, made)
        return begun or time_estimate.choose_sample(tasks, self.progress)

    def _build(
        self,
        tasks: list[Task],
        choice: Choice,
        settings: FrameSettings,
        time_estimate: TimeEstimate,
    ) -> list[Source]:
        """Read and describe; sources that an interrupted run finished are taken over."""
        sources, made = self.folder / "sources", choice.made
        adopted = {
            task.id: replace(source, path=task.source.path)
            for task in tasks
            if (source := find_finished_source(sources, task.id, made, task.source.sample))
        }
        todo = [task for task in tasks if task.id not in adopted]
        if adopted:
            self.progress.note(f"Sources that an interrupted run had finished: {len(adopted)}.")
        if choice.said:
            self.progress.note(choice.said)
        network = choice.network() if todo else None
        expected = estimate(todo, settings, self.stopped, made.dimension)
        force, new = self.options.force, self.earlier is None
        space = check_space(expected.total, self.folder, force=force, store=made.store, new=new)
        if todo:
            self.progress.note(space)
        shop = BuildContext(
            sources=sources,
            settings=settings,
            made=made,
            key=build_key(made),
            open_engine=lambda: choice.open(open_engine),
            jobs=self.options.jobs or (1 if self.options.low_memory else default_jobs()),
            stopped=self.stopped,
            vectors=choice.vectors,
            network=network,
        )
        here = isinstance(self.force, ThisProcess)
        kept = sum(kept_frames(todo, shop)) if here else 0
        if here and (said := time_estimate.sentence(todo, expected, kept)):
            self.progress.note(said)
        self.progress.stage("describing", round(expected.total.frames), "frames", kept)
        for source in self.force.build(todo, shop, self.progress):
            adopted[source.id] = source
            self.progress.source(source)
            self.progress.expect(expected.finished(source.id, source.frames))
        return [adopted[task.id] for task in tasks]

    def _draw(
        self, manifest: Manifest, kept: Sequence[Source], replaced: Sequence[Replaced], refit: bool
    ) -> bool:
        """Draw or extend the map where needed and write the manifest; True where drawn anew."""
        atlas = Atlas(self.folder, manifest)
        if not len(atlas):
            self._write(manifest)
            return False
        rows = None if refit else rows_to_keep(self.atlas, kept, self.progress)
        if rows is None or self.atlas is None:
            record = draw_map(
                atlas, self.options.layout, self.progress, self._check, self.force.chunks
            )
        elif np.array_equal(rows, np.arange(len(atlas))) and len(self.atlas) == len(atlas):
            assert self.atlas.manifest.map is not None
            record = replace(self.atlas.manifest.map, sources=len(manifest.sources))
        else:
            carried = carried_places(self.atlas, replaced, atlas) if replaced else None
            record = extend_map(self.atlas, rows, atlas, self.progress, self._check, carried)
        self._write(replace(manifest, map=record))
        return rows is None

    def _check(self) -> None:
        if self.stopped():
            raise InterruptedIndexError("The run was stopped.")

    def _write(self, manifest: Manifest) -> None:
        write_text(self.folder / MANIFEST, replace(manifest, exclude=self.exclude).to_json())
