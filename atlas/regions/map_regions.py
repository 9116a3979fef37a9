"""The regions of an atlas' map with their names, in one call."""

from frameatlas.atlas import Atlas
from frameatlas.regions.clusters import Clustering, cluster_map
from frameatlas.regions.hierarchy import Level, nested_regions
from frameatlas.regions.regions import Region, named_regions
from frameatlas.regions.suggest import suggested_names
from frameatlas.store.notes.names_file import read_names


def map_regions(
    atlas: Atlas, groups: int = 12, *, folders: bool = True
) -> tuple[list[Level], list[Region]]:
    """Find the regions of a map and name them.

    Args:
        atlas: The atlas.
        groups: Regions of the coarsest level.
        folders: Whether names of folders, columns and subtitles may name a region too, not only
            names of files.

    Returns:
        The levels, and their regions, the coarsest first; after them regions of names alone.

    Raises:
        InputError: There cannot be so many groups.
        FormatError: The atlas' names are damaged.
    """
    clustering = Clustering(count=groups)
    levels = nested_regions(atlas.coordinates, cluster_map(atlas.coordinates, clustering))
    given = read_names(atlas.folder)
    suggested = suggested_names(atlas, levels, folders=folders)
    return levels, named_regions(atlas, levels, given, suggested)
