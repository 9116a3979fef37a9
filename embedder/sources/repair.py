"""Sources and maps whose stored files are not what the manifest says: to be made again."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from frameatlas.embedder.sources.tasks import Task, VideoTask
from frameatlas.errors import SourceError
from frameatlas.progress import Progress
from frameatlas.store.atomic import describe_files
from frameatlas.store.content_digest import content_digest
from frameatlas.store.manifest import Manifest, MapRecord, Source
from frameatlas.store.notes.damage_record import is_whole, note_damage, read_damage
from frameatlas.store.source_record import tell_source, tells


def broken_sources(
    folder: Path, sources: Sequence[Source], hwaccel: str
) -> tuple[list[Task], list[Source]]:
    """Videos whose stored frames are damaged.

    Sizes are compared, and contents only where `frameatlas check` found them changed: reading
    every frame at each run would take minutes.

    Returns:
        Those that can be made again, and sources that cannot: a video that has gone or changed,
        photos that were not given.
    """
    tasks: list[Task] = []
    lost: list[Source] = []
    suspects, places = read_damage(folder), folder / "sources"
    for source in sources:
        if not source.frames or is_whole(places / source.id, source, suspects):
            continue
        if source.kind == "video" and _same_file(source):
            tasks.append(VideoTask(empty_record(source), hwaccel))
        else:
            lost.append(source)
    return tasks, lost


def empty_record(source: Source) -> Source:
    """A source's record as before it was read."""
    return replace(source, status="ok", reason="", frames=0, files={}, repeated=0)


def forget_repaired(folder: Path, manifest: Manifest) -> None:
    """Keep in the note of damage only what is damaged still; have each source tell of itself."""
    for source in manifest.sources:
        place = folder / "sources" / source.id
        if source.frames and place.is_dir() and not tells(place, source):
            tell_source(place, source, manifest.made)
    suspects = read_damage(folder)
    if suspects:
        known = [source for source in manifest.sources if source.id in suspects]
        places = folder / "sources"
        left = {s.id for s in known if not is_whole(places / s.id, s, suspects)}
        note_damage(folder, left)


def map_is_whole(folder: Path, record: MapRecord) -> bool:
    """Whether every file of a map is as it was written; maps are small enough to read."""
    try:
        return describe_files(folder / "maps" / record.id, list(record.files)) == record.files
    except OSError:
        return False


def _same_file(source: Source) -> bool:
    try:
        return content_digest(Path(source.path)) == source.digest
    except SourceError:
        return False


def say_broken(broken: Iterable[Task], lost: Iterable[Source], progress: Progress) -> None:
    """Say what is made again, and what cannot be."""
    for task in broken:
        progress.note(f"{task.label}: its stored frames are damaged and made again.")
    for source in lost:
        progress.note(
            f"{source.path}: its stored frames are damaged, and what they were made from was "
            "not found. Give it again, or forget it with --prune once it is gone for good."
        )
