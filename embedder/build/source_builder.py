"""One source under construction: its frames and features, resumable, published whole."""

import os
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.build.frame_writer import FrameWriter
from frameatlas.embedder.build.picture_writer import keeps_waiting
from frameatlas.embedder.build.source_progress import (
    PROGRESS_FILE,
    SourceProgress,
    load_progress,
    progress_text,
)
from frameatlas.embedder.describe.descriptor import VECTORS
from frameatlas.embedder.describe.repeats import count_repeats
from frameatlas.frames import Pixels
from frameatlas.store.atomic import (
    describe_files,
    publish_folder,
    remove_folder,
    sync_file,
    translate_os_errors,
    write_text,
)
from frameatlas.store.hdf5_writer import new_table
from frameatlas.store.manifest import Made, Source
from frameatlas.store.notes.damage_record import is_whole, read_damage
from frameatlas.store.notes.photo_notes import PHOTOS_FILE
from frameatlas.store.pictures.picture_file import PICTURE_FILES
from frameatlas.store.shot_table import SHOTS_FILE
from frameatlas.store.source_record import SOURCE_FILE, read_source_record, tell_source

BLOCK = 32
"""Frames described by one call. Blocks start at each source's first frame, so that the numbers do
not depend on what else a run does, nor on where it was interrupted."""

CHECKPOINT_SECONDS = 10.0
"""Work that a crash may cost, at most, beside the block that is being described."""


class SourceBuilder:
    """Builds ``sources/<id>`` beside its place and renames it when it is whole.

    Args:
        sources: The atlas' ``sources`` folder.
        source_id: The id of the source.
        key: What must agree for earlier work to be taken over: settings, engine, weights.
        dimension: Numbers that describe a frame.
        store: How frames are stored: "raw", or as "jpeg".
    """

    def __init__(
        self, sources: Path, source_id: str, key: str, dimension: int, store: str = "raw"
    ) -> None:
        self.id = source_id
        self._place = sources / source_id
        self.folder = sources / f".building-{source_id}"
        self._key = key
        self._dimension, self._store = dimension, store
        self._stored = (PICTURE_FILES[store], "features.h5")
        self._checkpointed = time.monotonic()
        self._closed = False
        saved = load_progress(self.folder, key)
        with translate_os_errors(self.folder):
            if saved is None and self.folder.exists():
                remove_folder(self.folder)
            self.folder.mkdir(parents=True, exist_ok=True)
            self._features = (self.folder / "features.bin").open("ab", buffering=0)
        saved = saved or SourceProgress(0, 0, 0, 0, Fraction(0))
        described = self._keep_described(saved.described)
        frames = saved.frames if keeps_waiting(store) else described
        self.frames = FrameWriter(
            self.folder, saved.width, saved.height, saved.time_base, frames, store
        )
        self.frames.described = described

    def next_block(self, seconds: float) -> tuple[int, int] | None:
        """The next frames to describe, waiting at most ``seconds`` for them.

        Returns:
            First frame and the one after the last; equal where the wait was in vain; None when
            every frame is described and no more will come.
        """
        sink = self.frames
        with sink.changed:
            sink.changed.wait_for(self._block_ready, seconds)
            if not self._block_ready():
                return (0, 0)
            start = sink.described
            stop = min(start + BLOCK, sink.count)
            return None if start == stop else (start, stop)

    def _block_ready(self) -> bool:
        sink = self.frames
        return sink.settled and (sink.finished or sink.count - sink.described >= BLOCK)

    def read(self, start: int, stop: int) -> tuple[Pixels, NDArray[np.int32]]:
        """Pictures and boxes of a block."""
        return self.frames.read(start, stop)

    def moments(self, start: int, stop: int) -> tuple[NDArray[np.float64], list[str]]:
        """Seconds of a block's frames, float64 of shape (n,), and of photos their names."""
        pts = self.frames.times()[start:stop]["pts"]
        return pts * float(self.frames.time_base), self.frames.names()[start:stop]

    def add_features(self, features: NDArray[np.float16]) -> None:
        """Store the features of the block that ``next_block`` gave, float16 (n, dimension)."""
        if self.frames.described == 0:
            self._features.truncate(0)  # the frames may have been started over
        with translate_os_errors(self.folder):
            rest = memoryview(np.ascontiguousarray(features, "<f2").tobytes())
            while rest:  # a disk that is nearly full takes a part, and says so only by its length
                rest = rest[self._features.write(rest) or 0 :]
        self.frames.mark_described(self.frames.described + len(features))
        if time.monotonic() - self._checkpointed > CHECKPOINT_SECONDS:
            self.checkpoint()

    def checkpoint(self) -> None:
        """Note how far this source is, after the disk holds it."""
        frames, described = self.frames.sync(), self.frames.described
        with translate_os_errors(self.folder):
            os.fsync(self._features.fileno())
        sink = self.frames
        progress = SourceProgress(frames, described, sink.width, sink.height, sink.time_base)
        text = progress_text(progress, self._key, self._store)
        write_text(self.folder / PROGRESS_FILE, text)
        self._checkpointed = time.monotonic()

    def publish(self, source: Source, made: Made, digests: list[str]) -> Source:
        """Finish the folder and put it in its place.

        Args:
            source: What is known of the source; frames and files are filled in.
            made: How frames and features were made.
            digests: For photos, the content digest of each frame's file; else empty.

        Returns:
            The record for the manifest.
        """
        times, names = self.frames.times(), self.frames.names()
        self.checkpoint()
        self._close_files()
        with translate_os_errors(self.folder):
            repeated = self._write_table(times, names, digests)
            for name in self._stored:
                sync_file(self.folder / name)
        files = describe_files(self.folder, list(self._stored))
        if source.kind != "video" or made.descriptor == VECTORS:
            repeated = 0
        record = replace(source, frames=len(times), files=files, repeated=repeated)
        tell_source(self.folder, record, made)
        self._forget_progress()
        publish_folder(self.folder, self._place)
        return record

    def _forget_progress(self) -> None:
        """Remove what only a source under construction needs.

        The note of progress goes first, since it vouches for the others, and as late as can be:
        a run that ends during the minutes of reading a large source again has lost nothing.
        """
        stay = {*self._stored, SOURCE_FILE, SHOTS_FILE, PHOTOS_FILE}
        others = {path.name for path in self.folder.iterdir()} - stay
        with translate_os_errors(self.folder):
            for name in sorted(others, key=lambda name: name != PROGRESS_FILE):
                (self.folder / name).unlink(missing_ok=True)

    def close(self) -> None:
        """Keep what is there for the next run."""
        if self._closed:
            return
        if self.frames.count:
            self.checkpoint()
        self.frames.abandon()
        self._close_files()

    def discard(self) -> None:
        """Leave nothing: the source gave no frames."""
        self._close_files()
        remove_folder(self.folder)

    def _close_files(self) -> None:
        self._closed = True
        self.frames.close()
        self._features.close()

    def _write_table(self, times: NDArray[np.void], names: list[str], digests: list[str]) -> int:
        """Write ``features.h5``; gives how many frames have the features of the one before."""
        base, n = self.frames.time_base, len(times)
        features = np.memmap(self.folder / "features.bin", "<f2", "r", shape=(n, self._dimension))
        with new_table(self.folder / "features.h5") as file:
            file.attrs["time_base"] = np.array([base.numerator, base.denominator], np.int64)
            table = file.create_dataset("features", (n, self._dimension), "<f2")
            repeated = 0
            for start in range(0, n, 4096):
                rows = features[start : start + 4096]
                table[start : start + 4096] = rows
                repeated += count_repeats(rows, BLOCK)
            file["pts"] = times["pts"].astype("<i8")
            file["seconds"] = (times["pts"] * float(base)).astype("<f8")
            file["box"] = times["box"].astype("<i4")
            if names:
                file["names"] = np.array([os.fsencode(name) for name in names])
                file["digests"] = np.array([digest.encode() for digest in digests])
        return repeated

    def _keep_described(self, described: int) -> int:
        """Keep features of whole blocks; of how many frames."""
        stored = self._features.seek(0, os.SEEK_END) // (2 * self._dimension)
        # A run that failed may have described a shorter block: blocks begin at multiples only.
        described = min(stored, described) // BLOCK * BLOCK
        self._features.truncate(described * 2 * self._dimension)
        return described


def described_before(sources: Path, source_id: str, key: str) -> int:
    """Frames of a source that an interrupted run has described; they count as done.

    Args:
        sources: The atlas' ``sources`` folder.
        source_id: The id of the source.
        key: As of ``SourceBuilder``.
    """
    saved = load_progress(sources / f".building-{source_id}", key)
    return saved.described // BLOCK * BLOCK if saved else 0


def begun_frames(sources: Path, source_id: str, key: str) -> int:
    """Frames of a source that an interrupted run has decoded, by the same arguments."""
    saved = load_progress(sources / f".building-{source_id}", key)
    return saved.frames if saved else 0


def find_finished_source(
    sources: Path, source_id: str, made: Made, sample: str = "key"
) -> Source | None:
    """A source that an interrupted run finished but the manifest does not know yet.

    Args:
        sources: The atlas' ``sources`` folder.
        source_id: The id of the source.
        made: How frames and features are made.
        sample: Which frames are wanted; what was made of all is good for "key" too, since some
            videos have nothing but key frames.
    """
    place = sources / source_id
    kept_record = read_source_record(place)
    if kept_record is None:
        return None
    # Engines and floats are alike; int8 has a digest of its own.
    alike = replace(kept_record[1], engine=made.engine, precision=made.precision)
    if alike != made:
        return None
    if sample == "all" and kept_record[0].sample != "all":
        return None
    whole = is_whole(place, kept_record[0], read_damage(sources.parent))
    return kept_record[0] if whole else None


def any_made(sources: Path) -> Made | None:
    """How the finished sources were made, where the manifest cannot say it any more."""
    places = sorted(sources.iterdir()) if sources.is_dir() else []
    return next(
        (kept_record[1] for place in places if (kept_record := read_source_record(place))), None
    )
