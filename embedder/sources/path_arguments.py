"""The paths that one argument of the command line names."""

import codecs
import glob
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from frameatlas.errors import InputError
from frameatlas.missing_paths import missing
from frameatlas.store.content_digest import read_error_reason


def natural_key(path: Path | str) -> list[tuple[int, str, str]]:
    """Sort key by which clip2 comes before clip10, whatever the letters' case."""
    parts = re.split(r"(\d+)", str(path))
    key = [(int(p), "", p) if p.isdecimal() else (-1, p.casefold(), p) for p in parts]
    return [*key, (-2, "", str(path))]


def expand_argument(argument: str, stdin: TextIO | None) -> Iterator[Path]:
    """Expand one argument: a path, a glob, ``@list.txt``, or ``-`` for standard input.

    A file that is really called so wins over every other meaning.

    Raises:
        InputError: It names nothing.
    """
    if argument == "-":
        yield from _standard_input(stdin)
    elif argument.startswith("@") and not os.path.lexists(argument):
        yield from _read_list(_at_home(argument[1:]))
    elif os.path.lexists(argument):
        yield Path(argument)
    else:
        yield from _expand_glob(argument)


def _standard_input(stdin: TextIO | None) -> Iterator[Path]:
    if stdin is None:
        raise InputError(
            "Expected paths on standard input for the argument -. Received: none. "
            "Pipe them in, for example: find . -name '*.mp4' | frameatlas index -."
        )
    for line in _lines(_whole_text(stdin)):
        yield from _expand_line(line, Path(), "standard input")


def _whole_text(stdin: TextIO) -> str:
    """Standard input as names are given to the system: bytes that are no UTF-8 are kept."""
    buffer = getattr(stdin, "buffer", None)
    return stdin.read() if buffer is None else os.fsdecode(buffer.read())


def _read_list(file: Path) -> Iterator[Path]:
    """The paths in a text file, relative to its folder or to the current one."""
    try:
        text = os.fsdecode(file.read_bytes().removeprefix(codecs.BOM_UTF8))
    except OSError as error:
        raise InputError(
            f"Expected a text file of paths. Received: @{file}, {read_error_reason(error)}. "
            "Check the name after the @."
        ) from error
    for line in _lines(text):
        yield from _expand_line(line, file.parent, str(file))


def _lines(text: str) -> Iterator[str]:
    """The lines of a list, or its names ended by null as ``find -print0`` writes them."""
    if "\0" in text:
        yield from (name for name in text.split("\0") if name)
        return
    for line in re.split(r"\r?\n", text):
        if line.strip():
            yield line


def _expand_line(line: str, folder: Path, origin: str) -> Iterator[Path]:
    """What a line names: first the file that is really called so, then what it may mean."""
    name = line.strip()
    for spelling in dict.fromkeys((line, name)):
        for candidate in (folder / _at_home(spelling), Path(spelling)):
            if _exists(candidate):
                yield candidate
                return
    if name.startswith("#"):
        return
    try:
        yield from _expand_glob(str(folder / name))
    except InputError as error:
        raise InputError(
            f"Expected existing paths in {origin}. Received: {name}. Correct or remove that line."
        ) from error


def _exists(path: Path) -> bool:
    try:
        return os.path.lexists(path)
    except ValueError:
        return False


def _at_home(name: str) -> Path:
    """A path whose ~ is somebody's home; where there is no such person, the name as it is."""
    return Path(os.path.expanduser(name))  # noqa: PTH111 - Path's own raises where nobody is meant


def _expand_glob(pattern: str) -> Iterator[Path]:
    expanded = os.path.expanduser(pattern)  # noqa: PTH111 - a pattern is no path
    if os.path.lexists(expanded):
        yield Path(expanded)
        return
    try:
        matches = sorted(glob.glob(expanded, recursive=True), key=natural_key)  # noqa: PTH207
    except RecursionError:  # thousands of folders in one pattern
        matches = []
    if not matches:
        raise InputError(f"Expected an existing file or folder. Received: {missing(pattern)}")
    for match in matches:
        yield Path(match)
