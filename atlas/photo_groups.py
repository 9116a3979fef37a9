"""Which photos of an atlas belong together: live photos with their films, and bursts."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from frameatlas.atlas import Atlas
from frameatlas.errors import FrameatlasError
from frameatlas.photos.taken import bursts, time_in_name
from frameatlas.store.frame_origin import photo_name
from frameatlas.store.hdf5_reader import read_column
from frameatlas.store.manifest import Source
from frameatlas.store.notes.photo_notes import read_photo_notes

LIVE_SECONDS = 6.0
"""Longest film of a live photo; phones take about three seconds."""

_LIVE_FILMS = frozenset({".mov", ".mp4", ".m4v"})


@dataclass(frozen=True)
class PhotoGroups:
    """Photos of an atlas that were taken together.

    Attributes:
        live: Pairs of a photo and the short film of the same name beside it.
        bursts: At least three photos of a folder, each within a second of the one before.
    """

    live: tuple[tuple[Path, Path], ...]
    bursts: tuple[tuple[Path, ...], ...]


def photo_groups(atlas: Atlas) -> PhotoGroups:
    """Find live photos and bursts by names and by when photos were taken; no original is opened."""
    films = {
        (path.parent, path.stem.casefold()): path
        for source in atlas.manifest.sources
        if source.kind == "video" and source.frames and (source.duration or 1e9) <= LIVE_SECONDS
        if (path := Path(source.path)).suffix.lower() in _LIVE_FILMS
    }
    folders: dict[Path, dict[str, float | None]] = defaultdict(dict)
    for source in atlas.manifest.sources:
        if source.kind == "photos" and source.frames:
            folders[Path(source.path)] |= _taken(atlas, source)
    live = tuple(
        (folder / name, films[folder, Path(name).stem.casefold()])
        for folder, photos in folders.items()
        for name in photos
        if (folder, Path(name).stem.casefold()) in films
    )
    together = tuple(
        tuple(folder / name for name in burst)
        for folder, photos in folders.items()
        for burst in bursts(list(photos), list(photos.values()))
    )
    return PhotoGroups(live, together)


def _taken(atlas: Atlas, source: Source) -> dict[str, float | None]:
    """When each photo of a source was taken, by its name; nothing where its table is damaged."""
    place = atlas.folder / "sources" / source.id
    try:
        stored = read_column(place / "features.h5", "names", source.frames).tolist()
        names = [photo_name(name, place / "features.h5") for name in stored]
    except FrameatlasError:
        return {}
    taken = read_photo_notes(place).taken
    if len(taken) != len(names):  # of an older atlas
        return {name: time_in_name(name) for name in names}
    return dict(zip(names, taken, strict=True))
