"""What ``frameatlas players`` wrote, scored against the truth of the same videos."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from frameatlas.errors import FormatError, InputError
from frameatlas.players.integrity import read_report, refuse_changed
from frameatlas.players.tables import CROPS, NOBODY, read_owners
from frameatlas.plurals import count_of
from frameatlas.reid.evaluate.clustering_metrics import IdentityScores
from frameatlas.reid.evaluate.levels import TrueBoxes, score_levels
from frameatlas.reid.evaluate.tracking_metrics import TrackingScores, score_tracking
from frameatlas.reid.identify.identities import UNASSIGNED
from frameatlas.reid.tracks.boxes import intersection_over_union
from frameatlas.reid.tracks.mot import Tracks, read_mot

OVERLAP = 0.5
"""Of two boxes (intersection over union) that are one person's."""


@dataclass(frozen=True, eq=False)
class PlayersScores:
    """How good the players of some videos are.

    Attributes:
        levels: Scores where each tracklet, each crop, each moment counts the same, by level.
        tracking: IDF1, HOTA and their parts, of boxes with players as ids.
        matched: Given boxes that lie on a true one.
        given: Given boxes in the frames that are scored.
        true: True boxes in them.
        frames: Frames that are scored.
        people: True people.
        sparse: Whether the truth labels only some frames, and only these are scored.
    """

    levels: dict[str, IdentityScores]
    tracking: TrackingScores
    matched: int
    given: int
    true: int
    frames: int
    people: int
    sparse: bool


@dataclass(frozen=True, eq=False)
class _Given:
    """Boxes as ``boxes/CAMERA.csv`` has them."""

    frame: NDArray[np.int64]
    player: NDArray[np.int64]
    tracklet: NDArray[np.int64]
    box: NDArray[np.float64]


def score_players(folder: Path, truth: Sequence[Path]) -> PlayersScores:
    """Score what a run left in its folder.

    Args:
        folder: The output of ``frameatlas players``.
        truth: True boxes with identities, one file for each video, in the order of the run; the
            same identity in two files is the same person.

    Raises:
        FormatError: The folder is damaged, or of an older version.
        InputError: Another number of files, or nothing of both lies on one another.
        SourceError: A file of the truth cannot be read.
    """
    report, stored = read_report(folder / "players.json")
    files = sorted(name for name in stored if name.startswith("boxes/") and name.endswith(".csv"))
    if not files:
        raise FormatError(
            f"Expected boxes/*.csv in {folder}. Received: none, it is of an older version; give "
            "the same `frameatlas players` command again."
        )
    if len(files) != len(truth):
        raise InputError(
            f"Expected --truth once for each video, of which there are {len(files)}. Received: "
            f"{count_of(len(truth), 'file')}; give them in the order of the videos."
        )
    refuse_changed(folder, stored, [*files, CROPS])
    names = report.texts("names")
    owners = read_owners(folder / CROPS)
    ordered = sorted(files, key=lambda name: _place(name, len(files)))
    given = [_read_boxes(folder / name, names, owners.tracklets) for name in ordered]
    true = [read_mot(path)[0] for path in truth]
    crops = _keys(owners.tracklet, owners.picture)
    return _score(given, true, crops, len(owners.tracklets))


def _place(name: str, files: int) -> int:
    """Which video a file is of: where there are several, its name begins with the number."""
    return int(name.removeprefix("boxes/").partition("-")[0]) if files > 1 else 1


def _score(
    given: Sequence[_Given],
    truth: Sequence[Tracks],
    crops: NDArray[np.int64],
    tracklets: int,
) -> PlayersScores:
    tracklet, identity, crop, of_box = [], [], [], []
    tracks: list[tuple[Tracks, Tracks]] = []
    begin, sparse = 0, False
    for whole_own, whole_true in zip(given, truth, strict=True):
        own, true, some = _scored_frames(whole_own, whole_true)
        sparse |= some
        rows, columns = _match(own, true)
        tracklet.append(own.tracklet[rows])
        identity.append(true.track[columns])
        crop.append(np.isin(_keys(own.tracklet[rows], own.frame[rows]), crops))
        of_box.append(own.player[rows])
        tracks.append((_moved(true, begin), _as_tracks(own, begin)))
        begin += int(max(own.frame.max(initial=0), true.frame.max(initial=0))) + 1
    boxes = TrueBoxes(np.concatenate(tracklet), np.concatenate(identity), np.concatenate(crop))
    if not len(boxes.tracklet):
        raise InputError(
            "Expected true boxes where people were found. Received: none that overlaps by half; is "
            "the truth of this video, in pixels of its pictures?"
        )
    players = _majority(np.concatenate(of_box), boxes.tracklet, tracklets)
    whole = [_joined([pair[k] for pair in tracks]) for k in (0, 1)]
    return PlayersScores(
        score_levels(boxes, players, np.concatenate(of_box)),
        score_tracking(*whole),
        len(boxes.tracklet),
        len(whole[1]),
        len(whole[0]),
        len(np.unique(whole[0].frame)),
        len(np.unique(whole[0].track)),
        sparse,
    )


def _scored_frames(own: _Given, true: Tracks) -> tuple[_Given, Tracks, bool]:
    """Both at the frames that are scored: all, or where only some are labelled these."""
    true = true.rows(true.track >= 0)
    labelled = np.unique(true.frame)
    sparse = len(labelled) > 1 and float(np.median(np.diff(labelled))) > 1
    kept = np.isin(own.frame, labelled) if sparse else np.ones(len(own.frame), bool)
    fields = (own.frame[kept], own.player[kept], own.tracklet[kept], own.box[kept])
    return _Given(*fields), true, bool(sparse)


def _match(own: _Given, true: Tracks) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of given and of true boxes that are one person's, as many as can be in each frame."""
    rows, columns = [], []
    for frame in np.intersect1d(own.frame, true.frame):
        here, there = np.flatnonzero(own.frame == frame), np.flatnonzero(true.frame == frame)
        shared = intersection_over_union(own.box[here], true.box[there])
        one, other = linear_sum_assignment(-np.where(shared >= OVERLAP, shared, 0))
        good = shared[one, other] >= OVERLAP
        rows.append(here[one[good]])
        columns.append(there[other[good]])
    nothing = np.zeros(0, np.int64)
    return np.concatenate([nothing, *rows]), np.concatenate([nothing, *columns])


def _majority(
    player: NDArray[np.int64], tracklet: NDArray[np.int64], tracklets: int
) -> NDArray[np.int64]:
    """The player of most scored boxes of each tracklet."""
    table = np.zeros((tracklets, int(player.max(initial=-1)) + 2), np.int64)
    np.add.at(table, (tracklet, player + 1), 1)
    return np.where(table.any(axis=1), table.argmax(axis=1) - 1, UNASSIGNED)


def _as_tracks(own: _Given, begin: int) -> Tracks:
    most = int(own.player.max(initial=0)) + 1
    identity = np.where(own.player >= 0, own.player, most + own.tracklet)
    return Tracks(own.frame + begin, identity, own.box, np.ones(len(own.frame), np.float32))


def _moved(tracks: Tracks, begin: int) -> Tracks:
    return Tracks(tracks.frame + begin, tracks.track, tracks.box, tracks.confidence)


def _joined(parts: Sequence[Tracks]) -> Tracks:
    return Tracks(
        np.concatenate([part.frame for part in parts]),
        np.concatenate([part.track for part in parts]),
        np.concatenate([part.box for part in parts]),
        np.concatenate([part.confidence for part in parts]),
    )


def _keys(tracklet: NDArray[np.int64], frame: NDArray[np.int64]) -> NDArray[np.int64]:
    return tracklet * 1_000_000_000 + frame


def _read_boxes(path: Path, names: Sequence[str], tracklets: Sequence[str]) -> _Given:
    from frameatlas.safe_text import spreadsheet_cell

    player = {spreadsheet_cell(name): number for number, name in enumerate(names)}
    player.setdefault(NOBODY, UNASSIGNED)
    tracklet = {spreadsheet_cell(name): number for number, name in enumerate(tracklets)}
    rows: list[tuple[float, ...]] = []
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                place = [float(row[key]) for key in ("left", "top", "width", "height")]
                who = player.get(row["player"])
                if who is not None:
                    rows.append((int(row["frame"]), who, tracklet[row["tracklet"]], *place))
    except (OSError, KeyError, ValueError, TypeError, csv.Error) as error:
        raise FormatError(
            f"Expected boxes in {path} as this version writes them. Received: others; give the "
            "same `frameatlas players` command again."
        ) from error
    table = np.array(rows, np.float64).reshape(-1, 7)
    whole = table[:, :3].astype(np.int64)
    return _Given(whole[:, 0], whole[:, 1], whole[:, 2], table[:, 3:])
