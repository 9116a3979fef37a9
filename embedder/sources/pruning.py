"""Forgetting: sources whose files are gone, and what interrupted runs left behind."""

from pathlib import Path

from frameatlas.atlas import read_manifest
from frameatlas.embedder.sources.matching import Matching
from frameatlas.store.atomic import REMOVED, remove_folder, translate_os_errors
from frameatlas.store.content_digest import is_gone
from frameatlas.store.manifest import Manifest


def prune_sources(matching: Matching) -> int:
    """Leave out of the atlas each source whose file, or folder of photos, is gone.

    Args:
        matching: What is kept; changed in place. Folders on disk are removed later, after the
            manifest is written.

    Returns:
        How many sources were left out.
    """
    before = len(matching.kept)
    matching.kept = [source for source in matching.kept if not is_gone(Path(source.path))]
    return before - len(matching.kept)


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
