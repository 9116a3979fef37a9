"""Queries: a photo or a video that is not in the atlas, described as if it were.

from frameatlas import open_atlas
from frameatlas.embedder.query.describer import describe_image, open_describer

described = describe_image(open_atlas("clips.atlas"), Path("photo.jpg"))
described.scores, described.coordinates       # what neighbours and maps want

An engine takes seconds to open; ``open_describer`` keeps it for many queries. The engine need not
be the one that the atlas was indexed with: its features differ by what rounding to bfloat16 makes
of them (cosines above 0.999), so that an atlas' own photo is found with 0.999 instead of 1.
"""

import io
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.embedder.components.pca import Components
from frameatlas.embedder.decode.photos import fit_size
from frameatlas.embedder.describe.descriptor import Descriptor
from frameatlas.embedder.describe.engine import open_engine
from frameatlas.embedder.describe.features import describe_frames
from frameatlas.embedder.describe.networks import (
    network_of_atlas,
    open_network,
    remember_place,
)
from frameatlas.embedder.map.stored_map import DrawnMap, load_map
from frameatlas.embedder.media.frame_sink import FrameSettings
from frameatlas.embedder.query.decode import DecodedBlock, decode_blocks
from frameatlas.embedder.query.letterbox import within_bars
from frameatlas.errors import SourceError
from frameatlas.frames import Pixels
from frameatlas.photos.photo import photo_size, read_photo
from frameatlas.photos.quiet import quiet_pillow
from frameatlas.store.map_integrity import verify_file

Progress = Callable[[int], None]
"""Called with the number of frames described so far."""

BLOCK = 32
"""Frames described by one call."""

KEPT_BYTES = 128 << 20
"""Bytes of a video's pictures that are kept; of a longer one every second, third, … is."""


@dataclass(frozen=True, eq=False)
class Described:
    """A photo, or the frames of a video, as the atlas would hold them.

    Attributes:
        scores: float32 of shape (n, k), in the space of ``atlas.scores``.
        coordinates: float64 of shape (n, 2), places on the map; NaN where they were not asked for.
        seconds: float64 of shape (n,), presentation times; 0 for a photo.
        pixels: uint8 of shape (m, height, width, 3), RGB: of a photo the one picture, of a video
            some evenly chosen ones.
        pictured: int64 of shape (m,), the frames that ``pixels`` shows.
        name: The file's name.
    """

    scores: NDArray[np.float32]
    coordinates: NDArray[np.float64]
    seconds: NDArray[np.float64]
    pixels: Pixels
    pictured: NDArray[np.int64]
    name: str

    def __len__(self) -> int:
        """Number of frames."""
        return len(self.scores)


class Describer:
    """Describes photos and videos as one atlas would; for one thread at a time, or several.

    Args:
        atlas: The atlas, with a map.
        engine: "auto", "tensorflow" or "openvino".
        weights: The weights that the atlas was made with, where they are not the packaged ones.
        preset: The folder of the network that the atlas was made with, where it has one.
    """

    def __init__(
        self,
        atlas: Atlas,
        engine: str = "auto",
        weights: Path | None = None,
        preset: Path | None = None,
    ) -> None:
        asked = str(preset) if preset is not None else None
        network = network_of_atlas(atlas.manifest.made, asked, weights)
        self._atlas = atlas
        self._components = Components.load(
            verify_file(atlas.map_folder, atlas.manifest.map, "components.h5")
        )
        self._engine: Descriptor = open_network(network, engine, open_engine)
        remember_place(network)
        self._map: DrawnMap | None = None
        self._turn = threading.Lock()  # an engine serves one caller at a time

    def image(self, data: Path | bytes, name: str = "", *, placed: bool = True) -> Described:
        """Describe a photo: turned by its EXIF, transparent parts on white, as when indexing.

        Args:
            data: A file, or its content.
            name: What to call it; a file's own name where none is given.
            placed: Whether coordinates are wanted too; the first time costs seconds.

        Raises:
            SourceError: It is no photo, damaged, or larger than photos are.
        """
        name = name or (data.name if isinstance(data, Path) else "the picture")

        def opened() -> Path | io.BytesIO:
            return data if isinstance(data, Path) else io.BytesIO(data)

        try:
            with quiet_pillow():
                size = fit_size(*photo_size(opened()), self._atlas.manifest.made.height)
                pixels = read_photo(opened(), *size)[None]
        except SourceError as error:
            raise SourceError(
                f"Expected {name} to be a photo. Received: {error}; --clip takes videos."
            ) from error
        box = np.array([[0, 0, *size]], np.int32)
        scores = self._scores(pixels, box)
        first = np.zeros(1, np.int64)
        return Described(scores, self._places(scores, placed), np.zeros(1), pixels, first, name)

    def video(
        self, path: Path, *, progress: Progress | None = None, placed: bool = True
    ) -> Described:
        """Describe a video's frames, as many a second and as high as those of the atlas.

        Args:
            path: The video.
            progress: Told how many frames are described.
            placed: Whether coordinates are wanted too.

        Raises:
            SourceError: It gives no frames.
        """
        return self._video(path, progress, placed, bars=False)[0]

    def clip(self, path: Path, *, progress: Progress | None = None) -> tuple[Described, ...]:
        """Describe a video that may have got black bars: as it is, and without its bars.

        Args:
            path: The video.
            progress: Told how many frames are described.

        Returns:
            One, or two of the same frames; without coordinates.
        """
        return self._video(path, progress, placed=False, bars=True)

    def close(self) -> None:
        """Give the engine's threads and memory back."""
        self._engine.close()

    def __enter__(self) -> "Describer":
        """Itself, closed at the end of the block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()

    def _video(
        self, path: Path, progress: Progress | None, placed: bool, bars: bool
    ) -> tuple[Described, ...]:
        made = self._atlas.manifest.made
        done = _Gathered()
        try:
            for block in decode_blocks(path, FrameSettings(made.fps, made.height)):
                if bars and done.inner is None:
                    done.inner = within_bars(block.pixels, block.boxes)
                self._describe_block(block, done, progress)
        except SourceError as error:
            raise SourceError(
                f"Expected {path} to be a video. Received: {error}; --image takes photos."
            ) from error
        seconds = np.concatenate(done.seconds)
        kinds = [kind for kind in (done.scores, done.inner_scores) if kind]
        pixels, pictured = done.pictures()
        return tuple(
            Described(scores, self._places(scores, placed), seconds, pixels, pictured, path.name)
            for scores in (np.concatenate(kind) for kind in kinds)
        )

    def _describe_block(
        self, block: DecodedBlock, done: "_Gathered", progress: Progress | None
    ) -> None:
        for first in range(0, len(block.pixels), BLOCK):
            part = slice(first, first + BLOCK)
            pixels, boxes = block.pixels[part], block.boxes[part]
            done.scores.append(self._scores(pixels, boxes))
            if done.inner:
                inner = np.tile(np.array([done.inner], np.int32), (len(pixels), 1))
                done.inner_scores.append(self._scores(pixels, inner))
            done.count += len(pixels)
            if progress:
                progress(done.count)
        done.seconds.append(block.seconds)
        done.keep(block.pixels)

    def _scores(self, pixels: Pixels, boxes: NDArray[np.int32]) -> NDArray[np.float32]:
        """Scores as the atlas stores them, rounded to float16."""
        with self._turn:
            features = describe_frames(self._engine, pixels, boxes)
        return self._components.project(features).astype(np.float16).astype(np.float32)

    def _places(self, scores: NDArray[np.float32], placed: bool) -> NDArray[np.float64]:
        if not placed:
            return np.full((len(scores), 2), np.nan)
        with self._turn:
            self._map = self._map or load_map(self._atlas)
            code = self._map.layout.encode(scores).astype(np.float64)
        return self._map.placed(code)


class _Gathered:
    """What is kept of a video while it is described."""

    def __init__(self) -> None:
        self.scores: list[NDArray[np.float32]] = []
        self.inner_scores: list[NDArray[np.float32]] = []
        self.seconds: list[NDArray[np.float64]] = []
        self.inner: tuple[int, int, int, int] | tuple[()] | None = None
        self.count = 0
        self._kept: list[tuple[int, Pixels]] = []
        self._step, self._seen = 1, 0

    def keep(self, pixels: Pixels) -> None:
        """Keep evenly chosen pictures within bounds."""
        for picture in pixels:
            if self._seen % self._step == 0:
                self._kept.append((self._seen, picture.copy()))
            self._seen += 1
            if len(self._kept) > 2 and len(self._kept) * picture.nbytes > KEPT_BYTES:
                self._kept, self._step = self._kept[::2], 2 * self._step

    def pictures(self) -> tuple[Pixels, NDArray[np.int64]]:
        """The pictures kept, and which frames they are."""
        numbers, pictures = zip(*self._kept, strict=True)
        return np.stack(pictures), np.array(numbers, np.int64)


def open_describer(
    atlas: Atlas, engine: str = "auto", weights: Path | None = None, preset: Path | None = None
) -> Describer:
    """Open an engine that describes queries for an atlas; close it, or use it in ``with``.

    Raises:
        NoAtlasError: The atlas has no map.
        WeightsError: The atlas was made with other weights than these.
    """
    return Describer(atlas, engine, weights, preset)


def describe_image(atlas: Atlas, data: Path | bytes, *, engine: str = "auto") -> Described:
    """Describe one photo; see ``Describer.image``."""
    with open_describer(atlas, engine) as describer:
        return describer.image(data)


def describe_video(
    atlas: Atlas, path: Path, *, engine: str = "auto", progress: Progress | None = None
) -> Described:
    """Describe the frames of one video; see ``Describer.video``."""
    with open_describer(atlas, engine) as describer:
        return describer.video(path, progress=progress)
