"""What frameatlas makes of every kind of photo: the table in docs/photos.md, made and verified.

    python -m tools.photo_matrix [--write docs/photos.md]

Each photo has four quadrants of known colours. So the table is no record of what came out once: a
row is only written if every frame shows the right colour in each corner.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tools.photo_cases import CASES, PhotoCase

from frameatlas.embedder.media.frame_size import frame_size
from frameatlas.errors import SourceError
from frameatlas.photos.photo import photo_pages, photo_size, read_photo

HEIGHT = 60
BEGIN, END = "<!-- photos -->\n", "<!-- end of photos -->\n"
HEADER = (
    "| topic | photo | frames | size as shown | size of a frame | status |\n" + 6 * "|---" + "|\n"
)
FAR = 24
"""By how much a channel may differ: of colours that went through a lossy format."""


@dataclass(frozen=True)
class Row:
    """What became of one photo: a line of the table.

    Attributes:
        topic: The case's.
        name: The case's.
        frames: How many it gave.
        shown: Width × height as shown.
        size: Width × height of a frame.
        status: "ok", or why it cannot be read.
    """

    topic: str
    name: str
    frames: int
    shown: str
    size: str
    status: str

    def line(self) -> str:
        """As Markdown."""
        cells = (self.topic, self.name, str(self.frames), self.shown, self.size, self.status)
        return f"| {' | '.join(cells)} |\n"


def measure(case: PhotoCase) -> tuple[Row, list[NDArray[np.uint8]]]:
    """Make the photo, read it at a short side of 60 pixels, and say what came."""
    pictures: list[NDArray[np.uint8]] = []
    shown = size = (0, 0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"photo.{case.suffix}"
        case.write(path)
        try:
            for page in photo_pages(path):
                shown = photo_size(path, page)
                size = frame_size(*shown, HEIGHT)
                pictures.append(read_photo(path, *size, page=page))
            status = "ok"
        except SourceError as error:
            status = str(error)
    row = Row(case.topic, case.name, len(pictures), _text(shown), _text(size), status)
    return row, pictures


def wrong_corners(case: PhotoCase, pictures: Sequence[NDArray[np.uint8]]) -> list[str]:
    """Corners whose colour is not what the photo shows, each as a clause."""
    found = []
    for number, picture in enumerate(pictures):
        height, width, _ = picture.shape
        places = [
            (y, x) for y in (height // 4, 3 * height // 4) for x in (width // 4, 3 * width // 4)
        ]
        for place, expected in zip(places, case.corners, strict=True):
            seen = picture[place].astype(int)
            if np.abs(seen - expected).max() > FAR:
                found.append(f"frame {number} shows {seen.tolist()} at {place}, not {expected}")
    return found


def measure_all() -> list[tuple[PhotoCase, Row, list[str]]]:
    """All of the cases, and what is wrong with each."""
    found = []
    for case in CASES:
        row, pictures = measure(case)
        wrong = wrong_corners(case, pictures)
        if row.status == "ok" and (row.frames != case.pages or row.shown != _text(case.shown)):
            wrong.append(f"{row.frames} frames of {row.shown}")
        found.append((case, row, wrong))
    return found


def _text(size: tuple[int, int]) -> str:
    return f"{size[0]} × {size[1]}" if size[0] else ""


def table(rows: Sequence[Row]) -> str:
    """All rows as Markdown."""
    return HEADER + "".join(row.line() for row in rows)


def main(arguments: Sequence[str]) -> int:
    """Measure all, print or write the table; 1 where a corner is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tools.photo_matrix", description=__doc__)
    parser.add_argument("--write", type=Path, help="the document that holds the table")
    options = parser.parse_args(arguments)
    measured = measure_all()
    wrong = [
        f"{case.topic}, {case.name}: {what}" for case, _, all_ in measured for what in all_[:1]
    ]
    made = table([row for _, row, _ in measured])
    if options.write is None or wrong:
        print(made)
    else:
        text = options.write.read_text(encoding="utf-8")
        before, after = text.split(BEGIN)[0], text.split(END)[1]
        options.write.write_text(f"{before}{BEGIN}{made}{END}{after}", encoding="utf-8")
    print("\n".join(wrong), file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
