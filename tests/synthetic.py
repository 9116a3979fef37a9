"""A small valid atlas on disk, made without FFmpeg or a network, for all tests after indexing."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import MANIFEST, Atlas, open_atlas
from frameatlas.store.atomic import describe_files
from frameatlas.store.digests import file_digest
from frameatlas.store.manifest import Made, Manifest, MapRecord, Source
from frameatlas.store.pictures.jpeg_coding import encode_jpeg
from frameatlas.store.pictures.jpeg_file import ending_of

TIME_BASE = Fraction(1, 90_000)
FPS = 3
SHIRTS = ((200, 30, 30), (30, 60, 200), (230, 230, 60))
SOURCES = (("video", 12), ("video", 7), ("photos", 5), ("failed", 0), ("damaged", 4))


def synthetic_atlas(
    folder: Path,
    *,
    sources: Sequence[tuple[str, int]] = SOURCES,
    seed: int = 0,
    size: tuple[int, int] = (64, 36),
    dimension: int = 4096,
    components: int = 8,
    coordinates: NDArray[np.float64] | None = None,
    mapped: bool = True,
    store: str = "raw",
) -> Atlas:
    """Write an atlas and open it.

    Frame number i is filled with ``colour_of(i)``, so that a picture tells which frame it shows.

    Args:
        folder: Where to; its parents are made.
        sources: Kind and number of frames of each: "video", "photos", "damaged" (a video) or
            "failed" (no frames). Every second photo is upright, with black at both sides.
        seed: Seed of the features: one random walk for each source.
        size: Width and height of the frames.
        dimension: Numbers in a frame's features.
        components: PCA components to keep, at most one less than there are frames.
        coordinates: float64 of shape (n, 2) in place of those that the features give.
        mapped: False leaves the map out, as if indexing had stopped before it.
        store: How frames are stored: "raw" or "jpeg".
    """
    folder.mkdir(parents=True)
    made = Made(float(FPS), size[1], "0" * 64, "tensorflow", dimension, store=store)
    rng = np.random.default_rng(seed)
    records: list[Source] = []
    features: list[NDArray[np.float16]] = []
    first = 0
    for number, (kind, frames) in enumerate(sources):
        walk = rng.normal(0, 1, dimension) + 0.3 * rng.normal(0, 1, (frames, dimension)).cumsum(0)
        features.append(np.abs(walk).astype(np.float16))
        records.append(
            _write_source(folder, number, kind, features[-1], first=first, size=size, made=made)
        )
        first += frames
    manifest = Manifest(made, tuple(records), versions={"frameatlas": "0.1.0"})
    if mapped:
        record = _write_map(folder, np.concatenate(features), components, coordinates, len(sources))
        manifest = Manifest(made, tuple(records), record, manifest.versions)
    (folder / MANIFEST).write_text(manifest.to_json(), encoding="utf-8")
    return open_atlas(folder)


def colour_of(number: int) -> tuple[int, int, int]:
    """RGB that fills a frame, eight steps of brightness from every other of 1,024 frames."""
    return 8 * (number // 32) % 256, 8 * (number % 32), 128


def _write_source(
    folder: Path,
    number: int,
    kind: str,
    features: NDArray[np.float16],
    *,
    first: int,
    size: tuple[int, int],
    made: Made,
) -> Source:
    digest = f"{number:032x}"
    status = kind if kind in ("damaged", "failed") else "ok"
    frames = len(features)
    record: dict[str, Any] = {
        "id": f"source-{digest[-8:]}",
        "path": f"/videos/{number}" + ("" if kind == "photos" else ".mp4"),
        "kind": "photos" if kind == "photos" else "video",
        "status": status,
        "reason": "" if status == "ok" else "made so for a test",
        "digest": digest,
        "frames": frames,
        "seconds_missing": 0.0 if status == "ok" else 1.5,
        "duration": None if kind == "photos" else frames / FPS,
        "width": size[0],
        "height": size[1],
        "codec": "" if kind == "photos" else "h264",
    }
    if not frames:
        return Source(**record)
    place = folder / "sources" / record["id"]
    place.mkdir(parents=True)
    pixels, box = _pictures(kind, first, frames, size)
    if made.store == "jpeg":
        write_jpegs(place / "frames.jpeg", pixels)
    else:
        np.save(place / "frames.npy", pixels)
    _write_features(place / "features.h5", kind, features, box)
    source = Source(**record, files=describe_files(place, [made.picture_file, "features.h5"]))
    (place / "source.json").write_text(
        json.dumps({"source": asdict(source), "made": made.to_values()}), encoding="utf-8"
    )
    return source


def write_jpegs(path: Path, pixels: NDArray[np.uint8]) -> None:
    """Write a ``frames.jpeg`` of pictures, uint8 of shape (n, height, width, 3)."""
    count, height, width, _ = pixels.shape
    pictures = [encode_jpeg(np.ascontiguousarray(picture), width, height) for picture in pixels]
    ends = np.cumsum([len(picture) for picture in pictures]).astype("<u8")
    path.write_bytes(b"".join(pictures) + ends.tobytes() + ending_of(count, width, height))


def _pictures(
    kind: str, first: int, frames: int, size: tuple[int, int]
) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    width, height = size
    pixels = np.zeros((frames, height, width, 3), np.uint8)
    box = np.tile(np.array([0, 0, width, height], np.int32), (frames, 1))
    if kind == "photos":
        box[1::2, 0], box[1::2, 2] = width // 4, width // 2
    for row, (x, y, w, h) in enumerate(box):
        pixels[row, y : y + h, x : x + w] = colour_of(first + row)
    return pixels, box


def _write_features(
    path: Path, kind: str, features: NDArray[np.float16], box: NDArray[np.int32]
) -> None:
    photos = kind == "photos"
    n = len(features)
    base = Fraction(1) if photos else TIME_BASE
    pts = np.arange(n, dtype=np.int64) * (1 if photos else TIME_BASE.denominator // FPS)
    with h5py.File(path, "w") as file:
        file.attrs["time_base"] = [base.numerator, base.denominator]
        file["features"] = features
        file["pts"] = pts
        file["seconds"] = pts * float(base)
        file["box"] = box
        if photos:
            file["names"] = np.array([f"photo {i}.jpg".encode() for i in range(n)])
            file["digests"] = np.array([f"{i:032x}".encode() for i in range(n)])


def _write_map(
    folder: Path,
    features: NDArray[np.float16],
    components: int,
    coordinates: NDArray[np.float64] | None,
    sources: int,
) -> MapRecord:
    place = folder / "maps" / "building"
    place.mkdir(parents=True)
    scores = _write_components(place / "components.h5", features.astype(np.float64), components)
    np.save(place / "scores.npy", scores.astype(np.float16))
    code = np.tanh(0.3 * np.pad(scores, ((0, 0), (0, 2)))[:, :2])
    coordinates = _spread(code) if coordinates is None else coordinates
    with h5py.File(place / "coordinates.h5", "w") as file:
        file["code"] = code
        file["coordinates"] = coordinates
    for name in ("stretch.h5", "encoder.weights.h5", "decoder.weights.h5"):
        with h5py.File(place / name, "w") as file:
            file.attrs["synthetic"] = True  # nothing that is opened for reading needs the network
    for name, values in (("map.json", _layout(code)), ("quality.json", {"sample": len(code)})):
        (place / name).write_text(json.dumps(values), encoding="utf-8")
    files = describe_files(place, [path.name for path in place.iterdir()])
    name = f"map-{file_digest(place / 'coordinates.h5')[:12]}"
    place.rename(place.with_name(name))
    return MapRecord(name, len(features), sources, files)


def _write_components(path: Path, features: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """PCA in memory; its scores over their root mean square, float64 of shape (n, k)."""
    mean = features.mean(axis=0)
    _, singular, basis = np.linalg.svd(features - mean, full_matrices=False)
    count = max(1, min(count, len(features) - 1))
    scores = (features - mean) @ basis[:count].T
    scale = float(np.sqrt(np.mean(scores**2))) or 1.0
    variances = singular**2 / max(1, len(features) - 1)
    with h5py.File(path, "w") as file:
        file["mean"], file["basis"] = mean.astype(np.float32), basis[:count].astype(np.float32)
        file["explained_variance"] = variances[:count]
        file.attrs["total_variance"], file.attrs["scale"] = variances.sum(), scale
    return np.asarray(scores / scale)


def _spread(code: NDArray[np.float64]) -> NDArray[np.float64]:
    """Equal steps over [-1, 1] in the order of each axis: full and without ties."""
    ranks = code.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable")
    return np.asarray(2 * (ranks + 0.5) / max(1, len(code)) - 1, np.float64)


def _layout(code: NDArray[np.float64]) -> dict[str, Any]:
    report = {
        "mean": [float(value) for value in code.mean(axis=0)],
        "std": [float(value) for value in code.std(axis=0)],
        "saturated": 0.0,
    }
    options = {"name": "article", "seed": 0, "std": 0.3, "rotate": 0.0, "temporal": 0.0}
    return {**options, "report": report}


def draw_game(video: Path, tracks: Path) -> tuple[Path, Path]:
    """A video of three people who walk in frames 1 to 25 and 31 to 55, and their six tracks."""
    import av

    lines = []
    rng = np.random.default_rng(0)
    with av.open(str(video), "w") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        stream.bit_rate = 8_000_000
        for number in range(1, 61):
            picture = np.full((240, 320, 3), 90, np.uint8)
            picture += rng.integers(0, 12, picture.shape, np.uint8)
            half = 0 if number <= 25 else 1
            if number <= 25 or 31 <= number <= 55:
                for person, colour in enumerate(SHIRTS):
                    x, y = 20 + 100 * person + number % 30, 60
                    picture[y : y + 100, x : x + 40] = colour
                    picture[y + 60 : y + 100, x : x + 40] = (40, 40, 60)
                    lines.append(
                        f"{number},{person + 1 + 3 * half},{x + 1},{y + 1},40,100,1,-1,-1,-1"
                    )
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            for packet in stream.encode(frame):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    tracks.write_text("\n".join(lines) + "\n")
    return video, tracks
