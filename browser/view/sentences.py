"""Sentences on the page: the hits and the heat of one, for an atlas that has words."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.browser.view.filters import Filter
from frameatlas.browser.view.frame_facts import found_of
from frameatlas.browser.view.open_map import OpenMap
from frameatlas.browser.view.overlays import MOST_POINTS, POINT, spread_evenly, visible
from frameatlas.errors import FrameatlasError, InputError, MissingExtraError
from frameatlas.search.word_index import Words, words_index
from frameatlas.search.word_search import (
    joined_query,
    strengths,
    word_heat,
    word_neighbours,
)

Describe = Callable[[Atlas, Sequence[str]], NDArray[np.float32]]
"""Sentences → float32 of shape (t, width), unit length; the first call takes seconds."""

KEPT = 8
"""Sentences whose heat is kept: a million frames take 4 MB each."""

HOTTEST = 2_000
"""Points of a heat that are sent in any case; the others are spread evenly."""

LONGEST = 200
"""Characters of a sentence."""


@dataclass(frozen=True)
class Sentence:
    """What frames are to show, and what not.

    Attributes:
        text: The sentence.
        unwanted: What frames are not to show; "" for nothing.
    """

    text: str
    unwanted: str = ""

    def __post_init__(self) -> None:
        if not 0 < len(self.text.strip()) <= LONGEST or len(self.unwanted) > LONGEST:
            raise InputError(
                f"Expected a sentence of 1 to {LONGEST} characters. Received: {len(self.text)}."
            )


class Sentences:
    """Turns sentences into queries; its network is opened by another thread.

    Args:
        describe: The tool; None where the page was made without it.
    """

    def __init__(self, describe: Describe | None) -> None:
        self._describe = describe
        self._lock = threading.Lock()
        self._opening: str = ""  # of which words the network is being opened, by their digest
        self._ready: str = ""
        self._failed: FrameatlasError | None = None
        self._queries: OrderedDict[tuple[str, Sentence], NDArray[np.float32]] = OrderedDict()
        self._heats: OrderedDict[tuple[Words, Sentence], NDArray[np.float32]] = OrderedDict()

    def ready(self, opened: OpenMap) -> bool:
        """Whether sentences are answered at once; if not, the network begins to be opened.

        Raises:
            MissingExtraError: The page was made without the tool.
            FrameatlasError: The network could not be opened; the next call tries again.
        """
        if self._describe is None:
            raise MissingExtraError(
                "Expected the tool for this. Received: a page that was made without it; "
                "start it with `frameatlas browse`."
            )
        words = opened.atlas.manifest.words
        digest = words.digest if words else ""
        with self._lock:
            if self._failed is not None:
                failed, self._failed = self._failed, None
                raise failed
            if self._ready == digest and digest:
                return True
            if self._opening != digest or not digest:
                self._opening = digest
                # Python waits for it: a thread torn down within native code ends in an abort.
                threading.Thread(target=self._open, args=(opened, digest), daemon=False).start()
        return False

    def _open(self, opened: OpenMap, digest: str) -> None:
        assert self._describe is not None
        try:
            words_index(opened.atlas)
            self._describe(opened.atlas, ["a picture"])
        except FrameatlasError as error:
            with self._lock:
                self._failed, self._opening = error, ""
            return
        with self._lock:
            self._ready, self._opening = digest, ""

    def query(self, opened: OpenMap, sentence: Sentence) -> NDArray[np.float32]:
        """The query of a sentence, float32 of shape (width,); kept for the next time."""
        assert self._describe is not None
        words = opened.atlas.manifest.words
        key = (words.digest if words else "", sentence)
        with self._lock:
            if key in self._queries:
                return self._queries[key]
        texts = [sentence.text, *([sentence.unwanted] if sentence.unwanted.strip() else [])]
        rows = self._describe(opened.atlas, texts)
        return _keep(self._lock, self._queries, key, joined_query(rows[:1], rows[1:]))

    def heat(self, opened: OpenMap, sentence: Sentence) -> NDArray[np.float32]:
        """How well every frame fits, float32 of shape (n,), 0 to 1; kept for the next time."""
        key = (words_index(opened.atlas), sentence)  # others once the atlas has other words
        with self._lock:
            if key in self._heats:
                return self._heats[key]
        heat = word_heat(opened.atlas, self.query(opened, sentence))
        return _keep(self._lock, self._heats, key, heat)


def _keep(
    lock: Any, kept: "OrderedDict[Any, NDArray[np.float32]]", key: Any, value: NDArray[np.float32]
) -> NDArray[np.float32]:
    with lock:
        kept[key] = value
        while len(kept) > KEPT:
            kept.popitem(last=False)
    return value


def fitting(
    opened: OpenMap, sentences: Sentences, sentence: Sentence, count: int, *, every: bool
) -> list[dict[str, object]]:
    """The frames that fit a sentence best, with ranks and how far each stands out.

    One of each shot, or ``every`` one.
    """
    query = sentences.query(opened, sentence)
    groups = None if every else opened.shot_groups()
    found = word_neighbours(opened.atlas, query, count, every=every, groups=groups)
    strong = strengths(opened.atlas, query, found)
    pairs = zip(found.frames.tolist(), strong.tolist(), strict=True)
    return [
        {**found_of(opened, frame), "rank": rank, "strength": round(fit, 3)}
        for rank, (frame, fit) in enumerate(pairs, 1)
    ]


def heat_points(
    opened: OpenMap,
    sentences: Sentences,
    sentence: Sentence,
    shown: Filter,
    window: tuple[float, float, float, float] | None,
) -> tuple[NDArray[np.uint8], int]:
    """Places and heats of frames, as ``/api/points`` sends points, and how many there are.

    Returns:
        uint8 of shape (points, 16), the coldest first so that hot ones are painted over them, and
        the number of all frames in the window.
    """
    heat = sentences.heat(opened, sentence)
    frames = visible(opened, shown, window)
    sent = frames[spread_evenly(len(frames), MOST_POINTS - HOTTEST)]
    if len(sent) < len(frames):
        # Three frames of a million may be all that fit: whatever is left out, not these.
        best = np.argpartition(heat[frames], len(frames) - HOTTEST)[len(frames) - HOTTEST :]
        sent = np.union1d(sent, frames[best])
    sent = sent[np.argsort(heat[sent], kind="stable")]
    rows = np.zeros(len(sent), POINT)
    rows["frame"] = sent
    rows["x"], rows["y"] = opened.pyramid().places[sent].T
    rows["value"] = heat[sent]
    return rows.view(np.uint8).reshape(len(rows), 16), len(frames)
