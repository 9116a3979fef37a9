"""Sources of an atlas that are passed over by now: said, and taken out with --prune."""

import os
from collections.abc import Sequence
from pathlib import Path

from frameatlas.embedder.sources.discovery import Found
from frameatlas.embedder.sources.exclusions import Exclusions
from frameatlas.errors import FrameatlasError
from frameatlas.plurals import count_of
from frameatlas.progress import Progress
from frameatlas.store.hdf5_reader import read_column
from frameatlas.store.manifest import Source


def excluded_sources(
    folder: Path, kept: Sequence[Source], found: Found | None, patterns: Sequence[str]
) -> list[Source]:
    """Sources below a folder that was given, all of whose files are passed over.

    Args:
        folder: The atlas.
        kept: Its sources.
        found: What was given; a file that was named itself is not passed over.
        patterns: Of the user, for what is passed over beside what always is.
    """
    if found is None:
        return []
    exclusions = Exclusions(patterns)
    named = {path.absolute() for path in found.named}
    tops = [top.absolute() for top in found.tops]
    return [
        source
        for source in kept
        if Path(source.path) not in named
        and any(_is_excluded(folder, source, top, exclusions) for top in tops)
    ]


def say_excluded(excluded: Sequence[Source], progress: Progress) -> None:
    """Say that they stay, and what takes them out."""
    if excluded:
        frames = sum(source.frames for source in excluded)
        progress.note(
            f"{len(excluded)} of the atlas' sources would be passed over now "
            f"({count_of(frames, 'frame')}; the "
            f"first is {excluded[0].path}): they stay; --prune takes them out."
        )


def _is_excluded(folder: Path, source: Source, top: Path, exclusions: Exclusions) -> bool:
    """Whether a folder around a source is passed over, or each of its files."""
    path = Path(source.path)
    if not path.is_relative_to(top):
        return False
    names = _names(folder, source)
    parts = path.relative_to(top).parts
    around = parts if source.kind == "photos" and source.frames else parts[:-1]
    folders = ("/".join(around[: count + 1]) for count in range(len(around)))
    if any(exclusions.reason(inner, is_folder=True) for inner in folders):
        return True
    files = ["/".join((*around, name)) for name in names]
    return bool(files) and all(exclusions.reason(file, is_folder=False) for file in files)


def _names(folder: Path, source: Source) -> list[str]:
    """Names of a source's files; none where its table is damaged."""
    if source.kind != "photos" or not source.frames:
        return [Path(source.path).name]
    try:
        table = folder / "sources" / source.id / "features.h5"
        return [os.fsdecode(name) for name in read_column(table, "names", source.frames)]
    except FrameatlasError:
        return []
