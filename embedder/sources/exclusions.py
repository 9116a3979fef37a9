"""Which files and folders are passed over: rsync's patterns, and what nobody means to index."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from frameatlas.atlas import read_manifest
from frameatlas.errors import FrameatlasError, InputError

BUILT_IN = (
    "@eaDir/",
    "#recycle/",
    "#snapshot/",
    "$RECYCLE.BIN/",
    "System Volume Information/",
    ".Trash*",
    "*.lrdata/",
    "*.photoslibrary/resources/",
    "*.photoslibrary/database/",
    "*.photoslibrary/private/",
    "*.photoslibrary/scopes/",
    "*.photolibrary/Thumbnails/",
    "*.photolibrary/Previews/",
    "lost+found/",
    "Thumbs.db",
    "ehthumbs*.db",
    ".DS_Store",
)
"""Thumbnails, previews and bins of disks in networks, photo programs and systems."""

_LONGEST = 1000
"""Characters of a pattern."""

_MOST_DOUBLE_STARS = 3


def kept_patterns(folder: Path) -> tuple[str, ...]:
    """Patterns that an atlas keeps from earlier runs; none where there is no atlas."""
    try:
        return read_manifest(folder).exclude
    except FrameatlasError:
        return ()


@dataclass(frozen=True)
class _Rule:
    """One pattern.

    Attributes:
        matches: Of a path within its top folder, with / between names and none at its ends.
        folders_only: Whether files of such a name are meant to stay.
    """

    matches: re.Pattern[str]
    folders_only: bool


class Exclusions:
    """Patterns by rsync's rules.

    A pattern without / is of a name, wherever it lies; one with / of the last names of a path; one
    that begins with / counts from the folder that was given. One that ends with / is of folders
    alone. * stands for anything within a name, ** for anything, ? for a letter, [a-z] for one of
    several.

    Args:
        patterns: Of the user.

    Raises:
        InputError: One of them is empty, too long, or has a bracket that is not closed.
    """

    def __init__(self, patterns: Sequence[str] = ()) -> None:
        self.patterns = tuple(dict.fromkeys(patterns))
        self._own = [_rule(pattern) for pattern in self.patterns]
        self._built_in = [_rule(pattern) for pattern in BUILT_IN]

    def reason(self, inner: str, *, is_folder: bool) -> str | None:
        """Why a path is passed over, as a clause that counts; None where it is not.

        Args:
            inner: The path within the folder that was given, with / between names.
            is_folder: Whether it is a folder.
        """
        if _any(self._own, inner, is_folder):
            return "excluded"
        if _any(self._built_in, inner, is_folder):
            return "thumbnails and bins"
        return None


def _any(rules: list[_Rule], inner: str, is_folder: bool) -> bool:
    return any(
        rule.matches.fullmatch(inner) for rule in rules if is_folder or not rule.folders_only
    )


def _rule(pattern: str) -> _Rule:
    crowded = len(re.findall(r"\*\*+", pattern)) > _MOST_DOUBLE_STARS
    if not pattern.strip("/") or len(pattern) > _LONGEST or crowded:
        raise InputError(
            f"Expected --exclude to name files or folders, in at most {_LONGEST} characters and "
            f"with at most {_MOST_DOUBLE_STARS} double stars. "
            f"Received: {pattern[:80]!r}; for example --exclude '*.tmp'."
        )
    body = pattern.strip("/")
    start = "" if pattern.startswith("/") else "(?:.*/)?"
    try:
        compiled = re.compile(start + _translated(body), re.DOTALL)
    except re.error as error:
        raise InputError(
            f"Expected --exclude to be a pattern. Received: {pattern!r} ({error})."
        ) from error
    return _Rule(compiled, pattern.endswith("/"))


def _translated(body: str) -> str:
    """A pattern as a regular expression.

    What follows a star is looked for at the first place only, in an atomic group: where a star may
    stand for anything within a name, a later place would do no better, and tried one after the
    other they take for ever.
    """
    out, chunk, star, place = [], "", "", 0
    while place <= len(body):
        stars = re.compile(r"\*+").match(body, place)
        if stars or place == len(body):
            last = place == len(body)
            out.append(_after_star(star, chunk, last=last))
            if stars is None:
                break
            chunk, star = "", "[^/]*" if len(stars[0]) == 1 else ".*"
            place = stars.end()
            continue
        bracket = re.compile(r"\[[!^]?\]?[^\]]*\]").match(body, place)
        if bracket:
            chunk += _bracket(bracket[0])
        else:
            chunk += "[^/]" if body[place] == "?" else re.escape(body[place])
        place = bracket.end() if bracket else place + 1
    return "".join(out)


def _after_star(star: str, chunk: str, *, last: bool) -> str:
    """A star and what comes behind it, up to the next one."""
    if star == "[^/]*" and not last:
        return f"(?>[^/]*?{chunk})"
    return star + chunk


def _bracket(text: str) -> str:
    inner = text[1:-1]
    negated = inner[:1] in ("!", "^")
    inner = re.sub(r"([\\\[\]&~|])", r"\\\1", inner[1:] if negated else inner)
    return f"(?!/)[{'^' if negated else ''}{inner}]"
