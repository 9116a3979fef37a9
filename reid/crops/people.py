"""What files of tracks say of whom their tracks show, by the names of tracklets."""

from collections.abc import Sequence

from frameatlas.reid.crops.recordings import Recording
from frameatlas.reid.tracks.formats.table import Person


def people_of(recordings: Sequence[Recording]) -> tuple[tuple[str, Person], ...]:
    """Role, team and number of tracklets, as the files say.

    What a file says of an id holds up to the first cut: behind it, the id may be somebody else's.
    """
    found = []
    for recording in recordings:
        tracks = recording.tracks
        there = set(tracks.track[tracks.track >= 0].tolist())
        prefix = f"{tracks.camera}:" if len(recordings) > 1 else ""
        for track, person in recording.read.people.items():
            if track in there and person != Person():
                found.append((f"{prefix}{tracks.names.get(track, str(track))}", person))
    return tuple(found)
