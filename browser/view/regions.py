"""The regions of a map as the page shows them, and naming one."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from frameatlas.browser.view.filters import clustering_of
from frameatlas.browser.view.frame_facts import place_of
from frameatlas.browser.view.open_map import OpenMap
from frameatlas.errors import FrameatlasError, InputError, LockedError
from frameatlas.regions.members import members_of
from frameatlas.regions.naming import give_name
from frameatlas.regions.regions import Region, frames_of, named_regions
from frameatlas.store.digests import text_digest
from frameatlas.store.notes.names_file import LONGEST, Names, edit_names, read_names

_LONGEST_TEXT = 10 * LONGEST
"""Characters of a name that are read at all."""


def regions_of(opened: OpenMap, query: Mapping[str, str], names: Names) -> list[Region]:
    """The regions of a map with their names."""
    levels, suggestions = opened.levels(clustering_of(query))
    return named_regions(opened.atlas, levels, names, suggestions)


def region_facts(opened: OpenMap, query: Mapping[str, str]) -> dict[str, Any]:
    """All regions, the coarsest level first, and a revision that changes with the names."""
    names = read_names(opened.atlas.folder)
    return {
        "revision": revision_of(names),
        "regions": [_facts(opened, one) for one in regions_of(opened, query, names)],
    }


def _facts(opened: OpenMap, region: Region) -> dict[str, Any]:
    return {
        "level": region.level,
        "n": region.number,
        "parent": region.parent,
        "frame": region.frame,
        "place": place_of(opened, region.frame),
        "frames": region.frames,
        "spread": round(region.spread, 5),
        "title": region.title,
        "name": region.name,
        "given": region.given,
    }


def revision_of(names: Names) -> str:
    """Another whenever the names are others; "" for none."""
    text = "\n".join(f"{one.id} {one.name} {one.frames}" for one in names)
    return text_digest(text)[:16] if names else ""


def names_revision(folder: Path) -> str | None:
    """The same of an atlas' folder; None where its names are damaged."""
    try:
        return revision_of(read_names(folder))
    except FrameatlasError:
        return None


def name_region(opened: OpenMap, body: Any) -> dict[str, Any]:
    """Do what a JSON body asks: {"level", "n", "given", "name", "seen", "by", "clusters"}.

    Args:
        opened: The map that the page shows.
        body: level and n name a region of it, or given the name of one that is no cluster's;
            name is what to call it, and seen the given name that the page showed, "" for none.

    Returns:
        The regions as they are then, as ``region_facts`` gives them.

    Raises:
        InputError: It cannot be meant, or another region bears the name.
        LockedError: Somebody else has named the region meanwhile.
    """
    if not isinstance(body, dict):
        raise InputError("Expected a region and its name. Received: another value.")
    query = {key: str(body[key]) for key in ("by", "clusters") if key in body}
    wanted, seen = _text(body, "name"), _text(body, "seen")

    def edit(names: Names) -> Names:
        region = _chosen(regions_of(opened, query, names), body)
        levels, _ = opened.levels(clustering_of(query))
        given = {one.id: one for one in names}
        frames = frames_of(opened.atlas, levels, region, given.get)
        return give_name(
            names,
            wanted,
            now=region.given,
            seen=seen,
            members=(
                members_of(opened.atlas, frames)
                if region.number >= 0
                else given[region.given].members
            ),
            frames=region.frames,
        )

    opened.levels(clustering_of(query))  # beforehand: nobody waits at the lock for scikit-learn
    edit_names(opened.atlas.folder, edit)
    return region_facts(opened, query)


def _chosen(regions: list[Region], body: dict[str, Any]) -> Region:
    level, number, given = body.get("level"), body.get("n"), body.get("given", "")
    for one in regions:
        if number != -1 and (one.level, one.number) == (level, number):
            return one
        if number == -1 and one.given == given != "":
            return one
    if number == -1 and given:
        raise LockedError(
            "Expected the name that this page shows. Received: one that another page has taken "
            "away meanwhile; name the region again."
        )
    raise InputError("Expected a region of this map. Received: another.")


def _text(body: dict[str, Any], key: str) -> str:
    value = body.get(key, "")
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
        raise InputError(f"Expected {key} as a short text. Received: another value.")
    return value
