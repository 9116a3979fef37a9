"""Sentences and pictures as vectors in the space of an atlas' words."""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.embedder.decode.photos import fit_size
from frameatlas.embedder.describe.descriptor import unit_length
from frameatlas.embedder.describe.features import describe_frames
from frameatlas.embedder.describe.networks import known_place, remember_place
from frameatlas.embedder.describe.presets.network import PresetDescriptor, preset_network
from frameatlas.embedder.query.compiled_products import offer_compiled_products
from frameatlas.errors import InputError, SourceError, WeightsError
from frameatlas.photos.photo import photo_size, read_photo
from frameatlas.photos.quiet import quiet_pillow
from frameatlas.search.word_rows import words_of

LONGEST = 500
"""Characters of a sentence."""


class Sentences:
    """The network of an atlas' words, opened: some seconds.

    Args:
        atlas: An atlas that has words.
        preset: The folder of their network; None takes the one that was used last.

    Raises:
        InputError: The atlas has no words, or it is not known where their network is.
        WeightsError: The folder holds another network.
    """

    def __init__(self, atlas: Atlas, preset: Path | None = None) -> None:
        record = words_of(atlas)
        place = preset or known_place(record.digest)
        if place is None or not place.is_dir():
            raise InputError(
                f"Expected the folder of the network of the atlas' words, {record.descriptor}. "
                f"Received: {place or 'none that is known on this machine'}; name it with "
                "--preset FOLDER."
            )
        network = preset_network(place, record.crops)
        if network.digest != record.digest:
            raise WeightsError(
                f"Expected the network of the atlas' words: {record.descriptor}, SHA-256 "
                f"{record.digest[:12]}…. Received: {network.name}, {network.digest[:12]}… in "
                f"{place}; name its folder with --preset, or run `frameatlas words` with this one."
            )
        self._height = atlas.manifest.made.height
        self._descriptor = PresetDescriptor(network)
        offer_compiled_products(len(atlas) * record.crops, record.width)
        remember_place(network)

    def of_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of sentences, float32 of shape (t, width), unit length.

        Raises:
            InputError: One is empty or too long.
        """
        for text in texts:
            if not 0 < len(text.strip()) <= LONGEST:
                raise InputError(
                    f"Expected a sentence of 1 to {LONGEST} characters. Received: "
                    f"{f'{len(text)} characters' if text.strip() else 'nothing'}."
                )
        return self._descriptor.words(texts)

    def of_picture(self, file: Path) -> NDArray[np.float32]:
        """The mean direction of a photo's crops, float32 of shape (1, width), unit length.

        Raises:
            SourceError: It is no photo.
        """
        try:
            with quiet_pillow():
                size = fit_size(*photo_size(file), self._height)
                pixels = read_photo(file, *size)[None]
        except SourceError as error:
            raise SourceError(
                f"Expected {file.name} to be a photo. Received: {error}; leave --image out."
            ) from error
        rows = describe_frames(self._descriptor, pixels, np.array([[0, 0, *size]], np.int32))
        crops = rows.astype(np.float32).reshape(self._descriptor.crops, -1)
        return unit_length(unit_length(crops).mean(axis=0, keepdims=True))

    def close(self) -> None:
        """Give the network's memory back."""
        self._descriptor.close()

    def __enter__(self) -> "Sentences":
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
