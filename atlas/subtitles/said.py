"""Who says what, and when: words and phrases found in subtitles, and the line of each frame."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.errors import InputError
from frameatlas.subtitles.stored import Line, Subtitles, read_subtitles
from frameatlas.text_matching import words_of

NEXT_LINE = 2.0
"""Seconds between two lines over which a phrase may run on."""

SAME_TIME = 0.5
"""Seconds by which two tracks' lines of the same words may differ and be one."""

LONGEST_QUERY = 500

_TERMS = re.compile(r'"([^"]*)"?|([^\s"]+)')


@dataclass(frozen=True)
class Spoken:
    """A line that was found.

    Attributes:
        source: Number of its video among the atlas' sources.
        line: The line; a phrase that runs over two has the first's begin and the last's end.
        frame: The frame that is shown when it begins.
        track: The name of its file or stream.
    """

    source: int
    line: Line
    frame: int
    track: str


class Speech:
    """All lines of an atlas' videos.

    Args:
        atlas: The atlas.
    """

    def __init__(self, atlas: Atlas) -> None:
        self.atlas = atlas
        self._stored: dict[int, Subtitles | None] = {}

    def of_source(self, source: int) -> Subtitles | None:
        """The subtitles of a source; None where nobody looked for them.

        Raises:
            DamagedAtlasError: The file is not what was written.
        """
        if source not in self._stored:
            place = self.atlas.folder / "sources" / self.atlas.sources[source].id
            video = self.atlas.sources[source].kind == "video"
            self._stored[source] = read_subtitles(place) if video else None
        return self._stored[source]

    @cached_property
    def known(self) -> bool:
        """Whether any video has lines."""
        return any(self.lines_of(number) for number in range(len(self.atlas.sources)))

    @property
    def looked_for(self) -> bool:
        """Whether subtitles of every video were looked for."""
        sources = self.atlas.sources
        videos = [n for n, one in enumerate(sources) if one.kind == "video" and one.frames]
        return all(self.of_source(number) is not None for number in videos)

    def lines_of(self, source: int) -> list[tuple[Line, str]]:
        """The lines of a video and their tracks, by time."""
        stored = self.of_source(source)
        tracks = stored.tracks if stored else ()
        every = [(line, track.name) for track in tracks for line in track.lines]
        return sorted(every, key=lambda one: one[0].begin)

    def find(self, query: str) -> list[Spoken]:
        """Lines in which words or phrases occur, by video, then by time.

        Words count wherever they stand in a line, all of them have to; a phrase in quotation marks
        in this order, be it over two lines; a word that ends with * begins so. Neither case nor
        accents nor punctuation count. Lines that two tracks share are given once.

        Args:
            query: Such as ``menial job``, ``"menial job"`` or ``job*``.

        Raises:
            InputError: It holds no word.
        """
        phrases = parse_query(query)
        found: list[Spoken] = []
        for source in range(len(self.atlas.sources)):
            stored = self.of_source(source)
            for track in stored.tracks if stored else ():
                hits = _lines_with(track.lines, phrases)
                found += [self._spoken(source, line, track.name) for line in hits]
        return _once(sorted(found, key=lambda one: (one.source, one.line.begin)))

    def texts(self) -> list[str]:
        """The text that is shown with each frame, "" for none."""
        texts = [""] * len(self.atlas)
        step = 1 / self.atlas.manifest.made.fps
        for source in range(len(self.atlas.sources)):
            lines = [line for line, _ in self.lines_of(source)]
            own = self.atlas.range_of(source)
            seconds = self.atlas.seconds[own.start : own.stop]
            for line in lines:
                # A line that is shorter than the frames' distance belongs to the frame before it.
                first = int(np.searchsorted(seconds, line.begin, side="left"))
                last = int(np.searchsorted(seconds, line.end, side="left"))
                before = (
                    first - 1 if first > 0 and line.begin - seconds[first - 1] < step else first
                )
                for row in range(first, last) if last > first else range(before, before + 1):
                    if row < len(own) and line.text not in texts[own.start + row].split(" / "):
                        known = texts[own.start + row]
                        texts[own.start + row] = f"{known} / {line.text}" if known else line.text
        return texts

    def _spoken(self, source: int, line: Line, track: str) -> Spoken:
        own = self.atlas.range_of(source)
        seconds = self.atlas.seconds[own.start : own.stop]
        place = int(np.searchsorted(seconds, line.begin + 1e-6, side="right")) - 1
        return Spoken(source, line, own.start + max(0, place), track)


def parse_query(query: str) -> list[list[str]]:
    """The phrases of a query, each a list of folded words, the last perhaps ending with *.

    Raises:
        InputError: It holds no word.
    """
    phrases = []
    for quoted, word in _TERMS.findall(query[: LONGEST_QUERY + 1]):
        words = words_of(quoted or word)
        if words and (quoted or word).rstrip().endswith("*"):
            words[-1] += "*"
        if words:
            phrases.append(words)
    if not phrases or len(query) > LONGEST_QUERY:
        raise InputError(
            f"Expected words to look for, at most {LONGEST_QUERY} characters. Received: "
            f'{query[:60]!r}; try --said "menial job".'
        )
    return phrases


def _lines_with(lines: Sequence[Line], phrases: list[list[str]]) -> Iterator[Line]:
    words = [words_of(line.text) for line in lines]
    runs_on = len(phrases) == 1 and len(phrases[0]) > 1
    for place, line in enumerate(lines):
        if all(_occurs(phrase, words[place]) for phrase in phrases):
            yield line
        elif runs_on and place + 1 < len(lines):
            after = lines[place + 1]
            near = after.begin - line.end <= NEXT_LINE
            alone = _occurs(phrases[0], words[place + 1])
            if near and not alone and _occurs(phrases[0], words[place] + words[place + 1]):
                yield Line(line.begin, max(line.end, after.end), f"{line.text} {after.text}")


def _occurs(phrase: list[str], words: list[str]) -> bool:
    last = len(words) - len(phrase)
    return any(
        all(map(_is_word, phrase, words[place : place + len(phrase)])) for place in range(last + 1)
    )


def _is_word(wanted: str, word: str) -> bool:
    return word.startswith(wanted[:-1]) if wanted.endswith("*") else word == wanted


def _once(found: list[Spoken]) -> list[Spoken]:
    """Without lines that another track has said just before."""
    kept: list[Spoken] = []
    recent: dict[tuple[int, tuple[str, ...]], float] = {}
    for one in found:
        key = (one.source, tuple(words_of(one.line.text)))
        last = recent.get(key)
        if last is None or one.line.begin - last > SAME_TIME or _same_track(kept, one, key):
            kept.append(one)
        recent[key] = one.line.begin
    return kept


def _same_track(kept: list[Spoken], one: Spoken, key: tuple[int, tuple[str, ...]]) -> bool:
    """Whether a track says the same twice: then both count."""
    before = next((k for k in reversed(kept) if tuple(words_of(k.line.text)) == key[1]), None)
    return before is not None and before.track == one.track


def frames_said(spoken: Sequence[Spoken]) -> NDArray[np.int64]:
    """The frames at which lines begin, int64, rising, each once."""
    return np.unique(np.array([one.frame for one in spoken], np.int64))
