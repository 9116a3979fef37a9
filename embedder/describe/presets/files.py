"""The folder that keras_hub's ``save_to_preset`` wrote, read as data: nothing in it is executed.

keras_hub would rebuild objects from the classes that a config names. Here a config gives numbers
and a few words to classes that we name ourselves, and everything else in it is refused or left.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py

from frameatlas.errors import DamagedAtlasError, FormatError, WeightsError
from frameatlas.store.json_fields import Fields
from frameatlas.store.symlinks import refuse_links_below

CONFIG = "config.json"
WEIGHTS = "model.weights.h5"
CONVERTER = "image_converter.json"
TOKENIZER = "tokenizer.json"
PREPROCESSOR = "preprocessor.json"
ASSETS = Path("assets", "tokenizer")
MOST_TEXT = 64 << 20
"""Bytes of a config, a vocabulary or a list of merges: the largest that are known have 18 MB."""

MOST_NUMBER = 1 << 24
MOST_SIDE = 1024
MOST_LAYERS = 200
_NAME = re.compile(r"[A-Za-z0-9_.]{1,64}")

Setting = int | float | str | bool | None | list[int] | list[float]
"""What a config may give to a class."""


@dataclass(frozen=True)
class Part:
    """One class of a config with its settings.

    Attributes:
        name: The class.
        settings: What it is called with.
        parts: The classes inside it.
    """

    name: str
    settings: dict[str, Setting]
    parts: dict[str, "Part"]

    def number(self, key: str) -> int:
        """A whole number above 0 among the settings."""
        value = self.settings.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= MOST_NUMBER:
            raise FormatError(
                f"Expected {key} of {self.name} to be a whole number from 1 to {MOST_NUMBER}. "
                f"Received: {str(value)[:80]}."
            )
        return value

    def side(self) -> int:
        """Width and height of the pictures, which are square and have three colours."""
        shape = self.settings.get("image_shape")
        square = isinstance(shape, list) and len(shape) == 3 and shape[0] == shape[1]
        if not square or shape[2] != 3 or not 8 <= int(shape[0]) <= MOST_SIDE:  # type: ignore[index]
            raise FormatError(
                f"Expected image_shape of {self.name} to be [side, side, 3], 8 to {MOST_SIDE} "
                f"pixels. Received: {str(shape)[:80]}."
            )
        return int(shape[0])  # type: ignore[index]


def read_part(folder: Path, file: str) -> Part | None:
    """The config in a file of a preset's folder; None where there is no such file.

    Raises:
        FormatError: It holds what no network of ours is made of.
    """
    path = folder / file
    if not path.is_file():
        return None
    return _part(Fields.of_json(read_text(path), str(path)))


def read_text(path: Path) -> str:
    """A text file of a preset, within bounds.

    Raises:
        FormatError: It is too large, or no UTF-8.
    """
    try:
        if path.stat().st_size > MOST_TEXT:
            raise FormatError(f"Expected {path} to have at most {MOST_TEXT} bytes. Received: more.")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FormatError(f"Expected {path} to be a readable text. Received: {error}.") from error


def _part(fields: Fields) -> Part:
    name = fields.text("class_name")
    registered = fields.values.get("registered_name")
    if registered not in (None, name, f"keras_hub>{name}", f"keras_nlp>{name}"):
        raise FormatError(
            f"Expected {fields.place} to name a class of keras_hub. Received: {name!r} registered "
            f"as {str(registered)[:80]!r}."
        )
    settings: dict[str, Setting] = {}
    parts: dict[str, Part] = {}
    config = fields.object("config")
    for key, value in config.values.items():
        if key in ("dtype", "trainable", "config_file", "data_format"):
            continue  # ours to say
        if isinstance(value, dict):
            parts[key] = _part(config.object(key))
        else:
            settings[key] = _setting(key, value, config.place)
    return Part(name, settings, parts)


def _setting(key: str, value: Any, place: str) -> Setting:
    plain = value is None or isinstance(value, bool | int | float)
    word = isinstance(value, str) and _NAME.fullmatch(value)
    listed = (
        isinstance(value, list)
        and len(value) <= 8
        and all(isinstance(v, int | float) and not isinstance(v, bool) for v in value)
    )
    if not (plain or word or listed):
        raise FormatError(
            f"Expected {place}, {key}, to be a number, a word or a short list of numbers. "
            f"Received: {str(value)[:80]!r}."
        )
    return value  # type: ignore[no-any-return]


def check_preset(folder: Path) -> None:
    """See that a folder is a preset of files of its own, before anything in it is used.

    Raises:
        WeightsError: It is not.
    """
    try:
        refuse_links_below(folder)
    except DamagedAtlasError as error:
        raise WeightsError(
            f"Expected the preset {folder} to hold its own files. Received: a link, a pipe or a "
            "device; copy it with what it leads to."
        ) from error
    for name in (CONFIG, WEIGHTS):
        if not (folder / name).is_file():
            raise WeightsError(
                f"Expected {name} in {folder}, as keras_hub's save_to_preset writes it. Received: "
                f"{_listed(folder)}; networks of other libraries are not read."
            )
    check_hdf5(folder / WEIGHTS)


def _listed(folder: Path) -> str:
    names = sorted(path.name for path in folder.iterdir())[:5]
    return ", ".join(names) or "an empty folder"


def check_hdf5(path: Path) -> None:
    """See that an HDF5 file keeps all its numbers in itself, plainly.

    Links and external tables could have any file of this machine read; packed or unwritten ones
    could ask for any memory.

    Raises:
        WeightsError: It does not.
    """
    try:
        with h5py.File(path, "r") as file:
            _check_group(file, path, path.stat().st_size)
    except (OSError, RuntimeError, KeyError, ValueError, TypeError, RecursionError) as error:
        raise WeightsError(
            f"Expected {path} to be a whole HDF5 file of weights. Received: {error}."
        ) from error


def _check_group(group: Any, path: Path, size: int) -> None:
    for name in group:
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            raise WeightsError(
                f"Expected {path} to hold its own weights. Received: a link at {name!r}."
            )
        item = group[name]
        if isinstance(item, h5py.Group):
            _check_group(item, path, size)
        elif item.external or item.is_virtual or not _plain(item, size):
            raise WeightsError(
                f"Expected {path} to hold plain tables of its own. Received: {name!r}, which is "
                "elsewhere, packed or not written."
            )


def _plain(item: Any, size: int) -> bool:
    """Whether all numbers of a table lie in the file as they are."""
    return bool(item.nbytes <= min(size, item.id.get_storage_size()))


def preset_digest(folder: Path) -> str:
    """SHA-256 of everything in a preset that its numbers depend on."""
    digest = hashlib.sha256()
    files = [folder / n for n in (CONFIG, CONVERTER, TOKENIZER, PREPROCESSOR, WEIGHTS)]
    files += sorted((folder / ASSETS).glob("*")) if (folder / ASSETS).is_dir() else []
    for path in files:
        if path.is_file():
            digest.update(f"{path.relative_to(folder).as_posix()} {path.stat().st_size}\n".encode())
            with path.open("rb") as file:
                while block := file.read(1 << 20):
                    digest.update(block)
    return digest.hexdigest()


def read_vocabulary(folder: Path) -> tuple[dict[str, int], list[str]]:
    """Tokens with their numbers, and merges, of a byte-pair tokenizer."""
    place = folder / ASSETS
    values = json.loads(read_text(place / "vocabulary.json"))
    if not isinstance(values, dict) or not all(
        isinstance(n, int) and 0 <= n < MOST_NUMBER for n in values.values()
    ):
        raise FormatError(
            f"Expected {place / 'vocabulary.json'} to number each token. Received: something else."
        )
    return values, read_text(place / "merges.txt").splitlines()
