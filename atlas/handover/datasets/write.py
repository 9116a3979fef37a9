"""Frames as a folder for FiftyOne, CVAT or Label Studio: pictures, and what is known of them."""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.columns.frame_column import FrameColumn
from frameatlas.errors import InputError
from frameatlas.handover.datasets.cvat import cvat_files
from frameatlas.handover.datasets.fiftyone import fiftyone_files
from frameatlas.handover.datasets.label_studio import label_studio_files
from frameatlas.handover.datasets.samples import IMAGES, Sample, sample_of
from frameatlas.store.atomic import sync_file, sync_folder, translate_os_errors

DATASETS = (".fiftyone", ".cvat", ".labelstudio")

QUALITY = 90
"""Of the pictures, as JPEG."""

Files = Iterator[tuple[str, Iterator[str]]]


def is_dataset(path: Path) -> bool:
    """Whether a name ends as the folder of a dataset does."""
    return path.suffix.lower() in DATASETS


def check_dataset(path: Path) -> None:
    """Refuse a place where something lies already: a dataset may hold somebody's work.

    Raises:
        InputError: There is a file, or a folder that is not empty.
    """
    with translate_os_errors(path):
        taken = path.exists() and (not path.is_dir() or any(path.iterdir()))
    if taken or path.is_symlink():
        raise InputError(
            f"Expected a new folder for the dataset. Received: {path}, which is there already; "
            "choose another name, or move it away."
        )


def write_dataset(
    path: Path,
    atlas: Atlas,
    columns: Sequence[FrameColumn],
    frames: NDArray[np.int64] | None = None,
) -> int:
    """Write frames as a dataset: a folder with pictures in ``images/`` and what is known of them.

    The pictures are the atlas' own frames. Made beside its place and then renamed.

    Args:
        path: The folder; ends in one of ``DATASETS``.
        atlas: The atlas.
        columns: Of all its frames.
        frames: int64, rising: which; all of them by default.

    Returns:
        How many pictures it has.

    Raises:
        InputError: There is something already, or nothing may be written there.
        SpaceError: The disk is full.
    """
    check_dataset(path)
    bins = next((column for column in columns if column.name == "bins"), None)
    numbers = np.arange(len(atlas), dtype=np.int64) if frames is None else frames
    samples = [_sample(atlas, int(number), bins) for number in numbers]
    with translate_os_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    with (
        translate_os_errors(path),
        tempfile.TemporaryDirectory(prefix=f".{path.name[:40]}-", dir=path.parent) as made,
    ):
        folder = Path(made) / "dataset"
        (folder / IMAGES).mkdir(parents=True)
        for one in samples:
            _write_picture(atlas, one, folder / IMAGES / one.name)
        for name, parts in _files(path, samples, columns):
            with (folder / name).open("w", encoding="utf-8") as file:
                file.writelines(parts)
        if path.is_dir():
            path.rmdir()  # it is empty
        _publish(folder, path)
    return len(samples)


def _files(path: Path, samples: Sequence[Sample], columns: Sequence[FrameColumn]) -> Files:
    title = path.stem.encode("utf-8", "replace").decode()
    labels = sorted({name for one in samples for name in one.bins})
    match path.suffix.lower():
        case ".fiftyone":
            return fiftyone_files(samples, columns, title)
        case ".cvat":
            return cvat_files(samples, labels, title)
    return label_studio_files(samples, labels, path.name.encode("utf-8", "replace").decode())


def _publish(folder: Path, path: Path) -> None:
    """Give a finished dataset its name, its files safely on disk first."""
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            sync_file(file)
    for one in (folder / IMAGES, folder):
        sync_folder(one)
    folder.rename(path)
    sync_folder(path.parent)


def _sample(atlas: Atlas, frame: int, bins: FrameColumn | None) -> Sample:
    held = bins.at(frame) if bins is not None else None
    return sample_of(atlas, frame, held if isinstance(held, tuple) else ())


def _write_picture(atlas: Atlas, sample: Sample, place: Path) -> None:
    from PIL import Image

    x, y, width, height = atlas.boxes[sample.frame].tolist()
    picture = np.ascontiguousarray(atlas.frames[sample.frame][y : y + height, x : x + width])
    Image.fromarray(picture).save(place, "JPEG", quality=QUALITY)
