"""The map as a folder of files that any web host serves, and any browser opens from disk."""

import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby, islice
from pathlib import Path

from frameatlas.atlas import Atlas
from frameatlas.browser.export.assets import ASSETS, page_of, site_assets
from frameatlas.browser.export.data_scripts import data_scripts, title_of
from frameatlas.browser.export.options import SiteOptions, SiteReport
from frameatlas.browser.export.site_clips import SiteClips, drop_clips, write_clips
from frameatlas.browser.export.site_folder import (
    SiteRecord,
    begin_site,
    check_site_place,
    finish_site,
    tiles_there,
    whole_tiles,
    write_file,
)
from frameatlas.browser.export.site_places import frame_places
from frameatlas.browser.export.size_plan import SCALE, SitePlan, format_bytes, plan_site
from frameatlas.drawing.stored_pictures import StoredPictures
from frameatlas.drawing.tiles import encode_tile, pyramid_of, render_tile
from frameatlas.errors import InterruptedIndexError, SpaceError
from frameatlas.geometry.pyramid import Pyramid
from frameatlas.processors import available_processors
from frameatlas.progress import NullProgress, Progress
from frameatlas.store.atomic import translate_os_errors
from frameatlas.store.notes.run_state import refuse_empty

_BATCH = 128
"""Tiles between two looks at whether the user wants to stop."""

_Tile = tuple[int, int, int]

Stopped = Callable[[], bool]


def export_site(
    atlas: Atlas,
    options: SiteOptions,
    *,
    progress: Progress | None = None,
    stopped: Stopped = lambda: False,
) -> SiteReport:
    """Write an atlas' map as a static site.

    Args:
        atlas: The atlas.
        options: Folder, depth, size, quality.
        progress: Told of every step.
        stopped: Gives True once the user wants to stop; the next run goes on.

    Returns:
        What came of it.

    Raises:
        InputError: The options cannot be met; nothing was written.
        SpaceError: The disk has no room for the estimated size.
        InterruptedIndexError: It was stopped.
    """
    begun = time.monotonic()
    progress = progress or NullProgress()
    check_site_place(options.output)
    refuse_empty(atlas.folder, len(atlas))
    pyramid = pyramid_of(atlas)
    plan = plan_site(atlas, pyramid, options)
    _announce(plan, options, progress)
    record = SiteRecord(atlas.map_folder.name, len(atlas), options.quality)
    begin_site(options.output, record, plan.depth)
    kept = _write_tiles(atlas, pyramid, plan, options, progress, stopped)
    clips = _write_clips(atlas, plan, options, progress, stopped)
    _write_data(atlas, pyramid, plan, options, clips, progress)
    _copy_assets(options.output)
    finish_site(options.output, record, page_of(title_of(atlas)))
    return SiteReport(
        output=options.output,
        tiles=plan.tiles,
        kept=kept,
        bytes=_bytes_of(options.output),
        depth=plan.depth,
        deepest=pyramid.deepest,
        notes=(*([plan.note] if plan.note else []), *clips.notes),
        seconds=time.monotonic() - begun,
    )


def _announce(plan: SitePlan, options: SiteOptions, progress: Progress) -> None:
    progress.note(
        f"{options.output}: {plan.tiles} tiles, zoom 0 to {plan.depth}, about "
        f"{format_bytes(plan.bytes)}."
    )
    if plan.note:
        progress.note(plan.note)
    free = shutil.disk_usage(options.output.resolve().parent).free + _bytes_of(options.output)
    if free < plan.bytes:
        raise SpaceError(
            f"Expected {format_bytes(plan.bytes)} of room for {options.output}. Received: "
            f"{format_bytes(free)}; free some space, or give a lower --depth."
        )


def _write_tiles(
    atlas: Atlas,
    pyramid: Pyramid,
    plan: SitePlan,
    options: SiteOptions,
    progress: Progress,
    stopped: Stopped,
) -> int:
    """Write the tiles that are not there; the number of those that were is returned."""
    folder = options.output / "tiles"
    kept = min(tiles_there(folder, plan.depth), plan.tiles)
    progress.stage("Tiles", plan.tiles, "tiles", kept)
    pictures = StoredPictures(atlas)
    missing = _missing_tiles(pyramid, plan.depth, folder)

    def write(tile: _Tile) -> None:
        z, x, y = tile
        picture = render_tile(atlas, pyramid, z, x, y, scale=SCALE, pictures=pictures)
        assert picture is not None, "the pyramid lists filled tiles only"
        data = encode_tile(picture, "webp", options.quality)
        write_file(folder / str(z) / str(x) / f"{y}.webp", data)

    written = 0
    with ThreadPoolExecutor(options.jobs or available_processors()) as threads:
        while batch := list(islice(missing, _BATCH)):
            if stopped():
                raise InterruptedIndexError(
                    f"Stopped. What is done is kept in {options.output}: give the same command "
                    "again to go on."
                )
            for _ in threads.map(write, batch):
                written += 1
                progress.step(min(kept + written, plan.tiles), f"zoom {batch[0][0]}")
    return plan.tiles - written


def _missing_tiles(pyramid: Pyramid, depth: int, folder: Path) -> Iterator[_Tile]:
    """Tiles that are not there yet, column by column; their folders are made."""
    for z in range(depth + 1):
        for x, column in groupby(sorted(pyramid.tiles(z)), key=lambda place: place[0]):
            place = folder / str(z) / str(x)
            with translate_os_errors(place):
                place.mkdir(parents=True, exist_ok=True)
                there = whole_tiles(place)
            yield from ((z, x, y) for _, y in column if f"{y}.webp" not in there)


def _write_clips(
    atlas: Atlas, plan: SitePlan, options: SiteOptions, progress: Progress, stopped: Stopped
) -> SiteClips:
    folder = options.output / "clips"
    if options.cut_clip is None:
        drop_clips(folder)
        return SiteClips()
    room = options.max_bytes - plan.bytes
    clips = write_clips(atlas, folder, options.cut_clip, room, progress, stopped)
    for note in clips.notes:
        progress.note(note)
    return clips


def _write_data(
    atlas: Atlas,
    pyramid: Pyramid,
    plan: SitePlan,
    options: SiteOptions,
    clips: SiteClips,
    progress: Progress,
) -> None:
    output = options.output
    progress.stage("Data", None, "files")
    with translate_os_errors(output):
        (output / "data").mkdir(exist_ok=True)
    places = frame_places(atlas) if options.with_places else None
    scripts = data_scripts(atlas, pyramid, plan.depth, options.said, clips.values(), places)
    written = set()
    for number, (name, text) in enumerate(scripts):
        write_file(output / "data" / name, text)
        written.add(name)
        progress.step(number + 1, name)
    for path in (output / "data").glob("*.js"):
        if path.name not in written:  # of a run that told more, such as places
            path.unlink()


def _copy_assets(output: Path) -> None:
    for path in site_assets():
        place = output / "assets" / path.relative_to(ASSETS)
        with translate_os_errors(place):
            place.parent.mkdir(parents=True, exist_ok=True)
        write_file(place, path.read_bytes())


def _bytes_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
