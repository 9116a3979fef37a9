"""An atlas by another way than Xception, and its words: searched, grown, stopped, damaged."""

import json
import shutil
import signal
from dataclasses import replace
from unittest.mock import Mock

import numpy as np
import pytest
from PIL import Image

from frameatlas import IndexOptions, InputError, InterruptedIndexError, SpaceError, open_atlas
from frameatlas.cli.main import cli
from frameatlas.embedder import describe_words as module
from frameatlas.embedder.describe_words import describe_words
from frameatlas.embedder.index import index_videos
from frameatlas.embedder.layout import few_frames
from frameatlas.embedder.query.describer import open_describer
from frameatlas.embedder.query.sentences import Sentences
from frameatlas.regions.hierarchy import Level
from frameatlas.regions.word_list import everyday_words
from frameatlas.regions.word_names import word_names
from frameatlas.search.word_index import words_index
from frameatlas.search.word_search import joined_query
from frameatlas.store.notes.vocabulary_file import read_vocabulary
from frameatlas.summary import atlas_info
from frameatlas.verify import check_atlas

EACH = 5


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("FRAMEATLAS_CACHE", str(tmp_path_factory.getbasetemp() / "words-cache"))
    monkeypatch.setattr(few_frames, "FEWEST", 10**6)


def draw_photos(folder, tiny_networks, seed, each=EACH):
    random = np.random.default_rng(seed)
    for colour in tiny_networks.COLOURS:
        for shape in tiny_networks.SHAPES:
            place = folder / f"{colour}-{shape}"
            place.mkdir(parents=True)
            for number in range(each):
                picture = tiny_networks.drawn(colour, shape, random, (64, 64))
                Image.fromarray(picture).save(place / f"{seed}-{number}.png")
    return folder


@pytest.fixture(scope="module")
def photos(tiny_networks, tmp_path_factory):
    return draw_photos(tmp_path_factory.mktemp("drawn") / "photos", tiny_networks, 0)


@pytest.fixture(scope="module")
def by_vectors(photos, tmp_path_factory):
    """An atlas of the photos, drawn from random vectors: no network has looked at it."""
    folder = tmp_path_factory.mktemp("vectors")
    np.save(folder / "v.npy", np.random.default_rng(0).normal(size=(9 * EACH, 40)))
    options = IndexOptions(vectors=folder / "v.npy", height=64)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(few_frames, "FEWEST", 10**6)
        return index_videos([photos], folder / "drawn.atlas", options=options).atlas


@pytest.fixture
def atlas(by_vectors, tmp_path):
    """A copy that may be changed."""
    return open_atlas(shutil.copytree(by_vectors.folder, tmp_path / "drawn.atlas"))


@pytest.fixture(scope="module")
def worded(by_vectors, trained_clip, tmp_path_factory):
    folder = tmp_path_factory.mktemp("worded") / "drawn.atlas"
    return describe_words(shutil.copytree(by_vectors.folder, folder), trained_clip)


def run(*arguments):
    """The command line, in this process."""
    try:
        return cli.main([str(one) for one in arguments], standalone_mode=False)
    except SystemExit as error:
        return error.code


def label_of(atlas, frame):
    return atlas.origins[frame].path.parent.name.split("-")


def average_precision(scores, wanted):
    order = np.argsort(-scores, kind="stable")
    hits = np.asarray(wanted)[order]
    return float((np.cumsum(hits) / np.arange(1, len(hits) + 1))[hits].mean())


def test_words_find_what_was_drawn(worded, trained_clip, tiny_networks):
    with Sentences(worded, trained_clip) as network:
        vectors = network.of_texts(tiny_networks.WORDS)
    labels = [label_of(worded, frame) for frame in range(len(worded))]
    precision = [
        average_precision(words_index(worded).scan(row), [word in both for both in labels])
        for word, row in zip(tiny_networks.WORDS, vectors, strict=True)
    ]
    assert np.mean(precision) >= 0.95, precision


def test_the_command_line_finds_red_frames_first(worded, trained_clip, tmp_path, capsys):
    sheet = tmp_path / "red.png"
    run("search", worded.folder, "--text", "red", "-k", 6, "--all", "--json", "-o", sheet,
        "--preset", trained_clip)  # fmt: skip
    found = json.loads(capsys.readouterr().out)
    assert [one["rank"] for one in found] == [1, 2, 3, 4, 5, 6]
    assert all("/red-" in one["path"] for one in found)
    assert found[0]["strength"] == 1
    with Image.open(sheet) as drawn:
        assert drawn.size[0] > 100
    run("search", worded.folder, "--text", "circle", "--not", "red", "-k", 4, "--json")
    assert not any("/red-" in one["path"] for one in json.loads(capsys.readouterr().out))
    run("search", worded.folder, "--text", "red", "-k", 3)
    assert "██████████" in capsys.readouterr().out


def test_a_picture_and_a_sentence_are_asked_for_together(worded, trained_clip, photos):
    with Sentences(worded, trained_clip) as network:
        picture = network.of_picture(photos / "blue-square" / "0-0.png")
        query = joined_query(np.concatenate([picture, network.of_texts(["blue"])]))
    best = np.argsort(-words_index(worded).scan(query))[:4]
    assert all("blue" in label_of(worded, int(frame)) for frame in best)


def test_the_map_stays_and_info_and_check_know_words(worded, by_vectors):
    assert worded.manifest.map == by_vectors.manifest.map
    assert np.array_equal(worded.coordinates, by_vectors.coordinates)
    words = atlas_info(worded)["words"]
    assert (words["descriptor"], words["frames"]) == ("CLIPBackbone", len(worded))
    assert check_atlas(worded.folder) == []


def test_words_of_a_run_that_was_stopped_count_as_done(atlas, trained_clip, monkeypatch):
    monkeypatch.setattr(module, "BLOCK", 2)
    asked, told = iter(range(100)), Mock()
    with pytest.raises(InterruptedIndexError):
        describe_words(atlas.folder, trained_clip, stopped=lambda: next(asked) > 2)
    describe_words(atlas.folder, trained_clip, progress=told)
    total, kept = told.stage.call_args.args[1::2]
    assert (kept in (2, 4), told.step.call_args.args[0]) == (True, total)


def test_a_stopped_run_goes_on_and_ends_with_the_same_bytes(atlas, worded, trained_clip):
    asked = iter(range(100))
    with pytest.raises(InterruptedIndexError):
        describe_words(atlas.folder, trained_clip, stopped=lambda: next(asked) > 6)
    half = open_atlas(atlas.folder).manifest.words
    assert 0 < len(half.files) < 9
    assert describe_words(atlas.folder, trained_clip).manifest.words == worded.manifest.words


def test_a_file_that_no_manifest_names_yet_is_taken_over(
    worded, trained_clip, tmp_path, monkeypatch
):
    folder = shutil.copytree(worded.folder, tmp_path / "killed.atlas")
    (folder / "atlas.json").write_text(_without_words(worded.manifest).to_json(), encoding="utf-8")
    monkeypatch.setattr(module, "open_network", lambda *_: pytest.fail("described again"))
    assert describe_words(folder, trained_clip).manifest.words == worded.manifest.words


def _without_words(manifest):
    from dataclasses import replace

    return replace(manifest, words=None)


def test_damaged_words_are_named_and_made_again(worded, trained_clip, tmp_path):
    folder = shutil.copytree(worded.folder, tmp_path / "damaged.atlas")
    path = next(iter(folder.glob("sources/*/words.h5")))
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.write_bytes(data)
    (wrong,) = check_atlas(folder)
    assert "words.h5" in wrong
    assert "frameatlas words" in wrong
    assert not (folder / "damaged.json").exists()  # the frames are not to be read again
    assert describe_words(folder, trained_clip).manifest.words == worded.manifest.words
    assert check_atlas(folder) == []


def test_new_sources_get_words_from_index_and_pruned_ones_lose_them(
    worded, tiny_networks, tmp_path, photos
):
    folder = shutil.copytree(worded.folder, tmp_path / "grown.atlas")
    more = draw_photos(tmp_path / "more", tiny_networks, 1, each=1)
    np.save(tmp_path / "v.npy", np.random.default_rng(1).normal(size=(9, 40)))
    grown = index_videos([more], folder, options=IndexOptions(vectors=tmp_path / "v.npy")).atlas
    assert len(grown.manifest.words.files) == 18
    assert not words_index(grown).rows.missing.any()
    shutil.rmtree(more)
    options = IndexOptions(prune=True, force=True)
    left = index_videos([photos], folder, options=options).atlas
    assert left.manifest.words.files == worded.manifest.words.files


def test_the_map_by_a_network_grows_by_it_and_by_no_other(
    photos, tiny_networks, trained_clip, tmp_path
):
    options = IndexOptions(descriptor=str(trained_clip), crops=1, height=64)
    folder = tmp_path / "clip.atlas"
    made = index_videos([photos], folder, options=options).atlas
    record = made.manifest.made
    assert (record.descriptor, record.crops, record.dimension) == ("CLIPBackbone", 1, 24)
    assert '"format": 2' in (folder / "atlas.json").read_text()
    assert check_atlas(folder) == []
    before = made.coordinates
    more = draw_photos(tmp_path / "more", tiny_networks, 2, each=1)
    grown = index_videos([more], folder).atlas  # where the network is was remembered
    assert len(grown) == len(made) + 9
    assert np.array_equal(grown.coordinates[: len(made)], before)
    with pytest.raises(InputError, match=r"Expected --crops 1 as in"):
        index_videos([more], folder, options=IndexOptions(descriptor=str(trained_clip)))
    assert len(index_videos([more], folder, options=IndexOptions(crops=1)).atlas) == len(grown)
    with pytest.raises(InputError, match=r"Expected --crops 1 as in .* Received: 2"):
        index_videos([more], folder, options=IndexOptions(crops=2))
    with pytest.raises(InputError, match="no --weights for an atlas that CLIPBackbone"):
        index_videos([more], folder, options=IndexOptions(weights=weights_of(trained_clip)))
    other = tiny_networks.random_dino(tmp_path / "dino")
    with pytest.raises(InputError, match=r"Expected --descriptor CLIPBackbone as in"):
        index_videos([more], folder, options=IndexOptions(descriptor=str(other), crops=1))
    with open_describer(grown) as describer:
        found = describer.image(photos / "red-circle" / "0-0.png")
    assert "red" in label_of(grown, int(np.argmin(np.abs(grown.scores - found.scores).sum(axis=1))))


def weights_of(preset):
    return preset / "model.weights.h5"


def test_vectors_describe_no_query_and_take_no_network(by_vectors, photos, trained_clip, tmp_path):
    assert by_vectors.manifest.made.descriptor == "vectors"
    assert by_vectors.features.shape == (9 * EACH, 40)
    with pytest.raises(InputError, match="vectors from elsewhere"):
        open_describer(by_vectors)
    folder = shutil.copytree(by_vectors.folder, tmp_path / "v.atlas")
    with pytest.raises(InputError, match="Expected --descriptor vectors as in"):
        index_videos([photos], folder, options=IndexOptions(descriptor=str(trained_clip)))
    with pytest.raises(InputError, match="leave it out"):
        IndexOptions(vectors=tmp_path / "v.npy", descriptor="xception")


@pytest.mark.parametrize("preset", [None, "clip_vit_base_patch32"])
def test_words_want_a_folder_that_is_there(atlas, preset):
    with pytest.raises(InputError, match="save_to_preset"):
        describe_words(atlas.folder, preset)


def test_a_network_without_words_gives_none(atlas, tiny_networks, tmp_path):
    from frameatlas.errors import WeightsError

    with pytest.raises(WeightsError, match="knows pictures only"):
        describe_words(atlas.folder, tiny_networks.random_dino(tmp_path / "dino"))


def test_a_list_of_words_names_regions_where_the_network_is_not(
    worded, trained_clip, tiny_networks, tmp_path
):
    assert read_vocabulary(worded.folder, 24).words == everyday_words()
    folder = shutil.copytree(worded.folder, tmp_path / "listed.atlas")
    before = {path: path.read_bytes() for path in folder.rglob("words.h5")}
    path = tmp_path / "list.txt"
    path.write_text("\n".join(tiny_networks.COLOURS), encoding="utf-8")
    run("words", folder, "--preset", trained_clip, "--vocabulary", path)
    assert read_vocabulary(folder, 24).words == tuple(tiny_networks.COLOURS)
    assert {path: path.read_bytes() for path in folder.rglob("words.h5")} == before
    atlas = open_atlas(folder)
    colours = list(tiny_networks.COLOURS)
    labels = np.array([colours.index(label_of(atlas, n)[0]) for n in range(len(atlas))], np.int32)
    sizes = np.bincount(labels)
    level = Level(labels, np.full(3, -1), np.zeros(3, int), sizes, np.ones(3))
    assert word_names(atlas, [level]) == {(0, n): [colour] for n, colour in enumerate(colours)}
    mixed = replace(level, labels=(np.arange(len(labels)) % 3).astype(np.int32))
    assert word_names(atlas, [mixed]) == {}
    again = describe_words(folder, trained_clip, vocabulary=None)
    assert read_vocabulary(again.folder, 24).words == tuple(tiny_networks.COLOURS)


@pytest.mark.parametrize("largest", [300, 3_000])
def test_words_where_files_may_not_grow_are_one_sentence_and_go_on(
    atlas, worded, trained_clip, largest
):
    resource = pytest.importorskip("resource", reason="limits are those of POSIX systems")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, before[1]))
    try:
        with pytest.raises(SpaceError, match="Expected"):
            describe_words(atlas.folder, trained_clip)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    assert check_atlas(atlas.folder) == []
    assert describe_words(atlas.folder, trained_clip).manifest.words == worded.manifest.words
