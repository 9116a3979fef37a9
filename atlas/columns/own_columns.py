"""Columns that every atlas has: where each frame comes from, and where it lies."""

from collections.abc import Iterator

import numpy as np

from frameatlas.atlas import Atlas
from frameatlas.bins.stored import frames_of, read_bins
from frameatlas.columns.frame_column import FrameColumn, text_column
from frameatlas.players.tables import holds_players, read_player_tables
from frameatlas.shots import Shots
from frameatlas.subtitles.said import Speech


def place_columns(atlas: Atlas) -> list[FrameColumn]:
    """Number of each frame, its source, file, time and place on the map.

    Columns: ``frame``, ``source`` (its id), ``path`` (the video or photo), ``seconds`` (none for
    photos), ``pts``, ``x`` and ``y`` in [-1, 1], ``code_x`` and ``code_y``.
    """
    numbers = atlas.source_numbers
    photos = np.array([source.kind == "photos" for source in atlas.sources], bool)
    seconds = np.where(photos[numbers], np.nan, atlas.seconds) if len(atlas) else atlas.seconds
    return [
        FrameColumn("frame", "whole", np.arange(len(atlas), dtype=np.int64)),
        FrameColumn("source", "text", numbers, tuple(source.id for source in atlas.sources)),
        _paths(atlas),
        FrameColumn("seconds", "number", seconds),
        FrameColumn("pts", "whole", atlas.pts),
        *(FrameColumn(n, "number", atlas.coordinates[:, i]) for i, n in enumerate(("x", "y"))),
        *(FrameColumn(f"code_{n}", "number", atlas.code[:, i]) for i, n in enumerate(("x", "y"))),
    ]


def shot_column(atlas: Atlas) -> FrameColumn:
    """Column ``shot``: the shot's place in its video, from 0; NaN where shots are not known."""
    shots = Shots(atlas)
    values = np.full(len(atlas), np.nan)
    for number in range(len(atlas.sources)):
        for shot in shots.of_source(number):
            values[shot.frames.start : shot.frames.stop] = shot.number
    return FrameColumn("shot", "whole", values)


def said_columns(atlas: Atlas) -> Iterator[FrameColumn]:
    """Column ``said``: the subtitles that are shown with each frame, where there are any.

    Raises:
        DamagedAtlasError: A file of subtitles is not what was written.
    """
    speech = Speech(atlas)
    if speech.known:
        yield text_column("said", speech.texts())


def bins_column(atlas: Atlas) -> Iterator[FrameColumn]:
    """Column ``bins``: the names of all bins that each frame is in, where there are any.

    Raises:
        DamagedAtlasError: The file of bins is not what was written.
    """
    bins = read_bins(atlas.folder)
    if not bins.frames:
        return
    codes = np.full(len(atlas), -1, np.int32)
    labels: dict[tuple[str, ...], int] = {}
    for name, rows in bins.frames.items():
        frames = frames_of(atlas, rows)
        known = list(labels)
        for code in np.unique(codes[frames]):
            names = (*(known[code] if code >= 0 else ()), name)
            place = labels.setdefault(names, len(labels))
            codes[frames[codes[frames] == code]] = place
    yield FrameColumn("bins", "texts", codes, tuple(labels))


def player_columns(atlas: Atlas) -> Iterator[FrameColumn]:
    """Columns ``player``, ``tracklet`` and ``team``, where the atlas is one of players.

    Raises:
        FormatError: Files of players are damaged.
        DamagedAtlasError: The same.
    """
    if not holds_players(atlas.folder):
        return
    tables = read_player_tables(atlas.folder)
    owners = tables.owners
    if len(owners.player) != len(atlas):
        return
    yield FrameColumn("player", "text", owners.player.astype(np.int32), owners.players)
    yield FrameColumn("tracklet", "text", owners.tracklet.astype(np.int32), owners.tracklets)
    team = tables.team[owners.tracklet].astype(np.float64)
    yield FrameColumn("team", "whole", np.where(team > 0, team, np.nan))


def _paths(atlas: Atlas) -> FrameColumn:
    """The video of each frame, or the photo itself."""
    paths: list[str] = []
    codes = np.zeros(len(atlas), np.int32)
    for number, source in enumerate(atlas.sources):
        own = atlas.range_of(number)
        part = codes[own.start : own.stop]
        if source.kind == "photos":
            part[:] = len(paths) + np.arange(len(own))
            paths += [str(atlas.origins[frame].path) for frame in own]
        else:
            part[:] = len(paths)
            paths.append(source.path)
    return FrameColumn("path", "text", codes, tuple(paths))
