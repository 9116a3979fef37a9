"""Photos that give no frame: those that cannot be opened, and those that an atlas knows as such."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from frameatlas.atlas import Atlas
from frameatlas.embedder.decode.photos import photo_shape
from frameatlas.errors import SourceError
from frameatlas.photos.quiet import quiet_pillow
from frameatlas.store.content_digest import content_digest
from frameatlas.store.manifest import Source
from frameatlas.store.notes.photo_notes import read_photo_notes

Photo = tuple[Path, str]
"""A photo and its content digest."""


def photo_shapes(photos: Iterable[Photo]) -> tuple[dict[Photo, int], list[tuple[Path, str]]]:
    """Tell photos that can be opened from the others, which become failed sources of their own.

    So one that no installed package reads is tried again by each run, and makes no other damaged.

    Returns:
        The shape of each photo that can be opened, and of the others each with its reason.
    """
    shapes: dict[Photo, int] = {}
    refused: list[tuple[Path, str]] = []
    with quiet_pillow():
        for path, digest in photos:
            try:
                shapes[path, digest] = photo_shape(path)
            except SourceError as error:
                refused.append((path, str(error)))
    return shapes, refused


def by_shape(photos: Sequence[Photo], shapes: Mapping[Photo, int]) -> list[list[Photo]]:
    """Photos in the order given; long ones apart, which would make the frames of others as long."""
    alike: dict[int, list[Photo]] = defaultdict(list)
    for photo in photos:
        alike[shapes[photo]].append(photo)
    return [alike[shape] for shape in sorted(alike, key=lambda shape: (abs(shape), shape))]


def healed(
    atlas: Atlas, kept: Sequence[Source], digests: Mapping[Path, Mapping[str, str]]
) -> list[Source]:
    """Sources of photos are whole once those that gave nothing have gone, or are others now.

    Args:
        atlas: The atlas.
        kept: Its sources that stay.
        digests: Of each folder that was given, content digests of its photos by name.
    """
    sources = []
    for source in kept:
        found = digests.get(Path(source.path))
        if found is not None and (source.kind, source.status) == ("photos", "damaged"):
            unread = read_photo_notes(atlas.folder / "sources" / source.id).unread
            if unread and not set(unread) & set(found.values()):
                sources.append(replace(source, status="ok", reason=""))
                continue
        sources.append(source)
    return sources


def why_unreadable(path: Path) -> str:
    """Why the digest of a photo could not be taken."""
    try:
        content_digest(path)
    except SourceError as error:
        return str(error)
    return "it could not be read at first"
