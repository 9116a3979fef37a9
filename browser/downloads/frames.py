"""A selection's frames as a table and as a ZIP of pictures, made while they are sent."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameatlas.browser.view.encoding import encode
from frameatlas.browser.view.open_map import OpenMap, display_name
from frameatlas.drawing.stored_pictures import StoredPictures
from frameatlas.errors import InputError
from frameatlas.safe_text import spreadsheet_cell

MOST_PICTURES = 5_000
"""Pictures of a ZIP: about 100 MB."""

COLUMNS = ("frame", "video", "seconds", "x", "y", "folder", "photo")
"""Of the table."""

_BLOCK = 1_000


def table(opened: OpenMap, frames: NDArray[np.int64]) -> Iterator[str]:
    """A CSV of a selection, some rows at a time."""
    yield _rows([COLUMNS])
    atlas = opened.atlas
    for start in range(0, len(frames), _BLOCK):
        rows = []
        for frame in frames[start : start + _BLOCK].tolist():
            source = opened.sources[int(atlas.source_numbers[frame])]
            path = Path(source.path)
            photo = atlas.origins[frame].name if source.kind == "photos" else ""
            x, y = atlas.coordinates[frame]
            place = (f"{x:.6f}", f"{y:.6f}")
            names = [
                spreadsheet_cell(display_name(name))
                for name in (path.name, str(path.parent), photo)
            ]
            seconds = f"{atlas.seconds[frame]:.6f}"
            rows.append((frame, names[0], seconds, *place, names[1], names[2]))
        yield _rows(rows)


def check_pictures(count: int) -> None:
    """Refuse a ZIP of too many pictures, or of none."""
    if not 0 < count <= MOST_PICTURES:
        raise InputError(
            f"Expected 1 to {MOST_PICTURES} frames in a ZIP. Received: {count}; select fewer, or "
            "take the table (CSV)."
        )


def zip_frames(opened: OpenMap, frames: NDArray[np.int64]) -> Iterator[bytes]:
    """A ZIP of JPEG files, a picture at a time: it is never whole in memory."""
    sink, pictures = _Sink(), StoredPictures(opened.atlas)
    # A JPEG cannot be packed any further.
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for frame in frames.tolist():
            entry = zipfile.ZipInfo(_entry_name(opened, frame))
            archive.writestr(entry, encode(pictures(frame), ".jpg"))
            yield sink.taken()
    yield sink.taken()


class _Sink(io.RawIOBase):
    """Takes what is written, from the front to the end only, until it is fetched."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: "bytes | bytearray | memoryview", /) -> int:  # type: ignore[override]
        self._parts.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        """What was written since the last time."""
        content = b"".join(self._parts)
        self._parts.clear()
        return content


def _entry_name(opened: OpenMap, frame: int) -> str:
    """A name that is safe in every system: letters, digits and few signs of the video's name."""
    number = int(opened.atlas.source_numbers[frame])
    stem = re.sub(r"[^\w .-]", "_", opened.name_of(number)).strip(" .")[:80] or "video"
    return f"{number:04d} {stem}/{opened.atlas.seconds[frame]:010.3f} {frame}.jpg"


def _rows(rows: Sequence[tuple[object, ...]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()
