"""CVAT's MOT export: a zip that holds ``gt/gt.txt`` and ``gt/labels.txt``.

A zip may be made to burst whoever unpacks it: only that one file is read, and no more of it than
a season of boxes would take, whatever the zip says of its size.
"""

import lzma
import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from frameatlas.errors import SourceError
from frameatlas.reid.tracks.mot import BadLine, Tracks, parse_mot

MOST_BYTES = 256 << 20
"""Bytes of gt.txt; 200 MB are about four million boxes."""

MOST_MEMBERS = 1_000_000
_DAMAGED = (
    *(OSError, EOFError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError),
    *(RuntimeError, ValueError, OverflowError, MemoryError, struct.error),
)
_BLOCK = 1 << 20


def read_mot_zip(path: Path, camera: str = "") -> tuple[Tracks, tuple[BadLine, ...]]:
    """Read the tracks of CVAT's export "MOT 1.1"; see ``tracks.read_mot``.

    Args:
        path: The zip.
        camera: Name of the camera.

    Raises:
        SourceError: It is no such zip, or it is larger than any such zip.
    """
    try:
        with zipfile.ZipFile(path) as file:
            text = _unpacked(file, _member(file, path), path)
    except SourceError:
        raise
    except _DAMAGED as error:
        raise SourceError(
            f"Expected {path} to be a zip from CVAT (format MOT 1.1). Received: {error}; export it "
            "again, or name the gt.txt in it."
        ) from error
    return parse_mot(text.decode("utf-8-sig", errors="replace").splitlines(), str(path), camera)


def _member(file: zipfile.ZipFile, path: Path) -> zipfile.ZipInfo:
    members = file.infolist()
    found = [m for m in members[:MOST_MEMBERS] if PurePosixPath(m.filename).name == "gt.txt"]
    if len(found) != 1:
        raise SourceError(
            f"Expected one gt/gt.txt in {path}, as CVAT exports MOT 1.1. Received: {len(found)} of "
            f"them among {len(members)} files; name the text file itself."
        )
    return found[0]


def _unpacked(file: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> bytes:
    parts: list[bytes] = []
    size = 0
    with file.open(member) as stream:
        while block := stream.read(_BLOCK):
            size += len(block)
            if size > MOST_BYTES:
                raise SourceError(
                    f"Expected at most {MOST_BYTES >> 20} MiB of tracks in {path}. Received: more; "
                    "unpack it yourself if you trust it, and name the text file."
                )
            parts.append(block)
    return b"".join(parts)
