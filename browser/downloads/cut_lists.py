"""Cut lists of a selection, in every form that ``frameatlas cuts`` writes."""

import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.browser.web.parameters import one_of, within
from frameatlas.errors import InputError
from frameatlas.handover.cut_lists import cut_list_texts
from frameatlas.handover.cuts import (
    CutOptions,
    RateOf,
    Stretch,
    cuts_of,
    stretches_of,
    whole_videos,
)
from frameatlas.safe_text import one_line

KINDS = {
    "otio": (".otio", "application/json"),
    "fcpxml": (".fcpxml", "application/xml"),
    "edl": (".edl", "text/plain"),
    "llc": (".llc", "application/json"),
    "concat": (".ffconcat", "text/plain"),
}
"""What the page calls them: their ending and media type."""

MOST_VIDEOS = 1_000
LONGEST_TITLE = 100

_SNAPS = ("none", "shots")


@dataclass(frozen=True)
class CutRequest:
    """How a selection becomes cuts.

    Attributes:
        options: Handles, gaps, shots.
        each: Whether each frame is a cut of its own, in the order in which frames are named.
        videos: Numbers of whole videos in their order, in place of frames.
        title: Of the list; "" takes the atlas' name.
    """

    options: CutOptions = field(default_factory=CutOptions)
    each: bool = False
    videos: tuple[int, ...] = ()
    title: str = ""

    @classmethod
    def parse(cls, value: Any) -> "CutRequest":
        """The ``cut`` of a JSON body: {"handles", "merge", "snap", "each", "videos", "title"}.

        Raises:
            InputError: It is none.
        """
        if value is None:
            return cls()
        if not isinstance(value, Mapping):
            raise InputError("Expected cut to be an object. Received: another value.")
        options = CutOptions(
            handles=within(value.get("handles", 0), "handles", 0, 3600),
            merge=within(value.get("merge", 0), "merge", 0, 86_400),
            snap=one_of(value.get("snap", "none"), "snap", _SNAPS),
        )
        title = one_line(str(value.get("title") or "")[:LONGEST_TITLE])
        return cls(options, value.get("each") is True, _videos(value.get("videos")), title)


@dataclass(frozen=True)
class CutFile:
    """A cut list to be sent.

    Attributes:
        content: Its bytes.
        name: Its file name: a ZIP where the list is of several files.
        media_type: Of the content.
    """

    content: bytes
    name: str
    media_type: str


def cut_file(
    atlas: Atlas,
    frames: NDArray[np.int64],
    kind: str,
    title: str,
    request: CutRequest,
    rate_of: RateOf,
) -> CutFile:
    """A selection as a cut list.

    Args:
        atlas: The atlas.
        frames: int64; rising, unless each is a cut of its own.
        kind: One of ``KINDS``.
        title: Of the list, where the request has none.
        request: How the selection becomes cuts.
        rate_of: Says the frame rate of a source.

    Raises:
        InputError: There is no video in it, or a name that such a list cannot hold.
    """
    ending, media_type = KINDS[kind]
    cuts = cuts_of(atlas, _stretches(atlas, frames, request), request.options, rate_of)
    texts = cut_list_texts(cuts, Path(f"selection{ending}"), request.title or title)
    if len(texts) == 1:
        return CutFile(_bytes(next(iter(texts.values()))), f"selection{ending}", media_type)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, text in texts.items():
            archive.writestr(place.name, _bytes(text))
    return CutFile(packed.getvalue(), f"selection{ending}.zip", "application/zip")


def _stretches(atlas: Atlas, frames: NDArray[np.int64], request: CutRequest) -> Iterable[Stretch]:
    if request.videos:
        return whole_videos(atlas, [n for n in request.videos if n < len(atlas.sources)])
    if not request.each:
        return stretches_of(atlas, frames)
    return (one for frame in frames for one in stretches_of(atlas, np.array([frame], np.int64)))


def _videos(value: Any) -> tuple[int, ...]:
    numbers = [] if value is None else value
    whole = isinstance(numbers, list) and len(numbers) <= MOST_VIDEOS
    if not whole or not all(type(n) is int and 0 <= n < 2**31 for n in numbers):
        raise InputError(
            f"Expected videos to be a list of at most {MOST_VIDEOS} numbers. Received: other."
        )
    return tuple(numbers)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
