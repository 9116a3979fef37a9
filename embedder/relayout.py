"""A new composition of an atlas' map, without decoding or describing anything again."""

from dataclasses import replace
from pathlib import Path

from frameatlas.atlas import MANIFEST, Atlas, open_atlas
from frameatlas.embedder.map.draw_map import redraw_map
from frameatlas.embedder.sources.pruning import remove_leftovers
from frameatlas.errors import InputError, InterruptedIndexError
from frameatlas.options import LayoutOptions
from frameatlas.progress import NullProgress, Progress, Stopped
from frameatlas.store.atomic import write_text
from frameatlas.store.lock import lock_atlas


def relayout(
    folder: str | Path,
    options: LayoutOptions,
    *,
    progress: Progress | None = None,
    stopped: Stopped = lambda: False,
) -> Atlas:
    """Draw another map of the same frames.

    Args:
        folder: The atlas.
        options: How the new map is to be composed.
        progress: Is told what happens.
        stopped: Looked at often; once it gives True, the old map stays.

    Returns:
        The atlas with its new map.

    Raises:
        NoAtlasError: There is no atlas, or it has no map yet.
        LockedError: Another process is writing it.
    """
    folder = Path(folder).absolute()
    open_atlas(folder)

    def check() -> None:
        if stopped():
            raise InterruptedIndexError("The run was stopped; the old map stays.")

    with lock_atlas(folder):
        atlas = open_atlas(folder)
        if not len(atlas):
            raise InputError(
                f"Expected frames in {folder}. Received: none; index some videos first."
            )
        record = redraw_map(atlas, options, progress or NullProgress(), check)
        manifest = replace(atlas.manifest, map=record)
        write_text(folder / MANIFEST, manifest.to_json())
        remove_leftovers(folder, manifest, everything=False)
    return open_atlas(folder)
