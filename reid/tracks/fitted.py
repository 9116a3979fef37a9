"""A file of tracks, read for one video: people chosen, boxes fitted, ids cut where they leap."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from frameatlas.errors import InputError, SourceError
from frameatlas.reid.tracks.fit import PictureFacts, fit
from frameatlas.reid.tracks.formats.read import read_table
from frameatlas.reid.tracks.formats.table import BadLine, Person, TrackTable
from frameatlas.reid.tracks.frame_reader import Pictures
from frameatlas.reid.tracks.labels import choose_rows
from frameatlas.reid.tracks.mot import Tracks, tracks_of
from frameatlas.reid.tracks.options import TrackOptions
from frameatlas.reid.tracks.picture_size import picture_size
from frameatlas.reid.tracks.restarts import cut_at_leaps, part_repeated_ids


@dataclass(frozen=True)
class FittedTracks:
    """The tracks of one video, and what was done to a file to have them.

    Attributes:
        file: The file.
        format: What it is.
        tracks: The boxes.
        bad: Lines that could not be used.
        dropped: Boxes that are not used, by class, role or reason.
        cuts: (id in the file, first frame of a part of its own).
        people: What the file says of tracks, by id.
        notes: Sentences for the user.
    """

    file: Path
    format: str
    tracks: Tracks
    bad: tuple[BadLine, ...]
    dropped: Mapping[str, int]
    cuts: tuple[tuple[int, int], ...]
    people: Mapping[int, Person]
    notes: tuple[str, ...]


def read_fitted(file: Path, pictures: Pictures, camera: str, options: TrackOptions) -> FittedTracks:
    """Read a file of tracks for a video.

    Args:
        file: A file or folder that ``formats.read`` knows.
        pictures: The video.
        camera: Name of its camera.
        options: What the user says of the file.

    Raises:
        SourceError: The file cannot be read.
        InputError: It cannot be of this video as it is.
    """
    table = read_table(file, pictures.path.stem)
    chosen = choose_rows(table, options.classes)
    if not chosen.kept.any():
        dropped = chosen.dropped.items()
        shown = ", ".join(f"{count} of {kind or 'no class'}" for kind, count in dropped)
        raise SourceError(
            f"Expected boxes of people in {file}. Received: {len(table)} boxes, {shown}; choose "
            "with --class."
        )
    facts = PictureFacts(picture_size(pictures), pictures.count, pictures.rate)
    fitted = fit(table.rows(chosen.kept), facts, options, str(file))
    if not len(fitted.table):
        raise InputError(f"Expected boxes in {file}. Received: none of the video's frames.")
    parted, parts = _parted(fitted.table, float(pictures.rate), options)
    tracks, repeated = tracks_of(parted, camera)
    cut = cut_at_leaps(tracks, float(pictures.rate)) if options.cut else None
    cuts = (*parts, *(cut.cuts if cut else ()))
    return FittedTracks(
        file,
        table.format,
        cut.tracks if cut else tracks,
        (*table.bad, *repeated),
        chosen.dropped,
        cuts,
        table.people,
        (*chosen.notes, *fitted.notes, *_cut_note(cuts)),
    )


def _parted(
    table: TrackTable, rate: float, options: TrackOptions
) -> tuple[TrackTable, tuple[tuple[int, int], ...]]:
    """A table in which no id is two people's in one frame, and where such ids were parted."""
    if not options.cut:
        return table, ()
    track, cuts = part_repeated_ids(table.frame, table.track, table.box, rate)
    first = int(table.track.max(initial=0)) + 1
    names = {
        first + number: f"{table.names.get(old, str(old))}@{frame}"
        for number, (old, frame) in enumerate(cuts)
    }
    return replace(table, track=track, names={**table.names, **names}), cuts


def _cut_note(cuts: tuple[tuple[int, int], ...]) -> tuple[str, ...]:
    if not cuts:
        return ()
    shown = ", ".join(f"{track}@{frame}" for track, frame in cuts[:5])
    more = ", …" if len(cuts) > 5 else ""
    return (
        f"{len(cuts)} cuts where a track leaps to another place ({shown}{more}): its id seems to "
        "begin anew there; --no-cut leaves them whole.",
    )
