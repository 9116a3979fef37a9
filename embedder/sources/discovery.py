"""What the user names becomes videos and folders of photos: files, folders, globs, lists."""

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from frameatlas.embedder.decode.photos import PhotoFolder
from frameatlas.embedder.sources.path_arguments import expand_argument, natural_key
from frameatlas.errors import InputError
from frameatlas.store.content_digest import read_error_reason

PHOTO_SUFFIXES = frozenset(
    [
        ".jpg",
        ".jpeg",
        ".jpe",
        ".jfif",
        ".png",
        ".webp",
        ".tif",
        ".tiff",
        ".bmp",
        ".heic",
        ".heif",
        ".avif",
    ]
)
"""Names of photos; a GIF is a photo when it holds a single picture."""

_BESIDE = """
    .srt .vtt .ass .ssa .sub .idx .sbv .lrc .txt .md .rst .log .nfo .xml .xmp .json .jsonl .csv
    .tsv .yaml .yml .toml .ini .cfg .html .htm .url .pdf .doc .docx .odt .rtf
    .lrv .thm .aae .bup .ifo .cpi .mpl .bdm .db .part .ytdl .crdownload .torrent .sfv .md5 .sha1
    .sha256 .par2 .tmp .bak .lock
"""
# Subtitles, notes and descriptions; what cameras, players and downloads leave.

SIDECAR_SUFFIXES = frozenset(_BESIDE.split())
"""Names of files that stand beside videos: skipped without a word."""

SIDECAR_NAMES = frozenset({"thumbs.db", "desktop.ini"})


@dataclass(frozen=True)
class Refused:
    """A path that is no source, and why.

    Attributes:
        path: What was found.
        reason: One clause for the user.
    """

    path: Path
    reason: str


@dataclass(frozen=True)
class Found:
    """All sources that the user's arguments name, each once.

    Attributes:
        videos: Files to be tried as videos, in the order named, folders in natural order.
        photos: Folders of photos.
        refused: What cannot be read, each with a reason.
        skipped: Number of hidden files and sidecars passed over.
    """

    videos: tuple[Path, ...]
    photos: tuple[PhotoFolder, ...]
    refused: tuple[Refused, ...]
    skipped: int


def find_sources(arguments: Sequence[str], stdin: TextIO | None, skip: Path | None = None) -> Found:
    """Find the videos and photos that arguments of the command line name.

    Args:
        arguments: Files, folders, globs, ``@list.txt``, or ``-`` for paths on standard input.
        stdin: Standard input, None where there is none.
        skip: A folder that is never entered: the atlas that is being written.

    Raises:
        InputError: An argument names nothing, or there is no source at all.
    """
    if not arguments:
        raise InputError(
            "Expected a video, a folder, a glob, @list.txt or -. Received: nothing. "
            "Name at least one, for example: frameatlas index videos/."
        )
    search = _Search(skip.resolve() if skip else None)
    for argument in arguments:
        for path in expand_argument(argument, stdin):
            search.add_named(path)
    found = search.found()
    if not found.videos and not found.photos and not found.refused:
        raise InputError(
            f"Expected videos or photos in {', '.join(arguments)}. Received: "
            f"{_nothing(found.skipped)}. Name a folder that holds some."
        )
    return found


def _nothing(skipped: int) -> str:
    if skipped:
        return f"no video or photo, only {skipped} other file{'s' if skipped > 1 else ''}"
    return "an empty folder"


@dataclass
class _Search:
    """Collects sources; a file that is named twice counts once."""

    skip: Path | None
    videos: list[Path] = field(default_factory=list)
    photos: dict[Path, list[Path]] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    skipped: int = 0
    _seen: set[tuple[int, int]] = field(default_factory=set)
    _entered: set[tuple[int, int]] = field(default_factory=set)

    def found(self) -> Found:
        """All sources so far."""
        folders = (
            PhotoFolder(folder, tuple(sorted(files, key=natural_key)))
            for folder, files in self.photos.items()
        )
        return Found(tuple(self.videos), tuple(folders), tuple(self.refused), self.skipped)

    def add_named(self, path: Path) -> None:
        """Add what the user named: here even a hidden file or a sidecar is meant."""
        try:
            kind = path.stat()
            _try_to_read(path, kind)
        except PermissionError as error:
            raise InputError(
                f"Expected a path that may be read. Received: {path}, without permission. "
                "Change its permissions, or leave it out."
            ) from error
        except OSError as error:
            self.refused.append(Refused(path, _link_reason(path, error)))
            return
        if stat.S_ISDIR(kind.st_mode):
            self._add_folder(path)
        else:
            self._add_file(path, kind)

    def _add_folder(self, folder: Path) -> None:
        """Add a folder's files, then its folders, in natural order."""
        if not self._may_enter(folder):
            return
        try:
            with os.scandir(folder) as entries:
                names = sorted(entries, key=lambda entry: natural_key(entry.name))
        except OSError as error:
            self.refused.append(Refused(folder, read_error_reason(error)))
            return
        inner = []
        for entry in names:
            if entry.name.startswith("."):
                self.skipped += 1
            elif _is_folder(entry):
                inner.append(Path(entry.path))
            elif _is_sidecar(entry.name):
                self.skipped += 1
            else:
                self._add_entry(Path(entry.path))
        for path in inner:
            self._add_folder(path)

    def _may_enter(self, folder: Path) -> bool:
        """No atlas, and no folder twice: a link may lead back up."""
        if folder.suffix.lower() in {".atlas", ".players"} or folder.name == "__pycache__":
            return False
        try:
            if self.skip is not None and folder.resolve() == self.skip:
                return False
            kind = folder.stat()
        except OSError:
            return True
        known = (kind.st_dev, kind.st_ino) in self._entered
        self._entered.add((kind.st_dev, kind.st_ino))
        return not known

    def _add_entry(self, path: Path) -> None:
        try:
            kind = path.stat()
        except OSError as error:
            self.refused.append(Refused(path, _link_reason(path, error)))
            return
        self._add_file(path, kind)

    def _add_file(self, path: Path, kind: os.stat_result) -> None:
        if not stat.S_ISREG(kind.st_mode):
            self.refused.append(Refused(path, "no regular file, but a device, pipe or socket"))
            return
        if (kind.st_dev, kind.st_ino) in self._seen:
            return
        self._seen.add((kind.st_dev, kind.st_ino))
        if not os.access(path, os.R_OK):
            self.refused.append(Refused(path, "no permission to read it"))
        elif is_photo(path):
            self.photos.setdefault(path.parent, []).append(path)
        else:
            self.videos.append(path)


def is_photo(path: Path) -> bool:
    """Whether a file is read as a photo: by its name, a GIF by its number of pictures."""
    suffix = path.suffix.lower()
    return suffix in PHOTO_SUFFIXES or (suffix == ".gif" and _is_still_gif(path))


def _is_still_gif(path: Path) -> bool:
    """One picture only; a damaged GIF goes to FFmpeg, which says what is wrong with it."""
    from frameatlas.embedder.media.photo_file import is_single_picture

    return is_single_picture(path)


def _is_sidecar(name: str) -> bool:
    lower = name.lower()
    return lower in SIDECAR_NAMES or Path(lower).suffix in SIDECAR_SUFFIXES or lower.endswith("~")


def _link_reason(path: Path, error: OSError) -> str:
    if path.is_symlink():
        return "a link that leads nowhere"
    return read_error_reason(error)


def _try_to_read(path: Path, kind: os.stat_result) -> None:
    """Raise what the system says when a folder or a regular file may not be read."""
    if stat.S_ISDIR(kind.st_mode):
        with os.scandir(path):
            pass
    elif stat.S_ISREG(kind.st_mode):
        with path.open("rb"):
            pass


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False  # A link to itself: refused as a file, with a reason.
