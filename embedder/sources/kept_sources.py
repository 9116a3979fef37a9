"""Which sources keep their frames' numbers after a run, and which come anew."""

from collections.abc import Sequence
from pathlib import Path

from frameatlas.embedder.sources.discovery import Found
from frameatlas.embedder.sources.replaced import Replaced
from frameatlas.progress import Progress
from frameatlas.store.atomic import remove_folder
from frameatlas.store.manifest import Manifest, Source


def put_repaired(
    kept: Sequence[Source], repaired: dict[str, Source]
) -> tuple[list[Source], list[Source]]:
    """Put sources that were made again into their places.

    Returns:
        All sources whose frames keep their numbers, and those that now have other frames than the
        map knows: they are placed like new ones.
    """
    same: list[Source] = []
    other: list[Source] = []
    for source in kept:
        again = repaired.get(source.id, source)
        (same if again.frames == source.frames else other).append(again)
    return same, other


def put_back_unreplaced(
    old: Sequence[Source], kept: list[Source], replaced: Sequence[Replaced], added: Sequence[Source]
) -> tuple[list[Source], list[Replaced]]:
    """Keep a source whose file is another now where that other gave no frames.

    Args:
        old: All sources of the atlas before, in order.
        kept: Those that stay.
        replaced: Those that were left out.
        added: What was read in this run.

    Returns:
        Those that stay, in the order of ``old``, and those that are really replaced.
    """
    filled = {source.path for source in added if source.frames}
    back = [r for r in replaced if r.source.path not in filled]
    order = {source.id: number for number, source in enumerate(old)}
    together = sorted([*kept, *(r.source for r in back)], key=lambda s: order.get(s.id, len(order)))
    return together, [r for r in replaced if r not in back]


_SILENT = ("sound only", "sound with a cover", "subtitles only")
"""How the reasons of files begin that hold no pictures, and are not meant to."""


def leave_out_silent(built: Sequence[Source], found: Found | None) -> tuple[list[Source], int]:
    """Leave out files of folders that hold sound or subtitles: they have not failed.

    Args:
        built: What was read in this run.
        found: What was given; who names such a file himself is told why it gives nothing.

    Returns:
        The others, and how many were left out.
    """
    named = {str(path.absolute()) for path in found.named} if found else set()
    stay = [
        source
        for source in built
        if source.frames or not source.reason.startswith(_SILENT) or str(Path(source.path)) in named
    ]
    return stay, len(built) - len(stay)


def forget_replaced(
    folder: Path, replaced: Sequence[Replaced], manifest: Manifest, progress: Progress
) -> None:
    """Say which files have another content now, and remove what was stored of the old one."""
    names = {source.id for source in manifest.sources}
    for old in replaced:
        progress.note(
            f"{old.path}: another content under a known name; its new frames take the place of "
            "the old ones, and those that are the same stay where they are."
        )
        if old.source.id not in names:
            remove_folder(folder / "sources" / old.source.id)
