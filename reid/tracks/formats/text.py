"""The text of a file of tracks: its encoding, how its columns are parted, and its numbers."""

import re
from dataclasses import dataclass
from pathlib import Path

from frameatlas.errors import SourceError

MOST_BYTES = 1 << 30
"""A file of tracks that is larger is no file of tracks: a season of football has half of that."""

_FINITE = 1e308
_PLAIN = 0.8
"""Share of letters without accents from which on bytes in pairs are a text, and not noise."""

# Each text is matched in one way only: with several, a long row would take for ever to be refused.
NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?")
_COMMENT = re.compile(r"^\s*#.*|(?<=[\d.,;])[ \t]+#.*")
_COMMA_NUMBER = re.compile(r"[-+]?\d+,\d+")


def read_text(path: Path) -> str:
    """The text of a file, whatever Unicode it is in.

    Raises:
        SourceError: It cannot be read, or is too large.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise SourceError(f"Expected tracks in {path}. Received: a file of more than 1 GiB.")
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(
            f"Expected to read tracks from {path}. Received: {error.strerror or error}; name a "
            "file that your tracker wrote."
        ) from error
    return decoded(data)


def decoded(data: bytes) -> str:
    """Bytes as text: UTF-8, or UTF-16 as spreadsheets write it, with a mark or without."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) and len(data) % 2 == 0:
        text = data.decode("utf-16", errors="replace")
        if sum(map(str.isascii, text[:400])) > _PLAIN * len(text[:400]):
            return text
    head = data[:400]
    if len(head) >= 4 and len(data) % 2 == 0 and b"\n\x00" in data[:100_000]:
        if head[1::2].count(0) > 0.8 * len(head[1::2]):
            return data.decode("utf-16-le", errors="replace")
    elif len(head) >= 4 and head[::2].count(0) > 0.8 * len(head[::2]):
        return data.decode("utf-16-be", errors="replace")
    return data.decode("utf-8-sig", errors="replace")


@dataclass(frozen=True)
class Line:
    """A line that is not empty, without its comment.

    Attributes:
        number: Counts from 1.
        text: Without the space around it.
    """

    number: int
    text: str


def lines_of(text: str) -> list[Line]:
    """The lines of a text that hold something.

    A comment is a line that begins with #, or what follows a number and #: a class may be called
    ``player #7``, and a column ``Track #``.
    """
    found = []
    for number, raw in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        line = _COMMENT.sub("", raw)
        if line.strip():
            found.append(Line(number, line.strip()))
    return found


def delimiter_of(sample: list[str]) -> str:
    """What parts the columns of most of some lines: ";", "," a tab, or " " for any space."""
    votes = {"\t": 0, ";": 0, ",": 0, " ": 0}
    for line in sample:
        if line.count(";") >= 2:
            votes[";"] += 1
        elif line.count("\t") >= 2:
            votes["\t"] += 1
        elif line.count(",") >= 2:
            votes[","] += 1
        else:
            votes[" "] += 1
    return max(votes, key=lambda mark: votes[mark])


def cells_of(line: str, delimiter: str) -> list[str]:
    """The cells of a line; quotes are taken off, and commas in quotes part nothing."""
    if delimiter == " ":
        return line.split()
    cells, inner, quoted = [], "", ""
    for mark in line:
        if quoted:
            quoted = "" if mark == quoted else quoted
            inner += mark
        elif mark == '"':
            quoted = mark
            inner += mark
        elif mark == delimiter:
            cells.append(inner)
            inner = ""
        else:
            inner += mark
    cells.append(inner)
    return [cell.strip().strip('"').strip() for cell in cells]


def has_decimal_commas(cells: list[list[str]]) -> bool:
    """Whether numbers are written as 499,00: where columns are not parted by commas."""
    some = [cell for row in cells[:200] for cell in row]
    commas = sum(bool(_COMMA_NUMBER.fullmatch(cell)) for cell in some)
    points = sum("." in cell and bool(NUMBER.fullmatch(cell)) for cell in some)
    return commas > 0 and points == 0


def number_of(cell: str, *, decimal_comma: bool = False) -> float | None:
    """A cell as a number; None where it is none."""
    text = cell.replace(",", ".") if decimal_comma else cell
    if not NUMBER.fullmatch(text):
        return None
    return max(-_FINITE, min(_FINITE, float(text)))
