"""What is in an atlas, as plain values for people and programs."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.columns.all_columns import Columns
from frameatlas.columns.frame_column import FrameColumn
from frameatlas.errors import DamagedAtlasError
from frameatlas.photo_groups import photo_groups
from frameatlas.shots import Shots
from frameatlas.store.hdf5_reader import read_column, read_number
from frameatlas.store.json_fields import Fields
from frameatlas.store.manifest import Manifest, Source
from frameatlas.store.map_integrity import verify_file
from frameatlas.store.notes.names_file import read_names
from frameatlas.store.notes.run_state import read_run
from frameatlas.store.shot_table import BEGINNINGS

MOST_VALUES = 50
"""Texts of a column that are listed."""

SOURCE_FIELDS = (
    "id",
    "path",
    "kind",
    "status",
    "reason",
    "frames",
    "seconds_missing",
    "duration",
    "width",
    "height",
    "codec",
    "sample",
    "repeated",
)


def atlas_info(atlas: Atlas) -> dict[str, Any]:
    """Everything that ``frameatlas info --json`` prints.

    Args:
        atlas: The atlas.

    Returns:
        Values that JSON can hold; ``components``, ``layout``, ``map`` and ``quality`` are None
        before a map is drawn.

    Raises:
        DamagedAtlasError: A file of the map cannot be read.
        FormatError: It is not what the format says.
    """
    manifest = atlas.manifest
    drawn = manifest.map is not None
    return {
        "format": manifest.format,
        "path": str(atlas.folder),
        "sources": [_source(source) for source in manifest.sources],
        "frames": manifest.frames,
        "fps": manifest.made.fps,
        "height": manifest.made.height,
        "store": manifest.made.store,
        "frame_bytes": frame_bytes(manifest),
        "features": manifest.made.dimension,
        "components": _components(atlas) if drawn else None,
        "layout": _layout(atlas) if drawn else None,
        "map": manifest.map.id if manifest.map else None,
        "quality": map_figures(atlas) if drawn else None,
        "shots": _shots(atlas),
        "columns": column_facts(Columns(atlas)) if drawn else [],
        "engine": manifest.made.engine,
        "precision": manifest.made.precision,
        "weights": manifest.made.weights,
        "descriptor": manifest.made.descriptor,
        "crops": manifest.made.crops,
        "versions": manifest.versions,
        "words": _words(manifest),
        "names": [{"name": one.name, "frames": one.frames} for one in read_names(atlas.folder)],
        "bytes": _bytes(atlas),
        **_groups(atlas),
        "run": _run(atlas),
    }


def _groups(atlas: Atlas) -> dict[str, Any]:
    """Photos that were taken together, by their paths."""
    groups = photo_groups(atlas)
    return {
        "live_photos": [{"photo": str(photo), "video": str(film)} for photo, film in groups.live],
        "bursts": [[str(photo) for photo in burst] for burst in groups.bursts],
    }


def _run(atlas: Atlas) -> dict[str, Any] | None:
    """How far the run is that is writing the atlas; None where there is none."""
    run = read_run(atlas.folder)
    return None if run is None else {**asdict(run), "text": str(run)}


def _words(manifest: Manifest) -> dict[str, Any] | None:
    """Which network gave the frames words, and to how many of them; None where none did."""
    record = manifest.words
    if record is None:
        return None
    described = sum(s.frames for s in manifest.sources if s.id in record.files)
    names = ("descriptor", "digest", "width", "crops")
    return {**{name: getattr(record, name) for name in names}, "frames": described}


def _shots(atlas: Atlas) -> dict[str, Any] | None:
    """How many there are and how long; None where nobody looked for them."""
    shots = Shots(atlas)
    found = [shot for number in range(len(atlas.sources)) for shot in shots.of_source(number)]
    if not found:
        return None
    videos = len({shot.source for shot in found})
    lengths = np.array([shot.until - shot.begin for shot in found])
    return {
        "videos": videos,
        "number": len(found),
        "median_seconds": round(float(np.median(lengths)), 3),
        "beginnings": {kind: sum(shot.beginning == kind for shot in found) for kind in BEGINNINGS},
    }


def column_facts(columns: Columns) -> list[dict[str, Any]]:
    """Each column that pictures do not say: of how many frames it is known, and what it holds.

    Numbers and dates have ``least`` and ``most``; texts ``values``, the most frequent with the
    number of their frames.
    """
    return [_column_facts(column) for column in columns.user_columns.values()]


def _column_facts(column: FrameColumn) -> dict[str, Any]:
    known = np.flatnonzero(column.known)
    facts: dict[str, Any] = {
        "name": column.name,
        "kind": column.kind,
        "frames": len(known),
    }
    if column.kind == "text":
        counts = np.bincount(column.values[known], minlength=len(column.labels))
        order = by_frequency(counts)[:MOST_VALUES]
        facts["values"] = [[str(column.labels[n]), int(counts[n])] for n in order if counts[n]]
    elif len(known):
        values = column.values[known]
        places = known[[int(values.argmin()), int(values.argmax())]]
        facts["least"], facts["most"] = (column.at(int(place)) for place in places)
    return facts


def by_frequency(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Places of counts, the greatest first, equal ones as they stand."""
    return np.asarray(np.argsort(-counts, kind="stable"))


def _source(source: Source) -> dict[str, Any]:
    return {name: getattr(source, name) for name in SOURCE_FIELDS}


def _components(atlas: Atlas) -> dict[str, Any]:
    path = _file(atlas, "components.h5")
    variance = read_column(path, "explained_variance").astype(np.float64)
    total = read_number(path, "total_variance")
    kept = float(variance.sum() / total) if total > 0 else 1.0
    return {"number": len(variance), "variance_kept": min(kept, 1.0)}


def _layout(atlas: Atlas) -> dict[str, Any]:
    path = _file(atlas, "map.json")
    settings = _json(path)
    fields = Fields(settings, str(path))
    fields.text("name")
    fields.integer("seed", least=-(2**62))
    report = fields.object("report")
    for name in ("mean", "std"):
        report.numbers(name)
    options = {name: value for name, value in settings.items() if name != "report"}
    # The report's std is what came out, as a pair; the options' what was aimed at.
    return {**options, **report.values, "wish": options}


def map_figures(atlas: Atlas) -> dict[str, Any]:
    """Figures of the map; those that people are shown are numbers, where they are there.

    Raises:
        DamagedAtlasError: They cannot be read.
        FormatError: They are not what the format says.
    """
    path = _file(atlas, "quality.json")
    values = _json(path)
    fields = Fields(values, str(path))
    if values.get("map"):
        figures = fields.object("map")
        for name in ("trustworthiness", "continuity", "fill", "order"):
            if name in figures.values:
                figures.optional_number(name)
    if values.get("placed_later"):
        for name in ("frames", "misfits"):
            fields.object("placed_later").integer(name, least=0)
    return values


def _file(atlas: Atlas, name: str) -> Path:
    return verify_file(atlas.map_folder, atlas.manifest.map, name)


def _json(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(values, dict):
            raise ValueError("no object")
    except (OSError, ValueError, RecursionError) as error:
        raise DamagedAtlasError(
            f"Expected {path} to be JSON. Received: {error}. Run `frameatlas index --refit` on the "
            "same videos to draw the map again."
        ) from error
    return dict(values)


def frame_bytes(manifest: Manifest) -> int:
    """Bytes of all stored frames."""
    name = manifest.made.picture_file
    return sum(s.files[name].bytes for s in manifest.sources if name in s.files)


def _bytes(atlas: Atlas) -> int:
    manifest = atlas.manifest
    files = [stored for source in manifest.sources for stored in source.files.values()]
    files += manifest.map.files.values() if manifest.map else []
    files += manifest.words.files.values() if manifest.words else []
    return sum(stored.bytes for stored in files)
