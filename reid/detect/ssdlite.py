"""SSDLite on MobileNetV2 at 300 × 300 pixels, people alone: the detector that ships.

Two feature maps of the backbone and four smaller ones each give boxes around anchors and how sure
each is of a person (Sandler et al., "MobileNetV2", 2018, section 6.2; Liu et al., "SSD", 2016).
Batch normalisation is folded into the convolutions, which all have a bias instead.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

SIDE = 300
"""Width and height in pixels of what the network sees."""

MAPS = (19, 10, 5, 3, 2, 1)
"""Sides of the six feature maps."""

EXPANDED, STRIDES = 6, (1, 2, 1, 2, 1, 1, 2, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1)
CHANNELS = (16, 24, 24, 32, 32, 32, 64, 64, 64, 64, 96, 96, 96, 160, 160, 160, 320)
EXTRA = ((256, 512), (128, 256), (128, 256), (64, 128))
"""Of the inverted residual blocks, and of the four smaller maps: channels before and after."""

_FIRST_MAP_BLOCK = 13
_LEAST_SCALE, _MOST_SCALE = 0.2, 0.95
_BOX_SCALES = np.array([10.0, 10.0, 5.0, 5.0])


def ssdlite() -> Any:
    """The network, with weights of chance.

    Returns:
        A ``keras.Model``: float32 (m, 300, 300, 3), RGB in [-1, 1] → float32 (m, 1917, 5): for each
        anchor the code of its box (see ``decoded``), and the logit of a person.
    """
    import keras

    pixels = keras.Input((SIDE, SIDE, 3))
    x = _convolved(pixels, 32, "stem", kernel=3, stride=2)
    maps = []
    for number, (channels, stride) in enumerate(zip(CHANNELS, STRIDES, strict=True)):
        x, expanded = _block(x, channels, stride, number)
        if number == _FIRST_MAP_BLOCK:
            maps.append(expanded)
    x = _convolved(x, 1280, "head")
    maps.append(x)
    for number, (narrow, wide) in enumerate(EXTRA):
        x = _convolved(x, narrow, f"extra{number}_reduce")
        x = _depthwise(x, 2, f"extra{number}_depthwise")
        x = _convolved(x, wide, f"extra{number}_expand")
        maps.append(x)
    outputs = [_predicted(feature, number) for number, feature in enumerate(maps)]
    return keras.Model(pixels, keras.layers.Concatenate(axis=1)(outputs))


def _convolved(x: Any, channels: int, name: str, kernel: int = 1, stride: int = 1) -> Any:
    import keras

    x = keras.layers.Conv2D(channels, kernel, stride, padding="same", name=name)(x)
    return keras.layers.ReLU(6.0)(x)


def _depthwise(x: Any, stride: int, name: str) -> Any:
    import keras

    x = keras.layers.DepthwiseConv2D(3, stride, padding="same", name=name)(x)
    return keras.layers.ReLU(6.0)(x)


def _block(x: Any, channels: int, stride: int, number: int) -> tuple[Any, Any]:
    """An inverted residual block, and what it expands its input to."""
    import keras

    expanded = x
    if number:
        expanded = _convolved(x, EXPANDED * x.shape[-1], f"block{number}_expand")
    filtered = _depthwise(expanded, stride, f"block{number}_depthwise")
    out = keras.layers.Conv2D(channels, 1, name=f"block{number}_project")(filtered)
    if stride == 1 and x.shape[-1] == channels:
        out = keras.layers.Add()([out, x])
    return out, expanded


def _predicted(feature: Any, number: int) -> Any:
    """Box codes and logits of one map, (m, anchors, 5)."""
    import keras

    each = 3 if number == 0 else 6
    boxes = _depthwise(feature, 1, f"map{number}_box_depthwise")
    boxes = keras.layers.Conv2D(4 * each, 1, name=f"map{number}_box")(boxes)
    logit = _depthwise(feature, 1, f"map{number}_person_depthwise")
    logit = keras.layers.Conv2D(each, 1, name=f"map{number}_person")(logit)
    boxes = keras.layers.Reshape((-1, 4))(boxes)
    logit = keras.layers.Reshape((-1, 1))(logit)
    return keras.layers.Concatenate(axis=2)([boxes, logit])


def anchors() -> NDArray[np.float64]:
    """float64 of shape (1917, 4): middle down and across, height and width, as shares of 300."""
    step = (_MOST_SCALE - _LEAST_SCALE) / (len(MAPS) - 1)
    scales = [_LEAST_SCALE + step * number for number in range(len(MAPS))] + [1.0]
    found = []
    for number, side in enumerate(MAPS):
        shapes = _shapes(number, scales[number], scales[number + 1])
        middle = (np.arange(side) + 0.5) / side
        down, across = np.meshgrid(middle, middle, indexing="ij")
        place = np.stack([down, across], axis=2)[:, :, None, :].repeat(len(shapes), axis=2)
        size = np.broadcast_to(shapes, (side, side, len(shapes), 2))
        found.append(np.concatenate([place, size], axis=3).reshape(-1, 4))
    return np.concatenate(found)


def _shapes(number: int, scale: float, following: float) -> NDArray[np.float64]:
    """Height and width of the anchors of one map, (a, 2)."""
    if number == 0:
        pairs = [(0.1, 1.0), (scale, 2.0), (scale, 0.5)]
    else:
        pairs = [(scale, ratio) for ratio in (1.0, 2.0, 0.5, 3.0, 0.3333)]
        pairs.append((float(np.sqrt(scale * following)), 1.0))
    return np.array([(size / np.sqrt(ratio), size * np.sqrt(ratio)) for size, ratio in pairs])


def preprocessed(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """uint8 (m, 300, 300, 3), RGB → float32 in [-1, 1]."""
    return pixels.astype(np.float32) * np.float32(2 / 255) - 1


def decoded(
    output: NDArray[np.float32], least: float
) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """What the network says, as boxes.

    Args:
        output: float32 of shape (m, 1917, 5).
        least: Confidence from which on boxes are kept.

    Returns:
        For each picture float64 of shape (k, 4): left, top, width, height in pixels of 300; and
        float64 of shape (k,): how sure, in [0, 1].
    """
    all_anchors = anchors()
    sure = 1 / (1 + np.exp(-output[..., 4].astype(np.float64)))
    found = []
    for number in range(len(output)):
        rows = np.flatnonzero(sure[number] >= least)
        code = output[number, rows, :4] / _BOX_SCALES
        own = all_anchors[rows]
        middle = own[:, :2] + code[:, :2] * own[:, 2:]
        size = own[:, 2:] * np.exp(np.minimum(code[:, 2:], 10))
        first, last = np.clip(middle - size / 2, 0, 1), np.clip(middle + size / 2, 0, 1)
        box = np.concatenate([first[:, ::-1], (last - first)[:, ::-1]], axis=1) * SIDE
        found.append((box, sure[number, rows]))
    return found
