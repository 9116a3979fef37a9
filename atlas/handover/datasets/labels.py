"""What a program that labels pictures says of one of them, and the bins that come of it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from frameatlas.atlas import Atlas
from frameatlas.bins.stored import LONGEST_NAME, checked_name
from frameatlas.columns.joined import Files
from frameatlas.errors import InputError
from frameatlas.handover.datasets.samples import named_frame


@dataclass(frozen=True)
class Labelled:
    """A picture and its labels.

    Attributes:
        file: The picture's name, path or address.
        labels: What it is labelled.
        known: Its source's id and pts, where the file says them; else its name does.
    """

    file: str
    labels: tuple[str, ...]
    known: tuple[str, int] | None = None


def label_text(value: Any) -> str:
    """A label as a bin may be called; "" where it is none.

    Bins are listed with ; between them and asked for with |, so these two become other signs.
    """
    if not isinstance(value, str):
        return ""
    plain = " ".join(value.replace(";", ",").replace("|", "/").split())
    return plain[:LONGEST_NAME].strip()


def bins_of_labels(
    atlas: Atlas, labelled: Iterable[Labelled], path: Path
) -> tuple[dict[str, list[int]], int]:
    """The frames of each label.

    A picture is known by its source and time, by its name where we gave it, or by its path where it
    is a photo of the atlas.

    Args:
        atlas: The atlas.
        labelled: Pictures with labels.
        path: The file that says so, for messages.

    Returns:
        Frames by label; and how many pictures with labels are of no frame here.

    Raises:
        InputError: A label cannot be a bin's name.
    """
    numbers = {source.id: number for number, source in enumerate(atlas.sources)}
    files = Files(atlas)
    found: dict[str, list[int]] = defaultdict(list)
    unknown = 0
    for one in labelled:
        names = {text for label in one.labels if (text := label_text(label))}
        if not names:
            continue
        known = one.known or named_frame(one.file)
        frame = _by_time(atlas, numbers, known) if known else _photo(files, one.file, path)
        unknown += frame is None
        for name in sorted(names) if frame is not None else ():
            assert frame is not None
            found[checked_name(name)].append(frame)
    return dict(found), unknown


def _by_time(atlas: Atlas, numbers: dict[str, int], known: tuple[str, int]) -> int | None:
    number = numbers.get(known[0])
    if number is None:
        return None
    own = atlas.range_of(number)
    rows = np.flatnonzero(atlas.pts[own.start : own.stop] == known[1])
    return own.start + int(rows[0]) if len(rows) else None


def _photo(files: Files, file: str, path: Path) -> int | None:
    try:
        frames = files.frames(file, path) if file else None
    except InputError:  # a name that several photos have
        return None
    return frames.start if frames is not None and len(frames) == 1 else None
