"""From described crops to one identity per person: all steps, in their order."""

import numpy as np
from numpy.typing import NDArray

from frameatlas.reid.identify.confidence import least_certain, margins
from frameatlas.reid.identify.constrained_linkage import Merges, link
from frameatlas.reid.identify.error_estimate import held_out_errors
from frameatlas.reid.identify.id_switches import cut_frames
from frameatlas.reid.identify.identities import UNASSIGNED, Identities, Pieces
from frameatlas.reid.identify.normalise import compared
from frameatlas.reid.identify.notes import remarks_on
from frameatlas.reid.identify.options import PlayersWish
from frameatlas.reid.identify.pair_distances import FARTHEST, Pairings, known_pairs, pair_up
from frameatlas.reid.identify.reassign import repair
from frameatlas.reid.identify.segments import Cutting, cut
from frameatlas.reid.identify.teams import teams_by_colour
from frameatlas.reid.identify.threshold import Threshold, calibrate, merges_to_make
from frameatlas.reid.identify.user_constraints import user_cuts, user_names, whole_tracklets
from frameatlas.reid.tracks.tracklets import TrackletFeatures


def identify(crops: TrackletFeatures, wish: PlayersWish | None = None) -> Identities:
    """Find who each tracklet is.

    Args:
        crops: The crops of all tracklets, described.
        wish: How.

    Raises:
        InputError: The corrections name tracklets that are not there, or contradict themselves.
    """
    wish = wish or PlayersWish()
    rows = compared(crops, wish)
    cutting = cut(crops, _cuts(crops, rows, wish))
    teams = teams_by_colour(
        crops.colour, crops.quality, crops.tracklet, len(crops.tracklets), wish.teams
    )
    game = pair_up(crops, rows, cutting, teams, wish)
    merges = link(game.distance, game.weight, game.banned, game.groups)
    known = known_pairs(crops, rows, game)
    threshold = calibrate(*known, wish.threshold)
    made = _merges(merges, game, threshold, wish)
    reached = float(merges.distance[made - 1]) if made else 0.0
    ended = _ended(reached, threshold, wish)
    errors = held_out_errors(crops, rows, game, lambda again: _merges(again, game, threshold, wish))
    player = _numbered(merges.after(made), game, wish, ended)
    margin, other = margins(
        game.distance, game.weight, game.banned, player, threshold.distance, game.described
    )
    pieces = Pieces(cutting.tracklet, cutting.first, cutting.last, player, margin)
    of_tracklet, confidence = _majority(pieces, cutting)
    named = user_names(wish.corrections, cutting, player)
    names = [
        named.get(number, str(number + 1)) for number in range(int(player.max(initial=-1)) + 1)
    ]
    return Identities(
        of_tracklet,
        teams[0],
        confidence,
        pieces,
        tuple(names),
        threshold.distance,
        reached,
        threshold.calibrated,
        *errors,
        game.seen.most,
        least_certain(cutting, crops.tracklets, player, other, margin),
        tuple(remarks_on(game, merges, threshold, wish, len(names), crops)),
    )


def _cuts(
    crops: TrackletFeatures, rows: NDArray[np.float32], wish: PlayersWish
) -> list[tuple[int, int]]:
    wanted = user_cuts(wish.corrections, crops.tracklets)
    if not wish.split:
        return wanted
    whole = whole_tracklets(wish.corrections, crops.tracklets)
    return sorted({*wanted, *cut_frames(crops, rows, whole)})


def _merges(merges: Merges, game: Pairings, threshold: Threshold, wish: PlayersWish) -> int:
    """How many merges to make; pieces without crops are joined to nobody by distance."""
    unseen = int((~game.described).sum())
    if wish.count is not None:
        wanted = merges.begun - max(wish.count + unseen, merges.fewest)
        return max(0, min(wanted, merges.below(FARTHEST - 1e-6)))
    return merges_to_make(merges, threshold, game.seen.most)


def _ended(reached: float, threshold: Threshold, wish: PlayersWish) -> float:
    """The distance at which merging ended.

    With a number of people given, the threshold decides nothing; else nothing as near as it is left
    apart but for the constraints.
    """
    return reached if wish.count is not None else max(reached, threshold.distance)


def _numbered(
    label: NDArray[np.int64], game: Pairings, wish: PlayersWish, ended: float
) -> NDArray[np.int64]:
    """Players from the one seen most; who was hardly seen stays unassigned.

    A player whom the user named, or a number of players that the user gave, leaves nobody out.
    """
    kept = _kept(label, game, wish)
    if wish.repair and not kept.all():
        label = repair(
            label, ~kept, game.distance, game.weight, game.banned, game.seen.common, ended
        )
    number = int(label.max(initial=-1)) + 1
    sizes = np.bincount(label, game.cutting.sizes, number)
    seen = np.bincount(label, game.described, number) > 0
    first = np.full(number, np.iinfo(np.int64).max)
    np.minimum.at(first, label, game.cutting.first)
    order = [c for c in np.lexsort((first, -sizes)) if seen[c] and kept[c]]
    place = np.full(len(kept), UNASSIGNED, np.int64)
    place[order] = np.arange(len(order))
    return place[label]


def _kept(label: NDArray[np.int64], game: Pairings, wish: PlayersWish) -> NDArray[np.bool_]:
    """Clusters that are large enough to be players, or that the user speaks of; (clusters,)."""
    number = int(label.max(initial=-1)) + 1
    if wish.count is not None:
        return np.ones(number, bool)
    length = int((game.cutting.last - game.cutting.first.min()).max(initial=0)) + 1
    kept = np.bincount(label, game.cutting.sizes, number) >= wish.unassigned_share * length
    named = {name for group in wish.corrections.merge for name in group}
    named |= {name for name, _ in wish.corrections.rename}
    kept[label[[name in named for name in game.cutting.names]]] = True
    return kept


def _majority(pieces: Pieces, cutting: Cutting) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The player of most frames of each tracklet, and how sure that is."""
    number = int(pieces.tracklet.max()) + 1
    player = np.full(number, UNASSIGNED, np.int64)
    confidence = np.zeros(number)
    sizes = cutting.sizes
    for tracklet in range(number):
        own = np.flatnonzero(pieces.tracklet == tracklet)
        votes = np.bincount(pieces.player[own] + 1, sizes[own])
        winner = int(votes.argmax()) - 1
        chosen = own[pieces.player[own] == winner]
        player[tracklet] = winner
        share = sizes[chosen].sum() / sizes[own].sum()
        confidence[tracklet] = share * np.average(pieces.confidence[chosen], weights=sizes[chosen])
    return player, confidence
