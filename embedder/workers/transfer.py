"""A finished folder on its way from a worker to the atlas, where they share no file system.

It comes in pieces of 8 MiB, one at a time, so that no process holds a film in memory; what arrived
is compared with the worker's own digests before it is put in its place.
"""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from frameatlas.errors import FrameatlasError
from frameatlas.store.atomic import (
    describe_files,
    publish_folder,
    remove_folder,
    translate_os_errors,
)
from frameatlas.store.manifest import Made, Source
from frameatlas.store.notes.photo_notes import PHOTOS_FILE
from frameatlas.store.shot_table import SHOTS_FILE
from frameatlas.store.source_record import tell_source
from frameatlas.store.stored_file import StoredFile

PIECE = 8 << 20
"""Bytes of a piece: enough for a network's full speed, and nothing to a process' memory."""

Check = Callable[[], None]
"""Called between pieces; raises where the user wants the run to stop."""


class LostFolderError(Exception):
    """A worker's finished folder cannot be had any more: its source has to be made again."""


def piece_of(path: str, offset: int, length: int) -> bytes:
    """On the worker: some bytes of a finished file."""
    with Path(path).open("rb") as file:
        file.seek(offset)
        return file.read(length)


def files_beside(folder: str) -> dict[str, StoredFile]:
    """On the worker: what a finished source has that no manifest lists: shots, notes on photos."""
    place = Path(folder)
    there = [name for name in (SHOTS_FILE, PHOTOS_FILE) if (place / name).is_file()]
    return describe_files(place, there)


def forget(folder: str) -> None:
    """On the worker: remove a folder that the indexer has."""
    remove_folder(Path(folder))


def fetch_source(
    client: Any, worker: str, folder: str, source: Source, made: Made, sources: Path, check: Check
) -> None:
    """Bring a finished source from its worker to its place.

    Args:
        client: Dask's client.
        worker: Address of the worker.
        folder: The finished folder there.
        source: Its record, with the digests of its files.
        made: How it was made.
        sources: The atlas' ``sources`` folder.
        check: Called between pieces.

    Raises:
        LostFolderError: The worker has gone, or what it sent is not what it had written.
        SpaceError: The disk is full.
    """
    building = sources / f".building-{source.id}"
    try:
        with translate_os_errors(building):
            remove_folder(building)
            building.mkdir(parents=True)
            beside: dict[str, StoredFile] = _ask(client, worker, files_beside, folder)
            files = source.files | beside
            for name, stored in files.items():
                there, here = f"{folder}/{name}", building / name
                if _fetch_file(client, worker, there, here, stored.bytes, check) != stored.blake2b:
                    raise LostFolderError(f"{name} arrived damaged from {worker}")
        tell_source(building, source, made)
        publish_folder(building, sources / source.id)
    finally:
        with suppress(LostFolderError):
            _ask(client, worker, forget, folder)


def _fetch_file(client: Any, worker: str, there: str, here: Path, size: int, check: Check) -> str:
    """Write one file as it comes; gives its digest as ``digests.file_digest`` would."""
    digest = hashlib.blake2b(digest_size=16)
    with here.open("wb") as file:
        for offset in range(0, size, PIECE):
            check()
            length = min(PIECE, size - offset)
            piece = _ask(client, worker, piece_of, there, offset, length)
            if not isinstance(piece, bytes) or len(piece) != length:
                raise LostFolderError(f"{there} on {worker} is shorter than it was")
            digest.update(piece)
            file.write(piece)
    return digest.hexdigest()


def _ask(client: Any, worker: str, function: Callable[..., Any], *values: Any) -> Any:
    """Have a worker answer beside the tasks that it is at."""
    try:
        return client.run(function, *values, workers=[worker])[worker]
    except FrameatlasError:
        raise
    except Exception as error:  # whatever the network or a dying worker brings forth
        raise LostFolderError(f"{worker} does not answer ({type(error).__name__})") from error
