"""The folder of a static site: whose it is, how far it is, and files that are whole or absent."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from frameatlas.errors import InputError
from frameatlas.store.atomic import REMOVED, remove_folder, translate_os_errors, write_text

RECORD = "frameatlas-site.json"
"""Says that a folder is a site of ours, and whether it is whole."""

FORMAT = 1

PAGE = "index.html"

_NEW = ".new"


@dataclass(frozen=True)
class SiteRecord:
    """What a site was made from; tiles of equal records are equal.

    Attributes:
        map: The atlas' map.
        frames: Number of frames.
        quality: Of the tiles.
        format: Of the site.
    """

    map: str
    frames: int
    quality: int
    format: int = FORMAT


def check_site_place(folder: Path) -> None:
    """Refuse a place that is not ours to write.

    Raises:
        InputError: It is a file, its parent does not exist, or it holds something else.
    """
    with translate_os_errors(folder):
        if folder.exists() and not folder.is_dir():
            raise InputError(f"Expected a folder for the site. Received: the file {folder}.")
        if not folder.resolve().parent.is_dir():
            raise InputError(
                f"Expected the folder {folder.resolve().parent} to exist. Received: none of that "
                "name; make it first, or choose another output with -o."
            )
        begun = f".{RECORD}{_NEW}"  # all that a run leaves that is killed at its very first file
        others = [p for p in (folder.iterdir() if folder.is_dir() else ()) if p.name != begun]
        if others and not (folder / RECORD).is_file():
            raise InputError(
                f"Expected an empty folder, or a site of frameatlas. Received: {folder}, which "
                "holds something else; choose another output with -o."
            )


def begin_site(folder: Path, record: SiteRecord, depth: int) -> None:
    """Make the folder ready: what an earlier run left is kept where it fits.

    Args:
        folder: The site.
        record: What it is made from.
        depth: Tiles of deeper zooms are removed.
    """
    with translate_os_errors(folder):
        folder.mkdir(exist_ok=True)
        (folder / PAGE).unlink(missing_ok=True)
        for begun in (*folder.glob(f".*{_NEW}"), *(folder / "assets").rglob(f".*{_NEW}")):
            begun.unlink(missing_ok=True)
        for doomed in folder.glob(f"{REMOVED}*"):
            remove_folder(doomed)
        if _read_record(folder) != record:
            remove_folder(folder / "tiles")
            remove_folder(folder / "clips")
        write_text(folder / RECORD, _text(record, "unfinished"))
        tiles = folder / "tiles"
        for zoom in tiles.iterdir() if tiles.is_dir() else ():
            if not zoom.name.isdigit() or int(zoom.name) > depth:
                remove_folder(zoom)
        remove_folder(folder / "data")


def finish_site(folder: Path, record: SiteRecord, page: str) -> None:
    """The page comes last: before it, nobody takes the site for whole."""
    write_text(folder / PAGE, page)
    write_text(folder / RECORD, _text(record, "whole"))


def is_whole(folder: Path) -> bool:
    """Whether a site's export came to its end."""
    try:
        return bool(json.loads((folder / RECORD).read_text(encoding="utf-8"))["state"] == "whole")
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return False


def tiles_there(folder: Path, depth: int) -> int:
    """How many tiles there are, down to a zoom, whole or not: quickly, for who waits."""
    zooms = (folder / str(zoom) for zoom in range(depth + 1))
    return sum(1 for place in zooms for _ in place.glob("*/*.webp"))


def whole_tiles(folder: Path) -> set[str]:
    """Names of the tiles in a folder that are whole; what a killed run began is removed."""
    if not folder.is_dir():
        return set()
    names = set()
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(_NEW):
                Path(entry.path).unlink(missing_ok=True)
            elif _is_whole_webp(Path(entry.path)):
                names.add(entry.name)
    return names


def write_file(path: Path, data: bytes) -> None:
    """Replace a file in one step. Not flushed: a site can be made again."""
    beside = path.with_name(f".{path.name}.{os.getpid()}{_NEW}")
    with translate_os_errors(path):
        try:
            beside.write_bytes(data)
            beside.replace(path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise


def _is_whole_webp(path: Path) -> bool:
    """Whether a file is as long as its RIFF header says: a crash may cut what was not flushed."""
    with path.open("rb") as file:
        head = file.read(12)
        size = os.fstat(file.fileno()).st_size
    riff = head[:4] == b"RIFF" and head[8:] == b"WEBP"
    return riff and size == int.from_bytes(head[4:8], "little") + 8


def _read_record(folder: Path) -> SiteRecord | None:
    try:
        values = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        values.pop("state")
        return SiteRecord(**values)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _text(record: SiteRecord, state: str) -> str:
    return json.dumps({"state": state, **asdict(record)}, indent=2) + "\n"
