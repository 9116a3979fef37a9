"""Names of regions out of a list of words, where the atlas has words: what stands out, or none.

No limit is a cosine, as each network has a range of its own (matching pairs lie about .3 by CLIP
and .1 by SigLIP): words are compared with one another, and frames with the other frames.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.regions.hierarchy import Level
from frameatlas.regions.regions import Suggestions
from frameatlas.search.word_rows import WordRows
from frameatlas.store.notes.vocabulary_file import Vocabulary, read_vocabulary

SAMPLE = 6_000
"""Frames that are compared with the words, evenly through the atlas."""

FEWEST = 4
"""Frames of a region in the sample, at least."""

ABOVE = 0.85
"""How often a frame of the region fits the word better than one from elsewhere, at least: the area
under the ROC curve, one half by chance."""

LEAST_MARGIN = 2.5
"""Standard deviations by which a word stands out from the rest of the list, at least; with more
words and more regions more: that is what the best of so many pairs reaches by chance. The limit for
one region alone gave one in ten of those that nothing fits a name."""


@dataclass(frozen=True, eq=False)
class _Evidence:
    """Scores of a sample of frames, float32 of shape (m, words), and their ranks in each column."""

    frames: NDArray[np.int64]
    scores: NDArray[np.float32]
    ranks: NDArray[np.float32]


def word_names(atlas: Atlas, levels: Sequence[Level]) -> Suggestions:
    """Names for regions out of the atlas' list of words.

    Args:
        atlas: The atlas.
        levels: Its regions.

    Returns:
        For each region where something stands out, words that do, the best first; nothing where
        the atlas has no words or no list.
    """
    record = atlas.manifest.words
    if record is None or not record.files:
        return {}
    vocabulary = read_vocabulary(atlas.folder, record.width)
    if vocabulary is None or vocabulary.digest != record.digest or len(vocabulary.words) < 2:
        return {}
    evidence = _look(atlas, vocabulary)
    found: list[tuple[float, int, int, str]] = []
    for depth, level in enumerate(levels):
        found += [
            (margin, depth, region, vocabulary.words[word])
            for region, word, margin in _outstanding(level, evidence)
        ]
    return _best_first(found)


def _look(atlas: Atlas, vocabulary: Vocabulary) -> _Evidence:
    rows = WordRows(atlas)
    known = np.flatnonzero(~rows.missing)
    count = min(len(known), SAMPLE)
    frames = known[(np.arange(count) * (len(known) / max(1, count))).astype(np.int64)]
    wanted = (frames[:, None] * rows.crops + np.arange(rows.crops)).reshape(-1)
    vectors = rows[wanted].astype(np.float32)
    scores = vectors @ vocabulary.vectors.astype(np.float32).T
    scores = scores.reshape(len(frames), rows.crops, -1).mean(axis=1)
    ranks = np.empty_like(scores)
    order = scores.argsort(axis=0, kind="stable")
    steps = np.broadcast_to(np.arange(len(frames), dtype=np.float32)[:, None], scores.shape)
    np.put_along_axis(ranks, order, steps, axis=0)
    return _Evidence(frames.astype(np.int64), scores, ranks)


def _outstanding(level: Level, evidence: _Evidence) -> list[tuple[int, int, float]]:
    """Region, word and margin of every word that stands out in a region of a level."""
    labels = level.labels[evidence.frames]
    total, words = evidence.scores.shape
    ordinary = evidence.scores.mean(axis=0)
    least = max(LEAST_MARGIN, sqrt(2 * log(words * max(1, len(level)))))
    found = []
    for region in range(len(level)):
        inside = labels == region
        size = int(inside.sum())
        if size < FEWEST or size == total:
            continue
        # Mann and Whitney's count of pairs, as a share of all.
        pairs = evidence.ranks[inside].sum(axis=0) - size * (size - 1) / 2
        above = pairs / (size * (total - size))
        margins = _margins(evidence.scores[inside].mean(axis=0) - ordinary)
        good = np.flatnonzero((above >= ABOVE) & (margins >= least))
        found += [(region, int(word), float(margins[word])) for word in good]
    return found


def _margins(values: NDArray[np.float32]) -> NDArray[np.float64]:
    """How far each value lies above the others, in standard deviations of these others."""
    values = values.astype(np.float64)
    count = len(values) - 1
    mean = (values.sum() - values) / count
    square = ((values**2).sum() - values**2) / count
    return np.asarray((values - mean) / np.sqrt(np.maximum(square - mean**2, 1e-12)))


def _best_first(found: list[tuple[float, int, int, str]]) -> Suggestions:
    """Every word to the region where it stands out most; the rest of a region's words after it."""
    named: Suggestions = {}
    owner: dict[str, tuple[int, int]] = {}
    for _, depth, region, word in sorted(found, key=lambda one: (-one[0], *one[1:])):
        place = owner.setdefault(word, (depth, region))
        if place == (depth, region):
            named.setdefault(place, []).append(word)
    return named
