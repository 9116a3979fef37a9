"""The shots of an atlas: whose frames are whose, and which frame shows a shot best."""

from fractions import Fraction

import numpy as np
import pytest

from frameatlas import open_atlas
from frameatlas.shots import Shots, best_frames, one_per_shot
from frameatlas.store.shot_table import ShotTable, write_shots
from frameatlas.summary import atlas_info
from frameatlas.verify import check_atlas


def shot_table(firsts, last, base=Fraction(1, 90_000)):
    """Shots that begin at some seconds, up to a last frame."""
    first = np.array([round(s / base) for s in firsts], np.int64)
    m = len(first)
    return ShotTable(
        first=first,
        last=np.append(first[1:] - 3600, round(last / base)),
        begin=np.append(first[:1], first[1:] - 3600),
        end=first,
        kind=np.array([0] + [1] * (m - 1), np.uint8),
        strength=np.array([0] + [30] * (m - 1), np.float32),
        time_base=base,
    )


@pytest.fixture
def shots(tmp_atlas):
    """Shots of the first video: at 0, 1 and 2.5 s of its four seconds."""
    source = tmp_atlas.sources[0]
    write_shots(tmp_atlas.folder / "sources" / source.id, shot_table([0, 1, 2.5], 3.96))
    return Shots(open_atlas(tmp_atlas.folder))


def test_frames_belong_to_shots(shots):
    found = shots.of_source(0)
    assert [len(shot.frames) for shot in found] == [3, 5, 4]
    assert [shot.beginning for shot in found] == ["start", "cut", "cut"]
    assert found[1].until == found[2].begin == pytest.approx(2.5)
    assert shots.of_source(1) == []
    assert shots.shot_of(3).number == 1


def test_numbers_are_each_shots_own(shots):
    numbers = shots.numbers
    assert numbers[:12].tolist() == [0] * 3 + [1] * 5 + [2] * 4
    assert numbers[12:19].tolist() == [3] * 7
    assert numbers[19:24].tolist() == [4, 5, 6, 7, 8]
    assert (np.diff(numbers) >= 0).all()


def test_one_of_each_shot_is_kept_in_order(shots):
    assert one_per_shot(shots, [5, 1, 4, 11, 0, 13, 14]) == [0, 1, 3, 5]


@pytest.mark.parametrize(
    ("span", "wide"),
    [((1.2, 1.5), (1.0, 2.5)), ((0.5, 1.5), (0.0, 2.5)), ((1.0, 2.55), (1.0, 2.5))],
)
def test_a_span_snaps_to_the_shots_it_touches(shots, span, wide):
    assert shots.snapped(0, *span) == pytest.approx(wide)


def test_a_video_without_shots_snaps_to_nothing(shots):
    assert shots.snapped(1, 0.3, 0.9) == (0.3, 0.9)


def test_the_best_frame_is_sharp_and_in_the_middle(shots, tmp_atlas):
    source = tmp_atlas.sources[0]
    path = tmp_atlas.folder / "sources" / source.id / "frames.npy"
    frames = np.load(path, mmap_mode="r+")
    frames[4:8] = 90
    frames[5, ::2, ::2] = 220
    frames.flush()
    best = best_frames(Shots(open_atlas(tmp_atlas.folder)))
    assert best[1] == 5
    assert len(best) == len(np.unique(shots.numbers))


def test_info_counts_them_and_check_reads_them(shots):
    told = atlas_info(shots.atlas)["shots"]
    assert (told["number"], told["videos"]) == (3, 1)
    assert told["median_seconds"] == pytest.approx(1.5, abs=0.1)
    assert check_atlas(shots.atlas.folder) == []
    place = shots.atlas.folder / "sources" / shots.atlas.sources[0].id / "shots.h5"
    place.write_bytes(place.read_bytes()[:-40])
    assert any("shots.h5" in wrong for wrong in check_atlas(shots.atlas.folder))


def test_an_atlas_without_shots_says_so(tmp_atlas):
    assert not Shots(tmp_atlas).known
    assert atlas_info(tmp_atlas)["shots"] is None
