"""Verifying an atlas: every file against the manifest, every array against its neighbours."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from frameatlas.atlas import COLUMNS_FILE, Atlas, open_atlas
from frameatlas.bins.stored import read_bins
from frameatlas.columns.column_file import read_columns
from frameatlas.errors import FrameatlasError
from frameatlas.players.integrity import wrong_player_files
from frameatlas.players.tables import REPORT, holds_players
from frameatlas.store.digests import file_digest
from frameatlas.store.notes.damage_record import note_damage
from frameatlas.store.notes.names_file import read_names
from frameatlas.store.notes.vocabulary_file import read_vocabulary
from frameatlas.store.shot_table import read_shots
from frameatlas.store.source_record import METADATA_FILE, SOURCE_FILE, tells
from frameatlas.store.stored_file import StoredFile
from frameatlas.store.words_record import WORDS_FILE
from frameatlas.subtitles.stored import read_subtitles


def check_atlas(folder: str | Path, step: Callable[[int, str], None] | None = None) -> list[str]:
    """Read every stored file of an atlas and compare it with the manifest.

    What is damaged is noted in the atlas, where it may be written, so that the next `index` mends
    it.

    Args:
        folder: The atlas.
        step: Is told how many files were read, and the next one's name.

    Returns:
        What is wrong, one sentence each; empty where all is well.

    Raises:
        NoAtlasError: There is no atlas.
        FormatError: ``atlas.json`` itself is damaged.
        DamagedAtlasError: It holds links, pipes or devices.
    """
    atlas = open_atlas(folder)
    files = list(_files(atlas))
    wrong = []
    damaged = set()
    for done, (path, stored) in enumerate(files):
        if step:
            step(done, path.name)
        if problem := _compare(path, stored):
            wrong.append(problem)
            damaged.add(path.parent.name)
    for path, stored in _words(atlas):
        if step:
            step(len(files), path.name)
        if problem := _compare(path, stored):
            wrong.append(f"{problem} `frameatlas words` makes it again.")
    wrong += _wrong_names(atlas)
    note_damage(atlas.folder, damaged & {source.id for source in atlas.manifest.sources})
    wrong += _beside(atlas)
    if holds_players(atlas.folder):
        wrong += wrong_player_files(atlas.folder / REPORT)
    if not wrong:
        wrong = list(_contradictions(atlas))
    return wrong


def _beside(atlas: Atlas) -> Iterator[str]:
    """What is wrong with files that the manifest does not list and that vouch for themselves."""
    yield from _refused(read_columns, atlas.folder / COLUMNS_FILE)
    yield from _refused(read_bins, atlas.folder)
    for source in atlas.manifest.sources:
        place = atlas.folder / "sources" / source.id
        if source.frames and not tells(place, source):
            yield (
                f"Expected {place / SOURCE_FILE} to say what the manifest says. Received: "
                "something else, or no such file."
            )
        yield from _refused(read_shots, place)
        yield from _refused(read_columns, place / METADATA_FILE)
        yield from _refused(read_subtitles, place)


def _refused(read: Callable[[Path], object], path: Path) -> Iterator[str]:
    try:
        read(path)
    except FrameatlasError as error:
        yield str(error)


def count_files(atlas: Atlas) -> int:
    """How many files ``check_atlas`` reads."""
    return sum(1 for _ in (*_files(atlas), *_words(atlas)))


def _files(atlas: Atlas) -> Iterator[tuple[Path, StoredFile]]:
    for source in atlas.manifest.sources:
        for name, stored in source.files.items():
            yield atlas.folder / "sources" / source.id / name, stored
    record = atlas.manifest.map
    for name, stored in (record.files if record else {}).items():
        yield atlas.map_folder / name, stored


def _words(atlas: Atlas) -> Iterator[tuple[Path, StoredFile]]:
    words = atlas.manifest.words
    for source, stored in (words.files if words else {}).items():
        yield atlas.folder / "sources" / source / WORDS_FILE, stored


def _wrong_names(atlas: Atlas) -> Iterator[str]:
    """What is wrong with the names of regions and the words for them."""
    words = atlas.manifest.words
    try:
        read_names(atlas.folder)
        if words is not None:
            read_vocabulary(atlas.folder, words.width)
    except FrameatlasError as error:
        yield str(error)


def _compare(path: Path, stored: StoredFile) -> str:
    try:
        size = path.stat().st_size
        if size != stored.bytes:
            return f"Expected {path} to have {stored.bytes} bytes. Received: {size}."
        if file_digest(path) != stored.blake2b:
            return f"Expected {path} as it was written. Received: changed content."
    except FileNotFoundError:
        return f"Expected {path}. Received: no such file."
    except OSError as error:
        return f"Expected to read {path}. Received: {error.strerror}."
    return ""


def _contradictions(atlas: Atlas) -> Iterator[str]:
    """What files that are each intact say against one another."""
    record = atlas.manifest.map
    pictures = atlas.manifest.made.picture_file
    for source in atlas.manifest.sources:
        if source.frames and set(source.files) != {pictures, "features.h5"}:
            received = ", ".join(sorted(source.files)) or "neither"
            yield f"Expected {pictures} and features.h5 of {source.path}. Received: {received}."
    if record is None:
        if atlas.manifest.frames:
            yield "Expected a map. Received: none; run `frameatlas index` again to draw one."
        return
    if record.frames != len(atlas):
        yield f"Expected a map of {len(atlas)} frames. Received: one of {record.frames}."
    try:
        if len(atlas) and not np.isfinite(atlas.coordinates).all():
            yield "Expected finite coordinates. Received: some that are not."
        for length, name in ((len(atlas.scores), "scores"), (len(atlas.seconds), "seconds")):
            if length != len(atlas):
                yield f"Expected {len(atlas)} {name}. Received: {length}."
    except FrameatlasError as error:
        yield str(error)
