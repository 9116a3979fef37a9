"""From described crops to one identity per person: all steps, in their order."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameatlas.reid.calibration import Threshold, calibrate, error_shares, merges_to_make
from frameatlas.reid.comparison import compared
from frameatlas.reid.confidence import least_certain, margins
from frameatlas.reid.constraints import Seen, seen_together
from frameatlas.reid.identities import UNASSIGNED, Identities, Pieces
from frameatlas.reid.linking import Merges, link
from frameatlas.reid.pieces import Cutting, cut, halves, pool
from frameatlas.reid.players_wish import PlayersWish
from frameatlas.reid.splitting import cut_frames
from frameatlas.reid.teams import teams_by_colour
from frameatlas.reid.tracklets import TrackletFeatures
from frameatlas.reid.user_links import (
    user_bans,
    user_cuts,
    user_groups,
    user_names,
    whole_tracklets,
)

FARTHEST = 2.0
"""Largest distance there is: between rows of opposite directions."""

_UNSEEN_WEIGHT = 1e-6
"""Weight of a piece without crops: it has to be somewhere, but says nothing of where."""


@dataclass(frozen=True)
class _Game:
    """What linking needs of p pieces: distances and constraints."""

    cutting: Cutting
    distance: NDArray[np.float32]
    weight: NDArray[np.float64]
    described: NDArray[np.bool_]
    seen: Seen
    banned: NDArray[np.bool_]
    groups: NDArray[np.int64]


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
    game = _game(crops, rows, cutting, wish)
    merges = link(game.distance, game.weight, game.banned, game.groups)
    known = _known_pairs(crops, rows, game)
    threshold = calibrate(*known, wish.threshold)
    made = _merges(merges, game, threshold, wish)
    reached = float(merges.distance[made - 1]) if made else 0.0
    errors = error_shares(*known, _ended(reached, threshold, wish))
    player = _numbered(merges.after(made), game, wish)
    margin, other = margins(
        game.distance, game.weight, game.banned, player, threshold.distance, game.described
    )
    pieces = Pieces(cutting.tracklet, cutting.first, cutting.last, player, margin)
    team, _ = teams_by_colour(
        crops.colour, crops.quality, crops.tracklet, len(crops.tracklets), wish.teams
    )
    of_tracklet, confidence = _majority(pieces, cutting)
    named = user_names(wish.corrections, cutting, player)
    names = [
        named.get(number, str(number + 1)) for number in range(int(player.max(initial=-1)) + 1)
    ]
    return Identities(
        of_tracklet,
        team,
        confidence,
        pieces,
        tuple(names),
        threshold.distance,
        reached,
        threshold.calibrated,
        *errors,
        game.seen.most,
        least_certain(cutting, crops.tracklets, player, other, margin),
        tuple(_remarks(game, merges, threshold, wish, len(names), crops)),
    )


def _cuts(
    crops: TrackletFeatures, rows: NDArray[np.float32], wish: PlayersWish
) -> list[tuple[int, int]]:
    wanted = user_cuts(wish.corrections, crops.tracklets)
    if not wish.split:
        return wanted
    whole = whole_tracklets(wish.corrections, crops.tracklets)
    return sorted({*wanted, *cut_frames(rows, crops.tracklet, crops.frame, whole)})


def _game(
    crops: TrackletFeatures, rows: NDArray[np.float32], cutting: Cutting, wish: PlayersWish
) -> _Game:
    tracklets = crops.tracklets
    pooled = pool(rows, crops.quality, cutting.crop, len(cutting))
    counts = np.bincount(cutting.crop[crops.quality > 0], minlength=len(cutting))
    described = (counts > 0) & (np.abs(pooled).sum(axis=1) > 0)
    distance = 1 - pooled @ pooled.T
    distance[~described] = distance[:, ~described] = FARTHEST
    moment = tracklets.sequence[tracklets.row_tracklet] * (tracklets.row_frame.max() + 1)
    seen = seen_together(len(cutting), cutting.row, moment + tracklets.row_frame, tracklets.row_box)
    groups = user_groups(wish.corrections, cutting)
    banned = seen.together.copy() if wish.cannot_link else np.zeros_like(seen.together)
    banned[groups[:, None] == groups] = False  # the user has seen that they are one
    banned |= user_bans(wish.corrections, cutting, groups)
    weight = np.where(described, np.sqrt(np.maximum(counts, 1)), _UNSEEN_WEIGHT)
    return _Game(cutting, distance, weight, described, seen, banned, groups)


def _known_pairs(
    crops: TrackletFeatures, rows: NDArray[np.float32], game: _Game
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Distances of halves of one piece, and of pieces that are two people for sure."""
    half = halves(game.cutting, crops.frame)
    known = half >= 0
    pooled = pool(rows[known], crops.quality[known], half[known], 2 * len(game.cutting))
    same = 1 - (pooled[::2] * pooled[1::2]).sum(axis=1)
    whole = np.abs(pooled).sum(axis=1).reshape(-1, 2).min(axis=1) > 0
    both = np.triu(game.seen.together, 1)
    both &= game.described[:, None] & game.described
    return same[whole], game.distance[both]


def _merges(merges: Merges, game: _Game, threshold: Threshold, wish: PlayersWish) -> int:
    """How many merges to make; pieces without crops are joined to nobody by distance."""
    unseen = int((~game.described).sum())
    if wish.count is not None:
        wanted = merges.begun - max(wish.count + unseen, merges.fewest)
        return max(0, min(wanted, merges.below(FARTHEST - 1e-6)))
    return merges_to_make(merges, threshold, game.seen.most)


def _ended(reached: float, threshold: Threshold, wish: PlayersWish) -> float:
    """The distance at which merging ended, of which the error estimate tells.

    With a number of people given, the threshold decides nothing; else nothing as near as it is left
    apart but for the constraints.
    """
    return reached if wish.count is not None else max(reached, threshold.distance)


def _numbered(label: NDArray[np.int64], game: _Game, wish: PlayersWish) -> NDArray[np.int64]:
    """Players from the one seen most; who was hardly seen stays unassigned.

    A player whom the user named, or a number of players that the user gave, leaves nobody out.
    """
    number = int(label.max(initial=-1)) + 1
    sizes = np.bincount(label, game.cutting.sizes, number)
    seen = np.bincount(label, game.described, number) > 0
    if wish.count is None:
        length = int((game.cutting.last - game.cutting.first.min()).max(initial=0)) + 1
        kept = sizes >= wish.unassigned_share * length
        named = {name for group in wish.corrections.merge for name in group}
        named |= {name for name, _ in wish.corrections.rename}
        kept[label[[name in named for name in game.cutting.names]]] = True
        seen &= kept
    first = np.full(number, np.iinfo(np.int64).max)
    np.minimum.at(first, label, game.cutting.first)
    order = [c for c in np.lexsort((first, -sizes)) if seen[c]]
    place = np.full(number, UNASSIGNED, np.int64)
    place[order] = np.arange(len(order))
    return place[label]


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


def _remarks(
    game: _Game,
    merges: Merges,
    threshold: Threshold,
    wish: PlayersWish,
    count: int,
    crops: TrackletFeatures,
) -> list[str]:
    remarks = []
    cuts = len(game.cutting) - len(crops.tracklets)
    if cuts:
        remarks.append(f"{cuts} cuts where the person seems to change within a tracklet.")
    doubled = np.argwhere(np.triu(game.seen.doubled, 1))
    if len(doubled):
        names = [" and ".join(game.cutting.names[piece] for piece in pair) for pair in doubled[:5]]
        remarks.append(
            f"{len(doubled)} pairs of tracklets lie on one another and may be one person, whom you "
            f"can merge: {'; '.join(names)}{'; …' if len(doubled) > len(names) else '.'}"
        )
    unseen = int((~game.described).sum())
    if unseen:
        remarks.append(f"{unseen} tracklets have no crop that is good enough.")
    if not threshold.calibrated and wish.threshold is None and wish.count is None:
        remarks.append(
            "Too few tracklets are seen together, or are long, to calibrate the threshold: "
            f"{threshold.distance:g} is assumed; --count says how many people there are."
        )
    if wish.count is not None and count > wish.count:
        remarks.append(
            f"Expected {wish.count} people; {count} remain, as {game.seen.most} were seen at the "
            f"same time and the constraints leave at least {merges.fewest}."
        )
    return remarks
