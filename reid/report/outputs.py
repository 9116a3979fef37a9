"""What a search for identities leaves in its folder, beside the atlas of crops.

players.csv          one row a tracklet: tracklet, player, team, confidence
players.json         settings, error estimate, least certain decisions, segments; sizes and digests
tracks/CAMERA.txt    the boxes with players as ids, for TrackEval
boxes/CAMERA.csv     the boxes with players, teams and tracklets, with a header
stats.csv            with --stats: one row a player; more in statistics/
sheets/player-1.jpg  a contact sheet of each player
crops.h5             player, tracklet and piece (segment) of every frame of the atlas
corrections.yaml     the user's corrections, taken again by the next run

All are written beside and put into their places together, players.json last: what an earlier run
found stays until the disk holds the whole of the new.
"""

import csv
import io
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameatlas.players.integrity import vouching
from frameatlas.players.tables import CROPS, HEADER, NOBODY, REPORT, TABLE, CropOwners, write_owners
from frameatlas.reid.crops.game import Game
from frameatlas.reid.identify.identities import IGNORED, UNASSIGNED, Identities
from frameatlas.reid.identify.options import PlayersOptions
from frameatlas.reid.report.box_files import write_boxes, write_boxes_csv
from frameatlas.reid.report.contact_sheet import choose_crops, contact_sheet, save_sheet
from frameatlas.reid.report.options import ReportOptions
from frameatlas.reid.report.players_report import player_name, report
from frameatlas.reid.statistics.player_boxes import player_boxes, segments_at
from frameatlas.reid.statistics.statistics import GameStatistics
from frameatlas.reid.statistics.write_statistics import FOLDER, STATS, write_statistics
from frameatlas.reid.tracks.mot import write_mot
from frameatlas.safe_text import spreadsheet_cell
from frameatlas.store.atomic import sync_file, sync_folder, translate_os_errors, write_text

SHEETS = "sheets"
TRACKS = "tracks"
BOXES = "boxes"
TABLES = "tables"
"""Folders; the last is of what is known of each recording's crops, see ``crop_table``."""

_BUILDING = ".building-players"
_OLD = ".old-"


def write_outputs(
    folder: Path,
    game: Game,
    found: Identities,
    options: PlayersOptions,
    wanted: ReportOptions | None = None,
    statistics: GameStatistics | None = None,
) -> None:
    """Write everything that was found into the atlas' folder, which is locked.

    Args:
        folder: The folder.
        game: The game.
        found: Who is who.
        options: How that was found.
        wanted: What is to be written beside it.
        statistics: Of the players, where they are wanted.
    """
    wanted = wanted or ReportOptions()
    built = folder / _BUILDING
    with translate_os_errors(folder):
        shutil.rmtree(built, ignore_errors=True)  # of a run that was killed
        try:
            for name in (SHEETS, TRACKS, BOXES):
                (built / name).mkdir(parents=True)
            _write(built, game, found, wanted, statistics)
            content = report(game, found, options)
            content["settings"] |= wanted.to_json()
            text = vouching(content, _files(built, folder, game))
            write_text(built / REPORT, text)
            _publish(built, folder)
        finally:
            shutil.rmtree(built, ignore_errors=True)


def _write(
    built: Path,
    game: Game,
    found: Identities,
    wanted: ReportOptions,
    statistics: GameStatistics | None,
) -> None:
    write_text(built / TABLE, players_table(game, found))
    boxes = player_boxes(game, found)
    for number, recording in enumerate(game.recordings):
        name = file_name(recording.tracks.camera, number, len(game.recordings))
        players = _box_players(game, found, number)
        write_mot(built / TRACKS / f"{name}.txt", recording.tracks, players)
        write_boxes_csv(built / BOXES / f"{name}.csv", boxes[number], game, found)
        for kind in wanted.boxes:
            write_boxes(kind, built / BOXES / name, boxes[number], game, found)
    if statistics is not None:
        pictures = [recording.pictures for recording in game.recordings]
        write_statistics(built, statistics, pictures)
    write_owners(built / CROPS, owners(game, found))
    for name, sheet in sheets(game, found):
        save_sheet(built / SHEETS / f"{name}.jpg", sheet)
        sync_file(built / SHEETS / f"{name}.jpg")


def _files(built: Path, folder: Path, game: Game) -> dict[str, Path]:
    """Where all files lie that the report vouches for, by their path in the atlas' folder."""
    made = [path for path in built.rglob("*") if path.is_file()]
    tables = [f"{TABLES}/{recording.id}.h5" for recording in game.recordings]
    return {
        **{path.relative_to(built).as_posix(): path for path in made},
        **{name: folder / name for name in tables if (folder / name).exists()},
    }


def _publish(built: Path, folder: Path) -> None:
    """Put all into their places; the old folders go with what was built."""
    for name in (SHEETS, TRACKS, BOXES, FOLDER):
        if (folder / name).exists():
            (folder / name).rename(built / f"{_OLD}{name}")
        if (built / name).exists():
            (built / name).rename(folder / name)
    for name in (TABLE, CROPS, STATS, REPORT):
        if (built / name).exists():
            (built / name).replace(folder / name)
        else:
            (folder / name).unlink(missing_ok=True)  # statistics of an earlier run
    sync_folder(folder)


def players_table(game: Game, found: Identities) -> str:
    """The text of ``players.csv``."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for number, name in enumerate(game.crops.tracklets.names):
        team = found.team[number]
        writer.writerow(
            [
                name,
                spreadsheet_cell(player_name(found, int(found.player[number]))),
                team + 1 if team >= 0 else "",
                f"{found.confidence[number]:.3f}",
            ]
        )
    return text.getvalue()


def sheets(game: Game, found: Identities) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Name and picture of each player's contact sheet, and of those who are nobody's."""
    player = crop_players(game, found)
    crops, tracklets = game.crops, game.crops.tracklets
    boxes = game.atlas.boxes

    def take(crop: int) -> NDArray[np.uint8]:
        frame = int(game.order[crop])
        x, y, width, height = (int(value) for value in boxes[frame])
        return game.atlas.frames[frame][y : y + height, x : x + width]

    for number in [*range(found.count), UNASSIGNED]:
        own = np.flatnonzero(player == number)
        if not len(own):
            continue
        own = own[np.lexsort((crops.frame[own], tracklets.sequence[crops.tracklet[own]]))]
        chosen = choose_crops(own, crops.tracklet[own], crops.quality[own])
        labels = [tracklets.names[crops.tracklet[crop]] for crop in chosen]
        seen = len(np.unique(crops.tracklet[own]))
        name = player_name(found, number)
        who = f"Player {name}" if number >= 0 else "Unassigned"
        title = f"{who}: {seen} tracklet{'s' * (seen > 1)}"
        file = NOBODY if number < 0 else f"player-{number + 1}"
        yield file, contact_sheet(take, chosen, labels, title)


def crop_players(game: Game, found: Identities) -> NDArray[np.int64]:
    """int64 of shape (n,): the player on each crop."""
    crops = game.crops
    return _at(found, crops.tracklet, crops.frame)


def _at(
    found: Identities, tracklet: NDArray[np.int64], frame: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The player of a tracklet at a frame, for many of them: that of the segment it lies in."""
    return found.segments.player[segments_at(found, tracklet, frame)]


def _box_players(game: Game, found: Identities, number: int) -> NDArray[np.int64]:
    """Id of each box of a recording: 1, 2, … for players, numbers of their own for nobody's."""
    tracks = game.recordings[number].tracks
    names = np.flatnonzero(game.crops.tracklets.sequence == number)
    ids = np.unique(tracks.track[tracks.track >= 0])
    known = tracks.track >= 0
    tracklet = names[np.searchsorted(ids, tracks.track[known])]
    player = _at(found, tracklet, tracks.frame[known])
    out = np.zeros(len(tracks), np.int64)
    nobody = np.where(player == IGNORED, 0, found.count + 1 + tracklet)  # 0 is not written
    out[known] = np.where(player >= 0, player + 1, nobody)
    return out


def owners(game: Game, found: Identities) -> CropOwners:
    """Whose every frame of the atlas is, for whoever colours, sorts or corrects them."""
    crops, tracklets, segments = game.crops, game.crops.tracklets, found.segments
    segment = segments_at(found, crops.tracklet, crops.frame)
    place = np.empty(len(game.order), np.int64)
    place[game.order] = np.arange(len(game.order))
    player = np.maximum(segments.player, UNASSIGNED)  # the corrections say who is ignored
    named = {"tracklet": segments.tracklet, "first": segments.first, "last": segments.last}
    return CropOwners(
        player[segment][place],
        crops.tracklet[place],
        segment[place],
        crops.frame[place],
        {**named, "player": player},
        segments.confidence,
        tracklets.names,
        tracklets.camera,
        tracklets.cameras,
        found.names,
    )


def file_name(camera: str, number: int, files: int) -> str:
    """A name that can name a file: the camera's, with its place where there are several."""
    safe = re.sub(r"[^\w.-]+", "_", camera).strip("._") or "camera"
    return f"{number + 1}-{safe}" if files > 1 else safe
