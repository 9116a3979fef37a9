"""Networks of ``keras.applications`` by their names, with weights from a file that is there."""

import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.describe.descriptor import Network
from frameatlas.embedder.describe.fixed_batches import FixedBatches, compute_dtype
from frameatlas.embedder.describe.tensorflow_import import import_tensorflow
from frameatlas.embedder.describe.weights import fill, verify_weights, weights_digest
from frameatlas.errors import InputError, WeightsError

SIDES = {
    "InceptionV3": 299,
    "InceptionResNetV2": 299,
    "Xception": 299,
    "NASNetLarge": 331,
    "EfficientNetB1": 240,
    "EfficientNetB2": 260,
    "EfficientNetB3": 300,
    "EfficientNetB4": 380,
    "EfficientNetB5": 456,
    "EfficientNetB6": 528,
    "EfficientNetB7": 600,
    "EfficientNetV2B1": 240,
    "EfficientNetV2B2": 260,
    "EfficientNetV2B3": 300,
    "EfficientNetV2S": 384,
    "EfficientNetV2M": 480,
    "EfficientNetV2L": 480,
}
"""Pixels that these were trained on (``keras.applications``' own documents); others, 224."""

USUAL_SIDE = 224


def application_name(text: str) -> str | None:
    """The name in ``keras.applications`` that a text means, in any case; None where none."""
    import_tensorflow()
    import keras

    names = {name.lower(): name for name in dir(keras.applications) if name[:1].isupper()}
    return names.get(text.lower())


def application_network(name: str, weights: Path | None, crops: int) -> Network:
    """What is known of a network of ``keras.applications``.

    Args:
        name: As ``application_name`` gives it.
        weights: A file as Keras' ``save_weights`` writes it, without the network's top.
        crops: Squares of each frame.

    Raises:
        InputError: No weights were given: none are downloaded.
        WeightsError: They cannot be read.
    """
    if weights is None:
        raise InputError(
            f"Expected --weights FILE beside --descriptor {name}. Received: none, and nothing is "
            f"downloaded; with a network, `keras.applications.{name}(include_top=False, "
            f'pooling="avg").save_weights("{name.lower()}.weights.h5")` makes such a file.'
        )
    verify_weights(weights)
    return Network(name, weights_digest(weights), _side(name), _width(name), crops, weights)


class ApplicationDescriptor:
    """A network of ``keras.applications``; see ``descriptor.Descriptor``.

    Args:
        network: What ``application_network`` gave.
    """

    def __init__(self, network: Network) -> None:
        assert network.source is not None
        self.name, self.digest, self.side = network.name, network.digest, network.side
        self.width, self.crops = network.width, network.crops
        preprocess, model = _built(network.name)
        fill(model, network.source, f"keras.applications.{network.name}")

        def features(crops: Any) -> Any:
            import tensorflow as tf

            return model(preprocess(tf.cast(crops, tf.float32)), training=False)

        self._run = FixedBatches(features, self.side, self.width)
        self.identity = self._run.identity

    def describe(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Features of crops: uint8 (m, side, side, 3), RGB → float32 (m, width)."""
        return self._run(crops)

    def close(self) -> None:
        """Nothing to give back before the process ends."""


def _side(name: str) -> int:
    return SIDES.get(name, USUAL_SIDE)


@cache
def _width(name: str) -> int:
    """Numbers of a feature. Building the network, which tells it, takes seconds."""
    _, model = _built(name)
    return int(model.output_shape[-1])


def _built(name: str) -> tuple[Callable[[Any], Any], Any]:
    """How the family prepares pixels of 0 to 255, and the model without its top, unfilled."""
    import_tensorflow()
    import keras

    function = getattr(keras.applications, name)
    side = _side(name)
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(compute_dtype())
    try:
        model = function(
            weights=None, include_top=False, pooling="avg", input_shape=(side, side, 3)
        )
    except (ValueError, TypeError) as error:
        raise WeightsError(
            f"Expected a network of keras.applications that takes pictures of {side} pixels. "
            f"Received: {name} ({str(error).splitlines()[0]}); choose another."
        ) from error
    finally:
        keras.config.set_dtype_policy(before)
    return sys.modules[function.__module__].preprocess_input, model
