"""What the names of pictures tell of who is on them, for the public sets' ways to name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

MARKET = re.compile(r"(-?\d{1,9})_c(\d{1,4})(?:s(\d{1,6})(?:_(\d{1,9}))?)?(?![\d])", re.ASCII)
"""0002_c1s1_000451_03.jpg: person, camera, sequence, frame. Also 0003_c1_21.png."""

DUKE = re.compile(r"(-?\d{1,9})_c(\d{1,4})_f(\d{1,12})", re.ASCII)
"""0005_c2_f0046985.jpg: person, camera, frame."""

MARS = re.compile(r"(\d{4}|00-1)C(\d{1,3})T(\d{1,6})F(\d{1,6})", re.ASCII)
"""0001C1T0001F001.jpg: person, camera, tracklet, frame."""

NEW_CUHK03 = re.compile(r"(-?\d{1,9})_c([12])_(\d{1,4})\.\w+", re.ASCII)
"""0003_c1_21.png: person, camera, picture; its newer split, laid out as Market-1501."""

CUHK03 = re.compile(r"(\d)_(\d{3,4})_(\d)_(\d{1,2})\.\w+", re.ASCII)
"""1_001_1_01.png: pair of cameras, person, view, picture."""

MSMT17 = re.compile(r"(\d{4,6})_(\d{1,6})_(\d{1,3})_(\w+?)_(\d{1,9})(?:_(\d+))?\.\w+", re.ASCII)
"""0000_000_01_0303morning_0015_0.jpg: person, picture, camera, time, frame."""

SOCCERNET = re.compile(
    r"(\d{1,18})[-_](\d{1,18})[-_](\d{1,18})[-_](\d{1,18})[-_](.+)[-_](\d+)x(\d+)\.\w+", re.ASCII
)
"""Box, action, person, frame, class and more, height × width."""


@dataclass(frozen=True)
class Named:
    """Pictures whose names could be read, and the numbers in them.

    Attributes:
        paths: Those pictures.
        fields: Of each, the groups of the pattern as text.
        others: Pictures with other names.
    """

    paths: tuple[Path, ...]
    fields: tuple[tuple[str, ...], ...]
    others: tuple[Path, ...]

    def numbers(self, group: int) -> list[int]:
        """One group of each name as a number; 0 where it is not there."""
        return [int(fields[group] or 0) for fields in self.fields]


def read_names(paths: Sequence[Path], pattern: re.Pattern[str]) -> Named:
    """Read the names that begin as a pattern has it."""
    matches = [(path, pattern.match(path.name)) for path in paths]
    found = [(path, match) for path, match in matches if match]
    return Named(
        tuple(path for path, _ in found),
        tuple(match.groups("") for _, match in found),
        tuple(path for path, match in matches if not match),
    )


def left_out_note(named: Named, what: str) -> list[str]:
    """One sentence on pictures whose names say nothing; none where there are none."""
    if not named.others:
        return []
    shown = ", ".join(path.name for path in named.others[:3])
    more = f" and {len(named.others) - 3} more" if len(named.others) > 3 else ""
    return [f"left out, as they are not named as {what}'s pictures are: {shown}{more}"]
