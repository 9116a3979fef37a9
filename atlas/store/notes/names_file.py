"""Names that people gave to regions of the map: ``names.json`` beside the manifest.

A name is kept by frames of its region, not by a cluster's number: so it is found again on any other
map of the same frames. The manifest does not vouch for it, as pages write it at any time.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from frameatlas.errors import FormatError
from frameatlas.store.atomic import write_text
from frameatlas.store.json_fields import Fields
from frameatlas.store.json_file import read_json_file
from frameatlas.store.lock import waiting_lock
from frameatlas.store.symlinks import refuse_links

NAMES_FILE = "names.json"
LOCK = ".names.json.lock"
FORMAT = 1

MOST_NAMES = 1_000
MOST_MEMBERS = 2_000
"""Frames by which a region is kept: evenly taken of larger ones."""

LONGEST = 60
"""Characters of a name."""

MOST_BYTES = 100_000_000


@dataclass(frozen=True)
class Members:
    """Frames of a region that come from one source.

    Attributes:
        source: Its id.
        path: Where it was, which finds it again when its content has changed.
        rows: The frames' numbers within the source.
        photos: Their names, of a source of photos; empty for a video.
    """

    source: str
    path: str
    rows: tuple[int, ...]
    photos: tuple[str, ...] = ()

    @classmethod
    def parse(cls, fields: Fields) -> "Members":
        """The value of a JSON object."""
        rows = tuple(int(row) for row in fields.numbers("rows"))
        photos = tuple(fields.texts("photos")) if "photos" in fields.values else ()
        if any(not 0 <= row < 2**31 for row in rows) or len(photos) not in (0, len(rows)):
            raise FormatError(
                f"Expected {fields.place}, rows, to be numbers of frames, and a photo for each. "
                "Received: others."
            )
        return cls(fields.name("source"), fields.text("path"), rows, photos)


@dataclass(frozen=True)
class RegionName:
    """A name that somebody gave.

    Attributes:
        id: Tells it from the others, whatever it is changed to.
        name: As people read it.
        frames: Frames of the region when it was named.
        members: Some of these frames, or all.
    """

    id: str
    name: str
    frames: int
    members: tuple[Members, ...]

    @classmethod
    def parse(cls, fields: Fields) -> "RegionName":
        """The value of a JSON object."""
        name = fields.text("name")
        if not 0 < len(name) <= LONGEST or not name.isprintable():
            raise FormatError(
                f"Expected {fields.place}, name, to be 1 to {LONGEST} printable characters. "
                f"Received: {name[:80]!r}."
            )
        members = tuple(Members.parse(one) for one in fields.objects("members"))
        return cls(fields.name("id"), name, fields.integer("frames", least=1), members)


Names = tuple[RegionName, ...]


def read_names(folder: Path) -> Names:
    """The names of an atlas; none where nobody gave any.

    Raises:
        FormatError: The file is not what the format says.
        DamagedAtlasError: It is a link.
    """
    path = folder / NAMES_FILE
    fields = read_json_file(path, MOST_BYTES)
    return _parse(fields, path) if fields else ()


def _parse(fields: Fields, path: Path) -> Names:
    if fields.integer("format", least=1) > FORMAT:
        raise FormatError(
            f"Expected {path} of format {FORMAT}. Received: one of a later frameatlas: upgrade it."
        )
    names = tuple(RegionName.parse(one) for one in fields.objects("names"))
    if len(names) > MOST_NAMES:
        raise FormatError(f"Expected {path} of at most {MOST_NAMES} names. Received: more.")
    for what in ([one.id for one in names], [one.name.casefold() for one in names]):
        if len(set(what)) < len(what):
            raise FormatError(
                f"Expected {path} to have each name and id once. Received: one twice; mend it, or "
                "remove the file to forget the names."
            )
    return names


def edit_names(folder: Path, edit: Callable[[Names], Names]) -> Names:
    """Change the names; whoever else changes them meanwhile waits, in whatever process.

    Args:
        folder: The atlas' folder.
        edit: The names as they are now → as they are to be. What it raises leaves them as they are.

    Returns:
        The names as they were written.

    Raises:
        LockedError: Another process goes on changing them.
        FormatError: The file is damaged.
        InputError: It may not be written.
    """
    refuse_links([folder / NAMES_FILE])
    with waiting_lock(folder / LOCK):
        now = read_names(folder)
        wanted = edit(now)
        if wanted != now:
            names = [asdict(one) for one in wanted]
            write_text(folder / NAMES_FILE, json.dumps({"format": FORMAT, "names": names}) + "\n")
        return wanted
