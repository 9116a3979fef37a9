"""The stored frames described once more, by a network that knows words: ``words.h5`` per source.

The map does not change. What a run has described stays, whatever instant it ends at: a finished
source has its ``words.h5``, a half-done one a ``.words-….part`` whose whole blocks are taken over.
"""

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import MANIFEST, Atlas, open_atlas
from frameatlas.embedder.describe.descriptor import Descriptor, Network
from frameatlas.embedder.describe.engine import open_engine
from frameatlas.embedder.describe.features import describe_frames
from frameatlas.embedder.describe.networks import (
    MAKE_PRESET,
    known_place,
    open_network,
    remember_place,
)
from frameatlas.embedder.describe.presets.network import has_words, preset_network
from frameatlas.embedder.describe.word_vectors import unknown_words, write_word_list
from frameatlas.errors import InputError, InterruptedIndexError, WeightsError
from frameatlas.progress import NullProgress, Progress, Stopped
from frameatlas.regions.word_list import read_word_list
from frameatlas.store.atomic import (
    describe_files,
    sync_file,
    sync_folder,
    translate_os_errors,
    write_text,
)
from frameatlas.store.digests import file_digest
from frameatlas.store.hdf5_writer import new_table
from frameatlas.store.lock import lock_atlas
from frameatlas.store.manifest import Manifest, Source
from frameatlas.store.stored_file import StoredFile
from frameatlas.store.words_record import WORDS_FILE, WordsRecord

BLOCK = 32
"""Frames described by one call, from each source's first on."""


def describe_words(
    folder: str | Path,
    preset: str | Path | None = None,
    *,
    crops: int | None = None,
    vocabulary: str | Path | None = None,
    progress: Progress | None = None,
    stopped: Stopped = lambda: False,
) -> Atlas:
    """Give an atlas words, or give them to the sources that have none yet.

    Args:
        folder: The atlas.
        preset: The folder of a network that knows words; None takes the one of last time.
        crops: Squares of each frame, 1 or 2; None takes those of last time, or 2.
        vocabulary: A text file of words, one a line, that regions may be named by; None keeps
            those of last time, or takes 300 everyday things.
        progress: Is told how far it is.
        stopped: Looked at often; once it gives True, the run stops and keeps its work.

    Returns:
        The atlas with its words.

    Raises:
        InputError: There is no such network, or nobody knows where it is.
        WeightsError: It cannot be used, or knows no words.
        LockedError: Another process is writing the atlas.
        InterruptedIndexError: ``stopped`` gave True; the same call goes on from there.
    """
    folder = Path(folder).absolute()
    listed = read_word_list(Path(vocabulary)) if vocabulary is not None else ()
    network = words_network(open_atlas(folder).manifest.words, preset, crops)
    with lock_atlas(folder):
        run = WordsRun(open_atlas(folder), network, progress or NullProgress(), stopped, listed)
        run.describe()
    return open_atlas(folder)


def words_network(
    record: WordsRecord | None, preset: str | Path | None, crops: int | None = None
) -> Network:
    """The network that is to know words, looked at but not opened."""
    if preset is None:
        place = known_place(record.digest) if record else None
        if place is None or not place.is_dir():
            raise InputError(
                f"Expected --preset FOLDER, a network that knows words. Received: none; "
                f"{MAKE_PRESET}; docs/words.md says which is good for what."
            )
        preset = place
    if not Path(preset).is_dir():
        raise InputError(
            f"Expected --preset as a folder that keras_hub saved. Received: {preset}, which is "
            f"none, and nothing is downloaded by its name; {MAKE_PRESET}."
        )
    network = preset_network(Path(preset), crops or (record.crops if record else 2))
    if not has_words(network):
        raise WeightsError(
            f"Expected a network that knows words, such as CLIP. Received: {preset}, a "
            f"{network.name}, which knows pictures only; give it to `index --descriptor`."
        )
    return network


class WordsRun:
    """One run over an atlas that is locked.

    Args:
        atlas: The atlas.
        network: What describes.
        progress: Is told how far it is.
        stopped: True once the user wants to stop.
        listed: Words that regions may be named by; none keeps those of last time.
    """

    def __init__(
        self,
        atlas: Atlas,
        network: Network,
        progress: Progress,
        stopped: Stopped,
        listed: tuple[str, ...] = (),
    ) -> None:
        self._atlas, self._network, self._listed = atlas, network, listed
        self._progress, self._stopped = progress, stopped
        self._sources = atlas.folder / "sources"
        before = atlas.manifest.words
        same = before is not None and (before.digest, before.crops) == _identity(network)
        if before is not None and not same:
            progress.note(
                f"The words so far are {before.descriptor}'s: all frames are described anew."
            )
        self._known = before.files if before is not None and same else {}
        self._files: dict[str, StoredFile] = {}
        self._done = 0

    def describe(self) -> None:
        """Describe what has no words yet, and write the manifest, also of a part of it."""
        filled = [(n, s) for n, s in enumerate(self._atlas.sources) if s.frames]
        todo = [(n, s) for n, s in filled if not self._taken_over(s)]
        listed = unknown_words(self._atlas.folder, self._network, self._listed)
        if not (todo or listed) and self._files.keys() == self._known.keys() and self._files:
            return
        self._done = sum(self._begun(source) for _, source in todo)
        self._progress.stage("words", sum(s.frames for _, s in todo), "frames", self._done)
        descriptor: Descriptor | None = None
        try:
            for number, source in todo:
                self._check()
                descriptor = descriptor or open_network(self._network, "auto", open_engine)
                self._files[source.id] = self._source(number, source, descriptor)
            if listed:
                self._check()
                descriptor = descriptor or open_network(self._network, "auto", open_engine)
                write_word_list(self._atlas.folder, self._network, listed, descriptor)
        finally:
            if descriptor is not None:
                descriptor.close()
            self._write()
        remember_place(self._network)

    def _taken_over(self, source: Source) -> bool:
        """Whether a source's words are there already, as the manifest or the file itself says."""
        path = self._sources / source.id / WORDS_FILE
        known = self._known.get(source.id)
        try:
            whole = known is not None and file_digest(path) == known.blake2b
            whole = whole or (known is None and self._is_ours(path, source))
        except OSError:
            return False
        if whole:
            self._files[source.id] = known or describe_files(path.parent, [WORDS_FILE])[WORDS_FILE]
        return whole

    def _is_ours(self, path: Path, source: Source) -> bool:
        """Whether a file that no manifest names was finished by a run that was then stopped."""
        with h5py.File(path, "r") as file:
            shape = (source.frames * self._network.crops, self._network.width)
            return (
                str(file.attrs.get("digest")) == self._network.digest
                and int(file.attrs.get("crops", 0)) == self._network.crops
                and isinstance(file.get("words", getlink=True), h5py.HardLink)
                and file["words"].shape == shape
            )

    def _source(self, number: int, source: Source, descriptor: Descriptor) -> StoredFile:
        place, part = self._sources / source.id, self._part(source)
        frames, begun = self._atlas.range_of(number), self._begun(source)
        with translate_os_errors(place), part.open("ab") as file:
            file.truncate(begun * 2 * self._network.dimension)
            for first in range(frames.start + begun, frames.stop, BLOCK):
                self._check()
                block = range(first, min(first + BLOCK, frames.stop))
                file.write(self._block(block, descriptor).tobytes())
                file.flush()
                self._done += len(block)
                self._progress.step(self._done, Path(source.path).name)
        self._finish(place, part, len(frames))
        return describe_files(place, [WORDS_FILE])[WORDS_FILE]

    def _part(self, source: Source) -> Path:
        """The file of what is described of a source so far: rows of float16."""
        name = f".words-{self._network.digest[:16]}-{self._network.crops}.part"
        return self._sources / source.id / name

    def _begun(self, source: Source) -> int:
        """Frames that an interrupted run has described, whole blocks of them."""
        try:
            rows = self._part(source).stat().st_size // (2 * self._network.dimension)
        except OSError:
            return 0
        return int(min(rows, source.frames) // BLOCK * BLOCK)

    def _block(self, block: Iterable[int], descriptor: Descriptor) -> NDArray[np.float16]:
        frames = list(block)
        pixels = np.stack([self._atlas.frames[frame] for frame in frames])
        boxes = self._atlas.boxes[frames[0] : frames[-1] + 1]
        return np.asarray(describe_frames(descriptor, pixels, boxes), "<f2")

    def _finish(self, place: Path, part: Path, frames: int) -> None:
        network = self._network
        shape = (frames * network.crops, network.width)
        beside = place / f".{WORDS_FILE}.new"
        with translate_os_errors(place):
            with new_table(beside) as file:
                file.attrs["digest"], file.attrs["crops"] = network.digest, network.crops
                file.attrs["descriptor"] = network.name
                file["words"] = np.fromfile(part, "<f2").reshape(shape)
            sync_file(beside)
            beside.replace(place / WORDS_FILE)
            sync_folder(place)
            for left in place.glob(".words-*.part"):
                os.unlink(left)  # noqa: PTH108 - of this network or an earlier one

    def _write(self) -> None:
        network, manifest = self._network, self._atlas.manifest
        record = WordsRecord(
            network.name, network.digest, network.width, network.crops, dict(self._files)
        )
        write_text(self._atlas.folder / MANIFEST, replace(manifest, words=record).to_json())

    def _check(self) -> None:
        if self._stopped():
            raise InterruptedIndexError("The run was stopped.")


def kept_words(atlas: Atlas | None, folder: Path, sources: Iterable[Source]) -> WordsRecord | None:
    """The words that an atlas keeps whose sources are these, where the files are still there."""
    record = atlas.manifest.words if atlas else None
    if record is None:
        return None
    frames = {source.id for source in sources if source.frames}
    files = {
        source: stored
        for source, stored in record.files.items()
        if source in frames and _size(folder / "sources" / source / WORDS_FILE) == stored.bytes
    }
    return replace(record, files=files)


def add_words(folder: Path, manifest: Manifest, progress: Progress, stopped: Stopped) -> None:
    """After indexing: words for new sources, where the atlas has words and the network is here."""
    record = manifest.words
    missing = [s for s in manifest.sources if record and s.frames and s.id not in record.files]
    if record is None or not missing:
        return
    place = known_place(record.digest)
    if place is None or not place.is_dir():
        progress.note(
            f"{len(missing)} new sources have no words yet: `frameatlas words {folder} --preset "
            f"FOLDER`, with the folder of {record.descriptor}, gives them some."
        )
        return
    network = words_network(record, place)
    WordsRun(open_atlas(folder), network, progress, stopped).describe()


def _identity(network: Network) -> tuple[str, int]:
    return network.digest, network.crops


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1
