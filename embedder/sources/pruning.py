"""Forgetting: sources whose files are gone, and what interrupted runs left behind."""

from collections.abc import Sequence
from pathlib import Path

from frameatlas.atlas import read_manifest
from frameatlas.embedder.sources.discovery import Found
from frameatlas.embedder.sources.matching import Matching
from frameatlas.errors import InputError
from frameatlas.plurals import count_of
from frameatlas.progress import NullProgress, Progress
from frameatlas.store.atomic import REMOVED, remove_folder, translate_os_errors
from frameatlas.store.content_digest import is_gone
from frameatlas.store.manifest import Manifest, Source

_NAMED = 20
"""Sources that are listed before the others are only counted."""


def prune_sources(
    matching: Matching, progress: Progress | None = None, excluded: Sequence[Source] = ()
) -> int:
    """Leave out of the atlas each source whose file, or folder of photos, is gone or excluded.

    Args:
        matching: What is kept; changed in place. Folders on disk are removed later, after the
            manifest is written.
        progress: Is told which; nobody where it is left out.
        excluded: Sources that are there and passed over.

    Returns:
        How many sources were left out.
    """
    progress = progress or NullProgress()
    gone = [s for s in matching.kept if s in excluded or is_gone(Path(s.path))]
    for source in gone[:_NAMED]:
        progress.note(f"Forgotten: {source.path} ({count_of(source.frames, 'frame')})")
    if len(gone) > _NAMED:
        progress.note(f"… and {len(gone) - _NAMED} more")
    matching.kept = [source for source in matching.kept if source not in gone]
    return len(gone)


def refuse_lost_disks(kept: Sequence[Source], found: Found | None, *, force: bool) -> None:
    """Refuse to forget sources whose whole folder is gone or empty: a disk may not be mounted.

    Args:
        kept: The atlas' sources.
        found: What was given.
        force: Forget them all the same.

    Raises:
        InputError: With the folder.
    """
    if force:
        return
    there = [Path(source.path) for source in kept if not is_gone(Path(source.path))]
    there += list(found.videos) + [photos.path for photos in found.photos] if found else []
    absolute = [path.absolute() for path in there]
    for source in kept:
        path = Path(source.path)
        if not is_gone(path):
            continue
        parent = path.parent
        left = next(place for place in (parent, *parent.parents) if place.exists())
        if not any(other.is_relative_to(left) for other in absolute):
            raise InputError(
                "Expected --prune to forget single files. Received: nothing of the atlas is left "
                f"below {left}, where {path.name} was: is a disk not mounted? Give --force too "
                "where it is all gone for good."
            )


def remove_leftovers(folder: Path, manifest: Manifest, *, everything: bool) -> None:
    """Remove what no manifest names any more.

    Args:
        folder: The atlas.
        manifest: The manifest that was just written.
        everything: Remove unfinished sources of other runs too, not only old maps.
    """
    known = {source.id for source in manifest.sources}
    current = _current_map(folder)
    with translate_os_errors(folder):
        for place in _folders(folder / "maps"):
            if place.name != current:
                remove_folder(place)
        for place in _folders(folder / "sources"):
            if place.name.startswith(REMOVED) or (everything and place.name not in known):
                remove_folder(place)


def _current_map(folder: Path) -> str:
    record = read_manifest(folder).map
    return record.id if record else ""


def _folders(parent: Path) -> list[Path]:
    return [place for place in parent.iterdir() if place.is_dir()] if parent.is_dir() else []
