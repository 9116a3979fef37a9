"""What the user names becomes videos and folders of photos: files, folders, globs, lists."""

import os
import stat
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TextIO

from frameatlas.embedder.decode.photos import PhotoFolder
from frameatlas.embedder.sources.exclusions import Exclusions
from frameatlas.embedder.sources.file_kinds import (
    is_photo,
    is_sidecar,
    is_sound,
    raw_beside_photo,
)
from frameatlas.embedder.sources.path_arguments import expand_argument, natural_key
from frameatlas.embedder.sources.stoppable import until_stopped
from frameatlas.errors import InputError
from frameatlas.plurals import count_of
from frameatlas.progress import Stopped
from frameatlas.store.content_digest import read_error_reason


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
        passed_over: What was passed over, as a clause, and how many files: "sound only" → 7.
        tops: Folders that were given.
        named: Files that were given by their own names.
    """

    videos: tuple[Path, ...]
    photos: tuple[PhotoFolder, ...]
    refused: tuple[Refused, ...]
    passed_over: dict[str, int] = field(default_factory=dict)
    tops: tuple[Path, ...] = ()
    named: frozenset[Path] = frozenset()

    @property
    def skipped(self) -> int:
        """Number of files and folders passed over."""
        return sum(self.passed_over.values())

    def absolute(self) -> "Found":
        """The same files by paths that hold from any folder; links are left as they are named."""
        photos = (
            PhotoFolder(_absolute(folder.path), tuple(map(_absolute, folder.files)))
            for folder in self.photos
        )
        return replace(
            self,
            videos=tuple(map(_absolute, self.videos)),
            photos=tuple(photos),
            refused=tuple(replace(one, path=_absolute(one.path)) for one in self.refused),
        )


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 — Path.absolute() leaves ".." in


def find_sources(
    arguments: Sequence[str],
    stdin: TextIO | None,
    skip: Path | None = None,
    exclusions: Exclusions | None = None,
    stopped: Stopped = lambda: False,
) -> Found:
    """Find the videos and photos that arguments of the command line name.

    Args:
        arguments: Files, folders, globs, ``@list.txt``, or ``-`` for paths on standard input.
        stdin: Standard input, None where there is none.
        skip: A folder that is never entered: the atlas that is being written.
        exclusions: What is passed over within folders.
        stopped: Looked at before each file.

    Raises:
        InputError: An argument names nothing, or there is no source at all.
        InterruptedIndexError: ``stopped`` gave True.
    """
    if not arguments:
        raise InputError(
            "Expected a video, a folder, a glob, @list.txt or -. Received: nothing. "
            "Name at least one, for example: frameatlas index videos/."
        )
    search = _Search(skip.resolve() if skip else None, exclusions or Exclusions(), stopped)
    for argument in arguments:
        for path in until_stopped(expand_argument(argument, stdin), stopped):
            search.add_named(path)
    found = search.found()
    if not found.videos and not found.photos and not found.refused:
        raise InputError(
            f"Expected videos or photos in {', '.join(arguments)}. Received: "
            f"{_nothing(found)}. Name a folder that holds some."
        )
    return found


def _nothing(found: Found) -> str:
    if found.skipped:
        kinds = passed_over_text(found)
        return f"no video or photo, only {count_of(found.skipped, 'other file')} ({kinds})"
    return "an empty folder"


def passed_over_text(found: Found) -> str:
    """What was passed over, for a person: "7 sound only, 5 RAW beside JPEG"."""
    ordered = sorted(found.passed_over.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{count} {what}" for what, count in ordered)


@dataclass
class _Search:
    """Collects sources; a file that is named twice counts once."""

    skip: Path | None
    exclusions: Exclusions
    stopped: Stopped
    videos: list[Path] = field(default_factory=list)
    photos: dict[Path, list[Path]] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)
    tops: list[Path] = field(default_factory=list)
    named: set[Path] = field(default_factory=set)
    _seen: set[tuple[int, int]] = field(default_factory=set)
    _entered: set[tuple[int, int]] = field(default_factory=set)

    def found(self) -> Found:
        """All sources so far."""
        folders = (
            PhotoFolder(folder, tuple(sorted(files, key=natural_key)))
            for folder, files in self.photos.items()
        )
        return Found(
            tuple(self.videos),
            tuple(folders),
            tuple(self.refused),
            dict(self.passed_over),
            tuple(self.tops),
            frozenset(self.named),
        )

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
            self.tops.append(path)
            self._add_folder(path, "")
        else:
            self.named.add(path)
            self._add_file(path, kind)

    def _add_folder(self, folder: Path, inner: str) -> None:
        """Add a folder's files, then its folders, in natural order.

        Args:
            folder: The folder.
            inner: Its path within the one that was given, with / at its end, or "".
        """
        if not self._may_enter(folder):
            return
        try:
            with os.scandir(folder) as entries:
                names = sorted(entries, key=lambda entry: natural_key(entry.name))
        except OSError as error:
            self.refused.append(Refused(folder, read_error_reason(error)))
            return
        folders = []
        developed = raw_beside_photo([entry.name for entry in names])
        for entry in until_stopped(names, self.stopped):
            is_folder = _is_folder(entry)
            reason = self._passed_over(entry.name, inner + entry.name, is_folder, developed)
            if reason is not None:
                self.passed_over[reason] += 1
            elif is_folder:
                folders.append(entry)
            else:
                self._add_entry(Path(entry.path))
        for entry in folders:
            self._add_folder(Path(entry.path), f"{inner}{entry.name}/")

    def _passed_over(
        self, name: str, inner: str, is_folder: bool, developed: frozenset[str]
    ) -> str | None:
        """Why an entry of a folder is passed over, as a clause that counts."""
        reason = self.exclusions.reason(inner, is_folder=is_folder)
        if reason is None and name.startswith("."):
            reason = "hidden"
        if reason is not None or is_folder:
            return reason
        if is_sidecar(name):
            return "beside others (subtitles, notes, previews)"
        if is_sound(name):
            return "sound only"
        return "RAW beside JPEG" if name in developed else None

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
        if not kind.st_size:
            # Nothing to read, and some devices that call themselves files would wait for ever.
            self.refused.append(Refused(path, "an empty file"))
        elif not os.access(path, os.R_OK):
            self.refused.append(Refused(path, "no permission to read it"))
        elif is_photo(path):
            self.photos.setdefault(path.parent, []).append(path)
        else:
            self.videos.append(path)


def _link_reason(path: Path, error: OSError) -> str:
    if path.is_symlink():
        return "a link that leads nowhere"
    return read_error_reason(error)


def _try_to_read(path: Path, kind: os.stat_result) -> None:
    """Raise what the system says when a folder or a regular file may not be read."""
    if stat.S_ISDIR(kind.st_mode):
        with os.scandir(path):
            pass
    elif stat.S_ISREG(kind.st_mode) and kind.st_size:
        with path.open("rb"):
            pass


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False  # A link to itself: refused as a file, with a reason.
