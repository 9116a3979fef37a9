"""``frameatlas players``: from recordings to an atlas of their crops, and to a game."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from frameatlas.atlas import read_manifest
from frameatlas.cli.arguments import stopping_on_interrupt
from frameatlas.errors import InputError, InterruptedIndexError, LockedError, SourceError
from frameatlas.options import IndexOptions
from frameatlas.progress import Progress
from frameatlas.store.atomic import remove_folder, translate_os_errors
from frameatlas.store.lock import lock_atlas

if TYPE_CHECKING:
    from frameatlas.atlas import Atlas
    from frameatlas.embedder.media.frame_sink import FrameSink, Outcome
    from frameatlas.embedder.sources.given_task import GivenTask
    from frameatlas.progress import Stopped
    from frameatlas.reid.crops.game import Game
    from frameatlas.reid.crops.recordings import Recording
    from frameatlas.reid.tracks.frame_reader import Pictures

TABLES = "tables"
"""Folder of what is known of each recording's crops beside their pixels."""


def index_crops(
    recordings: Sequence["Recording"], folder: Path, options: IndexOptions, progress: Progress
) -> "Atlas":
    """The atlas of crops, made or brought up to date; nothing that is whole is read again."""
    from frameatlas.embedder.index_given import index_given

    _forget_without_table(recordings, folder)
    tasks = [_task(recording, folder / TABLES) for recording in recordings]
    try:
        with stopping_on_interrupt() as stopped:
            done = index_given(tasks, folder, options=options, progress=progress, stopped=stopped)
    except InterruptedIndexError as error:
        raise InterruptedIndexError(
            f"Stopped. What is done is kept in {folder}: give the same command again to go on."
        ) from error
    _refuse_nothing(done.atlas)
    return done.atlas


def game_of(recordings: Sequence["Recording"], atlas: "Atlas", folder: Path) -> "Game":
    """Recordings and their crops, put together; the folder is locked.

    Raises:
        LockedError: Another run has put other crops there since ``index_crops``.
        DamagedAtlasError: The atlas and what is known of its crops do not agree.
    """
    from frameatlas.reid.crops.crop_table import CropTable
    from frameatlas.reid.crops.game import open_game

    if read_manifest(folder).sources != atlas.manifest.sources:
        raise LockedError(
            f"Expected {folder} to be free for writing. Received: crops that another run has put "
            "there meanwhile. Wait until that is done, then give the same command again."
        )
    loaded: dict[str, CropTable] = {}
    for recording in recordings:
        table = CropTable.load(folder / TABLES / f"{recording.id}.h5")
        if table is not None:
            loaded[recording.id] = table
    _forget_other_tables(folder / TABLES, loaded)
    return open_game(recordings, atlas, loaded)


def _forget_without_table(recordings: Sequence["Recording"], folder: Path) -> None:
    """Forget crops of which nothing more is known, or nothing that is whole: they are cut again."""
    from frameatlas.reid.crops.crop_table import CropTable

    def found() -> list[Path]:
        places = {r.id: folder / "sources" / r.source_id for r in recordings}
        begun = {name: place for name, place in places.items() if place.exists()}
        table = folder / TABLES
        return [p for name, p in begun.items() if CropTable.load(table / f"{name}.h5") is None]

    if found():
        with lock_atlas(folder), translate_os_errors(folder):
            for place in found():
                remove_folder(place)


def _forget_other_tables(tables: Path, loaded: Collection[str]) -> None:
    """Remove those of a video or of tracks that are no longer given, and what a kill left."""
    with translate_os_errors(tables):
        for path in tables.glob("*"):
            if path.is_file() and (path.suffix != ".h5" or path.stem not in loaded):
                path.unlink()


def _refuse_nothing(atlas: "Atlas") -> None:
    if not len(atlas):
        reasons = "; ".join(f"{Path(s.path).name}: {s.reason}" for s in atlas.sources)
        raise InputError(f"Expected crops of people. Received: none; {reasons or 'no source'}.")


def _task(recording: "Recording", tables: Path) -> "GivenTask":
    from frameatlas.embedder.media.frame_sink import Outcome
    from frameatlas.embedder.sources.given_task import GivenTask
    from frameatlas.reid.crops.crops import HEIGHT, WIDTH, read_crops
    from frameatlas.store.digests import text_digest
    from frameatlas.store.manifest import Source

    pictures, plan = recording.pictures, recording.plan

    def give(sink: "FrameSink", stopped: "Stopped") -> "tuple[Outcome, list[str]]":
        table = read_crops(pictures, plan, sink, stopped)
        _refuse_changed(pictures)
        table.save(tables / f"{recording.id}.h5")
        missing = len(plan) - len(table)
        digests = [text_digest(f"{recording.id} {row}") for row in range(len(table))]
        reason = f"{missing} of {len(plan)} crops lie in pictures that cannot be decoded"
        return Outcome("damaged", reason) if missing else Outcome("ok"), (
            digests if pictures.kind == "photos" else []
        )

    source = Source(
        recording.source_id, str(pictures.path), pictures.kind, "ok", "", pictures.digest,
        width=pictures.size[0], height=pictures.size[1],
    )  # fmt: skip
    return GivenTask(source, len(plan), WIDTH * HEIGHT * 3, give)


def _refuse_changed(pictures: "Pictures") -> None:
    """Refuse a video that is another than when it was opened: crops would go by a wrong name.

    One that has gone meanwhile was read whole.
    """
    from frameatlas.reid.tracks.frame_reader import open_pictures

    try:
        changed = open_pictures(pictures.path).digest != pictures.digest
    except SourceError:
        return
    if changed:
        raise SourceError(
            f"{pictures.path.name} changed while it was read; give the same command again when "
            "it is done"
        )
