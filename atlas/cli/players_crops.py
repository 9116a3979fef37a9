"""``frameatlas players``: from recordings to an atlas of their crops, a game, and who is who."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from frameatlas.atlas import MANIFEST, read_manifest
from frameatlas.cli.arguments import stopping_on_interrupt
from frameatlas.cli.learning.describe_game import describe_learned, masked_colour
from frameatlas.cli.tracks.crop_task import crop_task
from frameatlas.errors import InputError, InterruptedIndexError, LockedError
from frameatlas.options import IndexOptions
from frameatlas.plurals import count_of
from frameatlas.progress import NullProgress, Progress
from frameatlas.store.atomic import remove_folder, translate_os_errors
from frameatlas.store.lock import lock_atlas

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from frameatlas.atlas import Atlas
    from frameatlas.reid.crops.game import Game
    from frameatlas.reid.crops.recordings import Recording
    from frameatlas.reid.identify.identities import Identities
    from frameatlas.reid.identify.options import PlayersOptions
    from frameatlas.reid.report.options import ReportOptions
    from frameatlas.reid.statistics.statistics import GameStatistics

TABLES = "tables"
"""Folder of what is known of each recording's crops beside their pixels."""

CROPS_A_SECOND = 5.0
"""What the atlas tells of its rate: one crop in five frames of 25 a second."""

SHORT_SIDE = 128
"""Pixels across of a crop's frame; it is twice as high."""

_CORRECTIONS = "corrections.yaml"


@dataclass(frozen=True, eq=False)
class FoundPlayers:
    """Who is who in a game.

    Attributes:
        game: The recordings, and the atlas of their crops.
        identities: Who each tracklet is, and how sure that is.
        options: How they were found; with the corrections that held.
        statistics: Of each player, where they were asked for.
    """

    game: "Game"
    identities: "Identities"
    options: "PlayersOptions"
    statistics: "GameStatistics | None" = None


def find_players(
    recordings: Sequence["Recording"],
    output: str | Path,
    options: "PlayersOptions | None" = None,
    *,
    index: IndexOptions | None = None,
    corrections: Path | None = None,
    report: "ReportOptions | None" = None,
    progress: Progress | None = None,
) -> FoundPlayers:
    """Find one identity for each person in a game, and write it down: what ``players`` does.

    In the main thread Ctrl-C stops it while crops are read; the same call goes on from there.

    Args:
        recordings: Videos with their tracks, as ``frameatlas.reid.open_recordings`` gives them.
        output: Folder of the result: an atlas of crops, with players.csv, contact sheets and more.
        options: How identities are to be found.
        index: Engine, weights and force are looked at.
        corrections: A file of what the user knows better; None takes the one that the folder keeps.
        report: What is to be written beside who is who, such as statistics.
        progress: Is told what happens.

    Raises:
        InputError: The output is another atlas, or the corrections contradict themselves.
        SourceError: A video cannot be read.
        LockedError: Another process is writing there.
        InterruptedIndexError: It was stopped; what is done is kept.
    """
    from frameatlas.reid.crops.people import people_of
    from frameatlas.reid.identify.options import PlayersOptions
    from frameatlas.reid.report.outputs import write_outputs

    folder, progress = Path(output), progress or NullProgress()
    refuse_other_atlas(folder)
    made = replace(index or IndexOptions(), fps=CROPS_A_SECOND, height=SHORT_SIDE)
    atlas = index_crops(recordings, folder, made, progress)
    with lock_atlas(folder):  # a page saves no corrections before these are written
        wanted = replace(options or PlayersOptions(), people=people_of(recordings))
        learned = describe_learned(recordings, atlas, folder / TABLES, wanted, progress)
        colour = masked_colour(recordings, atlas, folder / TABLES, wanted, progress)
        game = game_of(recordings, atlas, folder, learned)
        if colour is not None:
            colours = colour[game.order].astype("float32")
            game = replace(game, crops=replace(game.crops, colour=colours))
        options = with_corrections(wanted, folder, corrections)
        game = _with_cameras(game, options, progress)
        found = _identify(game, options, progress)
        _keep_corrections(folder, options, corrections)
        statistics = _statistics(game, found, report, progress)
        write_outputs(folder, game, found, options, report, statistics)
    return FoundPlayers(game, found, options, statistics)


def refuse_other_atlas(folder: Path) -> None:
    """An atlas that is written to has to be one of players, if only a begun one."""
    if not (folder / MANIFEST).exists() or (folder / TABLES).is_dir():
        return
    manifest = read_manifest(folder)
    made = (manifest.made.fps, manifest.made.height)
    if manifest.frames or made != (CROPS_A_SECOND, SHORT_SIDE):
        raise InputError(
            f"Expected {folder} to be an atlas of players or not to exist. Received: another "
            "atlas; choose another output with -o."
        )


def with_corrections(
    options: "PlayersOptions", folder: Path, given: Path | None
) -> "PlayersOptions":
    """Options with the corrections as they are now: a page may have saved some meanwhile."""
    from frameatlas.players.corrections import read_corrections

    kept = folder / _CORRECTIONS
    file = given or (kept if kept.exists() else None)
    return options if file is None else replace(options, corrections=read_corrections(file))


def _with_cameras(game: "Game", options: "PlayersOptions", progress: Progress) -> "Game":
    """Each shot of a cut film with its camera; where blocks of time are asked for, these alone."""
    from frameatlas.reid.crops.cut_films import with_cameras

    if options.segments is not None and options.cameras is None:
        return game
    told = with_cameras(game, options.cameras)
    of_film = {shots.recording: shots for shots in told.shots}
    for number, recording in enumerate(game.recordings):
        shots = of_film.get(number)
        cameras, cuts = (shots.cameras, len(shots.first)) if shots else (1, 1)
        if shots and cameras > 1:
            progress.note(f"{recording.pictures.path}: {shots.words()}")
        if cameras < (options.cameras or 1):
            progress.note(
                f"{recording.pictures.path}: Expected at least {options.cameras} shots for "
                f"--cameras {options.cameras}. Received: {cuts} by its tracks; it counts as "
                f"{count_of(cameras, 'camera')}."
            )
    return told


def _identify(game: "Game", options: "PlayersOptions", progress: Progress) -> "Identities":
    from frameatlas.reid.identify.identify import identify

    crops, how = game.crops, options
    if options.learn:
        from frameatlas.cli.learning.learn_game import learn_game

        crops, how = learn_game(crops, options, progress)
    progress.stage("players", None, "")
    found = identify(crops, how)
    for note in found.notes:
        progress.note(note)
    return found


def _statistics(
    game: "Game", found: "Identities", report: "ReportOptions | None", progress: Progress
) -> "GameStatistics | None":
    if report is None or not report.stats:
        return None
    from frameatlas.reid.statistics.statistics import game_statistics

    statistics = game_statistics(game, found, report.court)
    for note in statistics.notes:
        progress.note(note)
    return statistics


def _keep_corrections(folder: Path, options: "PlayersOptions", given: Path | None) -> None:
    """Keep corrections of another file for later runs, before the players that they make.

    Those that are kept already are left alone: a page may have saved newer ones this very moment.
    """
    from frameatlas.players.corrections import write_corrections
    from frameatlas.store.atomic import write_text

    kept = folder / _CORRECTIONS
    if given is None or (kept.exists() and kept.samefile(given)):
        return
    if not kept.exists():
        write_text(kept, given.read_text(encoding="utf-8-sig"))
    write_corrections(kept, options.corrections)


def index_crops(
    recordings: Sequence["Recording"], folder: Path, options: IndexOptions, progress: Progress
) -> "Atlas":
    """The atlas of crops, made or brought up to date; nothing that is whole is read again."""
    from frameatlas.embedder.index_given import index_given

    _forget_without_table(recordings, folder)
    tasks = [crop_task(recording, folder / TABLES) for recording in recordings]
    try:
        with stopping_on_interrupt() as stopped:
            done = index_given(tasks, folder, options=options, progress=progress, stopped=stopped)
    except InterruptedIndexError as error:
        raise InterruptedIndexError(
            f"Stopped. What is done is kept in {folder}: give the same command again to go on."
        ) from error
    _refuse_nothing(done.atlas)
    return done.atlas


def game_of(
    recordings: Sequence["Recording"],
    atlas: "Atlas",
    folder: Path,
    learned: "NDArray[np.float16] | None" = None,
) -> "Game":
    """Recordings and their crops, put together; the folder is locked.

    Args:
        recordings: The recordings.
        atlas: The atlas of their crops.
        folder: Its folder.
        learned: What a trained descriptor says of each frame of the atlas; or None.

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
    return open_game(recordings, atlas, loaded, learned)


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
            # RECORDING.h5, and RECORDING.DESCRIPTOR.h5
            known = path.suffix == ".h5" and path.stem.split(".")[0] in loaded
            if path.is_file() and (not known or path.name.startswith(".")):
                path.unlink()


def _refuse_nothing(atlas: "Atlas") -> None:
    if not len(atlas):
        reasons = "; ".join(f"{Path(s.path).name}: {s.reason}" for s in atlas.sources)
        raise InputError(f"Expected crops of people. Received: none; {reasons or 'no source'}.")
