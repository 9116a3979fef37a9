"""Protocols: which pictures of a gallery a query is compared with, and how that is scored."""

from dataclasses import dataclass
from typing import Literal

from frameatlas.errors import InputError

Apart = Literal["camera", "tracklet", "picture"]
"""What a query's own person must differ in to count as found."""


@dataclass(frozen=True)
class Protocol:
    """How a ranking is scored.

    Attributes:
        name: One of ``PROTOCOLS``.
        sentence: What is compared with what, for the user.
        apart: Pictures of the query's own person that share this with it are left out.
        inside_action: Whether a query is ranked among the pictures of its own action only.
        pooled: Whether the pictures of a tracklet are averaged to one first.
        single_shot: Draws of one gallery picture a person that are averaged; 0 takes all pictures.
        random_queries: Queries drawn from all pictures; 0 takes the set's own.
    """

    name: str
    sentence: str
    apart: Apart
    inside_action: bool = False
    pooled: bool = False
    single_shot: int = 0
    random_queries: int = 0


_ALL = (
    Protocol(
        "market",
        "as Market-1501 is scored: every query against the gallery without junk (-1) and without "
        "pictures of the same person from the same camera; 0000 stays in to distract",
        "camera",
    ),
    Protocol(
        "soccernet",
        "SoccerNet-ReID: every query against the pictures of its own action",
        "picture",
        inside_action=True,
    ),
    Protocol(
        "cuhk03",
        "CUHK03 as first published: one picture of each person drawn from the gallery, 100 times; "
        "without pictures of the same person from the same camera",
        "camera",
        single_shot=100,
    ),
    Protocol(
        "trento",
        "Trento's own: 100 random queries against all pictures but themselves; the same camera "
        "stays in, so this is not comparable with any table of Market-1501",
        "picture",
        random_queries=100,
    ),
    Protocol(
        "mars",
        "MARS: tracklets, each the mean of its pictures, against tracklets; without those of the "
        "same person from the same camera",
        "camera",
        pooled=True,
    ),
    Protocol(
        "tracklets",
        "tracklets: every picture against all others but those of its own tracklet",
        "tracklet",
    ),
    Protocol("folders", "a folder for each person: every picture against all others", "picture"),
)

PROTOCOLS = {protocol.name: protocol for protocol in _ALL}


def protocol_named(name: str) -> Protocol:
    """The protocol of a name.

    Raises:
        InputError: There is none.
    """
    if name not in PROTOCOLS:
        raise InputError(
            f"Expected --protocol to be one of {', '.join(PROTOCOLS)}. Received: {name!r}."
        )
    return PROTOCOLS[name]
