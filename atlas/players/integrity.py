"""``players.json`` vouches for the files that a search for players leaves beside it.

It is written last and holds size and digest of all others, and a checksum of itself: tables of two
runs are never taken for those of one, and a bit that has flipped is found.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from frameatlas.errors import FormatError, FrameatlasError
from frameatlas.store.digests import file_digest, text_digest
from frameatlas.store.json_fields import Fields
from frameatlas.store.stored_file import StoredFile
from frameatlas.store.symlinks import refuse_links

FOLDERS = ("sheets", "tracks", "boxes", "tables", "statistics")
"""What a search for players leaves beside its tables: pictures, boxes, and what it measured."""

_FILES = ("players.csv", "crops.h5", "stats.csv")

AGAIN = "give the same `frameatlas players` command again: nothing is decoded or described twice."
"""What mends them."""


def vouching(content: Mapping[str, Any], files: Mapping[str, Path]) -> str:
    """The text of ``players.json``.

    Args:
        content: What it says.
        files: Where the files lie that it vouches for, by their path in the atlas' folder.
    """
    stored = {
        name: {"bytes": path.stat().st_size, "blake2b": file_digest(path)}
        for name, path in sorted(files.items())
    }
    whole = {**content, "files": stored}
    return json.dumps({**whole, "checksum": _checksum(whole)}, indent=1) + "\n"


def read_report(path: Path) -> tuple[Fields, dict[str, StoredFile]]:
    """What ``players.json`` says, and the files that it vouches for.

    Raises:
        FormatError: It is damaged, or of an older version.
    """
    try:
        fields = Fields.of_json(path.read_text(encoding="utf-8"), path.name)
    except (OSError, UnicodeDecodeError, FormatError) as error:
        raise unreadable(path, "one that cannot be read") from error
    content = {key: value for key, value in fields.values.items() if key != "checksum"}
    if fields.values.get("checksum") != _checksum(content):
        raise unreadable(path, "one that was changed or damaged, or of an older version")
    stored = fields.object("files")
    return fields, {_own(name): StoredFile.parse(stored.object(name)) for name in stored.values}


def refuse_changed(folder: Path, stored: Mapping[str, StoredFile], names: Iterable[str]) -> None:
    """Refuse files that are not the ones that ``players.json`` was written with.

    Raises:
        FormatError: One is another, or not there.
    """
    for name in names:
        if name not in stored or _has_changed(folder / name, stored[name]):
            raise unreadable(folder / name, "one that was changed or damaged, or of another run")


def wrong_player_files(report: Path) -> Iterator[str]:
    """What is wrong with the files of a search for players, one sentence each."""
    try:
        _, stored = read_report(report)
    except FrameatlasError as error:
        yield str(error)
        return
    for name, one in stored.items():
        if _has_changed(report.parent / name, one):
            yield str(unreadable(report.parent / name, "one that was changed, damaged or removed"))


def unreadable(path: Path, received: str) -> FormatError:
    """The error for a file that another run has to write again."""
    return FormatError(f"Expected {path} as this version writes it. Received: {received}; {AGAIN}")


def _has_changed(path: Path, stored: StoredFile) -> bool:
    refuse_links([path.parent, path])
    try:
        return path.stat().st_size != stored.bytes or file_digest(path) != stored.blake2b
    except OSError:
        return True


def _own(name: str) -> str:
    """The name itself, where it names a file of players and nothing outside the atlas."""
    folder, slash, file = name.rpartition("/")
    known = folder in FOLDERS if slash else file in _FILES
    if not known or "\\" in file or "\0" in file or file.startswith(".") or not file:
        raise FormatError(
            f"Expected players.json, files, to name files of players. Received: {name[:80]!r}."
        )
    return name


def _checksum(content: Mapping[str, Any]) -> str:
    return text_digest(json.dumps(content, sort_keys=True, separators=(",", ":")))
