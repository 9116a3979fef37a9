from dataclasses import replace

import pytest

from frameatlas import Atlas, InputError, named_source
from frameatlas.search.source_lookup import find_source
from frameatlas.store.content_digest import content_digest

PATHS = (
    "/videos/beach/clip.mp4",
    "/videos/town/clip.mp4",
    "/videos/Chaplin.mp4",
    "/videos/harbour at night.mkv",
    "/videos/-dash.mp4",
)


@pytest.fixture
def atlas(tmp_atlas):
    manifest = tmp_atlas.manifest
    sources = tuple(replace(s, path=p) for s, p in zip(manifest.sources, PATHS, strict=True))
    return Atlas(tmp_atlas.folder, replace(manifest, sources=sources))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("/videos/Chaplin.mp4", 2),
        ("Chaplin.mp4", 2),
        ("Chaplin", 2),
        ("chaplin.MP4", 2),
        ("chaplin", 2),
        ("beach/clip.mp4", 0),
        ("town/clip.mp4", 1),
        ("source-00000003", 3),
        ("harbour at night", 3),
        ("-dash.mp4", 4),
    ],
)
def test_a_name_a_path_its_end_or_an_id(atlas, text, number):
    assert named_source(atlas, text) == number


def test_an_ambiguous_name_lists_the_candidates(atlas):
    with pytest.raises(InputError) as caught:
        named_source(atlas, "clip.mp4")
    for said in (PATHS[0], PATHS[1], "source-00000000", "more of the path"):
        assert said in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("chaplim.mp4", "did you mean Chaplin.mp4"),
        ("harbor at nite.mkv", "did you mean harbour at night.mkv"),
        ("night", "did you mean harbour at night.mkv"),
        ("zzz", "frameatlas info"),
        ("", "frameatlas info"),
        ("lip.mp4", "did you mean clip.mp4"),
    ],
)
def test_an_unknown_name_suggests_close_ones(atlas, text, said):
    with pytest.raises(InputError) as caught:
        named_source(atlas, text)
    assert said in str(caught.value)
    assert find_source(atlas, text) is None


def test_a_file_is_known_by_its_content_wherever_it_is(atlas, tmp_path):
    moved = tmp_path / "clip.mp4"
    moved.write_bytes(b"a film")
    assert find_source(atlas, str(moved)) is None
    with pytest.raises(InputError, match="a file that is not in it"):
        named_source(atlas, str(moved))
    known = replace(atlas.sources[3], digest=content_digest(moved))
    sources = (*atlas.sources[:3], known, *atlas.sources[4:])
    atlas = Atlas(atlas.folder, replace(atlas.manifest, sources=sources))
    assert named_source(atlas, str(moved)) == 3


def test_a_file_that_exists_is_meant_itself_by_a_relative_path(atlas, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    here = tmp_path / "clip.mp4"
    here.write_bytes(b"another film")
    assert find_source(atlas, "clip.mp4") is None
    sources = (replace(atlas.sources[0], path=str(here)), *atlas.sources[1:])
    atlas = Atlas(atlas.folder, replace(atlas.manifest, sources=sources))
    assert named_source(atlas, "clip.mp4") == 0
