from dataclasses import replace

import numpy as np
import pytest

from frameatlas.errors import FormatError, InputError
from frameatlas.players.corrections import Corrections
from frameatlas.reid.identify.identify import identify
from frameatlas.reid.identify.normalise import groups, normalise, within_whitening
from frameatlas.reid.identify.options import PlayersOptions
from frameatlas.reid.tracks.tracklets import TrackletFeatures


def same_partition(one, other):
    pairs = {(int(a), int(b)) for a, b in zip(one, other, strict=True)}
    return len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs})


def together(game):
    """Pairs of tracklets that are seen in the same frame of the same video."""
    t = game.tracklets
    seen = {}
    for tracklet, frame in zip(t.row_tracklet, t.row_frame, strict=True):
        seen.setdefault((t.sequence[tracklet], frame), set()).add(int(tracklet))
    return {(a, b) for who in seen.values() for a in who for b in who if a < b}


def corrected(**corrections):
    return PlayersOptions(corrections=Corrections(**corrections))


def test_everybody_is_found_without_saying_how_many(made_up_game):
    game, person = made_up_game()
    found = identify(game)
    assert found.count == 6
    assert same_partition(found.player, person)
    assert found.calibrated
    assert found.false_links < 0.1
    assert found.missed_links < 0.1
    assert found.least_count == 6
    assert len(found.decisions) == 20
    margins = [decision.margin for decision in found.decisions]
    assert margins == sorted(margins)
    assert (found.confidence > 0).all()
    assert (found.confidence <= 1).all()


def test_errors_are_those_of_what_was_hidden(made_up_game):
    clear, _ = made_up_game()
    assert identify(clear).false_links == identify(clear).missed_links == 0
    vague, _ = made_up_game(spread=6.0)
    assert identify(vague).false_links > 0, "whom only their being seen together keeps apart"
    torn = identify(clear, PlayersOptions(threshold=0.0))
    assert torn.missed_links == 1


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_order_of_tracklets_does_not_matter(made_up_game, seed):
    order = np.random.default_rng(seed).permutation(30)
    one, person = made_up_game(spread=0.8)
    other, person_too = made_up_game(spread=0.8, order=order)
    first, second = identify(one), identify(other)
    np.testing.assert_array_equal(person[order], person_too)
    assert same_partition(first.player[order], second.player)
    assert first.threshold == pytest.approx(second.threshold, rel=1e-3)
    np.testing.assert_allclose(first.confidence[order], second.confidence, atol=0.02)


@pytest.mark.parametrize("spread", [0.3, 1.0, 3.0])
@pytest.mark.parametrize("count", [None, 1, 6, 9])
def test_who_is_seen_together_is_never_one_player(made_up_game, spread, count):
    game, _ = made_up_game(spread=spread, cameras=2)
    found = identify(game, PlayersOptions(count=count))
    for one, other in together(game):
        assert found.player[one] != found.player[other] or found.player[one] == -1
    assert found.count >= found.least_count == 6


def test_tracklets_of_two_videos_are_not_seen_together(made_up_game):
    game, person = made_up_game(shifts=4, cameras=2)
    found = identify(game, PlayersOptions(count=6))
    assert same_partition(found.player, person)


def test_a_number_that_cannot_be_is_told(made_up_game):
    game, _ = made_up_game()
    found = identify(game, PlayersOptions(count=2))
    assert found.count == 6
    assert "Expected 2 people; 6 remain" in " ".join(found.notes)


def test_cameras_of_other_colours_are_made_alike(made_up_game):
    game, person = made_up_game(shifts=8, cameras=2, shift=1.5, spread=0.3)
    on = identify(game, PlayersOptions(count=6, cannot_link=False))
    off = identify(game, PlayersOptions(count=6, cannot_link=False, normalise=False))
    assert same_partition(on.player, person)
    assert not same_partition(off.player, person)


def test_segments_of_time_are_told_apart(made_up_game):
    game, _ = made_up_game(shifts=4)
    assert len(np.unique(groups(game, PlayersOptions()))) == 1
    parts = groups(game, PlayersOptions(segments=2))
    assert len(np.unique(parts)) == 2
    half = game.frame > np.median(game.frame)
    assert (parts[half] == 1).mean() > 0.9


def test_a_tracker_that_switches_is_cut(made_up_game):
    game, _ = made_up_game(crops=20)
    own, other = (np.flatnonzero(game.tracklet == tracklet)[10:] for tracklet in (0, 1))
    order = np.arange(len(game))
    order[np.r_[own, other]] = np.r_[other, own]
    switched = replace(game, features=game.features[order], colour=game.colour[order])
    found = identify(switched)
    segments = np.flatnonzero(found.segments.tracklet == 0)
    assert len(segments) == 2
    assert found.segments.first[segments[1]] == pytest.approx(game.frame[own[0]], abs=5)
    assert any(note.startswith("2 cuts where the person") for note in found.notes)
    assert len(identify(switched, PlayersOptions(split=False)).segments) == 30
    assert len(found.player) == 30


def test_what_the_user_merges_stays_one_whatever_is_seen(made_up_game):
    game, _ = made_up_game()
    found = identify(game, corrected(merge=(("1", "2"),)))
    assert found.player[0] == found.player[1]


def test_what_the_user_parts_stays_two(made_up_game):
    game, _ = made_up_game()
    free = identify(game)
    assert free.player[0] == free.player[6]
    found = identify(game, corrected(not_same=(("1", "7"),)))
    assert found.player[0] != found.player[6]


def test_the_user_cuts_and_names(made_up_game):
    game, _ = made_up_game()
    found = identify(
        game,
        corrected(split=(("1", 31),), not_same=(("1", "1@31"),), rename=(("2", "Anna"),)),
    )
    segments = np.flatnonzero(found.segments.tracklet == 0)
    assert found.segments.first[segments].tolist() == [1, 31]
    assert found.segments.last[segments].tolist() == [30, 60]
    assert len(set(found.segments.player[segments])) == 2
    assert found.names[found.player[1]] == "Anna"


@pytest.mark.parametrize(
    ("corrections", "sentence"),
    [
        ({"merge": (("1", "99"),)}, "'99'"),
        ({"not_same": (("1", "x"),)}, "'x'"),
        ({"split": (("1", 999),)}, "between its frames 1 and 60"),
        ({"split": (("99", 3),)}, "'99'"),
        ({"merge": (("1", "7"),), "not_same": (("1", "7"),)}, "both as one person and as two"),
        ({"merge": (("1", "7"),), "rename": (("1", "A"), ("7", "B"))}, "one player's"),
        ({"rename": (("1", "A"), ("2", "A"))}, "one player's"),
    ],
)
def test_corrections_that_cannot_be_are_one_sentence(made_up_game, corrections, sentence):
    game, _ = made_up_game()
    with pytest.raises(InputError, match=sentence):
        identify(game, corrected(**corrections))


def test_tracklets_without_a_good_crop_are_unassigned(made_up_game):
    game, person = made_up_game()
    quality = game.quality.copy()
    quality[game.tracklet == 3] = 0
    found = identify(replace(game, quality=quality))
    assert found.player[3] == -1
    assert found.confidence[3] == 0
    others = np.arange(30) != 3
    assert same_partition(found.player[others], person[others])
    joined = replace(PlayersOptions(), corrections=Corrections(merge=(("4", "10"),)))
    found = identify(replace(game, quality=quality), joined)
    assert found.player[3] == found.player[9] >= 0


def test_who_is_hardly_seen_is_unassigned_unless_wanted(made_up_game):
    game, _ = made_up_game(people=3, shifts=2)
    found = identify(game, PlayersOptions(unassigned_share=1.0))
    assert (found.player == -1).all()
    assert found.count == 0
    wanted = PlayersOptions(unassigned_share=1.0, corrections=Corrections(rename=(("1", "Anna"),)))
    assert identify(game, wanted).names == ("Anna",)
    assert (identify(game, PlayersOptions(unassigned_share=1.0, count=3)).player >= 0).all()


def test_a_game_too_small_to_calibrate_says_so(made_up_game):
    game, _ = made_up_game(people=2, shifts=1)
    found = identify(game)
    assert not found.calibrated
    assert found.count == 2
    assert any("--count" in note for note in found.notes)
    alone, _ = made_up_game(people=1, shifts=1)
    assert identify(alone).player.tolist() == [0]


def test_colour_alone_is_a_way_too(made_up_game):
    game, person = made_up_game()
    none = np.zeros((len(game), 0), np.float32)
    found = identify(replace(game, features=none), PlayersOptions(count=6))
    assert same_partition(found.player, person)


def test_after_whitening_crops_of_one_tracklet_vary_alike(made_up_game):
    game, _ = made_up_game()
    rows = np.asarray(game.features) * np.linspace(1, 9, 32, dtype=np.float32)
    white = rows @ within_whitening(rows, game.tracklet)
    means = np.stack([white[game.tracklet == t].mean(axis=0) for t in range(30)])
    spread = (white - means[game.tracklet]).std(axis=0)
    assert spread.max() / spread.min() < 4
    lengths = np.linalg.norm(normalise(game, PlayersOptions()), axis=1)
    np.testing.assert_allclose(lengths, 1, atol=1e-5)


def test_doubled_boxes_are_shown_to_the_user(made_up_game):
    game, _ = made_up_game()
    t = game.tracklets
    box = t.row_box.copy()
    box[t.row_tracklet == 1, 0] = box[t.row_tracklet == 0, 0]
    found = identify(replace(game, tracklets=replace(t, row_box=box)))
    assert any("1 and 2." in note for note in found.notes)
    assert found.least_count == 6


def test_crops_have_to_fit_their_tracklets(made_up_game):
    game, _ = made_up_game()
    with pytest.raises(FormatError, match="in the order"):
        replace(game, tracklet=game.tracklet[::-1])
    with pytest.raises(FormatError, match="quality"):
        replace(game, quality=game.quality[:-1])
    assert isinstance(game, TrackletFeatures)


@pytest.mark.parametrize(
    ("option", "value"),
    [("count", 0), ("teams", 1), ("teams", 9), ("threshold", -1), ("segments", 0),
     ("colour_weight", float("nan")), ("unassigned_share", 2), ("components", 1)],
)  # fmt: skip
def test_wishes_that_cannot_be_meant_are_refused(option, value):
    with pytest.raises(InputError, match="--" + option.replace("_", "-")):
        PlayersOptions(**{option: value})
