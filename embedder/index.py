"""Indexing: from files to an atlas, in steps that a crash cannot undo."""

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TextIO

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import MANIFEST, Atlas, open_atlas
from frameatlas.embedder.build.disk_estimate import check_space, estimate
from frameatlas.embedder.build.indexed import Indexed
from frameatlas.embedder.build.output_folder import prepare_output
from frameatlas.embedder.build.pipeline import BuildContext, default_jobs
from frameatlas.embedder.build.source_builder import any_made, find_finished_source
from frameatlas.embedder.build.versions import library_versions
from frameatlas.embedder.describe.engine import engine_choice, open_engine
from frameatlas.embedder.describe.weights import find_packaged_weights, weights_digest
from frameatlas.embedder.map.draw_map import draw_map, extend_map
from frameatlas.embedder.media.frame_sink import FrameSettings
from frameatlas.embedder.sources.carried_places import carried_places
from frameatlas.embedder.sources.discovery import find_sources
from frameatlas.embedder.sources.kept_sources import put_back_unreplaced, put_repaired
from frameatlas.embedder.sources.matching import Matching, match_sources
from frameatlas.embedder.sources.pruning import prune_sources, remove_leftovers
from frameatlas.embedder.sources.repair import broken_sources, forget_repaired, map_is_whole
from frameatlas.embedder.sources.replaced import Replaced
from frameatlas.embedder.sources.tasks import Task
from frameatlas.embedder.workers.this_process import ThisProcess, Workforce
from frameatlas.embedder.workers.workforce import workforce
from frameatlas.errors import (
    FormatError,
    InputError,
    InterruptedIndexError,
    NewerFormatError,
    NoAtlasError,
)
from frameatlas.options import IndexOptions
from frameatlas.progress import NullProgress, Progress, Stopped
from frameatlas.store.atomic import remove_folder, write_text
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
    """Turn videos and photos into an atlas, or add them to one.

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
    found = find_sources([str(path) for path in paths], stdin, folder)
    with workforce(options, progress, stopped) as force:
        run = IndexRun(folder, options, progress, stopped, force)
        prepare_output(folder, options)
        with lock_atlas(folder):
            return run.index(match_sources(run.open(), found, options.hwaccel), started)


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
        made = self._made()
        if self.earlier is None:
            self._write(Manifest(made))
        pruned, broken = self._tidy(matching, prune)
        tasks = broken + matching.tasks
        settings = FrameSettings(made.fps, made.height)
        built = self._build(tasks, made, settings)
        repaired = {source.id: source for source in built[: len(broken)]}
        added = built[len(broken) :]
        for source in matching.failed:
            self.progress.source(source)
        old = self.atlas.manifest.sources if self.atlas else ()
        before, replaced = put_back_unreplaced(old, matching.kept, matching.replaced, added)
        kept, moved_back = put_repaired(before, repaired)
        sources = (*kept, *moved_back, *added, *matching.failed)
        manifest = Manifest(made, sources, None, library_versions())
        redrawn = self._draw(manifest, kept, replaced, refit)
        remove_leftovers(self.folder, manifest, everything=prune)
        self._forget_replaced(replaced, manifest)
        forget_repaired(self.folder, manifest)
        known = [s for s in matching.damaged if s in kept]
        failed = [s for s in (*built, *matching.failed, *known) if s.status != "ok"]
        return Indexed(
            open_atlas(self.folder),
            tuple(added),
            tuple(failed),
            matching.known,
            matching.moved,
            pruned,
            redrawn,
            time.monotonic() - started,
        )

    def _forget_replaced(self, replaced: Sequence[Replaced], manifest: Manifest) -> None:
        """Say which files have another content now, and remove what was stored of the old one."""
        names = {source.id for source in manifest.sources}
        for old in replaced:
            self.progress.note(
                f"{old.path}: another content under a known name; its new frames take the place of "
                "the old ones, and those that are the same stay where they are."
            )
            if old.source.id not in names:
                remove_folder(self.folder / "sources" / old.source.id)

    def _made(self) -> Made:
        """How frames and features are made: the atlas' own way, which options cannot change."""
        options = self.options
        weights = weights_digest(options.weights or find_packaged_weights())
        engine = engine_choice(options.engine)
        made = self.earlier
        if made is None:
            return Made(options.fps or 3.0, options.height or 300, weights, engine)
        for option, wished, own in (
            ("--fps", options.fps, made.fps),
            ("--height", options.height, made.height),
            ("--weights", weights, made.weights),
        ):
            if wished is not None and wished != own:
                raise InputError(
                    f"Expected {option} {own} as in {self.folder}. Received: {wished}. Leave the "
                    "option out, or make another atlas with -o."
                )
        return replace(made, engine=engine)

    def _tidy(self, matching: Matching, prune: bool) -> tuple[int, list[Task]]:
        """Forget what is to be pruned; find what is damaged on disk and can be made again."""
        pruned = 0
        if prune:
            pruned = prune_sources(matching)
        others = [source for source in matching.kept if source.id not in matching.again]
        broken, lost = broken_sources(self.folder, others, self.options.hwaccel)
        broken += matching.again.values()
        for task in broken:
            self.progress.note(f"{task.label}: its stored frames are damaged and made again.")
        for source in lost:
            self.progress.note(
                f"{source.path}: its stored frames are damaged, and what they were made from was "
                "not found. Give it again, or forget it with --prune once it is gone for good."
            )
        return pruned, broken

    def _build(self, tasks: list[Task], made: Made, settings: FrameSettings) -> list[Source]:
        """Read and describe; sources that an interrupted run finished are taken over."""
        sources = self.folder / "sources"
        adopted = {
            task.id: replace(source, path=task.source.path)
            for task in tasks
            if (source := find_finished_source(sources, task.id, made))
        }
        todo = [task for task in tasks if task.id not in adopted]
        if adopted:
            self.progress.note(f"{len(adopted)} sources were finished by an interrupted run.")
        expected = estimate(todo, settings)
        space = check_space(expected.bytes, self.folder, force=self.options.force)
        if todo:
            self.progress.note(space)
        self.progress.stage("describing", round(expected.frames), "frames")
        shop = BuildContext(
            sources=sources,
            settings=settings,
            made=made,
            key=f"{made.fps:g} {made.height} {made.weights} {made.engine}",
            open_engine=lambda: open_engine(made.engine, self.options.weights),
            jobs=self.options.jobs or default_jobs(),
            stopped=self.stopped,
        )
        for source in self.force.build(todo, shop, self.progress):
            adopted[source.id] = source
            self.progress.source(source)
        return [adopted[task.id] for task in tasks]

    def _draw(
        self,
        manifest: Manifest,
        kept: Sequence[Source],
        replaced: Sequence[Replaced],
        refit: bool,
    ) -> bool:
        """Draw or extend the map where needed and write the manifest; True where drawn anew."""
        atlas = Atlas(self.folder, manifest)
        if not len(atlas):
            self._write(manifest)
            return False
        rows = None if refit else self._rows_to_keep(kept)
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

    def _rows_to_keep(self, kept: Sequence[Source]) -> NDArray[np.int64] | None:
        """Rows of the current map that stay, for the frames of the kept sources, in order.

        None where there is no whole map: then one has to be drawn.
        """
        old = self.atlas
        if old is None or old.manifest.map is None:
            return None
        if not map_is_whole(self.folder, old.manifest.map):
            self.progress.note("The map's files are damaged: it is drawn again.")
            return None
        numbers = {source.id: number for number, source in enumerate(old.sources)}
        ranges = [old.range_of(numbers[s.id]) for s in kept if s.frames and s.id in numbers]
        if sum(len(r) for r in ranges) != sum(source.frames for source in kept):
            return None
        return np.concatenate([np.arange(r.start, r.stop) for r in ranges] or [np.arange(0)])

    def _check(self) -> None:
        if self.stopped():
            raise InterruptedIndexError("The run was stopped.")

    def _write(self, manifest: Manifest) -> None:
        write_text(self.folder / MANIFEST, manifest.to_json())
