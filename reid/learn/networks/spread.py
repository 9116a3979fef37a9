"""A forward pass spread over several GPUs: each sees a part of the pictures, one sees all features.

Backbones are what takes time and memory, and they alone are spread. What stands on them, and all
losses, are computed once on the features of the whole batch: the neck's means are those of the
whole batch, the hardest pairs are searched in it, and centres exist once. Weights are TensorFlow
variables of the first device, which the others read at each step; gradients add up by themselves.
So objectives, optimisers and what is kept on disk know nothing of it.
"""

from collections.abc import Callable, Sequence
from typing import Any

Forward = Callable[[Any], dict[str, Any]]
"""Pictures (n, h, w, 3) to what ``Network.embed`` gives, while learning."""


def visible_gpus() -> list[str]:
    """Names of the GPUs that TensorFlow sees."""
    import tensorflow as tf

    return [device.name for device in tf.config.list_logical_devices("GPU")]


def training_forward(embed: Any, devices: Sequence[str] | None = None) -> Forward:
    """The forward pass of a network that learns, on all GPUs.

    Args:
        embed: ``Network.embed`` with "pooled" features among its outputs.
        devices: Names of devices; None takes the GPUs there are.
    """
    found = visible_gpus() if devices is None else devices
    if len(found) < 2:
        return lambda pictures: dict(embed(pictures, training=True))
    return _Spread(embed, found)


class _Spread:
    def __init__(self, embed: Any, devices: Sequence[str]) -> None:
        import keras

        outputs = embed.output
        pooled = outputs["pooled"]
        self._devices = devices
        self._backbone = keras.Model(embed.input, pooled)
        self._same = [name for name, one in outputs.items() if one is pooled]
        above = {name: one for name, one in outputs.items() if one is not pooled}
        self._head = keras.Model(pooled, above) if above else lambda *_, **__: {}

    def __call__(self, pictures: Any) -> dict[str, Any]:
        import tensorflow as tf

        count = tf.shape(pictures)[0]
        parts = []
        for place, device in enumerate(self._devices):
            first = count * place // len(self._devices)
            last = count * (place + 1) // len(self._devices)
            with tf.device(device):
                parts.append(self._backbone(pictures[first:last], training=True))
        with tf.device(self._devices[0]):
            features = tf.concat(parts, axis=0)
            above = self._head(features, training=True)
            return {**dict.fromkeys(self._same, features), **above}
