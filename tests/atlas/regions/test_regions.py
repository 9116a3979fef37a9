"""Names are kept by frames: found again on other maps, with more videos, with other numbers."""

from dataclasses import replace

import numpy as np
import pytest

from frameatlas import open_atlas
from frameatlas.atlas import MANIFEST
from frameatlas.regions.clusters import Clustering, cluster_map
from frameatlas.regions.hierarchy import nested_regions
from frameatlas.regions.members import MemberFrames, members_of
from frameatlas.regions.regions import named_regions
from frameatlas.store.notes.names_file import MOST_MEMBERS, RegionName
from frameatlas.summary import atlas_info
from frameatlas.verify import check_atlas

PATHS = [f"/a/{n}.mp4" for n in range(4)]


def levels_of(atlas, count=4):
    return nested_regions(
        atlas.coordinates, cluster_map(atlas.coordinates, Clustering(count=count))
    )


def name_of(atlas, frames, text="sea", id="a"):
    return RegionName(id, text, len(frames), members_of(atlas, np.asarray(frames)))


def region_at(regions, levels, frame):
    """The coarsest region of a frame."""
    number = int(levels[0].labels[frame])
    return next(one for one in regions if (one.level, one.number) == (0, number))


@pytest.fixture
def atlas(called):
    return called(PATHS, [20] * 4, np.repeat(np.arange(4), 20))


def test_a_name_is_its_frames_and_no_number(atlas, called):
    given = [name_of(atlas, range(20, 40))]
    levels = levels_of(atlas)
    regions = named_regions(atlas, levels, given, {})
    assert region_at(regions, levels, 25).name == "sea"
    assert [one.name for one in regions if one.name] == ["sea"]
    turned = called(PATHS, [20] * 4, np.repeat([2, 3, 1, 0], 20), name="turned.atlas")
    levels = levels_of(turned)
    regions = named_regions(turned, levels, given, {})
    assert region_at(regions, levels, 25).name == "sea"
    assert region_at(regions, levels, 5).name == ""


def test_a_name_survives_new_videos_and_another_order(atlas, called):
    given = [name_of(atlas, range(20, 40))]
    numbers = np.r_[np.repeat(np.arange(4), 20), np.repeat([1, 2, 3], 20)]
    longer = called([*PATHS, "/a/new.mp4"], [20] * 4 + [60], numbers, name="longer.atlas")
    levels = levels_of(longer)
    regions = named_regions(longer, levels, given, {})
    assert region_at(regions, levels, 25).name == "sea"
    assert region_at(regions, levels, 85).name == "sea"  # new frames lie there too


def test_a_name_of_a_part_stays_the_parts(called):
    numbers = np.repeat(np.arange(4), 50)
    atlas = called(PATHS, [50] * 4, numbers)
    levels = levels_of(atlas, 2)
    part = int(levels[1].labels[10])
    given = [name_of(atlas, np.flatnonzero(levels[1].labels == part))]
    regions = named_regions(atlas, levels, given, {})
    (found,) = [one for one in regions if one.name]
    assert (found.level, found.number) == (1, part)


def test_scattered_frames_keep_their_name_in_a_place_of_their_own(called):
    atlas = called(PATHS, [40] * 4, np.tile(np.arange(4), 40))
    given = [name_of(atlas, range(0, 160, 20))]  # eight frames of 160
    levels = levels_of(atlas)
    (found,) = [one for one in named_regions(atlas, levels, given, {}) if one.name]
    assert (found.number, found.given, found.frames) == (-1, "a", 8)
    assert found.frame in range(0, 160, 20)


def test_names_of_frames_that_are_gone_are_not_shown(atlas, called):
    given = [name_of(atlas, range(20, 40))]
    other = called(["/b/9.mp4"], [20], np.zeros(20, int), name="other.atlas")
    gone = [replace(given[0], members=(replace(given[0].members[0], source="gone", path="/no"),))]
    assert not [one for one in named_regions(other, levels_of(other, 2), gone, {}) if one.name]


def test_two_names_of_nearly_the_same_frames_both_stay(atlas):
    given = [name_of(atlas, range(20, 40)), name_of(atlas, range(21, 40), "ocean", "b")]
    regions = named_regions(atlas, levels_of(atlas), given, {})
    assert sorted(one.name for one in regions if one.name) == ["ocean", "sea"]


def test_no_two_regions_bear_one_name(atlas):
    levels = levels_of(atlas)
    suggestions = {(0, n): ["Sea", "sand", f"spot {n}"] for n in range(4)}
    regions = named_regions(atlas, levels, [name_of(atlas, range(20))], suggestions)
    titles = [one.title.casefold() for one in regions]
    assert len(set(titles)) == len(titles)
    assert sorted(one.name for one in regions if one.level == 0) == sorted(
        ["sea", "sand", *(f"spot {n}" for n in range(4) if f"spot {n}" in titles)]
    )
    assert sum(one.name.casefold() == "sea" for one in regions) == 1


def test_large_regions_are_kept_by_some_of_their_frames(called):
    count = 4 * MOST_MEMBERS
    atlas = called(["/a/1.mp4"], [count], np.repeat([0, 1], count // 2))
    frames = np.arange(count // 2)
    given = [name_of(atlas, frames)]
    assert sum(len(one.rows) for one in given[0].members) == MOST_MEMBERS
    levels = levels_of(atlas, 2)
    assert region_at(named_regions(atlas, levels, given, {}), levels, 5).name == "sea"


def test_photos_are_found_by_name_when_their_folder_has_others(called):
    atlas = called(["/photos"], [20], np.zeros(20, int), kind="photos")
    members = members_of(atlas, np.array([3, 7]))
    assert members[0].photos == ("photo 3.jpg", "photo 7.jpg")
    changed = (replace(members[0], source="another-content", rows=(11, 12)),)
    assert MemberFrames(atlas)(changed).tolist() == [3, 7]


def test_info_and_check_know_the_names(atlas):
    from frameatlas.store.notes.names_file import NAMES_FILE, edit_names

    edit_names(atlas.folder, lambda _: (name_of(atlas, range(20)),))
    assert atlas_info(open_atlas(atlas.folder))["names"] == [{"name": "sea", "frames": 20}]
    assert not [text for text in check_atlas(atlas.folder) if NAMES_FILE in text]
    (atlas.folder / NAMES_FILE).write_text("[]")
    assert [text for text in check_atlas(atlas.folder) if NAMES_FILE in text]
    assert (atlas.folder / MANIFEST).exists()
