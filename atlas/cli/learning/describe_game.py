"""Crops of a game described once more, by a trained descriptor, and kept for the next run."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import DamagedAtlasError, InputError
from frameatlas.geometry.directions import directions
from frameatlas.progress import NullProgress, Progress
from frameatlas.store.atomic import sync_file, translate_os_errors
from frameatlas.store.digests import text_digest
from frameatlas.store.hdf5_reader import dataset_of, open_table
from frameatlas.store.hdf5_writer import new_table

if TYPE_CHECKING:
    from frameatlas.atlas import Atlas
    from frameatlas.reid.crops.recordings import Recording
    from frameatlas.reid.identify.options import PlayersOptions


AUTO, NONE = "auto", "none"
"""Masks that are no file: the network that ships, and none."""


def check_descriptor(descriptor: Path | None, mask: str | None) -> None:
    """Refuse a descriptor or a mask that cannot be read, before a video is.

    Raises:
        InputError: There is none.
        FormatError: It is damaged.
    """
    from frameatlas.reid.learn.descriptor import read_card

    if mask not in (None, AUTO, NONE) and not Path(str(mask)).is_file():
        raise InputError(
            f"Expected --mask to be auto, none or a trained mask. Received: {mask}, which is no "
            "file; train one with `frameatlas players train --system segment`."
        )
    if descriptor is None:
        return
    if not descriptor.is_file():
        raise InputError(
            f"Expected --descriptor to be a file. Received: {descriptor}; train one with "
            "`frameatlas players train`."
        )
    if descriptor.suffix != ".keras":
        read_card(descriptor)


def mask_setting(mask: str | None) -> str:
    """What a run's settings call a mask: "auto", the whole path of a file, or nothing."""
    if mask in (None, NONE):
        return ""
    return AUTO if mask == AUTO else str(Path(str(mask)).absolute())


def weight_setting(given: float | None, descriptor: Path | None) -> float:
    """A descriptor's weight beside network and colour: what is given, or what its card says."""
    from frameatlas.reid.learn.descriptor import read_card
    from frameatlas.reid.learn.weight_beside import TRIED, USUAL

    if given is not None or descriptor is None or descriptor.suffix == ".keras":
        return USUAL if given is None else given
    said = read_card(descriptor).get("weight")
    return said if said in TRIED else USUAL


def describe_learned(
    recordings: Sequence["Recording"],
    atlas: "Atlas",
    tables: Path,
    options: "PlayersOptions",
    progress: Progress,
) -> NDArray[np.float16] | None:
    """What the options' descriptor says of every crop; None where there is none."""
    if not options.descriptor_file:
        return None
    from frameatlas.embedder.describe.tensorflow_import import import_tensorflow
    from frameatlas.reid.learn.descriptor import load_descriptor
    from frameatlas.reid.learn.networks.masks import blacken, open_mask

    import_tensorflow()
    descriptor = load_descriptor(Path(options.descriptor_file))
    mask = open_mask(options.mask_file or None)
    trained = descriptor.card.get("mask")
    name = Path(options.descriptor_file).name
    if trained and not mask:
        progress.note(f"{name} was trained with {trained}: give it with --mask.")
    if mask and not trained:
        progress.note(
            f"{name} was trained without a mask: the mask is for the torso's colour alone."
        )
        mask = None

    def describe(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        masked = blacken(pictures, mask[1](pictures, ())) if mask else pictures
        return descriptor.describe(masked)

    key = descriptor.digest + (mask[0] if mask else "")
    told = (progress, "describing people")
    return describe_game(recordings, atlas, tables, describe, key, descriptor.size, told)


def masked_colour(
    recordings: Sequence["Recording"],
    atlas: "Atlas",
    tables: Path,
    options: "PlayersOptions",
    progress: Progress,
) -> NDArray[np.float16] | None:
    """The torso's colour of every crop by the options' mask alone; None where there is none."""
    if not options.mask_file:
        return None
    from frameatlas.embedder.describe.tensorflow_import import import_tensorflow
    from frameatlas.reid.crops.colour_histogram import torso_colour
    from frameatlas.reid.learn.networks.masks import SEEN, open_mask

    import_tensorflow()
    mask = open_mask(options.mask_file)
    assert mask is not None

    def describe(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        people = mask[1](pictures, ()) >= SEEN
        return np.stack([torso_colour(*pair) for pair in zip(pictures, people, strict=True)])

    key = f"torso colour by {mask[0]}"
    told = (progress, "finding people's outlines")
    return describe_game(recordings, atlas, tables, describe, key, CROP_SIZE, told)


CROP_SIZE = (256, 128)
"""Height and width of crops whose torso's colour is told anew."""

Describe = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
"""Pictures uint8 (n, h, w, 3) to rows (n, d)."""

BLOCK = 64
"""Crops in memory at a time."""

DESCRIBED = "described"


def describe_game(
    recordings: Sequence["Recording"],
    atlas: "Atlas",
    tables: Path,
    describe: Describe,
    digest: str,
    size: tuple[int, int],
    told: tuple[Progress, str] = (NullProgress(), ""),
) -> NDArray[np.float16]:
    """Describe the crops of an atlas, or take what an earlier run with this descriptor kept.

    Args:
        recordings: What the atlas was made of.
        atlas: Its crops.
        tables: Folder of what is kept: ``RECORDING.DIGEST.h5``.
        describe: The descriptor.
        digest: Stands for it, and for what is put in front of it.
        size: Height and width of its pictures.
        told: Whoever is told how many crops are done, and what the stage is called.

    Returns:
        float16 of shape (n, d), in the order of the atlas' frames.
    """
    ids = {recording.source_id: recording.id for recording in recordings}
    key = text_digest(digest)[:16]
    filled = [source for source in atlas.sources if source.frames]
    paths = {source.id: tables / f"{ids[source.id]}.{key}.h5" for source in filled}
    found = {source.id: _kept(paths[source.id], source.frames) for source in filled}
    progress, stage = told
    done = sum(len(rows) for rows in found.values() if rows is not None)
    progress.stage(stage, len(atlas), "crops", done)
    parts, begin = [], 0
    for source in filled:
        rows = found[source.id]
        if rows is None:
            blocks = []
            for block in _blocks(atlas, begin, begin + source.frames, size):
                # Each of length 1: float16 then loses nothing that a comparison would see.
                blocks.append(directions(describe(block)).astype(np.float16))
                done += len(block)
                progress.step(done)
            rows = np.concatenate(blocks)
            _keep(paths[source.id], rows)
        parts.append(rows)
        begin += source.frames
    return np.concatenate(parts)


def _blocks(
    atlas: "Atlas", begin: int, end: int, size: tuple[int, int]
) -> Iterator[NDArray[np.uint8]]:
    """Crops without the black around them, stretched, a block at a time."""
    for start in range(begin, end, BLOCK):
        rows = range(start, min(start + BLOCK, end))
        pixels = np.stack([atlas.frames[row] for row in rows])
        yield stretch(pixels, atlas.boxes[start : start + len(rows)], size)


def stretch(
    pixels: NDArray[np.uint8], boxes: NDArray[np.int32], size: tuple[int, int]
) -> NDArray[np.uint8]:
    """Crops without the black around them, stretched to a height and width."""
    from PIL import Image

    return np.stack(
        [
            np.asarray(
                Image.fromarray(picture[y : y + h, x : x + w]).resize(
                    (size[1], size[0]), Image.Resampling.BICUBIC
                )
            )
            for picture, (x, y, w, h) in zip(pixels, boxes.tolist(), strict=True)
        ]
    )


def _keep(path: Path, rows: NDArray[np.float16]) -> None:
    beside = path.with_name(f".{path.name}.new")
    with translate_os_errors(path):
        with new_table(beside) as file:
            file[DESCRIBED] = rows
            file.attrs["digest"] = _digest(rows)
        sync_file(beside)
        beside.replace(path)


def _kept(path: Path, count: int) -> NDArray[np.float16] | None:
    """What an earlier run kept; None where it is not whole."""
    try:
        with open_table(path) as file:
            rows = np.asarray(dataset_of(file, DESCRIBED, path)[()], np.float16)
            kept = str(file.attrs.get("digest"))
    except (DamagedAtlasError, OSError, RuntimeError, ValueError, TypeError):
        return None
    return rows if rows.ndim == 2 and len(rows) == count and kept == _digest(rows) else None


def _digest(rows: NDArray[np.float16]) -> str:
    return hashlib.blake2b(f"{rows.shape}".encode() + rows.tobytes(), digest_size=16).hexdigest()
