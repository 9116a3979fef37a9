"""A descriptor: a network that was taught who is who, in one file with a card that says how.

``NAME.descriptor`` is HDF5: arrays of weights, and JSON that says which of our networks they fill,
how it was trained, on how many people, and how good it is. No name, no picture and no feature of
anybody is in it: the classifier, which knew the people, is thrown away.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import (
    DamagedAtlasError,
    FormatError,
    FrameatlasError,
    InputError,
    NewerFormatError,
)
from frameatlas.reid.learn.networks.heads import Architecture, Network, build_network
from frameatlas.reid.learn.sets.crop_store import fitted
from frameatlas.store.atomic import sync_file, sync_folder, translate_os_errors
from frameatlas.store.hdf5_reader import dataset_of, open_table
from frameatlas.store.hdf5_writer import new_table
from frameatlas.store.json_fields import Fields

FORMAT, VERSION = "frameatlas descriptor", 1
BLOCK = 64
"""Pictures that the network is given at a time."""

LARGEST = 1 << 31
"""Bytes of a file that is a descriptor at most: the largest network has some 180 MB."""

_MOST_CARD = 1 << 20

REMEDY = "train one with `frameatlas players train`"


@dataclass(frozen=True)
class Descriptor:
    """A network that describes people.

    Attributes:
        network: Without its classifier.
        card: What it is, as JSON: see ``docs/learning.md``.
        digest: SHA-256 of its weights, 64 hexadecimal digits.
    """

    network: Network
    card: dict[str, Any]
    digest: str

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of its pictures."""
        return self.network.architecture.size

    @property
    def dimension(self) -> int:
        """Numbers of a description.

        Raises:
            InputError: It is a mask, which describes nobody.
        """
        if self.network.architecture.head == "mask":
            raise InputError(
                "Expected a descriptor of people. Received: a mask of them; give it to --mask."
            )
        return int(self.network.embed.output["described"].shape[-1])

    def describe(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Describe pictures of one person each; other sizes are stretched to its own.

        Args:
            pixels: uint8 of shape (n, h, w, 3), RGB.

        Returns:
            float32 of shape (n, d), not of length 1.
        """
        if pixels.ndim != 4 or pixels.shape[3] != 3 or pixels.dtype != np.uint8:
            raise InputError(
                "Expected pictures as uint8 of shape (n, h, w, 3). Received: "
                f"{pixels.dtype} of shape {pixels.shape}."
            )
        rows = [np.zeros((0, self.dimension), np.float32)]
        for start in range(0, len(pixels), BLOCK):
            block = pixels[start : start + BLOCK]
            sized = np.stack([fitted(picture, self.size) for picture in block])
            rows.append(self._forward(sized))
        return np.concatenate(rows)

    def _forward(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """A block, filled up to a length of its own: one compiled function for all."""
        short = BLOCK - len(pictures)
        padded = np.concatenate([pictures, np.zeros((short, *pictures.shape[1:]), np.uint8)])
        described = self._compiled()(padded.astype(np.float32))
        return np.asarray(described, np.float32)[: len(pictures)]

    def _compiled(self) -> Any:
        found = _FORWARD.get(id(self.network.embed))
        if found is None or found[0] is not self.network.embed:
            import tensorflow as tf

            embed = self.network.embed
            forward = tf.function(lambda x: embed(x, training=False)["described"])
            _FORWARD.clear()
            _FORWARD[id(embed)] = found = (embed, forward)
        return found[1]

    def save(self, path: Path) -> None:
        """Write it, whole or not at all."""
        beside = path.with_name(f".{path.name}.new")
        with translate_os_errors(path):
            with new_table(beside) as file:
                for number, values in enumerate(_arrays(self.network)):
                    file[f"weights/{number:05d}"] = values
                file.attrs["format"] = FORMAT
                file.attrs["version"] = VERSION
                file.attrs["card"] = json.dumps(self.card, sort_keys=True)
                file.attrs["digest"] = self.digest
            sync_file(beside)
            beside.replace(path)
            sync_folder(path.parent)


_FORWARD: dict[int, tuple[Any, Any]] = {}
"""The compiled network of the last descriptor that described anything."""


def make_descriptor(network: Network, card: dict[str, Any]) -> Descriptor:
    """A descriptor of a trained network; the card says all but what the network itself does."""
    whole = {**card, "architecture": network.architecture.values()}
    return Descriptor(Network(network.architecture, network.embed), whole, _digest(network, whole))


def load_descriptor(path: Path) -> Descriptor:
    """Read a descriptor; or a ``.keras`` model of the user's own.

    Raises:
        InputError: There is no such file.
        NewerFormatError: It was written by a later frameatlas.
        FormatError: It is damaged, or none.
    """
    if not path.is_file():
        raise InputError(f"Expected a descriptor. Received: {path}, which is no file; {REMEDY}.")
    if path.suffix == ".keras":
        from frameatlas.reid.learn.keras_model import load_keras_model

        return Descriptor(*load_keras_model(path))
    try:
        return _load(path)
    except FrameatlasError:
        raise
    except Exception as error:  # whatever HDF5, JSON and Keras make of a file that is damaged
        raise _damaged(path, f"{type(error).__name__}: {error}") from error


def read_card(path: Path) -> dict[str, Any]:
    """What a descriptor says of itself, without its network."""
    return _read(path)[0]


def _load(path: Path) -> Descriptor:
    card, stated_digest = _read(path)
    architecture = Architecture.parse(card.get("architecture"), f"{path}, architecture")
    network = build_network(architecture)
    _fill(path, network)
    found = _digest(network, card)
    if found != stated_digest:
        raise _damaged(path, f"weights and card of digest {found[:16]}…, not {stated_digest[:16]}…")
    return Descriptor(network, card, found)


def _read(path: Path) -> tuple[dict[str, Any], str]:
    try:
        if path.stat().st_size > LARGEST:
            raise _damaged(path, "a file larger than any descriptor")
        with open_table(path) as file:
            attributes = {
                name: file.attrs.get(name) for name in ("format", "version", "card", "digest")
            }
    except (DamagedAtlasError, OSError, RuntimeError, ValueError, TypeError) as error:
        raise _damaged(path, "a file that cannot be read as one") from error
    if attributes["format"] != FORMAT or not isinstance(attributes["card"], str):
        raise _damaged(path, "another kind of file")
    if int(attributes["version"]) > VERSION:
        raise NewerFormatError(
            f"Expected a descriptor of version {VERSION} or older in {path}. Received: version "
            f"{int(attributes['version'])}, of a later frameatlas; update frameatlas."
        )
    if len(attributes["card"]) > _MOST_CARD:
        raise _damaged(path, "a card of more than a million letters")
    card = Fields.of_json(attributes["card"], f"{path}, card").values
    return card, str(attributes["digest"])


def _fill(path: Path, network: Network) -> None:
    variables = network.embed.variables
    with open_table(path) as file:
        if len(file["weights"]) != len(variables):
            raise _damaged(path, f"{len(file['weights'])} arrays, not {len(variables)}")
        for number, variable in enumerate(variables):
            dataset = dataset_of(file, f"weights/{number:05d}", path)
            if dataset.shape != tuple(variable.shape) or dataset.dtype.kind != "f":
                raise _damaged(path, f"an array of shape {dataset.shape}, not {variable.shape}")
            values = np.asarray(dataset[()], np.float32)
            if not np.isfinite(values).all():
                raise _damaged(path, "weights that are no numbers")
            variable.assign(values)


def _arrays(network: Network) -> Iterator[NDArray[np.float32]]:
    for variable in network.embed.variables:
        yield np.asarray(variable.numpy(), np.float32)


def _digest(network: Network, card: dict[str, Any]) -> str:
    digest = hashlib.sha256(json.dumps(card, sort_keys=True).encode())
    for values in _arrays(network):
        digest.update(values.tobytes())
    return digest.hexdigest()


def _damaged(path: Path, received: str) -> FormatError:
    return FormatError(
        f"Expected a whole descriptor in {path}. Received: {received}; copy it again from where "
        f"it was made, or {REMEDY}."
    )
