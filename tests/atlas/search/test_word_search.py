"""Frames by a sentence's vector: exact, once a shot, and never of sources without words."""

from dataclasses import replace

import h5py
import numpy as np
import pytest

from frameatlas import open_atlas
from frameatlas.atlas import MANIFEST
from frameatlas.errors import DamagedAtlasError, InputError
from frameatlas.search import word_index
from frameatlas.search.word_index import words_index
from frameatlas.search.word_search import (
    joined_query,
    strengths,
    stretched,
    word_heat,
    word_neighbours,
)
from frameatlas.store.atomic import describe_files
from frameatlas.store.words_record import WordsRecord

WIDTH, CROPS = 16, 2


def unit(rows):
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def with_words(atlas, vectors, left_out=()):
    """Write vectors, float16 (frames, crops, width), as the words of an atlas; opens it again."""
    files = {}
    for number, source in enumerate(atlas.sources):
        if not source.frames or number in left_out:
            continue
        own = atlas.range_of(number)
        place = atlas.folder / "sources" / source.id
        with h5py.File(place / "words.h5", "w") as file:
            file["words"] = vectors[own.start : own.stop].reshape(-1, vectors.shape[2])
        files[source.id] = describe_files(place, ["words.h5"])["words.h5"]
    record = WordsRecord("CLIPBackbone", "0" * 64, vectors.shape[2], vectors.shape[1], files)
    manifest = replace(atlas.manifest, words=record)
    (atlas.folder / MANIFEST).write_text(manifest.to_json(), encoding="utf-8")
    return open_atlas(atlas.folder)


@pytest.fixture
def vectors(tmp_atlas):
    random = np.random.default_rng(3).normal(size=(len(tmp_atlas), CROPS, WIDTH))
    return unit(random).astype(np.float16)


@pytest.fixture
def query():
    return unit(np.random.default_rng(4).normal(size=WIDTH)).astype(np.float32)


def best_products(vectors, query):
    rows = unit(vectors.astype(np.float64))
    return (rows @ query.astype(np.float64)).max(axis=1)


def test_the_best_crop_of_each_frame_counts_exactly(tmp_atlas, vectors, query):
    atlas = with_words(tmp_atlas, vectors)
    found = word_neighbours(atlas, query, 10, every=True)
    right = best_products(vectors, query)
    assert found.frames.tolist() == np.argsort(-right, kind="stable")[:10].tolist()
    assert np.allclose(found.similarity, right[found.frames], atol=1e-5)
    assert len(word_neighbours(atlas, query, 1000, every=True)) == len(atlas)


def test_near_identical_neighbours_count_once(tmp_atlas, vectors, query):
    vectors[2:7] = vectors[4]  # a shot of the first video that stands still
    vectors[4] = unit(query + 0.01).astype(np.float16)
    vectors[2:7] = vectors[4]
    atlas = with_words(tmp_atlas, vectors)
    once = word_neighbours(atlas, query, 10).frames.tolist()
    assert once[0] == 2
    assert not set(once) & {3, 4, 5, 6}
    every = word_neighbours(atlas, query, 5, every=True).frames.tolist()
    assert every == [2, 3, 4, 5, 6]


def test_a_shot_that_stands_still_counts_once_however_long_it_is(
    tmp_atlas, vectors, query, monkeypatch
):
    monkeypatch.setattr(word_index, "NEXT_TO", 1)
    monkeypatch.setattr(word_index, "AT_ONCE", 2)
    first = int(tmp_atlas.offsets[1])
    vectors[:first] = unit(query).astype(np.float16)  # the whole first video
    atlas = with_words(tmp_atlas, vectors)
    for frame in (0, 5, first - 1):
        alike = words_index(atlas).alike(frame, atlas.range_of(0))
        assert alike.tolist() == list(range(first))
    found = word_neighbours(atlas, query, 10).frames
    assert (found < first).sum() == 1
    vectors[4] = unit(-query).astype(np.float16)
    cut = words_index(with_words(tmp_atlas, vectors))
    assert cut.alike(2, atlas.range_of(0)).tolist() == [0, 1, 2, 3]
    assert cut.alike(5, atlas.range_of(0)).tolist() == list(range(5, first))


@pytest.fixture(params=["apart", "all alike", "one picture", "shots"])
def many(request, tmp_path):
    """Words of 3,000 frames; by how much answers may be worse: only where rounding hides all."""
    rng = np.random.default_rng(5)
    scale = {"apart": 1.0, "all alike": 1e-3, "one picture": 0.0, "shots": 0.02}[request.param]
    common = rng.normal(size=(3000 // 15 if request.param == "shots" else 1, 1, 32))
    rows = np.repeat(common, 3000 // len(common), axis=0)
    rows = rows + scale * rng.normal(size=(3000, 1, 32))
    if request.param == "apart":
        rows -= common
    return unit(rows).astype(np.float16), 5e-3 if request.param == "all alike" else 2e-6


class Held:
    """Vectors in memory as ``WordRows`` gives them."""

    def __init__(self, vectors):
        self._rows = vectors.reshape(-1, vectors.shape[2])
        self.crops, self.shape = vectors.shape[1], self._rows.shape
        self.size, self.missing = self._rows.size, np.zeros(len(vectors), bool)

    def __len__(self):
        return len(self._rows)

    def __getitem__(self, rows):
        return self._rows[rows]


def test_the_best_frames_are_those_of_float64_also_where_all_lie_close(many, monkeypatch):
    monkeypatch.setattr(word_index, "SHORT_LIST", 256)
    monkeypatch.setattr(word_index, "MOST_CANDIDATES", 64)
    vectors, close = many
    monkeypatch.setattr(word_index, "WordRows", lambda _: Held(vectors))
    words = word_index.Words(None)
    query = unit(np.random.default_rng(6).normal(size=32)).astype(np.float32)
    right = best_products(vectors, query).astype(np.float32)
    search = word_index.BestFrames(words, query)
    left = np.ones(len(vectors), bool)
    for _ in range(8):
        best = search.best(20)
        assert len(best) >= 20
        values = [value for _, value in best[:20]]
        assert np.allclose(values, np.sort(right[left])[::-1][:20], atol=close)
        for frame, value in best:
            assert left[frame]
            assert value == pytest.approx(right[frame], abs=2e-6)
        out = np.array([frame for frame, _ in best[:20]])
        search.leave_out(out)
        left[out] = False
    search.leave_out(np.flatnonzero(left)[:-3])
    assert sorted(frame for frame, _ in search.best(20)) == np.flatnonzero(left)[-3:].tolist()


def test_one_sentence_is_scanned_once_for_hits_bars_and_heat(
    tmp_atlas, vectors, query, monkeypatch
):
    atlas = with_words(tmp_atlas, vectors)
    index = words_index(atlas)
    scans = []
    real = index._cosines.scan
    monkeypatch.setattr(index._cosines, "scan", lambda q: scans.append(1) or real(q))
    found = word_neighbours(atlas, query, 5)
    strengths(atlas, query, found)
    word_heat(atlas, query)
    assert word_neighbours(atlas, query, 5).frames.tolist() == found.frames.tolist()
    assert len(scans) == 1
    word_heat(atlas, -query)
    assert len(scans) == 2


def test_frames_may_keep_apart_or_be_one_of_each_video(tmp_atlas, vectors, query):
    atlas = with_words(tmp_atlas, vectors)
    one = word_neighbours(atlas, query, 10, one_per_source=True)
    assert len(set(atlas.source_numbers[one.frames].tolist())) == len(one) == 4
    apart = word_neighbours(atlas, query, 28, skip_near=1.0).frames
    for number in (0, 1):
        times = np.sort(atlas.seconds[apart[atlas.source_numbers[apart] == number]])
        assert (np.diff(times) > 1.0).all()


def test_sources_without_words_are_never_found_and_are_cold(tmp_atlas, vectors, query):
    atlas = with_words(tmp_atlas, vectors, left_out={0})
    assert words_index(atlas).rows.missing.sum() == 12
    found = word_neighbours(atlas, query, 100, every=True)
    assert len(found) == len(atlas) - 12
    assert found.frames.min() >= 12
    heat = word_heat(atlas, query)
    assert (heat[:12] == 0).all()
    assert heat[12:].max() == 1
    assert heat[12:].min() == 0


def test_an_atlas_without_words_says_how_to_get_them(tmp_atlas, query):
    with pytest.raises(InputError, match="frameatlas words ATLAS --preset FOLDER"):
        word_neighbours(tmp_atlas, query, 3)


@pytest.mark.parametrize("wrong", [np.zeros(3, np.float32), np.full(WIDTH, np.nan, np.float32)])
def test_a_query_of_another_network_is_refused(tmp_atlas, vectors, wrong):
    with pytest.raises(InputError, match="16 finite numbers"):
        word_neighbours(with_words(tmp_atlas, vectors), wrong, 3)


def test_words_that_are_no_numbers_are_damage(tmp_atlas, vectors, query):
    vectors[20] = np.nan
    with pytest.raises(DamagedAtlasError, match="finite float16"):
        word_neighbours(with_words(tmp_atlas, vectors), query, 3)


def test_sentences_and_pictures_are_joined_by_the_mean_of_directions():
    a, b = np.eye(4, dtype=np.float32)[:2]
    both = joined_query(np.stack([a, b]))
    assert np.allclose(both, [0.5**0.5, 0.5**0.5, 0, 0])
    less = joined_query(a[None], b[None])
    assert np.allclose(less, a - b)
    assert np.array_equal(joined_query(a[None], np.empty((0, 4), np.float32)), a)


def test_heat_is_stretched_between_percentiles_and_strength_from_the_middle(
    tmp_atlas, vectors, query
):
    values = np.concatenate([np.linspace(0, 1, 101), [50.0, -np.inf]]).astype(np.float32)
    heat = stretched(values)
    assert heat[101] == 1
    assert heat[102] == 0
    assert 0.4 < heat[50] < 0.6
    assert (stretched(np.full(5, -np.inf, np.float32)) == 0).all()
    atlas = with_words(tmp_atlas, vectors)
    found = word_neighbours(atlas, query, 5, every=True)
    strong = strengths(atlas, query, found)
    assert strong[0] == 1
    assert (np.diff(strong) <= 0).all()


def test_the_manifest_carries_words_and_older_ones_none(tmp_atlas, vectors):
    atlas = with_words(tmp_atlas, vectors)
    assert atlas.manifest.words is not None
    assert open_atlas(atlas.folder).manifest == atlas.manifest
    assert '"format": 1' in (atlas.folder / MANIFEST).read_text()
    assert "words" not in replace(atlas.manifest, words=None).to_json()


def test_percentiles_of_very_many_are_those_of_a_sample():
    values = np.random.default_rng(7).normal(size=400_000).astype(np.float32)
    values[::3] = -np.inf
    heat = stretched(values)
    known = values > -np.inf
    low, high = np.percentile(values[known], (5, 99))
    right = np.clip((values - low) / (high - low), 0, 1)
    assert np.abs(heat - right)[known].max() < 0.01
    assert (heat[~known] == 0).all()
    values[:] = -np.inf
    values[7:17] = np.arange(10)  # hardly any frame has words: all of them are looked at
    assert stretched(values)[16] == 1


@pytest.mark.parametrize("near", [1e-7, 1e-4, 3e-3])
def test_the_best_are_exact_among_near_ties(near, monkeypatch):
    """Two crops a frame; hundreds of frames lie closer together than rounding tells apart."""
    rng = np.random.default_rng(11)
    query = unit(rng.normal(size=64)).astype(np.float32)
    vectors = unit(rng.normal(size=(20_000, 2, 64)))
    tied = rng.choice(20_000, 600, replace=False)
    along = np.linspace(0.8, 0.8 + near, 600)[:, None]
    across = rng.normal(size=(600, 64))
    across -= (across @ query)[:, None] * query
    vectors[tied, 1] = along * query + np.sqrt(1 - along**2) * unit(across)
    vectors = vectors.astype(np.float16)
    monkeypatch.setattr(word_index, "WordRows", lambda _: Held(vectors))
    words = word_index.Words(None)
    right = best_products(vectors, query).astype(np.float32)
    order = np.lexsort((np.arange(len(right)), -right))
    found = word_index.BestFrames(words, query).best(50)
    assert [frame for frame, _ in found][:50] == order[:50].tolist()
    reads = []
    exact = words.exact
    monkeypatch.setattr(words, "exact", lambda q, rows: reads.extend(rows) or exact(q, rows))
    search = word_index.BestFrames(words, query)
    for start in range(0, 200, 20):
        best = [frame for frame, _ in search.best(20)][:20]
        assert best == order[start : start + 20].tolist()
        search.leave_out(np.array(best))
    assert len(set(reads)) == len(reads), "nothing is compared exactly twice"
