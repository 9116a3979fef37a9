"""What a search for players leaves in its folder, as values: who is who, segment by segment.

players.csv       one row a tracklet: tracklet, player, team, confidence
players.json      for people and programs: decisions, recordings, settings, error estimate
crops.h5          player, tracklet, piece and picture of every frame of the atlas; all pieces
                  (the file's word for segments)
corrections.yaml  the user's corrections, taken again by the next run
"""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import DamagedAtlasError, FormatError
from frameatlas.players.corrections import Corrections
from frameatlas.players.integrity import read_report, refuse_changed, unreadable
from frameatlas.plurals import count_of
from frameatlas.store.atomic import sync_file, translate_os_errors
from frameatlas.store.hdf5_reader import dataset_of, open_table
from frameatlas.store.hdf5_writer import new_table
from frameatlas.store.json_fields import Fields

TABLE = "players.csv"
REPORT = "players.json"
CROPS = "crops.h5"
CORRECTIONS = "corrections.yaml"
HEADER = ("tracklet", "player", "team", "confidence")
NOBODY = "unassigned"
"""What the player of a tracklet is called that nothing links to anybody."""

IGNORED = "ignored"
"""What the player of a tracklet is called that the user leaves out."""

_NUMBERS = {"player": "player", "tracklet": "tracklet", "piece": "segment", "picture": "picture"}
"""Columns of ``crops.h5`` with a row for each frame, and where ``CropOwners`` holds them."""

_SEGMENTS = ("tracklet", "first", "last", "player")
_FARTHEST = 2**53
"""Above every frame of a video: a page's numbers are exact below it."""

_MOST_TEAMS = 1000
_AT_ONCE = 1 << 26
"""Bytes of names that are read at once, at most: many may lie in one place of a file."""


@dataclass(frozen=True, eq=False)
class CropOwners:
    """Whose crops the n frames of an atlas are, by p segments of t tracklets.

    Attributes:
        player: int64 of shape (n,): -1 unassigned.
        tracklet: int64 of shape (n,).
        segment: int64 of shape (n,): the segment of its tracklet that each frame lies in.
        picture: int64 of shape (n,): the video's frame that each was cut from.
        segments: "tracklet", "first", "last" and "player", int64 of shape (p,): the segments, by
            tracklet, then by time; a segment is its tracklet's from frame first to frame last.
        confidence: float64 of shape (p,) in [0, 1].
        tracklets: Names of the tracklets.
        camera: int64 of shape (t,): number of each tracklet's camera.
        cameras: Their names.
        players: Names of the players.
    """

    player: NDArray[np.int64]
    tracklet: NDArray[np.int64]
    segment: NDArray[np.int64]
    picture: NDArray[np.int64]
    segments: Mapping[str, NDArray[np.int64]]
    confidence: NDArray[np.float64]
    tracklets: tuple[str, ...]
    camera: NDArray[np.int64]
    cameras: tuple[str, ...]
    players: tuple[str, ...]


@dataclass(frozen=True)
class Doubt:
    """One of the least certain decisions.

    Attributes:
        tracklet: Name of the tracklet.
        first: First frame of its segment.
        other: Name of the next best player, or "unassigned".
        margin: How much nearer the chosen player is, in [0, 1].
    """

    tracklet: str
    first: int
    other: str
    margin: float


@dataclass(frozen=True, eq=False)
class PlayerTables:
    """All that was found of a game.

    Attributes:
        owners: Whose crops the frames are.
        team: int64 of shape (t,): 1, 2, …; 0 where it is not known.
        doubts: The least certain decisions, the least certain first.
        recordings: "video", "tracks" and "camera" of each recording.
        settings: Options of the run, by name.
        applied: Corrections that the run took.
        sources: Ids of the atlas' sources that hold the frames, in their order.
        other_kits: Names of players in another kit than both teams, of whom a role is to be asked.
    """

    owners: CropOwners
    team: NDArray[np.int64]
    doubts: tuple[Doubt, ...]
    recordings: tuple[Mapping[str, str], ...]
    settings: Mapping[str, Any]
    applied: Corrections
    sources: tuple[str, ...] = ()
    other_kits: tuple[str, ...] = ()


def holds_players(folder: Path) -> bool:
    """Whether a folder is what ``frameatlas players`` wrote, be it damaged."""
    return any((folder / name).is_file() for name in (REPORT, CROPS))


def read_player_tables(folder: Path) -> PlayerTables:
    """Read what a search for players wrote.

    Raises:
        FormatError: A file is damaged, of another version, or of another run than the others.
    """
    report, stored = read_report(folder / REPORT)
    refuse_changed(folder, stored, (TABLE, CROPS))
    owners = read_owners(folder / CROPS)
    recordings = report.objects("recordings")
    settings = report.object("settings").values
    return PlayerTables(
        owners,
        _teams(folder / TABLE, len(owners.tracklets)),
        tuple(_doubt(fields) for fields in report.objects("least_certain")),
        tuple({k: r.text(k) for k in ("video", "tracks", "camera")} for r in recordings),
        settings,
        _apply(settings.get("corrections") or {}),
        tuple(report.texts("sources")),
        tuple(report.texts("other_kits")) if "other_kits" in report.values else (),
    )


def write_owners(path: Path, owners: CropOwners) -> None:
    """Write ``crops.h5``, whole or not at all."""
    beside = path.with_name(f".{path.name}.new")
    with translate_os_errors(path):
        with new_table(beside) as file:
            for name, held in _NUMBERS.items():
                file[name] = getattr(owners, held)
            for name in _SEGMENTS:
                file[f"pieces/{name}"] = owners.segments[name]
            file["pieces/confidence"] = owners.confidence
            file["tracklet_camera"] = owners.camera
            _write_names(file, "player_names", owners.players)
            _write_names(file, "tracklet_names", owners.tracklets)
            _write_names(file, "camera_names", owners.cameras)
        sync_file(beside)
        beside.replace(path)


def read_owners(path: Path) -> CropOwners:
    """Read ``crops.h5``, in no more memory than a few times the file.

    Raises:
        FormatError: It is damaged, or lacks something.
    """
    try:
        with open_table(path) as file:
            player, tracklet, segment, picture = (
                _column(file, name, path, "iu").astype(np.int64) for name in _NUMBERS
            )
            owners = CropOwners(
                player,
                tracklet,
                segment,
                picture,
                {n: _column(file, f"pieces/{n}", path, "iu").astype(np.int64) for n in _SEGMENTS},
                _column(file, "pieces/confidence", path, "f").astype(np.float64),
                _names(file, "tracklet_names", path),
                _column(file, "tracklet_camera", path, "iu").astype(np.int64),
                _names(file, "camera_names", path),
                _names(file, "player_names", path),
            )
    except (DamagedAtlasError, OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
        raise unreadable(path, "one that cannot be read, or of an older version") from error
    if not _agree(owners):
        raise unreadable(path, "tables that do not agree")
    return owners


def _agree(owners: CropOwners) -> bool:
    counts = {len(getattr(owners, held)) for held in _NUMBERS.values()}
    sizes = {len(owners.segments[name]) for name in _SEGMENTS} | {len(owners.confidence)}
    limits = (
        (owners.player, -1, len(owners.players)),
        (owners.tracklet, 0, len(owners.tracklets)),
        (owners.segment, 0, len(owners.confidence)),
        (owners.segments["tracklet"], 0, len(owners.tracklets)),
        (owners.segments["player"], -1, len(owners.players)),
        (owners.camera, 0, len(owners.cameras)),
        (owners.segments["first"], -_FARTHEST, _FARTHEST),
        (owners.segments["last"], owners.segments["first"], _FARTHEST),
        (owners.confidence, 0, np.nextafter(1, 2)),
    )
    if len(counts) != 1 or len(sizes) != 1 or len(owners.camera) != len(owners.tracklets):
        return False
    whole = len(np.unique(owners.segments["tracklet"])) == len(owners.tracklets)
    return whole and all(((a >= least) & (a < most)).all() for a, least, most in limits)


def _teams(path: Path, tracklets: int) -> NDArray[np.int64]:
    """Team of each tracklet, int64 of shape (t,), 0 where it is not known.

    Rows are known by their place: a name may be written otherwise for spreadsheets.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            teams = [int(row["team"] or 0) for row in csv.DictReader(file)]
    except (OSError, ValueError, KeyError, TypeError, csv.Error) as error:
        raise unreadable(path, "another table") from error
    if len(teams) != tracklets:
        raise unreadable(path, f"{count_of(len(teams), 'tracklet')}, not {tracklets}")
    if not all(0 <= team <= _MOST_TEAMS for team in teams):
        raise unreadable(path, "a team that is none")
    return np.array(teams, np.int64)


def _doubt(fields: Fields) -> Doubt:
    return Doubt(
        fields.text("tracklet"),
        fields.integer("first", least=-(2**62)),
        fields.text("other"),
        fields.number("margin"),
    )


def _apply(values: Mapping[str, Any]) -> Corrections:
    try:
        return Corrections(
            tuple(tuple(map(str, group)) for group in values.get("merge", ())),
            tuple(tuple(map(str, group)) for group in values.get("not_same", ())),
            tuple((str(name), int(frame)) for name, frame in values.get("split", ())),
            tuple((str(name), str(to)) for name, to in values.get("rename", ())),
            tuple((str(name), str(role)) for name, role in values.get("role", ())),
            tuple(str(name) for name in values.get("ignore", ())),
        )
    except (TypeError, ValueError, OverflowError, AttributeError) as error:
        shown = json.dumps(values)[:80]
        raise FormatError(
            f"Expected {REPORT}, settings, corrections, to be lists. Received: {shown}."
        ) from error


def _write_names(file: h5py.File, key: str, names: Sequence[str]) -> None:
    file[key] = np.array([name.encode() for name in names], h5py.string_dtype())


def _column(file: h5py.File, key: str, path: Path, kinds: str) -> NDArray[Any]:
    """A list of numbers of NumPy's kinds, of shape (n,)."""
    dataset = dataset_of(file, key, path)
    if dataset.ndim != 1 or dataset.dtype.kind not in kinds:
        raise ValueError(f"{key} of {dataset.dtype}, {dataset.shape}")
    return np.asarray(dataset[:])


def _names(file: h5py.File, key: str, path: Path) -> tuple[str, ...]:
    """A list of names, together no longer than the file: entries may lie in one another."""
    dataset = dataset_of(file, key, path)
    if dataset.ndim != 1:
        raise ValueError(f"{key} of shape {dataset.shape}")
    size = path.stat().st_size
    step = max(1, _AT_ONCE // max(1, size))
    names: list[str] = []
    left = size
    for start in range(0, len(dataset), step):
        some = dataset.asstr()[start : start + step].tolist()
        left -= sum(map(len, some))
        if left < 0:
            raise ValueError(f"{key} longer than the file")
        names += some
    return tuple(names)
