"""Zips of tracks: CVAT's exports (for video, MOT 1.1), or any one file of tracks in a zip.

A zip may be made to burst whoever unpacks it: only the file that is wanted is read, and no more of
it than a season of boxes would take, whatever the zip says of its size.
"""

import lzma
import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from frameatlas.errors import SourceError
from frameatlas.plurals import count_of
from frameatlas.reid.tracks.formats.text import decoded

MOST_BYTES = 256 << 20
"""Bytes of the file of tracks; 200 MB are about four million boxes."""

MOST_MEMBERS = 1_000_000
_DAMAGED = (
    *(OSError, EOFError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError),
    *(RuntimeError, ValueError, OverflowError, MemoryError, struct.error),
)
_BLOCK = 1 << 20
_WANTED = ("gt.txt", "annotations.xml")
_KINDS = (".xml", ".json", ".csv", ".txt")


def read_zip(path: Path) -> tuple[str, str, tuple[str, ...]]:
    """The file of tracks in a zip.

    Args:
        path: The zip.

    Returns:
        Its name, its text, and the names of classes in the ``labels.txt`` beside it.

    Raises:
        SourceError: It is no zip with one file of tracks, or it is larger than any such zip.
    """
    try:
        with zipfile.ZipFile(path) as file:
            members = file.infolist()[:MOST_MEMBERS]
            chosen = _member(members, path)
            text = decoded(_unpacked(file, chosen, path))
            labels = _labels(file, members, path)
    except SourceError:
        raise
    except _DAMAGED as error:
        raise SourceError(
            f"Expected {path} to be a zip from CVAT (for video, or MOT 1.1). Received: {error}; "
            "export it again, or name the file of tracks in it."
        ) from error
    return PurePosixPath(chosen.filename).name, text, labels


def _member(members: list[zipfile.ZipInfo], path: Path) -> zipfile.ZipInfo:
    for name in _WANTED:
        found = [m for m in members if PurePosixPath(m.filename).name == name]
        if len(found) == 1:
            return found[0]
    other = [m for m in members if PurePosixPath(m.filename).suffix.lower() in _KINDS]
    other = [m for m in other if PurePosixPath(m.filename).name not in ("labels.txt", *_WANTED)]
    if len(other) == 1:
        return other[0]
    raise SourceError(
        f"Expected one gt/gt.txt (MOT 1.1) or annotations.xml (for video) in {path}, as CVAT "
        f"exports them. Received: {len(other)} other files of tracks among "
        f"{count_of(len(members), 'file')}; "
        "name the file of tracks itself."
    )


def _labels(file: zipfile.ZipFile, members: list[zipfile.ZipInfo], path: Path) -> tuple[str, ...]:
    found = [m for m in members if PurePosixPath(m.filename).name == "labels.txt"]
    if len(found) != 1:
        return ()
    lines = decoded(_unpacked(file, found[0], path)).splitlines()
    return tuple(line.strip() for line in lines if line.strip())


def _unpacked(file: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> bytes:
    parts: list[bytes] = []
    size = 0
    with file.open(member) as stream:
        while block := stream.read(_BLOCK):
            size += len(block)
            if size > MOST_BYTES:
                raise SourceError(
                    f"Expected at most {MOST_BYTES >> 20} MiB of tracks in {path}. Received: more; "
                    "unpack it yourself if you trust it, and name the file of tracks."
                )
            parts.append(block)
    return b"".join(parts)
