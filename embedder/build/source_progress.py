"""``progress.json``: how far an interrupted run came with one source."""

import json
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from frameatlas.embedder.build.frame_writer import TIMES
from frameatlas.embedder.build.picture_writer import holds
from frameatlas.errors import FormatError
from frameatlas.store.json_fields import Fields
from frameatlas.store.pictures.picture_file import PICTURE_FILES

PROGRESS_FILE = "progress.json"


@dataclass(frozen=True)
class SourceProgress:
    """How far a run came with one source.

    Attributes:
        frames: Frames that are safely on disk.
        described: Those of them, from the first, whose features are.
        width: Of every frame, in pixels.
        height: The same.
        time_base: Seconds in a unit of their times.
    """

    frames: int
    described: int
    width: int
    height: int
    time_base: Fraction


def progress_text(progress: SourceProgress, key: str, store: str) -> str:
    """What is noted; ``load_progress`` reads it.

    Args:
        progress: How far the source is.
        key: What must agree for the work to be taken over.
        store: How its frames are stored.
    """
    base = progress.time_base
    values = {
        "key": key,
        "store": store,
        "frames": progress.frames,
        "described": progress.described,
        "width": progress.width,
        "height": progress.height,
        "time_base": [base.numerator, base.denominator],
    }
    return json.dumps(values)


def load_progress(folder: Path, key: str) -> SourceProgress | None:
    """What an interrupted run left of a source; None where it cannot be taken over.

    Args:
        folder: The source's folder under construction.
        key: What must agree.
    """
    path = folder / PROGRESS_FILE
    try:
        fields = Fields.of_json(path.read_text(encoding="utf-8"), str(path))
        base = fields.values["time_base"]
        saved = SourceProgress(
            fields.integer("frames", least=1),
            fields.integer("described", least=0),
            fields.integer("width", least=1),
            fields.integer("height", least=1),
            Fraction(int(base[0]), int(base[1])),
        )
        stores = tuple(PICTURE_FILES)
        store = fields.choice("store", stores) if "store" in fields.values else "raw"
        whole = holds(folder, store, saved.frames, saved.width, saved.height)
        timed = (folder / "times.bin").stat().st_size
    except (OSError, FormatError, KeyError, ValueError, TypeError, IndexError, ArithmeticError):
        return None
    whole = whole and timed >= saved.frames * TIMES.itemsize
    return saved if fields.values.get("key") == key and whole else None
