"""Files of a map, compared with the manifest before their numbers are believed.

A flipped bit in a place or a weight shows nowhere: the picture lies elsewhere on the map, and all
looks well. These files are small: a million frames' places are compared in a tenth of a second.
"""

from pathlib import Path

from frameatlas.errors import DamagedAtlasError, FormatError
from frameatlas.store.digests import file_digest
from frameatlas.store.manifest import Manifest, MapRecord


def verify_file(folder: Path, record: MapRecord | None, name: str) -> Path:
    """A file of a map that is as it was written.

    Args:
        folder: The map's folder.
        record: What the manifest says of the map.
        name: The file.

    Raises:
        DamagedAtlasError: It is not.
    """
    path = folder / name
    stored = record.files.get(name) if record else None
    try:
        if stored is None or file_digest(path) == stored.blake2b:
            return path
        received = "changed content"
    except OSError as error:
        received = error.strerror or str(error)
    raise map_error(path, received)


def map_error(path: Path, received: str) -> DamagedAtlasError:
    """What is wrong with a file of a map: damage, or that a newer map has replaced its own."""
    if _is_replaced(path.parent):
        error = DamagedAtlasError(
            f"Expected {path}. Received: another map, drawn meanwhile. Run the same command again."
        )
        error.replaced = True
        return error
    return DamagedAtlasError(
        f"Expected {path} as it was written. Received: {received}. Run `frameatlas index` on the "
        "same videos to draw the map again."
    )


def _is_replaced(map_folder: Path) -> bool:
    if map_folder.exists():
        return False
    manifest = map_folder.parent.parent / "atlas.json"
    try:
        record = Manifest.from_json(manifest.read_text(encoding="utf-8"), str(manifest)).map
    except (OSError, FormatError, UnicodeDecodeError):
        return False
    return record is not None and record.id != map_folder.name
