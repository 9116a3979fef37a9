"""Names out of a list of words: what stands out in a region, and nothing where nothing does."""

from dataclasses import replace

import h5py
import numpy as np
import pytest

from frameatlas import open_atlas
from frameatlas.atlas import MANIFEST
from frameatlas.errors import FormatError, InputError
from frameatlas.regions.clusters import Clustering, cluster_map
from frameatlas.regions.hierarchy import nested_regions
from frameatlas.regions.word_list import everyday_words, read_word_list
from frameatlas.regions.word_names import word_names
from frameatlas.store.atomic import describe_files
from frameatlas.store.notes.vocabulary_file import (
    VOCABULARY_FILE,
    Vocabulary,
    read_vocabulary,
    write_vocabulary,
)
from frameatlas.store.words_record import WordsRecord

WIDTH = 48
DIGEST = "a" * 64


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def worded(called):
    """``worded(words, axes)``: four regions whose frames show four axes; words are directions."""

    def make(words, vectors, digest=DIGEST, noise=0.05):
        atlas = called([f"/a/{n}.mp4" for n in range(4)], [30] * 4, np.repeat(np.arange(4), 30))
        rng = np.random.default_rng(0)
        common = rng.normal(size=WIDTH)
        files = {}
        for number, source in enumerate(atlas.sources):
            rows = common + 2 * np.eye(WIDTH)[number] + noise * rng.normal(size=(30, WIDTH))
            place = atlas.folder / "sources" / source.id
            with h5py.File(place / "words.h5", "w") as file:
                file["words"] = unit(rows).astype(np.float16)
            files[source.id] = describe_files(place, ["words.h5"])["words.h5"]
        record = WordsRecord("CLIPBackbone", DIGEST, WIDTH, 1, files)
        (atlas.folder / MANIFEST).write_text(replace(atlas.manifest, words=record).to_json())
        listed = Vocabulary(digest, tuple(words), unit(vectors + 0.3 * common).astype(np.float16))
        write_vocabulary(atlas.folder, listed)
        return open_atlas(atlas.folder)

    return make


def names_of(atlas):
    levels = nested_regions(atlas.coordinates, cluster_map(atlas.coordinates, Clustering(count=4)))[
        :1
    ]
    found = word_names(atlas, levels)
    return [found.get((0, int(levels[0].labels[30 * n])), [None])[0] for n in range(4)]


def test_each_region_is_called_what_stands_out_in_it(worded):
    words = [f"word {n}" for n in range(12)]
    assert names_of(worded(words, np.eye(WIDTH)[:12])) == words[:4]


def test_a_short_list_of_the_users_own_works(worded):
    words = ["sea", "sand", "snow", "street", "soup"]
    assert names_of(worded(words, np.eye(WIDTH)[:5])) == words[:4]


def test_nothing_stands_out_where_no_word_fits(worded):
    words = [f"word {n}" for n in range(12)]
    assert names_of(worded(words, np.eye(WIDTH)[20:32])) == [None] * 4


def test_three_hundred_words_that_mean_nothing_name_nothing(worded):
    vectors = np.random.default_rng(3).normal(size=(300, WIDTH))
    vectors[:, :4] *= 0.2  # none of them is about what the frames show
    assert names_of(worded([f"word {n}" for n in range(300)], vectors)) == [None] * 4


def test_words_of_another_network_are_left_alone(worded):
    words = [f"word {n}" for n in range(12)]
    assert names_of(worded(words, np.eye(WIDTH)[:12], digest="b" * 64)) == [None] * 4


def test_the_list_is_read_as_it_was_written(tmp_path):
    assert read_vocabulary(tmp_path, 3) is None
    vectors = unit(np.random.default_rng(0).normal(size=(2, 3))).astype(np.float16)
    write_vocabulary(tmp_path, Vocabulary(DIGEST, ("sea", "snow"), vectors))
    found = read_vocabulary(tmp_path, 3)
    assert (found.digest, found.words) == (DIGEST, ("sea", "snow"))
    assert np.array_equal(found.vectors, vectors)
    with pytest.raises(FormatError, match="of 4 numbers"):
        read_vocabulary(tmp_path, 4)
    path = tmp_path / VOCABULARY_FILE
    path.write_text(path.read_text().replace("snow", "show"))
    with pytest.raises(FormatError, match="changed content"):
        read_vocabulary(tmp_path, 3)


def test_the_everyday_list_has_three_hundred_words_each_once():
    words = everyday_words()
    assert len(words) == len({word.casefold() for word in words}) == 300


@pytest.mark.parametrize(
    "content", [b"", b"one\n", b"\xff\xfe\x00", b"a\n" + b"x" * 61, b"a\nb\x07c\n"]
)
def test_files_that_are_no_list_are_refused(tmp_path, content):
    path = tmp_path / "list.txt"
    path.write_bytes(content)
    with pytest.raises(InputError, match="--vocabulary"):
        read_word_list(path)
    with pytest.raises(InputError, match="--vocabulary"):
        read_word_list(tmp_path / "none.txt")


def test_a_list_may_have_remarks_empty_lines_and_repeats(tmp_path):
    path = tmp_path / "list.txt"
    path.write_text("\ufeff# mine\n\nsea  side\nsnow\nsnow\n", encoding="utf-8")
    assert read_word_list(path) == ("sea side", "snow")
