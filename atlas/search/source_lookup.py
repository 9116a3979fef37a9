"""Which source a person means by a name, a path or an id."""

import os
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path, PurePath

from frameatlas.atlas import Atlas
from frameatlas.errors import InputError, SourceError
from frameatlas.store.content_digest import content_digest
from frameatlas.store.manifest import Source

SHOWN = 5
"""Candidates that a message names."""

LONGEST = 300
"""Characters of a wrong name that a message repeats."""


def named_source(atlas: Atlas, text: str) -> int:
    """The source that is meant.

    A file that exists is always meant itself: it is known by its path or, moved or renamed, by
    its content. Otherwise an id, a path or its end, a file's name, or its name without ending.

    Args:
        atlas: The atlas.
        text: What the person typed.

    Returns:
        The position in ``atlas.sources``.

    Raises:
        InputError: It is none of the sources (close names are suggested), or may be several.
    """
    found = find_source(atlas, text)
    if found is not None:
        return found
    close = ", ".join(_close(atlas, text))
    remedy = f"did you mean {close}?" if close else "`frameatlas info` lists all."
    received = repr(text[:LONGEST])
    if _is_file(text):
        received = f"{text}, a file that is not in it"
    elif "*" in text or "?" in text:
        received += ", a pattern that matches no file"
        remedy = "name one video; `frameatlas info` lists all."
    raise InputError(f"Expected a video of {atlas.folder}. Received: {received}; {remedy}")


def find_source(atlas: Atlas, text: str) -> int | None:
    """As ``named_source``, but None where the atlas has no such source.

    Raises:
        InputError: It may be several.
    """
    sources = atlas.sources
    path = Path(text)
    if _is_file(text):
        return _of_file(sources, path)
    given = text.casefold()
    for meant in (
        [n for n, source in enumerate(sources) if text in (source.id, source.path)],
        [n for n, source in enumerate(sources) if str(path.absolute()) == source.path],
        [n for n, source in enumerate(sources) if _ends(source.path, text)],
        [n for n, source in enumerate(sources) if PurePath(source.path).stem == text],
        [n for n, source in enumerate(sources) if _ends(source.path.casefold(), given)],
        [n for n, source in enumerate(sources) if PurePath(source.path).stem.casefold() == given],
    ):
        if len(meant) > 1:
            names = _list_names(f"{sources[n].path} ({sources[n].id})" for n in meant)
            raise InputError(
                f"Expected one video. Received: {text!r}, which may be {names}; give more of "
                "the path, or the id."
            )
        if meant:
            return meant[0]
    return None


def _is_file(text: str) -> bool:
    return os.path.isfile(text)  # noqa: PTH113 - Path's own raises where a name is too long


def _of_file(sources: tuple[Source, ...], path: Path) -> int | None:
    """The source of a file that exists: by its path, or by its content."""
    places = {str(path.absolute()), str(path.resolve())}
    for number, source in enumerate(sources):
        if source.path in places:
            return number
    try:
        digest = content_digest(path)
    except SourceError as error:
        raise InputError(f"Expected a video. Received: {path}: {error}.") from error
    matches = [n for n, source in enumerate(sources) if source.digest == digest]
    return matches[0] if matches else None


def _ends(path: str, text: str) -> bool:
    """Whether the last parts of a path are those of a text."""
    parts, last = PurePath(path).parts, PurePath(text).parts
    return bool(last) and parts[-len(last) :] == last


def _close(atlas: Atlas, text: str) -> list[str]:
    """Names like a text: those that hold it, or that differ by few letters."""
    names = list(dict.fromkeys(PurePath(source.path).name for source in atlas.sources))
    word = PurePath(text).name.casefold()
    by_case = {name.casefold(): name for name in names}
    by_case |= {PurePath(name).stem.casefold(): name for name in names}
    holding = [name for name in names if len(word) > 1 and word in name.casefold()]
    alike = [by_case[match] for match in get_close_matches(word, list(by_case), SHOWN)]
    return list(dict.fromkeys([*alike, *holding]))[:SHOWN]


def _list_names(names: Iterable[str]) -> str:
    """At most ``SHOWN`` of them, and how many more."""
    names = list(names)
    more = f" or {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
