"""Tables with a header: each column is known by its name, in any order and case."""

import re
from collections.abc import Callable, Mapping, Sequence

from frameatlas.errors import SourceError
from frameatlas.plurals import count_of
from frameatlas.reid.tracks.formats.box_cells import fields_in, kind_of_boxes, numbers_in
from frameatlas.reid.tracks.formats.table import BadLine, TableBuilder, TrackTable
from frameatlas.reid.tracks.formats.text import (
    Line,
    cells_of,
    delimiter_of,
    has_decimal_commas,
    number_of,
)

NAMES: Mapping[str, tuple[str, ...]] = {
    "frame": (
        *("frame", "frameid", "frameindex", "frameidx", "framenumber", "framenum", "frameno"),
        *("framenr", "fid", "imageid", "imgid", "image", "framecount", "f"),
    ),
    "id": (
        *("id", "trackid", "trackerid", "track", "objectid", "objid", "tracklet", "trackletid"),
        *("identity", "identityid", "playerid", "personid", "targetid", "instanceid", "pid", "tid"),
        *("trackno", "tracknumber", "object", "objectno", "obj", "player", "playerno", "person"),
    ),
    "left": (
        *("x", "x1", "left", "xmin", "l", "xtl", "bbleft", "bboxleft", "boxleft", "bbx", "bboxx"),
        *("bboxx1", "bbx1", "boxx1", "bboxxmin", "xleft", "topleftx", "tlx", "minx", "x0", "boxx"),
    ),
    "top": (
        *("y", "y1", "top", "ymin", "t", "ytl", "bbtop", "bboxtop", "boxtop", "bby", "bboxy"),
        *("bboxy1", "bby1", "boxy1", "bboxymin", "ytop", "toplefty", "tly", "miny", "y0", "boxy"),
    ),
    "right": (
        *("x2", "right", "xmax", "r", "xbr", "bbright", "bboxright", "bboxx2", "bbx2", "boxx2"),
        *("bboxxmax", "xright", "bottomrightx", "brx", "maxx", "boxright"),
    ),
    "bottom": (
        *("y2", "bottom", "ymax", "b", "ybr", "bbbottom", "bboxbottom", "bboxy2", "bby2", "boxy2"),
        *("bboxymax", "ybottom", "bottomrighty", "bry", "maxy", "boxbottom"),
    ),
    "width": ("w", "width", "bbwidth", "bboxwidth", "boxwidth", "bbw", "bboxw", "boxw"),
    "height": ("h", "height", "bbheight", "bboxheight", "boxheight", "bbh", "bboxh", "boxh"),
    "across": (
        *("xc", "cx", "xcenter", "centerx", "xcentre", "centrex", "bboxcx", "bboxxcenter"),
        *("bboxcenterx", "midx", "xmid", "boxcx"),
    ),
    "down": (
        *("yc", "cy", "ycenter", "centery", "ycentre", "centrey", "bboxcy", "bboxycenter"),
        *("bboxcentery", "midy", "ymid", "boxcy"),
    ),
    "confidence": ("conf", "confidence", "score", "prob", "probability", "detconf", "bbconf"),
    "class": (
        *("class", "cls", "classid", "category", "categoryid", "label", "classname", "name"),
        *("type", "objecttype", "objectclass", "role", "categoryname", "classlabel"),
    ),
    "box": ("box", "bbox", "boundingbox", "bndbox", "coordinates"),
    "ltrb": ("xyxy", "ltrb", "tlbr", "bboxxyxy", "boxxyxy", "bboxltrb", "bboxtlbr"),
    "tlwh": ("tlwh", "ltwh", "xywh", "bboxxywh", "boxxywh", "bboxltwh", "bboxtlwh"),
}
"""Words for each column, in small letters without marks."""

WEAK = frozenset(
    (
        *("id", "object", "obj", "player", "person", "pid", "image", "imageid", "imgid", "fid"),
        *("f", "x", "y", "l", "t", "r", "b"),
    )
)
"""Words that yield to another one of the same column: ``id,frame,track_id`` has numbers of rows."""

KNOWN = (
    "frame, frame_id, frame_index; id, track_id, tracker_id, object_id; a box as x,y,w,h, "
    "left,top,width,height, x1,y1,x2,y2, left,top,right,bottom, x_min,y_min,x_max,y_max or "
    "xc,yc,w,h; conf or score; class, class_id or label"
)
_WORDS = {word: column for column, words in NAMES.items() for word in words}
_KIND_OR_ID = ("object", "obj", "person")
_BETTER_CLASS = ("classname", "name", "label", "categoryname", "role", "type", "classlabel")
_NUMBERS = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


def plain(name: str) -> str:
    """A name of a column in small letters, without marks: ``bb_Left`` and ``BB left`` are one."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def is_header(cells: Sequence[str]) -> bool:
    """Whether a row of cells names columns: a word in every one of them, none a number."""
    filled = [cell for cell in cells if cell]
    words = [cell for cell in filled if re.match(r"[A-Za-z_#]", cell)]
    return len(filled) >= 2 and len(words) == len(filled)


def knows(cells: Sequence[str]) -> bool:
    """Whether two columns or more, and the frame's among them, have names that are known."""
    found = {_WORDS.get(plain(cell)) for cell in cells} - {None}
    return len(found) >= 2 and "frame" in found


def columns_of(cells: Sequence[str], place: str) -> dict[str, int]:
    """Where each known column is.

    Raises:
        SourceError: No box can be told from these names.
    """
    columns: dict[str, int] = {}
    for number, cell in enumerate(cells):
        word = plain(cell)
        column = _WORDS.get(word)
        if column is None and word.endswith("normalized"):
            column = _WORDS.get(word.removesuffix("normalized"))
        if column and (column not in columns or stronger(word, plain(cells[columns[column]]))):
            columns[column] = number
    missing = [] if "frame" in columns else ["the frame"]
    if not _box_columns(columns):
        missing.append("the box")
    if missing:
        raise SourceError(
            f"Expected columns that are known in the header of {place}: {KNOWN}. Received: "
            f"{', '.join(cells)[:200]}; {' and '.join(missing)} cannot be told, so rename the "
            "columns."
        )
    return columns


def stronger(word: str, than: str) -> bool:
    """Whether one word for a column tells more surely what it holds than another of the same."""
    if word in _BETTER_CLASS:
        return True
    return (than in WEAK and word not in WEAK) or (than in _KIND_OR_ID and word == "id")


def _box_columns(columns: Mapping[str, int]) -> bool:
    sides = ("left", "top")
    kinds = (
        (*sides, "right", "bottom"),
        (*sides, "width", "height"),
        ("across", "down", "width", "height"),
        *(("box",), ("ltrb",), ("tlwh",)),
    )
    return any(all(name in columns for name in kind) for kind in kinds)


def read_header_table(lines: Sequence[Line], place: str) -> TrackTable:
    """Read a table whose first line names its columns."""
    sample = [line.text for line in lines[:50]]
    delimiter = delimiter_of(sample)
    columns = columns_of(cells_of(lines[0].text, delimiter), place)
    rows = [cells_of(line.text, delimiter) for line in lines[1:]]
    columns = _meant(columns, cells_of(lines[0].text, delimiter), rows)
    comma = delimiter != "," and has_decimal_commas(rows)
    builder = TableBuilder("table with a header")
    for line, row in zip(lines[1:], rows, strict=True):
        if max(columns.values()) >= len(row):
            builder.bad.append(
                BadLine(line.number, f"{count_of(len(row), 'column')}, as not in the header")
            )
            continue
        cells = {name: row[column] for name, column in columns.items()}
        reason = add_row(builder, cells, line.number, decimal_comma=comma)
        if reason:
            builder.bad.append(BadLine(line.number, reason))
    first = 0 if "frameindex" in map(plain, cells_of(lines[0].text, delimiter)) else None
    numbers = not any(_named(cell) for cell in _labels(builder))
    return builder.built(first=first, named=not numbers, person_numbers=("0",))


def _meant(
    columns: Mapping[str, int], header: Sequence[str], rows: Sequence[Sequence[str]]
) -> dict[str, int]:
    """The columns, where only their cells tell what a word means: a box, or an object."""
    words = [plain(cell) for cell in header]

    def column(name: str) -> list[str]:
        return [row[columns[name]] for row in rows if columns[name] < len(row)]

    found = dict(columns)
    if "box" in found:
        found[kind_of_boxes(column("box"), set(words))] = found.pop("box")
    told = next((n for n, word in enumerate(words) if word in _KIND_OR_ID), None)
    if told is not None and all(words_only(row[told]) for row in rows if told < len(row)):
        # The word heads what somebody is, not which one.
        found.setdefault("class", told)
        if found.get("id") == told:
            del found["id"]
    return found


def words_only(cell: str) -> bool:
    """Whether a cell names a kind, such as ``person``: nothing in it counts."""
    return not any(mark.isdigit() for mark in cell)


def _labels(builder: TableBuilder) -> list[str]:
    return list(builder.built().labels)


def _named(label: str) -> bool:
    return not _NUMBERS.fullmatch(label)


def add_row(
    builder: TableBuilder, cells: Mapping[str, str], line: int, *, decimal_comma: bool = False
) -> str:
    """Add a row by the names of its columns; returns why it is no box, or ""."""

    def number(name: str) -> float | None:
        return number_of(cells.get(name, ""), decimal_comma=decimal_comma)

    frame = _frame(cells["frame"], decimal_comma=decimal_comma)
    if frame is None:
        return f"not a number: frame {cells['frame'][:40]!r}"
    cells = {**cells, **fields_in(cells.get("ltrb", ""), _WORDS)}
    if "left" not in cells and ("ltrb" in cells or "tlwh" in cells):
        text = cells.get("ltrb", cells.get("tlwh", ""))
        values = numbers_in(text)
        if len(values) != 4:
            return f"not a box: {text[:40]!r}"
        box = values if "tlwh" in cells else _of_corners(*values)
    else:
        found = _box(number, cells)
        if found is None:
            return f"not numbers: {', '.join(cells.values())[:60]!r}"
        box = found
    sure = number("confidence")
    builder.add(
        frame,
        cells.get("id", "-1").replace(",", ".") if decimal_comma else cells.get("id", "-1"),
        box,
        confidence=float("nan") if sure is None else sure,
        label=_label(cells.get("class", "")),
        line=line,
    )
    return ""


def _frame(cell: str, *, decimal_comma: bool) -> float | None:
    """A frame's number; of a file's name, the number that ends it."""
    value = number_of(cell, decimal_comma=decimal_comma)
    if value is None and ":" not in cell:
        found = re.search(r"(\d{1,9})(?:\.\w{2,4})?$", cell)
        return float(found[1]) if found else None
    return value


def _label(cell: str) -> str:
    value = number_of(cell)
    return cell if value is None or value != int(value) else str(int(value))


def _of_corners(x1: float, y1: float, x2: float, y2: float) -> list[float]:
    return [x1, y1, x2 - x1, y2 - y1]


def _box(number: Callable[[str], float | None], cells: Mapping[str, str]) -> list[float] | None:
    """Left, top, width, height, from whichever columns there are."""
    if "right" in cells and "bottom" in cells and "left" in cells:
        corners = [number(name) for name in ("left", "top", "right", "bottom")]
        known = [value for value in corners if value is not None]
        return _of_corners(*known) if len(known) == 4 else None
    names = ("left", "top") if "left" in cells and "top" in cells else ("across", "down")
    found = [number(name) for name in (*names, "width", "height")]
    box = [value for value in found if value is not None]
    if len(box) != 4:
        return None
    if names[0] == "across":
        box = [box[0] - box[2] / 2, box[1] - box[3] / 2, box[2], box[3]]
    return box
