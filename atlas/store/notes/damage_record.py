"""What `check` found damaged, noted beside the manifest for the next `index`, which repairs it.

Reading every picture at each run would take minutes; so `index` compares sizes, and contents only
of those sources that are named here. A note that is wrong or old costs that reading and no more.
"""

import json
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from frameatlas.errors import FrameatlasError
from frameatlas.store.atomic import write_text
from frameatlas.store.digests import file_digest
from frameatlas.store.json_file import read_json_file
from frameatlas.store.manifest import Source

NOTE = "damaged.json"

_MOST_BYTES = 1 << 26
"""Some twenty for each of a million sources, and more."""


def read_damage(folder: Path) -> frozenset[str]:
    """Ids of the sources of an atlas that were found damaged and not repaired since."""
    path = folder / NOTE
    try:
        fields = read_json_file(path, _MOST_BYTES)
        return frozenset(fields.texts("sources")) if fields else frozenset()
    except FrameatlasError:
        return frozenset()


def note_damage(folder: Path, ids: Collection[str]) -> None:
    """Note which sources are damaged; where the atlas may not be written, do without."""
    with suppress(FrameatlasError, OSError):
        if ids:
            write_text(folder / NOTE, json.dumps({"sources": sorted(ids)}) + "\n")
        else:
            (folder / NOTE).unlink(missing_ok=True)


def is_whole(place: Path, source: Source, suspects: Collection[str] = ()) -> bool:
    """Whether a source's stored files are there as its record says.

    Args:
        place: The source's folder.
        source: Its record.
        suspects: Ids of the sources whose contents are compared too, not only their sizes.
    """
    try:
        sizes = all((place / n).stat().st_size == f.bytes for n, f in source.files.items())
        return sizes and (
            source.id not in suspects
            or all(file_digest(place / n) == f.blake2b for n, f in source.files.items())
        )
    except OSError:
        return False
