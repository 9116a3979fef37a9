"""Which frames a FILTER keeps: by video, folder, time within the video, cluster and player."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

import numpy as np

from frameatlas.browser.view.open_map import Mask, OpenMap
from frameatlas.browser.view.player_facts import player_ids, players_at, team_numbers
from frameatlas.browser.web.parameters import real, whole, wholes
from frameatlas.errors import InputError
from frameatlas.regions.clusters import Clustering

_LARGEST = 10**9

MOST_CONDITIONS = 50

DEFAULT = Clustering()
"""The clusters that are meant where nothing is said."""


@dataclass(frozen=True)
class Filter:
    """What of the atlas is to be seen; everything by default.

    Attributes:
        sources: Numbers of videos, or None for all.
        folders: Numbers of folders, or None for all.
        begin: First seconds within the video.
        end: Last seconds within the video.
        clusters: Numbers of clusters, or None for all.
        clustering: Which clusters those numbers name.
        players: Ids of players, or None for all.
        teams: Numbers of teams, 0 for those unknown, or None for all.
        edit: Revision of the players that the ids are of; "" where none are named.
        where: Conditions on columns, as ``--where`` takes them.
        rev: Revision of the columns that they are about; "" without conditions.
    """

    sources: tuple[int, ...] | None = None
    folders: tuple[int, ...] | None = None
    begin: float = -inf
    end: float = inf
    clusters: tuple[int, ...] | None = None
    clustering: Clustering = DEFAULT
    players: tuple[int, ...] | None = None
    teams: tuple[int, ...] | None = None
    edit: str = ""
    where: tuple[str, ...] = ()
    rev: str = ""

    @classmethod
    def parse(cls, values: Mapping[str, str]) -> "Filter":
        """The filter that a query names: v, folder, from, to, k; by and clusters for the latter.

        Of players: player, team; edit says which revision of them. Conditions on columns: where, a
        line each; rev says which revision of the columns.

        Raises:
            InputError: One of them is no number, or out of bounds.
        """
        where = tuple(filter(None, values.get("where", "").split("\n")[:MOST_CONDITIONS]))
        named = bool(values.get("player") or values.get("team"))
        return cls(
            sources=_numbers(values, "v"),
            folders=_numbers(values, "folder"),
            begin=real(values, "from", -1e12, 1e12, -inf),
            end=real(values, "to", -1e12, 1e12, inf),
            clusters=_numbers(values, "k"),
            clustering=clustering_of(values),
            players=_numbers(values, "player"),
            teams=_numbers(values, "team"),
            edit=values.get("edit", "")[:64] if named else "",
            where=where,
            rev=values.get("rev", "")[:64] if where else "",
        )

    @property
    def all(self) -> bool:
        """Whether every frame is kept."""
        return self == Filter(clustering=self.clustering)

    def mask(self, opened: OpenMap) -> Mask | None:
        """The frames that are kept, bool of shape (n,); None for all."""
        return None if self.all else opened.mask(self, lambda: self._made(opened))

    def _made(self, opened: OpenMap) -> Mask:
        atlas = opened.atlas
        of_source = np.ones(len(opened.sources), bool)
        if self.sources is not None:
            of_source &= np.isin(np.arange(len(of_source)), self.sources)
        if self.folders is not None:
            of_source &= np.isin(opened.folders()[1], self.folders)
        kept = np.asarray(of_source[atlas.source_numbers], bool)
        if self.begin > -inf or self.end < inf:
            kept &= (atlas.seconds >= self.begin) & (atlas.seconds <= self.end)
        if self.clusters is not None:
            kept &= np.isin(opened.clusters(self.clustering).labels, self.clusters)
        if self.where:
            kept &= opened.known.mask(self.where)
        if self.players is not None or self.teams is not None:
            shown = players_at(opened, self.edit)
            if self.players is not None:
                kept &= np.isin(player_ids(shown), self.players)
            if self.teams is not None:
                kept &= np.isin(team_numbers(shown), self.teams)
        return kept


def clustering_of(values: Mapping[str, str]) -> Clustering:
    """The clusters that a query is about: by=kmeans and clusters=12 where it says nothing."""
    return Clustering(values.get("by", "kmeans"), whole(values, "clusters", 0, 10**6, 12))


def filter_of_json(value: object) -> Filter:
    """The filter of a JSON body, spelled as in a query: {"v": "3,5"} or {"v": [3, 5]}.

    Raises:
        InputError: It is no object, or one of its values is wrong.
    """
    if value is None:
        return Filter()
    if not isinstance(value, dict) or len(value) > 20:
        raise InputError("Expected the filter to be an object such as {}. Received: another value.")
    given = {str(name): item for name, item in value.items() if item is not None}
    return Filter.parse({name: _text(item) for name, item in given.items()})


def _text(item: object) -> str:
    if isinstance(item, list):
        return ",".join(str(part)[:20] for part in item[:100_000])
    return str(item)[:200_000]


def _numbers(values: Mapping[str, str], name: str) -> tuple[int, ...] | None:
    text = values.get(name)
    return wholes(text, name, _LARGEST) if text else None
