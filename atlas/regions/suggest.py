"""Names of regions that nobody named: the user's own words, then those of a list."""

from collections.abc import Sequence

from frameatlas.atlas import Atlas
from frameatlas.regions.hierarchy import Level
from frameatlas.regions.own_words import own_words
from frameatlas.regions.regions import Suggestions
from frameatlas.regions.word_names import word_names


def suggested_names(atlas: Atlas, levels: Sequence[Level], *, folders: bool = True) -> Suggestions:
    """Names for regions where something stands out; none elsewhere.

    Args:
        atlas: The atlas at the map that the levels are of.
        levels: Its regions.
        folders: Whether names of folders, columns and subtitles count, not only names of files.
    """
    found = own_words(atlas, levels, folders=folders)
    for place, names in word_names(atlas, levels).items():
        found[place] = [*found.get(place, ()), *names]
    return found
