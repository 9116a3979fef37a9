"""Backbones: pictures in, maps of features out, and the numbers that they begin with.

``xception`` is the network whose ImageNet weights ship with frameatlas, the start that needs no
download. ``tiny`` has 25,224 numbers and is for drawn people and tests. ``pixels`` is no network:
the picture itself, for EPFL's autoencoder.
"""

import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from frameatlas.errors import InputError, WeightsError
from frameatlas.reid.learn.networks.layers import LayerMaker
from frameatlas.reid.learn.networks.osnet import OSNETS, osnet_features, osnet_pooled
from frameatlas.reid.learn.networks.resnet import ResNetOptions, resnet_features

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""ImageNet's, of RGB between 0 and 1."""

BGR_MEAN = (103.939, 116.779, 123.68)
"""What Keras' ResNet was trained with: blue, green, red, 0 to 255, minus these."""

_RESNET = re.compile(r"resnet(9|18|34|50|101)(-ibn)?(-keras)?(?:-(\d+)th)?")

NAMES = (
    "xception, tiny, pixels, osnet_x1_0, resnet9, resnet18, resnet34, resnet50, resnet101, "
    "resnet50-ibn, …"
)


def resnet_options(name: str, *, last_stride: int = 1, dilated: bool = False) -> ResNetOptions:
    """What a name such as ``resnet50-ibn`` or ``resnet18-8th`` (an eighth as wide) means.

    Raises:
        InputError: Nothing.
    """
    match = _RESNET.fullmatch(name)
    if match is None:
        raise InputError(
            f"Expected --backbone to be one of {NAMES}. Received: {name!r}; resnet50-keras takes "
            "Keras' ImageNet weights."
        )
    depth, ibn, keras, share = match.groups()
    return ResNetOptions(
        int(depth),
        "keras" if keras else "v1.5",
        bool(ibn),
        last_stride,
        1 / int(share) if share else 1.0,
        dilated,
    )


def check_backbone(name: str) -> None:
    """Refuse a name that no backbone has, before anything heavy is loaded."""
    if name not in ("xception", "tiny", "pixels", *OSNETS):
        resnet_options(name)


def build_backbone(
    name: str,
    size: tuple[int, int],
    *,
    seed: int = 0,
    precision: str = "float32",
    pooled: bool = True,
    dilated: bool = False,
) -> Any:
    """A ``keras.Model`` from uint8 or float pictures 0 to 255, (n, h, w, 3) RGB, to features.

    Args:
        name: See the module.
        size: Height and width.
        seed: Decides the first weights.
        precision: Keras' policy of all but the result, which is float32.
        pooled: Features float32 (n, d); else maps (n, h', w', d).
        dilated: Of a ResNet, whether its last strides become dilation.
    """
    import keras

    make = LayerMaker(seed, precision)
    inputs = keras.Input((*size, 3), name="pictures")
    if name == "pixels":
        scaled = keras.layers.Rescaling(1 / 255, name="one", dtype="float32")(inputs)
        flat = keras.layers.Flatten(name="flat", dtype="float32")(scaled) if pooled else scaled
        return keras.Model(inputs, flat, name=name)
    if name == "xception":
        maps = _xception(inputs, size, seed, precision)
    elif name == "tiny":
        maps = _tiny(_normalised(inputs, name), make)
    elif name in OSNETS:
        maps = osnet_features(_normalised(inputs, name), OSNETS[name], make)
        if pooled:
            return keras.Model(inputs, osnet_pooled(maps, make), name=name)
    else:
        options = resnet_options(name, dilated=dilated)
        maps = resnet_features(_normalised(inputs, name), options, make)
    if pooled:
        maps = keras.layers.GlobalAveragePooling2D(name="pool", dtype="float32")(maps)
    return keras.Model(inputs, maps, name=name.replace("-", "_"))


def _normalised(inputs: Any, name: str) -> Any:
    """Pictures as the backbone was trained on them: a visible step, in float32."""
    import keras

    if "-keras" in name:
        return inputs[..., ::-1] - np.array(BGR_MEAN, np.float32)
    scale = 1 / (255 * np.array(DEVIATION))
    offset = -np.array(MEAN) / np.array(DEVIATION)
    return keras.layers.Rescaling(
        scale.tolist(), offset.tolist(), name="imagenet", dtype="float32"
    )(inputs)


def _tiny(x: Any, make: LayerMaker) -> Any:
    """A 5 × 5 convolution and three of 3 × 3, 8 to 64 channels, IBN-a in the middle two."""
    steps = ((8, 5, 2, False), (16, 3, 2, True), (32, 3, 2, True), (64, 3, 1, False))
    for place, (filters, kernel, stride, ibn) in enumerate(steps, 1):
        x = make.convolution(x, filters, kernel, stride, f"conv{place}")
        x = make.relu(make.norm(x, f"norm{place}", ibn=ibn), f"relu{place}")
    return x


def _xception(inputs: Any, size: tuple[int, int], seed: int, precision: str) -> Any:
    """Keras' own Xception; its first weights are drawn anew so that our seed decides them."""
    import keras

    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        model = keras.applications.Xception(
            weights=None, include_top=False, input_shape=(*size, 3), name="xception"
        )
    finally:
        keras.config.set_dtype_policy(before)
    make = LayerMaker(seed)
    for layer in model.layers:
        for variable in layer.trainable_variables:
            if len(variable.shape) == 4:
                first = keras.initializers.HeNormal(make.next_seed())
                variable.assign(first(variable.shape))
    scaled = keras.layers.Rescaling(1 / 127.5, -1.0, name="one", dtype="float32")(inputs)
    return model(scaled)


def fill_backbone(backbone: Any, name: str, path: Path) -> None:
    """Begin with the weights of a file.

    Args:
        backbone: From ``build_backbone``, or the network that stands on it.
        name: Its name.
        path: Keras' weights of the same network without its top.

    Raises:
        WeightsError: They are another network's, or the file cannot be read.
    """
    model = without_top(backbone)
    try:
        with warnings.catch_warnings():
            # Keras only warns where it finds no numbers for a layer and leaves it at random.
            warnings.filterwarnings("error", message=".*freshly-initialized", category=UserWarning)
            model.load_weights(path)
    except (ValueError, LookupError, TypeError, AttributeError, OSError, UserWarning) as error:
        raise WeightsError(
            f"Expected weights of {name} without its top, as Keras' save_weights writes them, in "
            f"{path}. Received: another file ({type(error).__name__}); choose its --backbone, or "
            "--start none."
        ) from error
    if not all(np.isfinite(variable.numpy()).all() for variable in model.weights):
        raise WeightsError(f"Expected finite weights in {path}. Received: NaN or infinity.")


def without_top(network: Any) -> Any:
    """The layers of a network that are its backbone's, as a ``keras.Model``."""
    import keras

    inner = next((one for one in network.layers if hasattr(one, "load_weights")), None)
    if inner is not None and inner.name == "xception":
        return inner
    if not isinstance(network.output, dict):
        return network
    outputs = network.output
    return keras.Model(network.input, outputs["maps" if "maps" in outputs else "pooled"])


def fill_from_keras(backbone: Any, name: str) -> None:
    """Begin with Keras' own ImageNet weights of a ``resnet…-keras``, which it downloads.

    Raises:
        WeightsError: There are none for this network, or no network.
    """
    import keras

    sources = {
        "resnet50-keras": keras.applications.ResNet50,
        "resnet101-keras": keras.applications.ResNet101,
    }
    if name not in sources:
        raise WeightsError(
            f"Expected a backbone with ImageNet weights: xception, which need no network, or "
            f"{', '.join(sources)}. Received: {name}; choose one of them, --start none, or "
            "--start FILE."
        )
    try:
        model = sources[name](weights="imagenet", include_top=False)
    except Exception as error:  # whatever urllib and Keras make of a network that is not there
        raise WeightsError(
            f"Expected to download Keras' ImageNet weights of {name}. Received: "
            f"{type(error).__name__}; `--backbone xception` needs no network."
        ) from error
    own = {layer.name: layer for layer in backbone.layers}
    for layer in model.layers:
        if layer.weights:
            own[layer.name].set_weights(layer.get_weights())
