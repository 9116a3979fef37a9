"""The map: drawn anew from all features, or frozen and extended by new frames."""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.embedder.components.pca import Components
from frameatlas.embedder.map.fit_map import fit_map
from frameatlas.embedder.map.map_draft import Chunks, MapDraft, no_chunks
from frameatlas.embedder.map.place_frames import place_frames, tell_misfits
from frameatlas.embedder.map.quality import map_quality
from frameatlas.embedder.map.stored_map import MAP_FILE, DrawnMap, load_map
from frameatlas.options import LayoutOptions
from frameatlas.progress import Progress
from frameatlas.store.atomic import (
    describe_files,
    publish_folder,
    remove_folder,
    translate_os_errors,
    write_text,
)
from frameatlas.store.hdf5_writer import new_table
from frameatlas.store.manifest import MapRecord
from frameatlas.store.map_integrity import verify_file
from frameatlas.store.rows import Rows
from frameatlas.store.stored_file import StoredFile

COMPONENTS = 256
BLOCK = 4096
"""Rows read, projected and placed at once: 32 MiB of features."""

Check = Callable[[], None]
"""Called between blocks; raises where the user wants the run to stop."""


def draw_map(
    atlas: Atlas,
    options: LayoutOptions,
    progress: Progress,
    check: Check,
    chunks: Chunks = no_chunks,
) -> MapRecord:
    """Fit PCA, layout and stretch on all frames of an atlas and place them.

    Args:
        atlas: An atlas whose manifest names all sources; its own map does not matter.
        options: How the map is to be composed.
        progress: Is told how far it is.
        check: Called between steps; raises to stop.
        chunks: Who else counts moments of the features.

    Returns:
        The record of the map, whose folder is in its place.
    """
    draft = MapDraft(atlas, "draw")

    def step(done: int) -> None:
        check()
        progress.step(done)

    progress.stage("components", len(atlas), "frames")
    components = draft.components(atlas, COMPONENTS, step, chunks)
    scores = _project(draft.folder, components, atlas.features, None, step)
    return compose_map(atlas, draft, components, scores, options, progress, check)


def compose_map(
    atlas: Atlas,
    draft: MapDraft,
    components: Components,
    scores: NDArray[np.float16],
    options: LayoutOptions,
    progress: Progress,
    check: Check,
) -> MapRecord:
    """Fit layout and stretch on scores that lie in the draft and publish the map."""
    folder = draft.folder

    def step(done: int, total: int) -> None:
        check()
        progress.step(round(100 * done / max(total, 1)))

    progress.stage("layout", 100, "%")
    fitted = fit_map(atlas, scores, options, step)
    layout, stretch = fitted.layout, fitted.stretch
    settings = {
        "name": options.name,
        "seed": options.seed,
        "std": options.std,
        "rotate": options.rotate,
        "temporal": options.temporal,
        "spread": options.spread,
        "report": layout.report,
    }
    with translate_os_errors(folder):
        layout.save(folder)
        stretch.save(folder / "stretch.h5")
    write_text(folder / MAP_FILE, json.dumps(settings, indent=1) + "\n")
    draft.finish()
    drawn = DrawnMap(folder, components, layout, stretch, settings)
    return _publish(atlas, drawn, fitted.code, fitted.coordinates, scores, progress)


def extend_map(
    mapped: Atlas,
    rows: NDArray[np.int64],
    atlas: Atlas,
    progress: Progress,
    check: Check,
    carried: NDArray[np.int64] | None = None,
) -> MapRecord:
    """Place frames of new sources on the current map; not one old coordinate changes.

    Args:
        mapped: The atlas with its current map.
        rows: The map's rows that stay: those of the first frames of ``atlas``, in order.
        atlas: The atlas with all its sources.
        progress: Is told how far it is.
        check: Called between blocks; raises to stop.
        carried: int64 of shape (n,), for each frame of ``atlas`` the map's row whose place it takes
            over, since it is the same frame of a file that was replaced; -1 for none.
    """
    current = load_map(mapped)
    draft = MapDraft(atlas, "extend")
    draft.finish()
    folder = draft.folder
    for path in current.folder.iterdir():
        if path.name not in ("scores.npy", "coordinates.h5", "quality.json"):
            _share(path, folder / path.name)

    def step(done: int) -> None:
        check()
        progress.step(done)

    progress.stage("placing", len(atlas) - len(rows), "frames")
    kept = (mapped.scores, rows)
    scores = _project(folder, current.components, atlas.features, kept, step)
    code, misfits = place_frames(current.layout, scores, len(rows))
    placed_later = tell_misfits(current.folder, misfits, len(code), progress)
    placed = current.placed(code)
    code = np.concatenate([mapped.code[rows], code])
    coordinates = np.concatenate([mapped.coordinates[rows], placed])
    if carried is not None and (same := np.flatnonzero(carried >= 0)).size:
        code[same], coordinates[same] = (
            mapped.code[carried[same]],
            mapped.coordinates[carried[same]],
        )
    drawn = replace(current, folder=folder)
    return _publish(atlas, drawn, code, coordinates, scores, progress, placed_later)


def redraw_map(atlas: Atlas, options: LayoutOptions, progress: Progress, check: Check) -> MapRecord:
    """Another composition of the same frames: a new layout on the scores that are there."""
    current = atlas.map_folder
    draft = MapDraft(atlas, "compose")
    for name in ("scores.npy", "components.h5"):
        _share(verify_file(current, atlas.manifest.map, name), draft.folder / name)
    components = Components.load(draft.folder / "components.h5")
    return compose_map(atlas, draft, components, atlas.scores, options, progress, check)


def _share(path: Path, place: Path) -> None:
    """The same file in another map: a link where the disk can, else a copy."""
    try:
        os.link(path, place)
    except OSError:
        shutil.copy2(path, place)


def _project(
    folder: Path,
    components: Components,
    features: Rows,
    kept: tuple[NDArray[np.float16], NDArray[np.int64]] | None,
    step: Callable[[int], None],
) -> NDArray[np.float16]:
    """Write ``scores.npy``, keeping the rows that are there, and map it."""
    shape = (len(features), len(components))
    # Written, not mapped: where the disk is full, a mapped page ends the whole process.
    with translate_os_errors(folder), (folder / "scores.npy").open("wb") as file:
        header = {"descr": "<f2", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, header)
        old, rows = kept or (np.empty((0, len(components)), np.float16), np.empty(0, np.int64))
        first = len(rows)
        for start in range(0, first, BLOCK):
            block = old[rows[start : start + BLOCK]]
            file.write(np.ascontiguousarray(block, "<f2").tobytes())
        for start in range(first, len(features), BLOCK):
            new = components.project(features[start : start + BLOCK])
            file.write(new.astype("<f2").tobytes())
            step(start + len(new) - first)
    mapped: NDArray[np.float16] = np.load(folder / "scores.npy", mmap_mode="r", allow_pickle=False)
    return mapped


def _publish(
    atlas: Atlas,
    drawn: DrawnMap,
    code: NDArray[np.float64],
    coordinates: NDArray[np.float64],
    scores: NDArray[np.float16],
    progress: Progress,
    placed_later: dict[str, int] | None = None,
) -> MapRecord:
    """Write what is left, give the map its id, put its folder in its place."""
    folder = drawn.folder
    with translate_os_errors(folder):
        with new_table(folder / "coordinates.h5") as file:
            file["code"] = code
            file["coordinates"] = coordinates
        progress.stage("quality", None, "")
        figures = map_quality(
            atlas.features, scores, code, coordinates, _moments(atlas), atlas.source_numbers
        )
        quality = {"variance_kept": drawn.components.share, **figures}
        if placed_later:
            quality["placed_later"] = placed_later
        write_text(folder / "quality.json", json.dumps(quality, indent=1) + "\n")
    digest = blake2b(np.ascontiguousarray(coordinates, "<f8").tobytes(), digest_size=8)
    digest.update("\n".join(source.id for source in atlas.sources).encode())
    place = folder.with_name(digest.hexdigest())
    names = [path.name for path in folder.iterdir()]
    files = describe_files(folder, names)
    if place.exists() and _agrees(place, files):
        remove_folder(folder)  # the very map is there: leave it to whoever reads it
    else:
        publish_folder(folder, place)
    return MapRecord(place.name, len(coordinates), len(atlas.sources), files)


def _moments(atlas: Atlas) -> NDArray[np.float64]:
    """Each frame's second in its video, float64 of shape (n,); NaN for photos, which have none."""
    photos = np.array([source.kind == "photos" for source in atlas.sources])
    return np.where(photos[atlas.source_numbers], np.nan, atlas.seconds)


def _agrees(place: Path, files: dict[str, StoredFile]) -> bool:
    try:
        return describe_files(place, list(files)) == files
    except OSError:
        return False
