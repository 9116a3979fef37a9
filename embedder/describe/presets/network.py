"""Networks of keras_hub, opened from a folder that is there: CLIP, SigLIP, MetaCLIP 2, DINO.

    network = preset_network(Path("clip"), crops=2)
    with_words = PresetDescriptor(network)
    with_words.describe(crops), with_words.words(["a red car at night"])

A preset's vision part gives a unit vector for each crop (CLIP and its like), or the class token as
it is (DINO, which has no text). Pixels are scaled as the preset's image converter says.
"""

import inspect
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.describe.descriptor import Network, unit_length
from frameatlas.embedder.describe.engine import is_installed
from frameatlas.embedder.describe.fixed_batches import FixedBatches, compute_dtype
from frameatlas.embedder.describe.presets.families import FAMILIES, Family, named, read_config
from frameatlas.embedder.describe.presets.files import (
    CONVERTER,
    MOST_LAYERS,
    WEIGHTS,
    Part,
    check_preset,
    preset_digest,
    read_part,
)
from frameatlas.embedder.describe.presets.sentences import sentence_tokens
from frameatlas.embedder.describe.tensorflow_import import (
    descriptor_turned_away,
    import_tensorflow,
)
from frameatlas.errors import FormatError, MissingExtraError

TEXTS_AT_ONCE = 32
LONGEST_TEXT = 1000
"""Characters of a sentence; the networks read the first 64 to 77 tokens of it."""


def preset_network(folder: Path, crops: int) -> Network:
    """What is known of a preset, from its files alone.

    Raises:
        WeightsError: The folder is no preset that can be opened.
    """
    check_preset(folder)
    config = read_config(folder)
    tower = _vision(config)
    with named(folder):
        width = config.number("projection_dim") if "projection_dim" in config.settings else 0
        width = width or tower.number("hidden_dim")
        side = tower.side()
        _refuse_giants(config, folder)
    return Network(config.name, preset_digest(folder), side, width, crops, folder.absolute())


def has_words(network: Network) -> bool:
    """Whether a network describes sentences too."""
    family = FAMILIES.get(network.name)
    return family is not None and family.text


class PresetDescriptor:
    """A network of keras_hub; see ``descriptor.TextDescriptor``.

    Args:
        network: What ``preset_network`` gave.

    Raises:
        MissingExtraError: keras_hub is not installed.
        WeightsError: Config, weights or tokenizer do not fit one another.
    """

    def __init__(self, network: Network) -> None:
        assert network.source is not None
        self.name, self.digest, self.side = network.name, network.digest, network.side
        self.width, self.crops = network.width, network.crops
        self._family, self._folder = FAMILIES[network.name], network.source
        hub = import_keras_hub()
        self._model = _filled(hub, self._folder)
        scale, offset = _pixels(self._folder, self._family)
        self._run = FixedBatches(
            lambda crops: self._vision(crops, scale, offset), self.side, self.width
        )
        self.identity = self._run.identity
        self._text: Any = None

    def describe(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Vectors of crops: uint8 (m, side, side, 3), RGB → float32 (m, width)."""
        found = self._run(crops)
        return unit_length(found) if self._family.text else found

    def words(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of sentences, float32 of shape (t, width), of unit length.

        Raises:
            WeightsError: The preset has no tokenizer, or its network no words at all.
        """
        parts = [
            self._words_of(list(texts[first : first + TEXTS_AT_ONCE]))
            for first in range(0, len(texts), TEXTS_AT_ONCE)
        ]
        return np.concatenate(parts) if parts else np.empty((0, self.width), np.float32)

    def close(self) -> None:
        """Nothing to give back before the process ends."""

    def _vision(self, crops: Any, scale: NDArray[np.float32], offset: NDArray[np.float32]) -> Any:
        import tensorflow as tf

        pixels = tf.cast(crops, tf.float32) * scale + offset
        if self._family.text:
            return self._model.get_vision_embeddings(pixels)
        (name,) = self._model.input  # a dictionary of one
        tokens = self._model({name: pixels}, training=False)
        return tokens[:, 0]  # the class token, after the last normalisation

    def _words_of(self, texts: list[str]) -> NDArray[np.float32]:
        self._text = self._text or sentence_tokens(import_keras_hub(), self._folder, self._family)
        cut = [text[:LONGEST_TEXT] for text in texts]
        tokens = self._text({"prompts": cut, "images": None})["token_ids"]
        return unit_length(np.asarray(self._model.get_text_embeddings(tokens), np.float32))


def import_keras_hub() -> Any:
    """keras_hub, without what TensorFlow says at start.

    Raises:
        MissingExtraError: It is not installed.
    """
    if not is_installed("keras_hub"):
        raise MissingExtraError(
            "Expected keras-hub for networks that know words. Received: it is not installed; "
            "pip install 'frameatlas[words]'."
        )
    import_tensorflow()
    with descriptor_turned_away():  # its libraries write there while they are loaded
        import keras_hub

    return keras_hub


def _vision(config: Part) -> Part:
    return config.parts.get("vision_encoder", config)


def _refuse_giants(config: Part, folder: Path) -> None:
    """A config that asks for more numbers than its weights file can hold is refused unbuilt."""
    numbers = 0
    for part in (config, *config.parts.values()):
        if "hidden_dim" not in part.settings:
            continue
        layers, inner = part.number("num_layers"), part.number("intermediate_dim")
        hidden = part.number("hidden_dim")
        if layers > MOST_LAYERS:
            raise FormatError(
                f"Expected at most {MOST_LAYERS} layers of {part.name}. Received: {layers}."
            )
        numbers += layers * (4 * hidden * hidden + 2 * hidden * inner)
        if "vocabulary_size" in part.settings:
            numbers += part.number("vocabulary_size") * part.number("embedding_dim")
            numbers += part.number("max_sequence_length") * part.number("embedding_dim")
        else:
            numbers += hidden * (part.side() // part.number("patch_size")) ** 2 // 64
    held = (folder / WEIGHTS).stat().st_size
    if numbers > held:
        raise FormatError(
            f"Expected {WEIGHTS} to hold about {numbers} numbers. Received: {held} bytes."
        )


def _filled(hub: Any, folder: Path) -> Any:
    """The model, made by classes that we name and filled with numbers."""
    config = read_config(folder)
    dtype = compute_dtype()
    with named(folder):
        towers = {key: _made(hub, part, dtype) for key, part in config.parts.items()}
        model = _made(hub, config, dtype, **towers)
        model.load_weights(folder / WEIGHTS)
        if not all(np.isfinite(np.asarray(variable)).all() for variable in model.weights):
            raise FormatError("Expected finite weights. Received: NaN or infinity.")
    return model


def _made(hub: Any, part: Part, dtype: str, **towers: Any) -> Any:
    """A class of ours, called with the settings that it knows; others could reach Keras itself."""
    kind = getattr(hub.models, part.name)
    known = {*inspect.signature(kind.__init__).parameters, "name"} - {"self", "kwargs", "dtype"}
    if strange := sorted(set(part.settings) - known):
        raise FormatError(
            f"Expected settings of {part.name} alone. Received: {', '.join(strange)[:80]}."
        )
    return kind(dtype=dtype, **towers, **part.settings)


def _pixels(folder: Path, family: Family) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What pixels of 0 to 255 are multiplied with, and what is added."""
    with named(folder):
        part = read_part(folder, CONVERTER)
        mean, deviation = (np.array(values) for values in family.pixels)
        scale: Any = 1 / (255 * deviation)
        offset: Any = -mean / deviation
        if part is not None:
            scale, offset = part.settings.get("scale"), part.settings.get("offset")
        both = [
            np.broadcast_to(np.asarray(default if value is None else value, np.float32), 3)
            for value, default in ((scale, 1.0), (offset, 0.0))
        ]
        if not all(np.isfinite(values).all() for values in both):
            raise FormatError(f"Expected finite numbers in {CONVERTER}. Received: others.")
    return both[0], both[1]
