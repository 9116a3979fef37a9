"""Names out of what files and folders are called: frequent here and rare elsewhere, or none."""

import numpy as np
import pytest

from frameatlas import open_atlas
from frameatlas.columns.given_table import GivenTable
from frameatlas.columns.joined import add_columns
from frameatlas.regions.clusters import Clustering, cluster_map
from frameatlas.regions.hierarchy import Level, nested_regions
from frameatlas.regions.own_words import own_words
from frameatlas.subtitles.stored import Line, Subtitles, Track, write_subtitles


def names_of(atlas, count=4, **options):
    """Suggested name of the region of each of the four places, by the place's first frame."""
    levels = nested_regions(
        atlas.coordinates, cluster_map(atlas.coordinates, Clustering(count=count))
    )
    return levels, own_words(atlas, levels, **options)


def by_frame(levels, names, frame):
    return names.get((0, int(levels[0].labels[frame])), [None])[0]


def test_files_name_the_region_that_they_fill(called):
    paths = ["/a/Sintel-trailer_1080p.mp4", "/a/surfing.mp4", "/a/VID_2031.mp4", "/a/IMG.mov"]
    atlas = called(paths, [20] * 4, np.repeat(np.arange(4), 20))
    levels, names = names_of(atlas)
    assert by_frame(levels, names, 0) == "Sintel trailer"
    assert by_frame(levels, names, 20) == "surfing"
    assert by_frame(levels, names, 40) is None
    assert by_frame(levels, names, 60) is None


def test_a_video_that_is_everywhere_names_nothing(called):
    atlas = called(["/a/wedding.mp4"], [80], np.tile(np.arange(4), 20))
    assert names_of(atlas)[1] == {}
    both = called(
        ["/a/wedding.mp4", "/a/beach.mp4"],
        [60, 20],
        np.r_[np.tile([0, 1, 2], 20), np.full(20, 3)],
        name="both.atlas",
    )
    levels, names = names_of(both)
    assert by_frame(levels, names, 60) == "beach"
    assert {one for found in names.values() for one in found} == {"beach"}


def test_folders_name_regions_and_what_all_share_does_not(called):
    paths = [f"/films/trips/{place}/clip{n}.mp4" for place in ("Norway", "Rome") for n in (1, 2)]
    atlas = called(paths, [20] * 4, np.repeat([0, 0, 1, 1], 20))
    levels, names = names_of(atlas, 2)
    assert by_frame(levels, names, 0) == "Norway"
    assert by_frame(levels, names, 40) == "Rome"
    assert names_of(atlas, 2, folders=False)[1] == {}


def test_two_videos_share_a_region_by_two_names(called):
    paths = ["/a/dune.mp4", "/a/oasis.mp4", "/a/0001.mp4", "/a/0002.mp4"]
    atlas = called(paths, [20] * 4, np.repeat([0, 0, 1, 2], 20))
    levels, names = names_of(atlas, 3)
    assert set(by_frame(levels, names, 0).split(" · ")) == {"dune", "oasis"}


def test_the_parts_of_a_region_with_two_names_have_one_each(called):
    paths = ["/a/dune.mp4", "/a/oasis.mp4", "/a/0001.mp4", "/a/0002.mp4"]
    atlas = called(paths, [40] * 4, np.repeat([0, 0, 1, 2], 40))
    first = np.zeros(160, np.int32)
    first[80:120], first[120:] = 1, 2
    second = np.full(160, -1, np.int32)
    second[:40], second[40:80] = 0, 1

    def level(labels, parents):
        count = len(parents)
        spread = np.ones(count)
        return Level(labels, np.array(parents), np.zeros(count, int), np.full(count, 40), spread)

    names = own_words(atlas, [level(first, [-1] * 3), level(second, [0, 0])])
    assert set(names[0, 0][0].split(" · ")) == {"dune", "oasis"}
    assert (names[1, 0], names[1, 1]) == (["dune"], ["oasis"])
    # A part of another region may not be called like one of the two.
    apart = own_words(atlas, [level(first, [-1] * 3), level(second, [1, 1])])
    said = [word for found in apart.values() for word in found[0].split(" · ")]
    assert len(said) == len(set(said))


def test_no_two_regions_get_one_word(called):
    paths = ["/a/market one.mp4", "/a/market two.mp4", "/a/1.mp4", "/a/2.mp4"]
    atlas = called(paths, [20] * 4, np.repeat(np.arange(4), 20))
    said = [one.casefold() for found in names_of(atlas)[1].values() for one in found]
    assert len(said) == len(set(said))


def test_photos_are_named_by_their_own_files(called, monkeypatch):
    from frameatlas.store.frame_origin import Origin

    atlas = called(["/photos"], [40], np.repeat([0, 1], 20), kind="photos")
    plain = type(atlas.origins).__getitem__

    def renamed(self, frame):
        origin = plain(self, frame)
        name = f"{'harbour' if frame < 20 else 'snow'} {frame}.jpg"
        return Origin(origin.source, origin.pts, origin.time_base, origin.box, name)

    monkeypatch.setattr(type(atlas.origins), "__getitem__", renamed)
    levels, names = names_of(atlas, 2)
    assert by_frame(levels, names, 0) == "harbour"
    assert by_frame(levels, names, 20) == "snow"


def test_columns_and_subtitles_name_regions_too(called):
    paths = [f"/a/{n}.mp4" for n in range(4)]
    atlas = called(paths, [20] * 4, np.repeat(np.arange(4), 20))
    rows = [["0.mp4", "Golden Gate"], ["1.mp4", "Alcatraz"]]
    table = GivenTable(atlas.folder / "t.csv", ("path", "place"), rows)
    add_columns(atlas.folder, table)
    lines = tuple(Line(n / 3, n / 3 + 0.3, f"the penguins number {n}") for n in range(20))
    place = atlas.folder / "sources" / atlas.sources[3].id
    write_subtitles(place, Subtitles((Track("3.srt", "en", lines),)))
    told = open_atlas(atlas.folder)
    levels, names = names_of(told)
    assert by_frame(levels, names, 0) == "Golden Gate"
    assert by_frame(levels, names, 20) == "Alcatraz"
    assert by_frame(levels, names, 40) is None
    assert by_frame(levels, names, 60) == "penguins number"
    assert names_of(told, folders=False)[1] == {}  # a static site tells names of files only


@pytest.mark.parametrize("lengths", [[1], [3]])
def test_few_frames_name_nothing(called, lengths):
    atlas = called(["/a/sea.mp4"][: len(lengths)], lengths, np.zeros(sum(lengths), int))
    assert names_of(atlas, 2)[1] == {}
