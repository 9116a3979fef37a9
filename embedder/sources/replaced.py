"""Files that have another content under their old name: the new one takes the old one's place."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from frameatlas.atlas import Atlas
from frameatlas.errors import FrameatlasError, SourceError
from frameatlas.store.content_digest import content_digest
from frameatlas.store.hdf5_reader import read_column
from frameatlas.store.manifest import Source


@dataclass(frozen=True)
class Replaced:
    """A source of the atlas whose file, or one of whose photos, is another now.

    Attributes:
        source: As it was.
        path: The file that changed.
        frames: First and last but one of its frames' numbers on the old map.
    """

    source: Source
    path: Path
    frames: range


def replaced_videos(
    atlas: Atlas | None, kept: Sequence[Source], digests: Mapping[Path, str]
) -> list[Replaced]:
    """Videos of the atlas under whose path another file was given.

    Args:
        atlas: The atlas that is added to.
        kept: Its sources that stay so far.
        digests: Content digest of each given video, by its absolute path.
    """
    found = []
    contents = set(digests.values())
    for source in kept:
        path = Path(source.path)
        changed = source.kind == "video" and digests.get(path, source.digest) != source.digest
        # The old content may have been moved elsewhere, and something else put in its place.
        if changed and source.status != "failed" and source.digest not in contents:
            found.append(Replaced(source, path, _frames_of(atlas, source)))
    return found


def replaced_photos(
    atlas: Atlas, source: Source, folder: Path, digests: Mapping[str, str]
) -> Replaced | None:
    """A source of photos that holds one whose file is another now, where all others are there.

    Args:
        atlas: The atlas that is added to.
        source: The photos.
        folder: A folder that was given.
        digests: Content digest of each of its photos, by name.

    Returns:
        None too where a photo has gone: the source is then all that is left of it.
    """
    if Path(source.path) != folder:
        return None
    table = atlas.folder / "sources" / source.id / "features.h5"
    try:
        names = [os.fsdecode(name) for name in read_column(table, "names", source.frames)]
        stored = [digest.decode() for digest in read_column(table, "digests", source.frames)]
    except FrameatlasError:
        return None
    changed = [n for n, d in zip(names, stored, strict=True) if digests.get(n, d) != d]
    # A photo that was only renamed, another taking its name, is known by its content.
    gone = [n for n, d in zip(names, stored, strict=True) if n not in digests and d]
    moved = set(digests.values()) & {d for n, d in zip(names, stored, strict=True) if n in changed}
    if not changed or gone or moved:
        return None
    return Replaced(source, folder / changed[0], _frames_of(atlas, source))


def _frames_of(atlas: Atlas | None, source: Source) -> range:
    if atlas is None:
        return range(0)
    numbers = [number for number, s in enumerate(atlas.sources) if s.id == source.id]
    return atlas.range_of(numbers[0]) if numbers else range(0)


def digests_of(paths: Iterable[Path]) -> dict[Path, str]:
    """Content digest of each file that can be read."""
    found = {}
    for path in paths:
        try:
            found[path] = content_digest(path)
        except SourceError:
            continue
    return found
