"""A folder of photos becomes one array of frames, each photo or page centred on black."""

import hashlib
import math
from collections import deque
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.decode.jpeg_xl import photo_content
from frameatlas.embedder.media.frame_sink import (
    Box,
    FrameSettings,
    FrameSink,
    Outcome,
    is_stored,
)
from frameatlas.embedder.media.frame_size import centred_box, frame_size
from frameatlas.errors import InterruptedIndexError, SourceError
from frameatlas.photos.photo import photo_pages, photo_size, read_photo
from frameatlas.photos.quiet import quiet_pillow
from frameatlas.progress import Stopped
from frameatlas.store.content_digest import content_digest

OnRefused = Callable[[Path, str], None]
"""Called with each photo that cannot be read, and why."""

OnKept = Callable[[Path], None]
"""Called with the photo of each frame, in order: several times where it has pages."""

TIME_BASE = Fraction(1)
"""Photos have no times: they count 0, 1, 2, …"""

SAMPLE_BYTES = 16 * 1024
"""Bytes sampled thrice of each photo for its digest: photos are many and small."""

_NAMED = 3
"""Refused photos that a reason names before it only counts the others."""

READERS = 3
"""Threads that decode: Pillow works outside Python's lock, and one waits for the disk."""


@dataclass(frozen=True)
class PhotoFolder:
    """A folder and the photos in it that are to be read.

    Attributes:
        path: The folder.
        files: The photos directly in it, in natural order.
    """

    path: Path
    files: tuple[Path, ...]


@dataclass(frozen=True)
class _Photo:
    """A photo, or a page of one, that can be opened.

    Attributes:
        place: Its number among the folder's photos and pages, which is its frame's pts.
        path: The file.
        page: Of a TIFF, the number of the directory.
        width: Pixels across within the frame.
        height: Pixels down within the frame.
    """

    place: int
    path: Path
    page: int
    width: int
    height: int


def photo_digest(folder: PhotoFolder) -> str:
    """Return 32 hexadecimal digits for a folder's photos: their names and contents.

    Where the folder lies and what it is called does not matter. A file that cannot be read
    counts by its name.
    """
    digest = hashlib.sha256()
    for path in folder.files:
        try:
            content = content_digest(path, SAMPLE_BYTES)
        except SourceError:
            content = "unreadable"
        digest.update(f"{path.name}\0{content}\n".encode(errors="surrogateescape"))
    return digest.hexdigest()[:32]


def read_photos(
    folder: PhotoFolder,
    settings: FrameSettings,
    sink: FrameSink,
    *,
    stopped: Stopped,
    on_refused: OnRefused,
    on_kept: OnKept = lambda _: None,
) -> Outcome:
    """Read the photos of a folder into a sink, or go on where an interrupted run ended.

    Every photo's short side becomes ``settings.height``, as ``fitted_size`` says. The array is as
    wide as the widest and as high as the highest: ``photo_shape`` says which belong together.

    Args:
        folder: The photos, in order.
        settings: The short side.
        sink: Gets one frame per photo; its pts is the photo's number among the folder's files.
        stopped: True once the user wants the run to stop.
        on_refused: Told of each photo that cannot be read; of a page, the others are kept.
        on_kept: Told of the photo of each frame, once all are read.

    Raises:
        SourceError: Not one photo can be read.
        InterruptedIndexError: The user stopped the run; what came is in the sink.
    """
    refused: dict[Path, str] = {}
    kept: list[int] = []
    with quiet_pillow():
        photos = _openable(folder, settings.height, refused, stopped)
        if photos:
            size = (max(p.width for p in photos), max(p.height for p in photos))
            sink.begin(*size, TIME_BASE)
            known = _find_stored(sink, photos, size)
            kept = _append_all(photos, known, size, sink, refused, stopped)
    for path in folder.files:
        if path in refused:
            on_refused(path, refused[path])
    if not photos or not sink.count:
        raise SourceError(f"none of its photos can be read: {explain_refused(refused)}")
    places = {photo.place: photo.path for photo in photos}
    for place in kept:
        on_kept(places[place])
    if refused:
        return Outcome("damaged", f"{len(refused)} of {len(folder.files)} photos cannot be read")
    return Outcome("ok")


def explain_refused(refused: Mapping[Path, str]) -> str:
    """Why photos gave no frame, in one clause: three by name, the others counted."""
    named = "; ".join(f"{p.name}: {reason}" for p, reason in list(refused.items())[:_NAMED])
    others = len(refused) - _NAMED
    return named + (f"; and {others} more photos" if others > 0 else "")


def fit_size(width: int, height: int, short_side: int) -> tuple[int, int]:
    """Width and height of a photo within its frame: the whole photo, its short side as wished.

    A panorama or a long screenshot gets a long frame, so that the part of it that a cell of the map
    shows can be recognised; its long side is at most ``LONGEST_SIDE``.
    """
    return frame_size(width, height, short_side)


def photo_shape(path: Path) -> int:
    """Number by which photos are put together: those of one number make an array without waste.

    0 for photos up to twice as long as wide; of longer ones 1, 2, 3, … by each doubling, negative
    where they stand upright.

    Raises:
        SourceError: It cannot be opened, nor can any other page of it; the message says why.
    """
    try:
        width, height = photo_size(photo_content(path))
    except SourceError:
        if len(photo_pages(path)) > 1:
            return 0
        raise
    doublings = math.ceil(math.log2(max(width, height) / min(width, height)) - 1e-9) - 1
    return max(0, doublings) if width > height else -max(0, doublings)


def _openable(
    folder: PhotoFolder, short_side: int, refused: dict[Path, str], stopped: Stopped
) -> list[_Photo]:
    """Look at the head of every photo: the array's size must be known before the first."""
    photos: list[_Photo] = []
    place = 0
    for path in folder.files:
        if stopped():
            raise InterruptedIndexError("The run was stopped while photos were looked at.")
        for page in photo_pages(path):
            try:
                shown = photo_size(photo_content(path), page)
                photos.append(_Photo(place, path, page, *fit_size(*shown, short_side)))
            except SourceError as error:
                refused[path] = str(error) if not page else f"page {page + 1}: {error}"
            place += 1
    return photos


def _find_stored(sink: FrameSink, photos: Sequence[_Photo], size: tuple[int, int]) -> set[int]:
    """Numbers of the photos that an interrupted run has stored; the last one is read again."""
    if not sink.count:
        return set()
    places = [sink.stored(index)[1] for index in range(sink.count)]
    last = next((photo for photo in photos if photo.place == places[-1]), None)
    try:
        same = last is not None and is_stored(
            sink, sink.count - 1, _frame(last, size)[0].data.cast("B")
        )
    except SourceError:
        same = False
    if not same or places != sorted(set(places)):
        sink.restart()
        return set()
    return set(places)


def _append_all(
    photos: Sequence[_Photo],
    known: set[int],
    size: tuple[int, int],
    sink: FrameSink,
    refused: dict[Path, str],
    stopped: Stopped,
) -> list[int]:
    """Append the photos that are not stored yet; those that fail go to ``refused``.

    Returns:
        Place of each frame that is stored.
    """
    kept = sorted(known)
    last_known = max(known, default=-1)
    wanted = [photo for photo in photos if photo.place not in known]
    with closing(_read_ahead(wanted, size, stopped)) as results:
        for photo, result in results:
            if isinstance(result, SourceError):
                refused[photo.path] = str(result)
            elif photo.place < last_known:
                # It failed in the interrupted run and can be read now: its frame comes earlier.
                sink.restart()
                break
            else:
                pixels, box = result
                sink.append(pixels.data.cast("B"), photo.place, box, photo.path.name)
                kept.append(photo.place)
        else:
            return kept
    return _append_all(photos, set(), size, sink, refused, stopped)


_Result = tuple[NDArray[np.uint8], Box] | SourceError


def _read_ahead(
    photos: Sequence[_Photo], size: tuple[int, int], stopped: Stopped
) -> Generator[tuple[_Photo, _Result], None, None]:
    """Decode in a few threads, a few photos ahead, in the order given."""
    waiting: deque[tuple[_Photo, Future[_Result]]] = deque()
    with ThreadPoolExecutor(READERS, "photos") as readers:
        try:
            for photo in photos:
                if stopped():
                    raise InterruptedIndexError("The run was stopped; run it again to go on.")
                waiting.append((photo, readers.submit(_frame_or_error, photo, size)))
                if len(waiting) > 2 * READERS:
                    first, future = waiting.popleft()
                    yield first, future.result()
            while waiting:
                first, future = waiting.popleft()
                yield first, future.result()
        finally:
            for _, future in waiting:
                future.cancel()


def _frame_or_error(photo: _Photo, size: tuple[int, int]) -> _Result:
    try:
        return _frame(photo, size)
    except SourceError as error:
        return error


def _frame(photo: _Photo, size: tuple[int, int]) -> tuple[NDArray[np.uint8], Box]:
    """One photo on black: uint8 of shape (height, width, 3), and where it lies."""
    width, height = size
    box = centred_box(photo.width, photo.height, width, height)
    x, y, w, h = box
    frame = np.zeros((height, width, 3), np.uint8)
    frame[y : y + h, x : x + w] = _pixels(photo)
    return frame, box


def _pixels(photo: _Photo) -> NDArray[np.uint8]:
    content = photo_content(photo.path)
    return read_photo(content, photo.width, photo.height, page=photo.page)
