"""A head for one game, learnt without labels, and used only where it can be shown to help.

A tracklet is one person, and people who are seen together are two: that teaches a small head on
what is known of the crops, in a minute on a processor. Whether it helps is asked of tracklets that
it did not see: the game is parted in two, each half is linked with a head that was learnt on the
other, and the mean of their estimated errors must fall. Only the first half of each tracklet is
learnt from, so that the second half calibrates as before.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from frameatlas.reid.identify.constraints.seen_together import seen_together
from frameatlas.reid.identify.identify import identify
from frameatlas.reid.identify.normalise import normalise
from frameatlas.reid.identify.options import PlayersOptions
from frameatlas.reid.learn.training.game_objective import (
    GameCrops,
    GameObjective,
    build_game_head,
)
from frameatlas.reid.learn.training.train_plan import TrainPlan, plan_of
from frameatlas.reid.learn.training.trainer import Trainer, Watchers
from frameatlas.reid.tracks.pool import unit
from frameatlas.reid.tracks.tracklets import TrackletFeatures, Tracklets

FEWEST = 8
"""Tracklets of each half, and those of them seen with another, below which nothing is learnt."""

MOST_HALVES = 2
SEED = 0

PLAN = plan_of(
    "baseline",
    people=16,
    pictures=4,
    epochs=4,
    steps=60,
    rate=1e-3,
    schedule="constant",
    weight_decay=1e-4,
    precision="float32",
)
"""How the head is learnt: it is small, and 240 steps of 64 crops take seconds."""


@dataclass(frozen=True)
class LearnedOnGame:
    """What came of it.

    Attributes:
        crops: Described by the head where it helps; else as they were.
        used: Whether it is used.
        before: Estimated error on tracklets that no head saw, without it; NaN where not known.
        after: With a head that was learnt on the others.
        sentence: For the user.
    """

    crops: TrackletFeatures
    used: bool
    before: float
    after: float
    sentence: str


def learn_on_game(
    crops: TrackletFeatures,
    options: PlayersOptions | None = None,
    plan: TrainPlan = PLAN,
    stopped: Callable[[], bool] = lambda: False,
) -> LearnedOnGame:
    """Learn a head, and use it if the error on tracklets that it did not see falls.

    Args:
        crops: The game.
        options: How identities are to be found.
        plan: How the head is learnt.
        stopped: True once the user wants to stop.

    Raises:
        InterruptedIndexError: The user stopped.
    """
    options = options or PlayersOptions()
    rows = head_inputs(crops, options)
    apart = tracklets_apart(crops)
    halves = [half for half in _parts(crops) if _enough(crops, apart, half)]
    if len(halves) < MOST_HALVES:
        return LearnedOnGame(
            crops,
            False,
            float("nan"),
            float("nan"),
            f"nothing is learnt on this game: it takes {2 * FEWEST} tracklets that were seen with "
            "others",
        )
    plain = _without_corrections(options)
    before, after = [], []
    for half in halves:
        head = _trained(_of(rows, crops, apart, ~half), plan, stopped)
        seen = np.isin(crops.tracklet, np.flatnonzero(half))
        own = only_tracklets(crops, half)
        before.append(_error(own, plain))
        after.append(
            _error(replace(own, learned=_changed(head, rows[seen])), options_with_head(plain))
        )
    error, now = float(np.mean(before)), float(np.mean(after))
    if not now < error:
        return LearnedOnGame(
            crops,
            False,
            error,
            now,
            "what was learnt on this game is not used: the estimated error on tracklets that it "
            f"did not see is {now:.0%} with it, {error:.0%} without",
        )
    head = _trained(_of(rows, crops, apart, np.ones(len(apart), bool)), plan, stopped)
    return LearnedOnGame(
        replace(crops, learned=_changed(head, rows)),
        True,
        error,
        now,
        f"what was learnt on this game is used: the estimated error on tracklets that it did not "
        f"see falls from {error:.0%} to {now:.0%}",
    )


def head_inputs(crops: TrackletFeatures, options: PlayersOptions) -> NDArray[np.float32]:
    """What the head sees: rows as ``identify`` compares them, cameras made alike, not whitened."""
    return normalise(crops, replace(options, whiten=False))


def options_with_head(options: PlayersOptions) -> PlayersOptions:
    """Options for crops with a head's rows, in which network and colour are already."""
    return replace(options, network=False, colour_weight=0.0, descriptor_weight=1.0)


def tracklets_apart(crops: TrackletFeatures) -> NDArray[np.bool_]:
    """Tracklets that were seen together, bool of shape (t, t)."""
    tracklets = crops.tracklets
    frames = int(tracklets.row_frame.max(initial=0)) + 1
    moment = tracklets.sequence[tracklets.row_tracklet] * frames + tracklets.row_frame
    seen = seen_together(len(tracklets), tracklets.row_tracklet, moment, tracklets.row_box)
    return seen.together


def first_halves(crops: TrackletFeatures) -> NDArray[np.bool_]:
    """Which crops belong to the earlier half of their tracklet's, bool of shape (n,)."""
    _, first, counts = np.unique(crops.tracklet, return_index=True, return_counts=True)
    place = np.arange(len(crops)) - np.repeat(first, counts)
    return np.asarray(place < np.repeat((counts + 1) // 2, counts))


def only_tracklets(crops: TrackletFeatures, kept: NDArray[np.bool_]) -> TrackletFeatures:
    """Some tracklets as a game of their own.

    Args:
        crops: The game.
        kept: bool of shape (t,).
    """
    old = crops.tracklets
    number = np.cumsum(kept) - 1
    row, crop = kept[old.row_tracklet], kept[crops.tracklet]
    tracklets = Tracklets(
        tuple(name for name, keep in zip(old.names, kept, strict=True) if keep),
        old.sequence[kept],
        old.camera[kept],
        old.cameras,
        number[old.row_tracklet[row]],
        old.row_frame[row],
        old.row_box[row],
    )
    return TrackletFeatures(
        tracklets,
        number[crops.tracklet[crop]],
        crops.frame[crop],
        np.asarray(crops.features[:])[crop],
        crops.colour[crop],
        crops.quality[crop],
        None if crops.learned is None else crops.learned[crop],
    )


def _parts(crops: TrackletFeatures) -> list[NDArray[np.bool_]]:
    """The tracklets in two, drawn once and for all."""
    count = len(crops.tracklets)
    order = np.random.default_rng(SEED).permutation(count)
    first = np.zeros(count, bool)
    first[order[: count // 2]] = True
    return [first, ~first]


def _enough(crops: TrackletFeatures, apart: NDArray[np.bool_], part: NDArray[np.bool_]) -> bool:
    described = np.bincount(crops.tracklet, minlength=len(part)) >= 4
    kept = part & described
    return int((apart[np.ix_(kept, kept)].any(axis=1)).sum()) >= FEWEST


def _of(
    rows: NDArray[np.float32],
    crops: TrackletFeatures,
    apart: NDArray[np.bool_],
    part: NDArray[np.bool_],
) -> GameCrops:
    chosen = part[crops.tracklet] & first_halves(crops) & (crops.quality > 0)
    return GameCrops(rows[chosen], crops.tracklet[chosen], apart & part[:, None] & part[None])


def _trained(known: GameCrops, plan: TrainPlan, stopped: Callable[[], bool]) -> object:
    head = build_game_head(known.rows.shape[1], plan.seed)
    objective = GameObjective(known, plan, head)
    Trainer(objective, plan, plan.steps, None, Watchers(stopped=stopped)).train()
    return head


def _changed(head: object, rows: NDArray[np.float32]) -> NDArray[np.float32]:
    import tensorflow as tf

    assert callable(head)
    parts = [np.asarray(head(tf.constant(rows[n : n + 4096]))) for n in range(0, len(rows), 4096)]
    return unit(np.concatenate(parts))


def _error(crops: TrackletFeatures, options: PlayersOptions) -> float:
    found = identify(crops, options)
    return found.false_links + found.missed_links


def _without_corrections(options: PlayersOptions) -> PlayersOptions:
    """Options for a part of the game: what the user says of tracklets may name others."""
    from frameatlas.players.corrections import Corrections

    return replace(options, corrections=Corrections(), numbers=(), people=(), count=None)
