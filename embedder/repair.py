"""Sources and maps whose stored files are not what the manifest says: to be made again."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from frameatlas.embedder.identity import content_digest
from frameatlas.embedder.pipeline import Task
from frameatlas.embedder.source_builder import sizes_agree
from frameatlas.embedder.tasks import VideoTask
from frameatlas.errors import SourceError
from frameatlas.manifest import MapRecord, Source
from frameatlas.storage import stored_files


def broken_sources(folder: Path, sources: Sequence[Source], hwaccel: str) -> list[Task]:
    """Videos whose stored frames are damaged and whose file is still there.

    Sizes are compared, not contents: reading every frame at each run would take minutes.
    `frameatlas check` compares contents too and removes nothing.
    """
    tasks: list[Task] = []
    for source in sources:
        place = folder / "sources" / source.id
        if source.kind == "video" and source.frames and not sizes_agree(place, source):
            path = Path(source.path)
            try:
                same = content_digest(path) == source.digest
            except SourceError:
                same = False
            if same:
                fresh = replace(source, status="ok", reason="", frames=0, files={})
                tasks.append(VideoTask(fresh, hwaccel))
    return tasks


def map_is_whole(folder: Path, record: MapRecord) -> bool:
    """Whether every file of a map is as it was written; maps are small enough to read."""
    try:
        return stored_files(folder / "maps" / record.id, list(record.files)) == record.files
    except OSError:
        return False
