"""Which of the files that were given are known already, by content, and which are new."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from frameatlas.atlas import Atlas
from frameatlas.embedder.decode.photos import PhotoFolder
from frameatlas.embedder.sources.discovery import Found
from frameatlas.embedder.sources.repair import empty_record
from frameatlas.embedder.sources.replaced import (
    Replaced,
    digests_of,
    replaced_photos,
    replaced_videos,
)
from frameatlas.embedder.sources.stoppable import until_stopped
from frameatlas.embedder.sources.tasks import PhotosTask, Task, VideoTask
from frameatlas.embedder.sources.unread_photos import (
    Photo,
    by_shape,
    healed,
    photo_shapes,
    why_unreadable,
)
from frameatlas.errors import SourceError
from frameatlas.progress import Stopped
from frameatlas.store.content_digest import content_digest, is_gone, read_error_reason
from frameatlas.store.digests import text_digest
from frameatlas.store.hdf5_reader import read_column
from frameatlas.store.manifest import Source
from frameatlas.store.notes.damage_record import is_whole, read_damage
from frameatlas.store.notes.photo_notes import read_photo_notes

PHOTOS_PER_SOURCE = 256
"""Few enough that a crash costs seconds and an added photo does not touch the others."""


@dataclass
class Matching:
    """What a run finds before it reads anything.

    Attributes:
        kept: Sources of the atlas that stay, under their new paths where they were moved.
        tasks: Sources that have to be read.
        failed: Files that cannot be read at all, as records.
        moved: How many known sources were found under another path.
        known: How many of the given files are in the atlas already.
        again: By id of a kept source: how its photos are read again, since its frames are damaged.
        replaced: Sources that were left out, since their file is another one now.
        damaged: Sources that were given again and that are known to be damaged.
    """

    kept: list[Source]
    tasks: list[Task] = field(default_factory=list)
    failed: list[Source] = field(default_factory=list)
    moved: int = 0
    known: int = 0
    again: dict[str, Task] = field(default_factory=dict)
    replaced: list[Replaced] = field(default_factory=list)
    damaged: list[Source] = field(default_factory=list)

    def leave_out(self, replaced: Replaced) -> None:
        """Take out a source whose file is another now."""
        self.kept.remove(replaced.source)
        self.replaced.append(replaced)


def match_sources(
    atlas: Atlas | None, found: Found, hwaccel: str, stopped: Stopped = lambda: False
) -> Matching:
    """Compare what was found with what the atlas holds.

    A failed source that was given again is tried again; all others are known by their content.

    Args:
        atlas: The atlas that is added to, if there is one.
        found: The files that were given.
        hwaccel: FFmpeg's hardware decoding, for the tasks.
        stopped: Looked at before each file.

    Raises:
        InterruptedIndexError: ``stopped`` gave True.
    """
    found = found.absolute()
    given = {str(path) for path in found.videos} | {str(r.path) for r in found.refused}
    given |= {str(path) for folder in found.photos for path in (folder.path, *folder.files)}
    old = atlas.manifest.sources if atlas else ()
    kept = [s for s in old if not (s.status == "failed" and s.path in given)]
    matching = Matching(kept)
    ids = Counter(source.id for source in kept)
    _match_videos(matching, atlas, until_stopped(found.videos, stopped), ids, hwaccel)
    if atlas is not None or found.photos:
        _match_photos(matching, atlas, found.photos, ids, stopped)
    for refused in found.refused:
        matching.failed.append(_failed_source(refused.path, refused.reason, ids))
    return matching


def _match_videos(
    matching: Matching,
    atlas: Atlas | None,
    videos: Iterable[Path],
    ids: Counter[str],
    hwaccel: str,
) -> None:
    sizes: dict[Path, int] = {}
    digests: dict[Path, str] = {}
    for path in videos:
        try:
            sizes[path] = path.stat().st_size
            digests[path] = content_digest(path)
        except OSError as error:
            reason = str(error) if isinstance(error, SourceError) else read_error_reason(error)
            matching.failed.append(_failed_source(path, reason, ids))
    for replaced in replaced_videos(atlas, matching.kept, digests):
        matching.leave_out(replaced)
    known: dict[str, list[int]] = defaultdict(list)
    for position, source in enumerate(matching.kept):
        if source.kind == "video" and source.status != "failed":
            known[source.digest].append(position)
    for path, digest in digests.items():
        claimed = _claim(matching.kept, known[digest], path)
        if claimed is None:
            source = Source(_unused_id(digest[:16], ids), str(path), "video", "ok", "", digest)
            matching.tasks.append(VideoTask(source, hwaccel, sizes[path]))
            continue
        matching.known += 1
        if matching.kept[claimed].status == "damaged":
            matching.damaged.append(matching.kept[claimed])
        if is_gone(Path(matching.kept[claimed].path)):
            matching.kept[claimed] = replace(matching.kept[claimed], path=str(path))
            matching.moved += 1


def _claim(sources: Sequence[Source], positions: list[int], path: Path) -> int | None:
    """The known source that this file is: the very file, by any name, or one that has gone."""
    gone = [p for p in positions if is_gone(Path(sources[p].path))]
    same = [p for p in positions if p not in gone and _is_same(path, Path(sources[p].path))]
    for position in same + gone:
        positions.remove(position)
        return position
    return None


def _is_same(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except OSError:  # the other may not be looked at
        return False


def _match_photos(
    matching: Matching,
    atlas: Atlas | None,
    folders: Sequence[PhotoFolder],
    ids: Counter[str],
    stopped: Stopped,
) -> None:
    digests = {}
    for folder in folders:
        known_by = digests_of(until_stopped(folder.files, stopped))
        digests[folder.path] = {path.name: digest for path, digest in known_by.items()}
    _leave_out_replaced(matching, atlas, digests)
    if atlas is not None:
        matching.kept[:] = healed(atlas, matching.kept, digests)
    known, damaged = _known_photos(matching.kept, atlas)
    followed: set[str] = set()
    for folder in folders:
        new: list[Photo] = []
        for path in folder.files:
            digest = digests[folder.path].get(path.name, "")
            if not digest:
                matching.failed.append(_failed_source(path, why_unreadable(path), ids, "photos"))
            elif digest in known:
                matching.known += 1
                _follow(matching, known[digest], folder.path, followed)
            else:
                new.append((path, digest))
        shapes, closed = photo_shapes(until_stopped(new, stopped))
        new = list(shapes)
        for path, reason in closed:
            matching.failed.append(_failed_source(path, reason, ids, "photos"))
        for source in [source for source in damaged if source.path == str(folder.path)]:
            _read_again(matching, source, folder, new, shapes)
        for photos in by_shape(new, shapes):
            for start in range(0, len(photos), PHOTOS_PER_SOURCE):
                some = photos[start : start + PHOTOS_PER_SOURCE]
                matching.tasks.append(_photos_task(folder, some, ids))


def _known_photos(
    kept: Sequence[Source], atlas: Atlas | None
) -> tuple[dict[str, Source], list[Source]]:
    """The source of each photo by its digest, and sources whose stored files are damaged."""
    known: dict[str, Source] = {}
    damaged: list[Source] = []
    if atlas is None:
        return known, damaged
    suspects = read_damage(atlas.folder)
    for source in kept:
        if source.kind == "photos" and source.frames:
            place = atlas.folder / "sources" / source.id
            if not is_whole(place, source, suspects):
                damaged.append(source)
                continue
            stored = read_column(place / "features.h5", "digests", source.frames)
            known.update({digest.decode(): source for digest in stored})
            known.update(dict.fromkeys(read_photo_notes(place).unread, source))
    return known, damaged


def _leave_out_replaced(
    matching: Matching, atlas: Atlas | None, digests: Mapping[Path, Mapping[str, str]]
) -> None:
    """Have photos read again of which one has another content under its old name."""
    if atlas is None:
        return
    for source in [s for s in matching.kept if s.kind == "photos" and s.frames]:
        folder = Path(source.path)
        replaced = replaced_photos(atlas, source, folder, digests.get(folder, {}))
        if replaced is not None:
            matching.leave_out(replaced)


def _read_again(
    matching: Matching,
    source: Source,
    folder: PhotoFolder,
    new: list[Photo],
    shapes: Mapping[Photo, int],
) -> None:
    """Have the photos of a damaged source read: as that source where they are the very same.

    Args:
        matching: Gets the task, or loses the source: its photos then come as new ones.
        source: The damaged source.
        folder: Its folder, as it was found.
        new: Photos that no source holds whole; those that are read for this one are taken out.
        shapes: Of each of them.
    """
    for alike in by_shape(new, shapes):
        for first in range(len(alike) - source.frames + 1):
            photos = alike[first : first + source.frames]
            if _digest_of(photos) == source.digest:
                task = _photos_task(folder, photos, Counter())
                matching.again[source.id] = replace(task, source=empty_record(source))
                new[:] = [photo for photo in new if photo not in photos]
                return
    matching.kept.remove(source)


def _follow(matching: Matching, source: Source, folder: Path, followed: set[str]) -> None:
    """Note the new path of a folder of photos that was moved, by the first photo found there."""
    if source.id in followed:
        return
    followed.add(source.id)
    if source.status == "damaged":
        matching.damaged.append(source)
    if source.path != str(folder) and is_gone(Path(source.path)):
        matching.kept[matching.kept.index(source)] = replace(source, path=str(folder))
        matching.moved += 1


def _photos_task(folder: PhotoFolder, photos: list[Photo], ids: Counter[str]) -> PhotosTask:
    digests = tuple(digest for _, digest in photos)
    digest = _digest_of(photos)
    source = Source(_unused_id(digest[:16], ids), str(folder.path), "photos", "ok", "", digest)
    return PhotosTask(source, PhotoFolder(folder.path, tuple(p for p, _ in photos)), digests)


def _digest_of(photos: list[Photo]) -> str:
    return text_digest("\n".join(digest for _, digest in photos))


def _failed_source(path: Path, reason: str, ids: Counter[str], kind: str = "video") -> Source:
    digest = text_digest(str(path))
    return Source(_unused_id(digest[:16], ids), str(path), kind, "failed", reason, digest)


def _unused_id(name: str, ids: Counter[str]) -> str:
    """An id of its own for each copy of the same content."""
    ids[name] += 1
    return name if ids[name] == 1 else f"{name}-{ids[name]}"
