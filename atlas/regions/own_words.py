"""Names of regions out of the user's own words, of files, columns, subtitles: rare elsewhere."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.columns.frame_column import FrameColumn
from frameatlas.columns.joined import own_columns
from frameatlas.columns.own_columns import said_columns
from frameatlas.regions.hierarchy import Level
from frameatlas.regions.regions import Suggestions
from frameatlas.store.notes.names_file import LONGEST

SAMPLE = 20_000
"""Frames that are looked at, evenly through the atlas."""

FREQUENT = 0.6
"""Share of a region's frames that a name covers, at least."""

PAIRED = 0.3
"""The same for each of two names that cover it together, ..."""

TOGETHER = 0.75
"""... and for both."""

RARER = 5.0
"""How many times rarer it is elsewhere, at least."""

FEWEST = 4
"""Frames of the sample that bear it within a region, at least."""

MOST_WORDS = 3
"""Words of a file's name that are said together."""

_IDLE = """
img dsc dscf dscn vid mov mvi gopr pxl mvimg pano burst screenshot screen recording video
videos clip clips photo photos picture pictures image images film movie movies copy final
export exports edit edited new old untitled frame frames sample samples part scene take
cam camera the and for with from der die das und ein eine les des une avec los las del con
home user users desktop downloads documents media tmp dcim
"""
IDLE = frozenset(_IDLE.split())
"""What files are called whatever they show."""


def own_words(atlas: Atlas, levels: Sequence[Level], *, folders: bool = True) -> Suggestions:
    """Names for regions by what files and folders in them are called.

    Args:
        atlas: The atlas.
        levels: Its regions.
        folders: Whether names of folders, columns and subtitles count, not only names of files.

    Returns:
        For each region that they tell from the rest, one name; each name for one region only.
    """
    count = len(atlas)
    sample = np.unique(
        (np.arange(min(count, SAMPLE)) * (count / max(1, min(count, SAMPLE)))).astype(int)
    )
    documents, of_frame = _documents(atlas, sample, folders)
    phrases = _phrases(documents)
    found: list[tuple[float, int, int, str]] = []
    for depth, level in enumerate(levels):
        found += [
            (strength, depth, region, text)
            for region, strength, text in _level_names(
                level.labels[sample], len(level), of_frame, phrases
            )
        ]
    return _one_each(found, levels)


def _level_names(
    labels: NDArray[np.int32],
    regions: int,
    of_frame: NDArray[np.int64],
    phrases: Sequence[tuple[str, list[int]]],
) -> Iterator[tuple[int, float, str]]:
    """For the regions of a level: number, strength and name."""
    documents = int(of_frame.max()) + 1 if len(of_frame) else 0
    table = np.zeros((documents, regions + 1), np.int64)  # the last column: in no region
    np.add.at(table, (of_frame, labels), 1)
    sizes, everything = table.sum(axis=0), len(labels)
    counts = np.array([table[own].sum(axis=0) for _, own in phrases]).reshape(-1, regions + 1)
    for region in range(regions):
        size = int(sizes[region])
        if size == everything:
            continue
        here = counts[:, region] / max(1, size)
        there = (counts.sum(axis=1) - counts[:, region]) / max(1, everything - size)
        fit = (here >= PAIRED) & (counts[:, region] >= FEWEST) & (here > RARER * there)
        # Of phrases that cover the same, the longer one says more.
        order = sorted(
            np.flatnonzero(fit).tolist(), key=lambda n: (-here[n], there[n], -len(phrases[n][0]))
        )
        chosen = _cover(order, here, phrases)
        if chosen:
            strength = float(here[chosen].sum() - there[chosen].sum())
            yield region, strength, " · ".join(phrases[n][0] for n in chosen)


def _cover(
    order: Sequence[int],
    here: NDArray[np.float64],
    phrases: Sequence[tuple[str, list[int]]],
) -> list[int]:
    """The phrase that covers a region, or two that do so together; none where no two do."""
    if order and here[order[0]] >= FREQUENT:
        return [order[0]]
    for other in order[1:]:
        apart = not set(phrases[order[0]][1]) & set(phrases[other][1])
        if apart and here[order[0]] + here[other] >= TOGETHER:
            return [order[0], other]
    return []


def _one_each(found: list[tuple[float, int, int, str]], levels: Sequence[Level]) -> Suggestions:
    """Every name to the region that it tells best, the larger one of equals.

    Of two names that cover a region together, each may also name a part of it.
    """
    named: Suggestions = {}
    bearers: dict[str, list[tuple[int, int, bool]]] = defaultdict(list)
    for _, depth, region, text in sorted(found, key=lambda one: (-round(one[0], 3), *one[1:])):
        words = text.casefold().split(" · ")
        own = (depth, region, len(words) == 2)
        others = [other for word in words for other in bearers[word]]
        if (depth, region) not in named and all(
            _part_of_pair(levels, own, other) or _part_of_pair(levels, other, own)
            for other in others
        ):
            for word in words:
                bearers[word].append(own)
            named[depth, region] = [text]
    return named


def _part_of_pair(
    levels: Sequence[Level], inner: tuple[int, int, bool], outer: tuple[int, int, bool]
) -> bool:
    """Whether a region with one name lies within one that has two; each is (level, number, two)."""
    depth, region, two = inner
    if two or not outer[2] or depth <= outer[0]:
        return False
    while depth > outer[0]:
        region, depth = int(levels[depth].parents[region]), depth - 1
    return region == outer[1]


def _documents(
    atlas: Atlas, sample: NDArray[np.int64], folders: bool
) -> tuple[list[tuple[str, ...]], NDArray[np.int64]]:
    """The words of each video and photo, and which of these each frame is of."""
    common = _common_folders([source.path for source in atlas.sources])
    columns = list(_columns(atlas)) if folders else []
    known: dict[tuple[object, ...], int] = {}
    documents: list[tuple[str, ...]] = []
    of_frame = np.zeros(len(sample), np.int64)
    for position, frame in enumerate(sample.tolist()):
        number = int(atlas.source_numbers[frame])
        source = atlas.sources[number]
        photo = atlas.origins[frame].name if source.kind == "photos" else ""
        key = (number, photo, *(int(column.values[frame]) for column in columns))
        if key not in known:
            known[key] = len(documents)
            path = PurePath(source.path, photo) if photo else PurePath(source.path)
            path_words = _path_words(path, common if folders else len(path.parts))
            more = (word for column in columns for word in _column_words(column, frame))
            documents.append((*path_words, *more))
        of_frame[position] = known[key]
    return documents, of_frame


def _columns(atlas: Atlas) -> Iterator[FrameColumn]:
    """What else is the user's own: texts of joined columns, and subtitles."""
    yield from (column for column in own_columns(atlas).values() if column.kind == "text")
    yield from said_columns(atlas)


def _column_words(column: FrameColumn, frame: int) -> Iterator[str]:
    """A joined text as it is, a subtitle by its words."""
    code = int(column.values[frame])
    text = str(column.labels[code]) if code >= 0 else ""
    if column.name == "said":
        yield from _words(text)
    elif 0 < len(text) <= LONGEST and text.isprintable():
        yield text


def _common_folders(paths: Sequence[str]) -> int:
    """Parts at the beginning of all paths that are the same: they tell nothing apart."""
    parts = [PurePath(path).parts[:-1] for path in paths]
    shortest = min(map(len, parts), default=0)
    return next((n for n in range(shortest) if len({part[n] for part in parts}) > 1), shortest)


def _path_words(path: PurePath, common: int) -> Iterator[str]:
    """The telling words of a path: of the file, then of its folders from near to far."""
    for text in (path.stem, *reversed(path.parts[common:-1])):
        yield from _words(text)


def _words(text: str) -> Iterator[str]:
    """The telling words of a text: none with digits, and none that say nothing."""
    for token in re.split(r"[\W_]+", text.encode("utf-8", "replace").decode()):
        if any(letter.isdigit() for letter in token):
            continue
        for word in re.sub(r"([a-z])([A-Z])", r"\1 \2", token).split():
            if (len(word) > 2 or not word.isascii()) and word.casefold() not in IDLE:
                yield word


def _phrases(documents: Sequence[tuple[str, ...]]) -> list[tuple[str, list[int]]]:
    """Words with the documents that hold them; words that always come together are one phrase."""
    shown: dict[str, str] = {}
    holders: dict[str, list[int]] = defaultdict(list)
    for number, words in enumerate(documents):
        for word in words:
            key = word.casefold()
            shown.setdefault(key, word)
            if not holders[key] or holders[key][-1] != number:
                holders[key].append(number)
    together: dict[tuple[int, ...], list[str]] = defaultdict(list)
    for key, own in holders.items():
        together[tuple(own)].append(shown[key])
    return [(" ".join(words[:MOST_WORDS]), list(own)) for own, words in together.items()]
