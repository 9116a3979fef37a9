"""All columns of an atlas by name, each made when it is first asked for."""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

from frameatlas.atlas import Atlas
from frameatlas.columns.frame_column import FrameColumn
from frameatlas.columns.joined import own_columns
from frameatlas.columns.metadata import metadata_columns
from frameatlas.columns.own_columns import (
    bins_column,
    place_columns,
    player_columns,
    said_columns,
    shot_column,
)


class Columns(Mapping[str, FrameColumn]):
    """What is known of an atlas' frames.

    In this order: places, the shot, what is said, players, bins, what originals say of themselves,
    and the user's own; of two of one name the later is taken.

    Args:
        atlas: The atlas.
    """

    def __init__(self, atlas: Atlas) -> None:
        self.atlas = atlas

    def __getitem__(self, name: str) -> FrameColumn:
        """A column by its name, however it is capitalised.

        Raises:
            KeyError: There is none.
        """
        return self._all[self._names[name.casefold()]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    @cached_property
    def user_columns(self) -> dict[str, FrameColumn]:
        """Those that pictures do not say: metadata and the user's own."""
        return metadata_columns(self.atlas) | own_columns(self.atlas)

    @cached_property
    def _all(self) -> dict[str, FrameColumn]:
        made: list[Callable[[], list[FrameColumn]]] = [
            lambda: place_columns(self.atlas),
            lambda: [shot_column(self.atlas)],
            lambda: list(said_columns(self.atlas)),
            lambda: list(player_columns(self.atlas)),
            lambda: list(bins_column(self.atlas)),
            lambda: list(self.user_columns.values()),
        ]
        return {column.name: column for make in made for column in make()}

    @cached_property
    def _names(self) -> dict[str, str]:
        return {name.casefold(): name for name in self._all}
