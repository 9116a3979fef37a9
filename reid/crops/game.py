"""A game: the recordings, and the atlas of their crops, put together for identification."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.errors import DamagedAtlasError
from frameatlas.reid.crops.crop_table import CropTable
from frameatlas.reid.crops.recordings import Recording
from frameatlas.reid.crops.selection import WORST
from frameatlas.reid.crops.shot_cameras import FilmShots
from frameatlas.reid.tracks.mot import Tracks
from frameatlas.reid.tracks.tracklets import TrackletFeatures, Tracklets
from frameatlas.store.rows import Rows

_BLOCK = 4096


@dataclass(frozen=True, eq=False)
class Game:
    """Everything that identities are found from.

    Attributes:
        recordings: The videos with their tracks.
        atlas: The atlas of their crops.
        crops: The crops, by tracklet, then by frame.
        order: int64 of shape (n,): the atlas' frame that each crop is.
        shots: The shots of each film that has several, once ``with_cameras`` has told them.
    """

    recordings: tuple[Recording, ...]
    atlas: Atlas
    crops: TrackletFeatures
    order: NDArray[np.int64]
    shots: tuple[FilmShots, ...] = ()


def open_game(
    recordings: Sequence[Recording],
    atlas: Atlas,
    tables: Mapping[str, CropTable],
    learned: NDArray[np.floating] | None = None,
) -> Game:
    """Put recordings and atlas together.

    Args:
        recordings: The videos with their tracks.
        atlas: Holds one source for each recording, by its ``source_id``.
        tables: What is known of each recording's crops, by the recording's id.
        learned: What a trained descriptor says of each frame of the atlas, (n, k); or None.

    Raises:
        DamagedAtlasError: The atlas and what is known of its crops do not agree.
    """
    numbers = {recording.source_id: number for number, recording in enumerate(recordings)}
    known = {r.source_id: tables[r.id] for r in recordings if r.id in tables}
    parts = []
    for source in atlas.sources:
        if not source.frames:
            continue
        table = known.get(source.id)
        if table is None or len(table) != source.frames:
            raise DamagedAtlasError(
                f"Expected what is known of {source.frames} crops of {source.path}. Received: "
                "another number; remove the output's folder and run the same command again."
            )
        parts.append((numbers[source.id], table))
    files = [recording.tracks for recording in recordings]
    rates = [float(recording.pictures.rate) for recording in recordings]
    crops, order = gather_crops(files, parts, atlas.features, rates)
    if learned is not None:
        crops = replace(crops, learned=learned[order])
    return Game(tuple(recordings), atlas, crops, order)


def gather_crops(
    files: Sequence[Tracks],
    parts: Sequence[tuple[int, CropTable]],
    features: Rows,
    rates: Sequence[float] = (),
) -> tuple[TrackletFeatures, NDArray[np.int64]]:
    """Tracks and described crops become what identities are found from.

    Args:
        files: The tracks of each video.
        parts: For each run of rows of ``features`` the number of its file, and what is known of its
            crops.
        features: Real numbers of shape (n, d), what the network says of each crop.
        rates: Frames a second of each video, where they are known.

    Returns:
        The crops, by tracklet, then by frame; and int64 of shape (n,), the row of ``features`` that
        each is.
    """
    known = _numbers(files)
    tracklet = [known[number, int(track)] for number, table in parts for track in table.track]
    tables = [table for _, table in parts]
    who = np.array(tracklet, np.int64)
    frame = np.concatenate([table.frame for table in tables])
    order = np.lexsort((frame, who))
    sharp = np.concatenate([table.sharpness for table in tables])[order]
    worth = np.concatenate([table.quality for table in tables])[order]
    worth = worth * sharpness_rank(sharp, who[order])
    crops = TrackletFeatures(
        Tracklets.of(files, rates),
        who[order],
        frame[order],
        _reorder(features, order),
        np.concatenate([table.colour for table in tables])[order],
        np.where(worth < WORST, 0, worth).astype(np.float32),
    )
    return crops, order


def sharpness_rank(
    sharpness: NDArray[np.float32], tracklet: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Place of each crop among its tracklet's by sharpness, in (0, 1]: 1 for the sharpest.

    A rank, as sharpness itself depends on clothes and distance more than on blur.

    Args:
        sharpness: float32 of shape (n,).
        tracklet: int64 of shape (n,), ascending.
    """
    order = np.lexsort((sharpness, tracklet))
    counts = np.bincount(tracklet)
    first = np.cumsum(counts) - counts
    rank = np.empty(len(tracklet))
    rank[order] = (np.arange(len(tracklet)) - first[tracklet] + 1) / counts[tracklet]
    return rank


def _numbers(files: Sequence[Tracks]) -> dict[tuple[int, int], int]:
    """Number of each tracklet by its file and its id, in the order of ``Tracklets.of``."""
    numbers: dict[tuple[int, int], int] = {}
    for place, tracks in enumerate(files):
        for track in np.unique(tracks.track[tracks.track >= 0]):
            numbers[place, int(track)] = len(numbers)
    return numbers


def _reorder(rows: Rows, order: NDArray[np.int64]) -> NDArray[np.float16]:
    """Features in another order, float16 of shape (n, d); read a block at a time."""
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    features = np.empty((len(order), rows.shape[1]), np.float16)
    for start in range(0, len(order), _BLOCK):
        features[place[start : start + _BLOCK]] = rows[start : start + _BLOCK]
    return features
