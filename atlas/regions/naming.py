"""Giving a region a name, changing it, taking it away: each against what its writer has seen."""

import re
from dataclasses import replace
from uuid import uuid4

from frameatlas.errors import InputError, LockedError
from frameatlas.store.notes.names_file import LONGEST, MOST_NAMES, Members, Names, RegionName

_UNNAMED = re.compile(r"group \d+(\.\d+)*")


def clean_name(text: str) -> str:
    """A name as it is kept: blanks are one each, none at the ends.

    Raises:
        InputError: It cannot be a region's name.
    """
    name = " ".join(text.split())
    wrong = ""
    if len(name) > LONGEST or not name.isprintable():
        wrong = f"another; take at most {LONGEST} letters"
    elif _UNNAMED.fullmatch(name.casefold()):
        wrong = f"{name!r}, as regions without a name are called; take another"
    if wrong:
        raise InputError(f"Expected a name for a region. Received: {wrong}.")
    return name


def give_name(
    names: Names,
    name: str,
    *,
    now: str,
    seen: str,
    members: tuple[Members, ...],
    frames: int,
) -> Names:
    """The names after a region was named.

    Args:
        names: As they are.
        name: What it is to be called; "" takes its name away.
        now: Id of the name that it has; "" for none.
        seen: The given name that the writer saw; "" for none.
        members: Frames of the region.
        frames: How many there are.

    Raises:
        LockedError: Somebody else has named it meanwhile: nothing of that is written over.
        InputError: Another region bears the name.
    """
    name = clean_name(name)
    current = next((one for one in names if one.id == now), None)
    if (current.name if current else "") != seen:
        said = f"{current.name!r}" if current else "nobody's name"
        raise LockedError(
            f"Expected the region to bear the name that this page shows. Received: {said}, which "
            "another page has given it meanwhile; name it again if yours is better."
        )
    others = tuple(one for one in names if one is not current)
    if any(one.name.casefold() == name.casefold() for one in others):
        raise InputError(
            f"Expected a name that no other region has. Received: {name!r}, which is given; take "
            "another, or rename that one."
        )
    if not name:
        return others
    if current is not None:
        made = replace(current, name=name, frames=frames, members=members)
        return tuple(made if one is current else one for one in names)
    if len(names) >= MOST_NAMES:
        raise InputError(
            f"Expected at most {MOST_NAMES} names in an atlas. Received: one more; take one away."
        )
    return (*names, RegionName(uuid4().hex[:16], name, frames, members))
