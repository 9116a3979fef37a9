"""Which pictures make a batch: each is a function of the seed and of its number alone."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import InputError
from frameatlas.reid.learn.sets.people_set import PeopleSet
from frameatlas.reid.learn.training.train_plan import TrainPlan

Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Labels:
    """Who is learnt from.

    Attributes:
        rows: int64 of shape (n,): rows of the set that are learnt from.
        label: int64 of shape (n,): number of the person, from 0; those that are certain first.
        known: People whose number is certain: classes of a classifier.
        track: int64 of shape (n,): tracklet (or camera, where there are no tracklets).
        certain: bool of shape (n,).
    """

    rows: Rows
    label: Rows
    known: int
    track: Rows
    certain: NDArray[np.bool_]

    @property
    def people(self) -> int:
        """Numbers there are."""
        return int(self.label.max(initial=-1)) + 1


def labels_of(people: PeopleSet) -> Labels:
    """Who is learnt from, relabelled from 0 in the order of the numbers.

    Raises:
        InputError: Fewer than two people.
    """
    rows = people.train[people.person[people.train] > 0]
    certain = np.ones(len(rows), bool) if people.certain is None else people.certain[rows]
    person = people.person[rows]
    known = np.unique(person[certain])
    others = np.setdiff1d(person, known)
    if len(known) < 2:
        raise InputError(
            f"Expected at least two people to learn from. Received: {len(known)}; add pictures of "
            "somebody else."
        )
    order = np.concatenate([known, others])
    place = np.argsort(order)
    label = place[np.searchsorted(order[place], person)]
    track = people.tracklet[rows]
    if len(np.unique(track)) == len(track):
        track = people.camera[rows]
    return Labels(rows, label.astype(np.int64), len(known), track, certain)


def steps_of(labels: Labels, plan: TrainPlan) -> int:
    """Steps of an epoch: as the plan says, or so many that all pictures could be seen once."""
    return plan.steps or max(1, round(len(labels.rows) / plan.batch))


def batch_rows(labels: Labels, plan: TrainPlan, step: int) -> Rows:
    """P people and K pictures of each: places in ``labels``, int64 of shape (P · K,).

    Fewer than P people make a smaller batch; of fewer than K pictures some are taken again; of
    several tracklets or cameras one picture each is taken first.

    Args:
        labels: Who there is.
        plan: P, K and the seed.
        step: Number of the step from 0, over all epochs.
    """
    random = np.random.default_rng([plan.seed, 1, step])
    members = _members(labels)
    # Somebody known is in every batch twice over: two people at least have to be told apart.
    first = random.permutation(labels.known)
    others = random.permutation(np.arange(labels.known, labels.people))
    share = plan.people if not len(others) else max(2, plan.people - plan.people // 4)
    chosen = np.concatenate([first[:share], others[: plan.people - min(share, len(first))]])
    return np.concatenate(
        [_drawn(members[person], labels.track, plan.pictures, random) for person in chosen]
    )


def _members(labels: Labels) -> list[Rows]:
    order = np.argsort(labels.label, kind="stable")
    starts = np.searchsorted(labels.label[order], np.arange(labels.people + 1))
    return [order[starts[n] : starts[n + 1]] for n in range(labels.people)]


def _drawn(own: Rows, track: Rows, count: int, random: np.random.Generator) -> Rows:
    """Pictures of one person, from as many tracklets as there are."""
    shuffled = random.permutation(own)
    places = track[shuffled]
    # Number of each picture among those of its own tracklet, in the shuffled order.
    order = np.argsort(places, kind="stable")
    counts = np.unique(places[order], return_counts=True)[1]
    turn = np.empty(len(own), np.int64)
    turn[order] = np.concatenate([np.arange(n) for n in counts])
    ranked = shuffled[np.argsort(turn, kind="stable")]
    if len(ranked) >= count:
        return np.asarray(ranked[:count])
    return np.concatenate([ranked, random.choice(own, count - len(ranked))])


def pair_rows(labels: Labels, plan: TrainPlan, step: int) -> tuple[Rows, Rows, NDArray[np.float32]]:
    """Pairs of pictures for a Siamese network: both places, and 1 where they show two people.

    Of an epoch's pairs of people a share shows one person twice; c pairs of pictures a pair of
    people are drawn, c being K, and P pairs of people make a step.
    """
    random = np.random.default_rng([plan.seed, 2, step])
    members = _members(labels)[: labels.known]
    several = [n for n, own in enumerate(members) if len(own) > 1]
    first, second, different = [], [], []
    for place in range(plan.people):
        # Exactly the share of each step, so that a step of few pairs has equal ones too.
        equal = bool(several) and place < max(1, round(plan.equal_share * plan.people))
        one, other = _two(len(members), several, equal, random)
        for _ in range(plan.pictures):
            if equal:
                pair = random.choice(members[one], 2, replace=False)
            else:
                pair = np.array([random.choice(members[one]), random.choice(members[other])])
            first.append(int(pair[0]))
            second.append(int(pair[1]))
            different.append(float(not equal))
    return np.array(first), np.array(second), np.array(different, np.float32)


def _two(
    people: int, several: list[int], equal: bool, random: np.random.Generator
) -> tuple[int, int]:
    if equal:
        one = int(random.choice(several))
        return one, one
    one, other = random.choice(people, 2, replace=False)
    return int(one), int(other)


def masks_of(
    labels: Labels, rows: Rows, together: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Who is the same person for sure, and who is another, both bool of shape (b, b).

    Args:
        labels: Who there is.
        rows: Places of the batch, int64 of shape (b,).
        together: Tracklets seen together, one * most + other, sorted; see ``pairs_together``.
    """
    label, sure, track = labels.label[rows], labels.certain[rows], labels.track[rows]
    same = label[:, None] == label
    both = sure[:, None] & sure
    most = int(labels.track.max(initial=0)) + 1
    key = np.minimum(track[:, None], track) * most + np.maximum(track[:, None], track)
    seen = np.isin(key, together)
    return same, ~same & (both | seen)


def pairs_together(people: PeopleSet, labels: Labels) -> NDArray[np.int64]:
    """Tracklets that are two people for sure, as single numbers; see ``masks_of``."""
    most = int(labels.track.max(initial=0)) + 1
    pairs = [min(p) * most + max(p) for p in people.together if max(p) < most]
    return np.array(sorted(pairs), np.int64)
