"""How an index run describes frames: by which network, or by the user's vectors."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, cast

from frameatlas.embedder.describe.descriptor import VECTORS, XCEPTION, Descriptor, Network
from frameatlas.embedder.describe.networks import (
    Opener,
    engine_of,
    find_network,
    network_of_atlas,
    open_network,
    remember_place,
)
from frameatlas.embedder.describe.precision import precision_of, said_of_precision
from frameatlas.embedder.describe.vectors import Vectors, read_vectors
from frameatlas.errors import InputError
from frameatlas.options import IndexOptions
from frameatlas.store.manifest import Made

FPS = 3.0
HEIGHT = 300
NO_DIGEST = "none"
"""In place of the digest of weights, where no network has described anything."""


class Choice:
    """What describes the frames of a run; a network is looked for once it is needed.

    Args:
        options: What the user asks for.
        earlier: How the atlas was made so far; None for a new one.
        folder: The atlas, for messages.
        photos: The photos that were given, in their order.

    Attributes:
        made: How frames and features are made: the atlas' own way, which options cannot change.
        vectors: What takes the place of a network.
        said: What the user should know of the precision; "" where there is nothing to say.

    Raises:
        InputError: What is asked for is another way than the atlas' own.
        WeightsError: The network that is asked for cannot be used.
    """

    def __init__(
        self, options: IndexOptions, earlier: Made | None, folder: Path, photos: Sequence[Path]
    ) -> None:
        self._options = options
        self._precision = precision_of(options, earlier, folder)
        own = self._is_own(options, earlier)
        self._network = None if own else _asked(options, earlier, self._precision)
        self.vectors: Vectors | None = (
            read_vectors(options.vectors, photos) if options.vectors else None
        )
        self.made = self._made(earlier, folder)
        self.said = said_of_precision(self._precision, self.made.engine, earlier)

    def network(self) -> Network | None:
        """The network; None where vectors take its place.

        Raises:
            InputError: It is not known where the atlas' network is.
        """
        if self.vectors is not None:
            return None
        if self._network is None:
            if self.made.descriptor == VECTORS:
                raise InputError(
                    "Expected --vectors FILE for an atlas whose vectors come from elsewhere. "
                    "Received: new videos or photos without one; give the file that has them too."
                )
            self._network = network_of_atlas(self.made, None, None)
        remember_place(self._network)
        return self._network

    def open(self, opener: Opener) -> Descriptor:
        """Open the network."""
        network = self.network()
        assert network is not None
        if self._options.low_memory:
            opener = cast(Opener, partial(cast(Any, opener), at_once=1))
        return open_network(network, self.made.engine, opener)

    def open_any(self, opener: Opener) -> Descriptor | None:
        """Open what describes frames; None where the user's vectors take its place."""
        return None if self.network() is None else self.open(opener)

    @staticmethod
    def _is_own(options: IndexOptions, earlier: Made | None) -> bool:
        """Whether the atlas' own network, which need not be here, is meant."""
        asked = (options.descriptor, options.weights)
        other = earlier is not None and earlier.descriptor != XCEPTION
        return options.vectors is not None or (other and asked == (None, None))

    def _made(self, earlier: Made | None, folder: Path) -> Made:
        options, network = self._options, self._network
        if self.vectors is not None:
            mine = (VECTORS, NO_DIGEST, self.vectors.width, 1)
        elif network is not None:
            mine = (network.name, network.digest, network.dimension, network.crops)
        else:
            assert earlier is not None
            crops = earlier.crops if options.crops is None else options.crops
            mine = (earlier.descriptor, earlier.weights, earlier.dimension, crops)
        name, digest, dimension, crops = mine
        precision = self._precision
        engine = "none" if name == VECTORS else engine_of(name, options.engine, precision)
        made = Made(
            *(options.fps or FPS, options.height or HEIGHT, digest, engine, dimension, name),
            *(crops, options.store or "raw", precision),
        )
        if earlier is None:
            return made
        for option, wished, own in (
            ("--fps", options.fps, earlier.fps),
            ("--height", options.height, earlier.height),
            ("--descriptor", name, earlier.descriptor),
            ("--weights", digest, earlier.weights),
            ("--crops", crops, earlier.crops),
            ("--store", options.store, earlier.store),
            ("--vectors of so many numbers:", dimension, earlier.dimension),
        ):
            if wished is not None and wished != own:
                raise InputError(
                    f"Expected {option} {own} as in {folder}. Received: {wished}. Leave the "
                    "option out, or make another atlas with -o."
                )
        return replace(earlier, engine=engine, precision=precision)


def _asked(options: IndexOptions, earlier: Made | None, precision: str) -> Network:
    """The network that is named; weights alone are of the atlas' own network."""
    name = options.descriptor
    if name is None and earlier is not None and earlier.descriptor != XCEPTION:
        from frameatlas.embedder.describe.keras_networks import application_name

        name = application_name(earlier.descriptor)
        if name is None:
            raise InputError(
                f"Expected no --weights for an atlas that {earlier.descriptor} described. "
                f"Received: {options.weights}; leave the option out."
            )
    return find_network(name, options.weights, options.crops, precision)
