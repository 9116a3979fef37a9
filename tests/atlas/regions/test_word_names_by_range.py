"""Names whatever range a network's cosines have: right ones, and none where nothing stands out.

Vectors are made up as networks make theirs: pictures share one direction, sentences another, words
come in families, some are near everything, and frames come in shots that share what no word says.
"""

from dataclasses import replace

import h5py
import numpy as np
import pytest

from frameatlas import open_atlas
from frameatlas.atlas import MANIFEST
from frameatlas.regions.hierarchy import Level
from frameatlas.regions.word_names import word_names
from frameatlas.store.notes.vocabulary_file import Vocabulary, write_vocabulary
from frameatlas.store.stored_file import StoredFile
from frameatlas.store.words_record import WordsRecord

WIDTH, WORDS, REGIONS, KNOWN, SHOTS, LENGTH = 256, 300, 24, 6, 3, 16
RANGES = {"CLIP": 0.21, "SigLIP": -0.02, "high": 0.6}
SEEDS = range(4)


def unit(rows):
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def made_up(middle, seed):
    """Frames by region, words, and for each region its word; -1 where the list has none."""
    rng = np.random.default_rng(seed)
    families = unit(rng.normal(size=(WORDS // 5, WIDTH)))
    concepts = unit(0.6 * np.repeat(families, 5, 0) + 0.8 * unit(rng.normal(size=(WORDS, WIDTH))))
    frames_share, words_share = unit(rng.normal(size=(2, WIDTH)))
    words_share -= (words_share @ frames_share) * frames_share
    turn = middle / (0.6 * 0.7)  # so that a word and a frame that do not match have this cosine
    if turn >= 1:
        turn, frame_weight = 0.98, 1.2
    else:
        frame_weight = 0.6
    shared = turn * frames_share + (1 - turn**2) ** 0.5 * unit(words_share)
    near = 1 + 0.12 * rng.normal(size=(WORDS, 1))
    words = unit(0.7 * near * shared + 0.5 * concepts + 0.5 * unit(rng.normal(size=(WORDS, WIDTH))))
    right = [*(5 * rng.choice(WORDS // 5, KNOWN, replace=False)), *[-1] * (REGIONS - KNOWN)]
    frames = []
    for word in right:
        shown = concepts[word] if word >= 0 else unit(rng.normal(size=WIDTH))
        for _ in range(SHOTS):
            shot = 0.5 * unit(rng.normal(size=WIDTH))
            own = 0.25 * unit(rng.normal(size=(LENGTH, WIDTH)))
            frames.append(unit(frame_weight * frames_share + 0.35 * shown + shot + own))
    return np.concatenate(frames), words, right


def names_of(atlas, vectors, words):
    """The best name of every region, by number of its word; -1 for none."""
    (source,) = atlas.sources
    with h5py.File(atlas.folder / "sources" / source.id / "words.h5", "w") as file:
        file["words"] = vectors.astype(np.float16)
    write_vocabulary(
        atlas.folder,
        Vocabulary("a" * 64, tuple(map(str, range(len(words)))), words.astype(np.float16)),
    )
    labels = np.repeat(np.arange(REGIONS, dtype=np.int32), SHOTS * LENGTH)
    none = np.zeros(REGIONS)
    level = Level(labels, none.astype(int) - 1, none.astype(int), np.bincount(labels), none)
    found = word_names(open_atlas(atlas.folder), [level])
    return [int(found.get((0, region), ["-1"])[0]) for region in range(REGIONS)]


@pytest.fixture
def worded(synthetic_atlas, tmp_path):
    """An atlas of one video whose manifest names words."""
    atlas = synthetic_atlas(
        tmp_path / "ranges.atlas", sources=[("video", REGIONS * SHOTS * LENGTH)], dimension=8
    )
    files = {atlas.sources[0].id: StoredFile(0, "")}
    record = WordsRecord("CLIPBackbone", "a" * 64, WIDTH, 1, files)
    (atlas.folder / MANIFEST).write_text(replace(atlas.manifest, words=record).to_json())
    return open_atlas(atlas.folder)


@pytest.mark.parametrize("kind", RANGES)
def test_right_names_and_none_where_nothing_stands_out(worded, kind):
    right, wrong, nameless = 0, 0, 0
    for seed in SEEDS:
        vectors, words, wanted = made_up(RANGES[kind], seed)
        unlike = np.median(vectors @ words.T)
        assert abs(unlike - RANGES[kind]) < 0.06
        for name, word in zip(names_of(worded, vectors, words), wanted, strict=True):
            right += word >= 0 and name == word
            wrong += word >= 0 and name not in (word, -1)
            nameless += word < 0 and name < 0
    known, unknown = KNOWN * len(SEEDS), (REGIONS - KNOWN) * len(SEEDS)
    assert right >= 0.9 * known
    assert wrong == 0
    assert nameless >= unknown - 1
