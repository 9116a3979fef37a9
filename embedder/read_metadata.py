"""Dates, cameras, places and subtitles of an atlas' originals, read where they are not known."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from frameatlas.atlas import Atlas, open_atlas
from frameatlas.columns.column_file import read_columns, write_columns
from frameatlas.columns.metadata import Metadata, metadata_table
from frameatlas.embedder.metadata.photo_metadata import photo_metadata
from frameatlas.embedder.metadata.subtitles import find_subtitles, looked_at
from frameatlas.embedder.metadata.video_metadata import video_metadata
from frameatlas.errors import DamagedAtlasError, InterruptedIndexError, SourceError
from frameatlas.progress import Progress, Stopped
from frameatlas.store.content_digest import content_digest
from frameatlas.store.frame_origin import photo_name
from frameatlas.store.hdf5_reader import Hdf5Rows
from frameatlas.store.lock import lock_atlas
from frameatlas.store.source_record import METADATA_FILE
from frameatlas.subtitles.stored import read_subtitles, write_subtitles


@dataclass(frozen=True)
class ReadMetadata:
    """What ``read_missing_metadata`` did.

    Attributes:
        read: How many sources were read.
        known: How many were known before.
        failed: Paths of videos and photos that could not be read, and why.
    """

    read: int
    known: int
    failed: dict[str, str]


def read_missing_metadata(
    folder: Path,
    progress: Progress,
    *,
    again: bool = False,
    careful: bool = True,
    stopped: Stopped = lambda: False,
) -> ReadMetadata:
    """Read dates, cameras, places and subtitles where they are not known; nothing is decoded.

    Args:
        folder: The atlas.
        progress: Is told which source is read.
        again: Read those that are known too.
        careful: Compare each original's content with what was indexed; right after indexing that
            is known.
        stopped: Looked at often; once it gives True, the run stops and keeps its work.

    Raises:
        NoAtlasError: There is no atlas.
        LockedError: Another process is writing it.
        SpaceError: The disk is full.
        InterruptedIndexError: ``stopped`` gave True.
    """
    folder = folder.absolute()
    failed: dict[str, str] = {}
    with lock_atlas(folder):
        atlas = open_atlas(folder)
        every = [n for n, source in enumerate(atlas.manifest.sources) if source.frames]
        wanted = [n for n in every if again or not _is_known(atlas, n)]
        if wanted:
            progress.stage("reading metadata", len(wanted), "sources")
        read = 0
        for done, number in enumerate(wanted):
            progress.step(done, Path(atlas.manifest.sources[number].path).name)
            if stopped():
                raise InterruptedIndexError("The run was stopped; what was read is kept.")
            read += _read_source(atlas, number, failed, careful=careful)
            progress.step(done + 1)
    return ReadMetadata(read, len(every) - len(wanted), failed)


def _place(atlas: Atlas, number: int) -> Path:
    return atlas.folder / "sources" / atlas.manifest.sources[number].id


def _is_known(atlas: Atlas, number: int) -> bool:
    """Whether a source was read, and files of subtitles beside it are as they were then."""
    source, place = atlas.manifest.sources[number], _place(atlas, number)
    try:
        known = read_columns(place / METADATA_FILE) is not None
        stored = read_subtitles(place)
    except DamagedAtlasError:
        return False
    if not known or source.kind != "video":
        return known
    if stored is not None and not Path(source.path).is_file():
        return True
    return stored is not None and stored.files == looked_at(Path(source.path))


def _read_source(atlas: Atlas, number: int, failed: dict[str, str], *, careful: bool) -> int:
    """Read one source and store what it says; 0 where its originals are not there."""
    source = atlas.manifest.sources[number]
    before = len(failed)
    rows = list(_rows(atlas, number, failed, careful=careful))
    if len(failed) - before >= len({path for path, _ in _originals(atlas, number)}):
        return 0
    place = _place(atlas, number)
    if source.kind == "video":
        try:
            subtitles, unread = find_subtitles(Path(source.path))
        except SourceError as error:
            failed[source.path] = str(error)
            return 0
        failed |= {str(path): reason for path, reason in unread.items()}
        write_subtitles(place, subtitles)
    write_columns(place / METADATA_FILE, metadata_table(source, rows))
    return 1


def _rows(
    atlas: Atlas, number: int, failed: dict[str, str], *, careful: bool
) -> Iterator[Metadata]:
    """A row for each photo, or one for the video; pages of one file are read once."""
    known: dict[Path, Metadata] = {}
    photos = atlas.manifest.sources[number].kind == "photos"
    for path, digest in _originals(atlas, number):
        if path not in known:
            try:
                if careful and content_digest(path) != digest:
                    raise SourceError("it is another file than was indexed")
                found = photo_metadata(path) if photos else video_metadata(path)
                known[path] = _dated(found, path)
            except SourceError as error:
                failed[str(path)] = str(error)
                known[path] = Metadata()
        yield known[path]


def _originals(atlas: Atlas, number: int) -> Iterator[tuple[Path, str]]:
    """Each original of a source and the digest of its content."""
    source = atlas.manifest.sources[number]
    if source.kind == "video":
        yield Path(source.path), source.digest
        return
    table = atlas.folder / "sources" / source.id / "features.h5"
    digests = Hdf5Rows(table, "digests", (source.frames,))[:].tolist()
    names = Hdf5Rows(table, "names", (source.frames,))[:].tolist()
    for name, digest in zip(names, digests, strict=True):
        yield Path(source.path, photo_name(name, table)), digest.decode("ascii", "replace")


def _dated(found: Metadata, path: Path) -> Metadata:
    """With the file's own date, in UTC, where there is no better one."""
    try:
        changed = path.stat().st_mtime
    except OSError as error:
        raise SourceError(f"it cannot be read ({error.strerror})") from error
    if found.date is not None or not 0 < changed < 253_402_300_799:
        return found
    return replace(found, date=round(changed, 3), date_from="file")
