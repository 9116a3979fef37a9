"""From described crops to one identity per person: all steps, in their order."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from frameatlas.reid.identify.camera_casts import in_one_light
from frameatlas.reid.identify.confidence import least_certain, margins
from frameatlas.reid.identify.constrained_linkage import link
from frameatlas.reid.identify.constraints.teams import teams_as_said, teams_by_colour
from frameatlas.reid.identify.constraints.user import (
    roles_as_said,
    user_cuts,
    user_names,
    user_roles,
    whole_tracklets,
)
from frameatlas.reid.identify.error_estimate import ExpectedRange, estimate_errors, expected_range
from frameatlas.reid.identify.id_switches import find_cuts
from frameatlas.reid.identify.identities import UNASSIGNED, Identities, Segments
from frameatlas.reid.identify.kits import kit_note, other_kits
from frameatlas.reid.identify.leave_out import LeftOut
from frameatlas.reid.identify.normalise import normalise
from frameatlas.reid.identify.notes import notes_on
from frameatlas.reid.identify.options import PlayersOptions
from frameatlas.reid.identify.pair_distances import FARTHEST, Pairings, find_known_pairs, pair_up
from frameatlas.reid.identify.reassign import repair
from frameatlas.reid.identify.takeovers import find_takeovers
from frameatlas.reid.identify.threshold import Threshold, calibrate, merges_to_make
from frameatlas.reid.linkage import Merges
from frameatlas.reid.tracks.segments import Segmentation, cut_tracklets
from frameatlas.reid.tracks.tracklets import TrackletFeatures


def identify(crops: TrackletFeatures, options: PlayersOptions | None = None) -> Identities:
    """Find who each tracklet is.

    Args:
        crops: The crops of all tracklets, described.
        options: How.

    Raises:
        InputError: The corrections name tracklets that are not there, or contradict themselves.
    """
    options = options or PlayersOptions()
    if options.corrections.ignore:
        return _identify_rest(crops, options)
    crops = in_one_light(crops, options)
    rows = normalise(crops, options)
    segmentation = cut_tracklets(crops, _cuts(crops, rows, options))
    teams = _teams(crops, options)
    game = pair_up(crops, rows, segmentation, teams, options)
    merges = link(game.distance, game.weight, game.banned, game.groups)
    known = find_known_pairs(crops, rows, game)
    threshold = calibrate(*known, options.threshold)
    made = _merges(merges, game, threshold, options)
    reached = float(merges.distance[made - 1]) if made else 0.0
    ended = _merging_end(reached, threshold, options)
    false_links, missed_links = estimate_errors(
        crops, rows, game, lambda again: _merges(again, game, threshold, options)
    )
    player = _number(merges.after(made), game, options, ended)
    margin, other = margins(
        game.distance, game.weight, game.banned, player, threshold.distance, game.described
    )
    segments = Segments(
        segmentation.tracklet, segmentation.first, segmentation.last, player, margin
    )
    of_tracklet, confidence = _majority(segments, segmentation)
    names = _names(options, segmentation, player)
    roles = {
        **roles_as_said(options.people, crops.tracklets.names, of_tracklet),
        **user_roles(options.corrections, segmentation, player),
    }
    asked = _asked(crops, player[segmentation.crop], names, roles)
    notes = notes_on(game, merges, threshold, options, len(names), crops)
    return Identities(
        player=of_tracklet,
        team=teams[0],
        confidence=confidence,
        segments=segments,
        names=tuple(names),
        threshold=threshold.distance,
        reached=reached,
        calibrated=threshold.calibrated,
        false_links=false_links,
        missed_links=missed_links,
        least_count=game.seen.most,
        decisions=least_certain(segmentation, crops.tracklets, player, other, margin),
        notes=(*notes, *kit_note([names[number] for number in asked])),
        roles=tuple(roles.get(number, "") for number in range(len(names))),
        other_kits=asked,
        expected=_expected(false_links + missed_links, len(names), game, threshold, options),
    )


def _expected(
    estimate: float, found: int, game: Pairings, threshold: Threshold, options: PlayersOptions
) -> ExpectedRange | None:
    """What games of this estimate had, where the game itself told number and threshold."""
    if options.count is not None or not threshold.calibrated:
        return None
    return expected_range(estimate, found, game.seen.most)


def _asked(
    crops: TrackletFeatures,
    player: NDArray[np.int64],
    names: Sequence[str],
    roles: Mapping[int, str],
) -> tuple[int, ...]:
    """Players in neither team's kit of whom nobody has said a role; ``player`` is of each crop."""
    worn = other_kits(crops.colour, crops.quality, player, len(names))
    return tuple(number for number in worn if number not in roles)


def _names(
    options: PlayersOptions, segmentation: Segmentation, player: NDArray[np.int64]
) -> list[str]:
    """What each player is called: as the user says, else by number from 1."""
    named = user_names(options.corrections, segmentation, player)
    return [named.get(number, str(number + 1)) for number in range(int(player.max(initial=-1)) + 1)]


def _identify_rest(crops: TrackletFeatures, options: PlayersOptions) -> Identities:
    """Who those are whom the user does not leave out."""
    left = LeftOut(crops, options.corrections)
    there = set(left.crops.tracklets.names)
    numbers = tuple(pair for pair in options.numbers if pair[0] in there)
    people = tuple(pair for pair in options.people if pair[0] in there)
    inner = replace(options, corrections=left.corrections, numbers=numbers, people=people)
    return left.widen(identify(left.crops, inner))


def _teams(
    crops: TrackletFeatures, options: PlayersOptions
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Teams as the file says, unless the user asks for a number of groups; else by colour."""
    said = teams_as_said(options.people, crops.tracklets.names) if options.teams is None else None
    if said is not None:
        return said
    number = len(crops.tracklets)
    return teams_by_colour(crops.colour, crops.quality, crops.tracklet, number, options.teams)


def _cuts(
    crops: TrackletFeatures, rows: NDArray[np.float32], options: PlayersOptions
) -> list[tuple[int, int]]:
    wanted = user_cuts(options.corrections, crops.tracklets)
    if not options.split:
        return wanted
    whole = whole_tracklets(options.corrections, crops.tracklets)
    cuts = sorted({*wanted, *find_cuts(crops, rows, whole)})
    return sorted({*cuts, *find_takeovers(crops, rows, cuts, whole)})


def _merges(merges: Merges, game: Pairings, threshold: Threshold, options: PlayersOptions) -> int:
    """How many merges to make; segments without crops are joined to nobody by distance."""
    unseen = int((~game.described).sum())
    if options.count is not None:
        wanted = merges.begun - max(options.count + unseen, merges.fewest)
        return max(0, min(wanted, merges.below(FARTHEST - 1e-6)))
    return merges_to_make(merges, threshold, game.seen.most)


def _merging_end(reached: float, threshold: Threshold, options: PlayersOptions) -> float:
    """The distance at which merging ended.

    With a number of people given, the threshold decides nothing; else nothing as near as it is left
    apart but for the constraints.
    """
    return reached if options.count is not None else max(reached, threshold.distance)


def _number(
    label: NDArray[np.int64], game: Pairings, options: PlayersOptions, ended: float
) -> NDArray[np.int64]:
    """Players from the one seen most; who was hardly seen stays unassigned.

    A player whom the user named, or a number of players that the user gave, leaves nobody out.
    """
    kept = _large_enough(label, game, options)
    if options.repair and not kept.all():
        label = repair(
            label, ~kept, game.distance, game.weight, game.banned, game.seen.common, ended
        )
    number = int(label.max(initial=-1)) + 1
    sizes = np.bincount(label, game.segmentation.sizes, number)
    seen = np.bincount(label, game.described, number) > 0
    first = np.full(number, np.iinfo(np.int64).max)
    np.minimum.at(first, label, game.segmentation.first)
    order = [c for c in np.lexsort((first, -sizes)) if seen[c] and kept[c]]
    place = np.full(len(kept), UNASSIGNED, np.int64)
    place[order] = np.arange(len(order))
    return place[label]


def _large_enough(
    label: NDArray[np.int64], game: Pairings, options: PlayersOptions
) -> NDArray[np.bool_]:
    """Clusters that are large enough to be players, or that the user speaks of; (clusters,)."""
    number = int(label.max(initial=-1)) + 1
    if options.count is not None:
        return np.ones(number, bool)
    length = int((game.segmentation.last - game.segmentation.first.min()).max(initial=0)) + 1
    kept = np.bincount(label, game.segmentation.sizes, number) >= options.unassigned_share * length
    named = {name for group in options.corrections.merge for name in group}
    named |= {name for name, _ in (*options.corrections.rename, *options.corrections.role)}
    kept[label[[name in named for name in game.segmentation.names]]] = True
    return kept


def _majority(
    segments: Segments, segmentation: Segmentation
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The player of most frames of each tracklet, and how sure that is."""
    number = int(segments.tracklet.max()) + 1
    player = np.full(number, UNASSIGNED, np.int64)
    confidence = np.zeros(number)
    sizes = segmentation.sizes
    for tracklet in range(number):
        own = np.flatnonzero(segments.tracklet == tracklet)
        votes = np.bincount(segments.player[own] + 1, sizes[own])
        winner = int(votes.argmax()) - 1
        chosen = own[segments.player[own] == winner]
        player[tracklet] = winner
        share = sizes[chosen].sum() / sizes[own].sum()
        confidence[tracklet] = share * np.average(
            segments.confidence[chosen], weights=sizes[chosen]
        )
    return player, confidence
