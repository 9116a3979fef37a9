"""The folder that a run writes: refused before anything is made, or there."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from frameatlas.atlas import MANIFEST
from frameatlas.embedder.build.source_builder import any_made
from frameatlas.embedder.describe.engine import engine_choice
from frameatlas.embedder.describe.networks import find_network
from frameatlas.embedder.describe.weights import verify_weights
from frameatlas.errors import InputError, InterruptedIndexError, SpaceError
from frameatlas.options import IndexOptions
from frameatlas.store.atomic import remove_folder, translate_os_errors


def prepare_output(folder: Path, options: IndexOptions) -> None:
    """Refuse whatever can be refused before anything is made; then have the folder.

    Args:
        folder: The atlas, or where it is to be.
        options: Its engine and weights are looked at.

    Raises:
        InputError: The folder is something else, or may not be made.
        WeightsError: The weights are of something else.
    """
    engine_choice(options.engine, options.precision or "auto")
    if options.weights is not None:
        verify_weights(options.weights)
    if options.vectors is not None and not options.vectors.is_file():
        raise InputError(
            f"Expected --vectors as a file. Received: {options.vectors}, which is none; name a "
            ".npy, .npz or .parquet file."
        )
    if options.descriptor is not None:
        find_network(options.descriptor, options.weights, options.crops)
    _refuse_other_folder(folder)
    with translate_os_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)


_BOXES = ("detections", "tracklets")
"""What ``frameatlas players`` leaves there before its crops."""


@contextmanager
def removed_if_refused(folder: Path) -> Iterator[None]:
    """Leave nothing of a new atlas whose run is refused, or stopped, before it began."""
    new = not folder.exists()
    try:
        yield
    except (SpaceError, InterruptedIndexError):
        places = folder / "sources"
        if new and folder.is_dir() and not (places.is_dir() and any(places.iterdir())):
            remove_folder(folder)
        raise


def _refuse_other_folder(folder: Path) -> None:
    """An output that exists has to be an atlas, or empty."""
    if folder.is_dir():
        with translate_os_errors(folder):
            found = [p.name for p in folder.iterdir() if p.name != "lock" and p.name[0] != "."]
        others = [name for name in found if not name.startswith(_BOXES)]
        lost = others and not (folder / MANIFEST).exists()
        if lost and any_made(folder / "sources") is None:
            raise InputError(
                f"Expected {folder} to be an atlas or not to exist. Received: a folder of other "
                f"things ({', '.join(sorted(others)[:3])}, …). Choose another output with -o."
            )
    elif folder.exists():
        raise InputError(
            f"Expected {folder} to be a folder. Received: a file. Choose another output with -o."
        )
