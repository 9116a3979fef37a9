"""What the search for identities has to tell the user beside its answer."""

import numpy as np

from frameatlas.plurals import count_of
from frameatlas.reid.identify.normalise import groups, tracklets_of
from frameatlas.reid.identify.options import PlayersOptions
from frameatlas.reid.identify.pair_distances import Pairings
from frameatlas.reid.identify.threshold import Threshold
from frameatlas.reid.linkage import Merges
from frameatlas.reid.tracks.tracklets import TrackletFeatures


def notes_on(
    pairs: Pairings,
    merges: Merges,
    threshold: Threshold,
    options: PlayersOptions,
    count: int,
    crops: TrackletFeatures,
) -> list[str]:
    """Sentences for the user.

    Args:
        pairs: What was linked.
        merges: How.
        threshold: What was calibrated.
        options: What the user asked for.
        count: Players found.
        crops: The game.
    """
    notes = _normalising(crops, options)
    cuts = len(pairs.segmentation) - len(crops.tracklets)
    if cuts:
        notes.append(f"{count_of(cuts, 'cut')} where the person seems to change within a tracklet.")
    doubled = np.argwhere(np.triu(pairs.seen.doubled, 1))
    if len(doubled):
        names = [
            " and ".join(pairs.segmentation.names[segment] for segment in pair)
            for pair in doubled[:5]
        ]
        notes.append(
            f"{_pairs(len(doubled))} lie on one another and may be one person, whom you "
            f"can merge: {'; '.join(names)}{'; …' if len(doubled) > len(names) else '.'}"
        )
    unseen = int((~pairs.described).sum())
    if unseen:
        have = "has" if unseen == 1 else "have"
        notes.append(f"{count_of(unseen, 'tracklet')} {have} no crop that is good enough.")
    if not threshold.calibrated and options.threshold is None and options.count is None:
        notes.append(
            "Too few tracklets are seen together, or are long, to calibrate the threshold: "
            f"{threshold.distance:g} is assumed; --count says how many people there are."
        )
    if options.count is not None and count > options.count:
        notes.append(
            f"Expected {count_of(options.count, 'person', 'people')}; {count} remain, as "
            f"{pairs.seen.most} were seen at the same time and the constraints leave at least "
            f"{merges.fewest}."
        )
    if pairs.misread:
        notes.append(
            f"{_pairs(pairs.misread)} of one number and team were seen together: one of each is "
            "misread, and these numbers join nobody."
        )
    return notes


def _pairs(number: int) -> str:
    return "Two tracklets" if number == 1 else f"{number} pairs of tracklets"


def _normalising(crops: TrackletFeatures, options: PlayersOptions) -> list[str]:
    """How many tracklets each camera or segment has that is made like the others."""
    tracklets = crops.tracklets
    cameras = len(np.unique(tracklets.camera[crops.tracklet]))
    parts = tracklets_of(groups(crops, options), crops.tracklet)
    if len(parts) > 1:
        shown = ", ".join(map(str, parts[:8])) + (", …" if len(parts) > 8 else "")
        what = f"{cameras} cameras" if options.segments is None else f"{len(parts)} blocks of time"
        return [f"The light of {what} is made alike; tracklets in each: {shown}."]
    if cameras > 1 and options.normalise:
        return ["A camera has too few tracklets to tell its light: cameras are not made alike."]
    return []
