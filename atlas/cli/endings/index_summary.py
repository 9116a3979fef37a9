"""What an index run says at its end: failures by their reasons, then counts that agree."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from frameatlas.plurals import count_of
from frameatlas.safe_text import one_line
from frameatlas.store.manifest import Source

if TYPE_CHECKING:
    from frameatlas.embedder import Indexed

_NAMED = 20
"""Names of one kind that a summary gives before it only counts the others."""

_REASONS = 20
"""Reasons that it gives before it only counts the others."""


def index_summary(done: "Indexed", folder: Path) -> str:
    """Lines for a person: what failed and why, what was done, what the atlas holds now.

    Args:
        done: What a run did.
        folder: The atlas, as the user named it.
    """
    lines = _failures(done.failed, folder)
    failed = sum(1 for source in done.failed if not source.frames)
    added = [source for source in done.added if source.frames]
    parts = [f"{_count(added)} added" + _of_them(added)]
    for count, what in (
        (done.known, "files known already"),
        (done.moved, "sources found under a new path"),
        (done.pruned, "sources forgotten"),
        (failed, "failed"),
        (done.skipped, "skipped"),
    ):
        if count:
            parts.append(f"{count} {what if count > 1 else what.replace('s ', ' ', 1)}")
    lines.append(", ".join(parts) + f"; in {done.seconds:.0f} s.")
    if repeated := sum(source.repeated for source in done.added):
        lines.append(
            f"{repeated} of the frames show what the one before showed: those were not described "
            "again."
        )
    sources = [source for source in done.atlas.sources if source.frames]
    held = f"{count_of(len(done.atlas), 'frame')}, of {_count(sources)}{_of_them(sources)}"
    lines.append(f"{folder}: {held if sources else 'no frames'}.")
    if len(done.atlas):
        lines.append(f"Next: frameatlas browse {folder}")
    return "\n".join(lines)


def _failures(failed: Sequence[Source], folder: Path) -> list[str]:
    """Sources that are not whole, then those that gave nothing, by their reasons."""
    lines = []
    for title, sources in (
        ("Not whole", [source for source in failed if source.frames]),
        ("Failed", [source for source in failed if not source.frames]),
    ):
        if sources:
            lines += [f"{title}:", *_by_reason(sources, folder)]
    return lines


def _by_reason(sources: Iterable[Source], folder: Path) -> list[str]:
    reasons: dict[str, list[str]] = {}
    for source in sources:
        missing = f" ({source.seconds_missing:.1f} s missing)" if source.seconds_missing else ""
        reasons.setdefault((source.reason or source.status) + missing, []).append(source.path)
    lines = []
    for reason, paths in list(reasons.items())[:_REASONS]:
        lines.append(one_line(f"  {reason}:"))
        lines += [one_line(f"    {path}") for path in paths[:_NAMED]]
        if len(paths) > _NAMED:
            lines.append(f"    … and {len(paths) - _NAMED} more")
    if len(reasons) > _REASONS:
        lines.append(
            f"  … and {len(reasons) - _REASONS} other reasons: see `frameatlas info {folder}`."
        )
    return lines


def _count(sources: Sequence[Source]) -> str:
    """Videos, and photos (pages too) one by one: as a user counts them."""
    videos = sum(1 for source in sources if source.kind == "video")
    photos = sum(source.frames for source in sources if source.kind == "photos")
    parts = [
        count_of(count, name) for count, name in ((videos, "video"), (photos, "photo")) if count
    ]
    return " and ".join(parts) or "nothing"


def _of_them(sources: Sequence[Source]) -> str:
    """How many of them are not whole."""
    videos = sum(1 for s in sources if s.kind == "video" and s.status == "damaged")
    folders = sum(1 for s in sources if s.kind == "photos" and s.status == "damaged")
    parts = [f"{videos} of the videos"] if videos else []
    parts += [f"{folders} of the folders of photos"] if folders else []
    return f" ({' and '.join(parts)} not whole)" if parts else ""
