"""Which network describes an atlas, found by what the user typed or by what the manifest says."""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from frameatlas.embedder.describe.descriptor import (
    CROPS,
    VECTORS,
    XCEPTION,
    Descriptor,
    Network,
    XceptionDescriptor,
)
from frameatlas.embedder.describe.engine import Engine, engine_choice
from frameatlas.embedder.describe.int8.ranges import int8_digest
from frameatlas.embedder.describe.openvino_cache import cache_folder
from frameatlas.embedder.describe.weights import (
    CROP_SIDE,
    FEATURES,
    find_packaged_weights,
    verify_weights,
    weights_digest,
)
from frameatlas.errors import FrameatlasError, InputError, WeightsError
from frameatlas.store.atomic import write_text
from frameatlas.store.json_fields import Fields
from frameatlas.store.manifest import Made

KNOWN = "presets.json"
"""File of the user's cache: where the networks of atlases lie, by their digests."""

Opener = Callable[..., Engine]
"""``frameatlas.embedder.describe.engine.open_engine``."""

MAKE_PRESET = (
    "make a folder once, with a network: `import keras_hub; m = keras_hub.models`, "
    '`m.CLIPBackbone.from_preset("clip_vit_base_patch32").save_to_preset("clip")`, '
    '`m.CLIPPreprocessor.from_preset("clip_vit_base_patch32").save_to_preset("clip")`'
)


def find_network(
    asked: str | None,
    weights: Path | None = None,
    crops: int | None = None,
    precision: str = "auto",
) -> Network:
    """The network that ``--descriptor``, ``--weights``, ``--crops`` and ``--precision`` mean.

    Args:
        asked: "xception", a name of ``keras.applications``, or a folder of keras_hub's; None is
            Xception.
        weights: A file, for Xception or a network of ``keras.applications``.
        crops: Squares of each frame; None is 2.
        precision: Numbers that it computes with; Xception alone has a choice.

    Raises:
        InputError: It is none of these. Nothing is ever downloaded by its name.
        WeightsError: Folder or file cannot be used.
    """
    crops = 2 if crops is None else crops
    if crops not in CROPS:
        raise InputError(f"Expected --crops 1 or 2. Received: {crops}.")
    if asked is None or asked.lower() == XCEPTION:
        if weights is not None:
            verify_weights(weights)
        if precision == "int8":
            digest = int8_digest(weights)
        else:
            digest = weights_digest(weights or find_packaged_weights())
        return Network(XCEPTION, digest, CROP_SIDE, FEATURES, crops, weights, precision)
    if precision not in ("auto", "float32"):
        raise InputError(
            f"Expected --precision {precision} with Xception. Received: --descriptor {asked}, "
            "which computes in float32; leave one of them out."
        )
    if Path(asked).is_dir():
        from frameatlas.embedder.describe.presets.network import preset_network

        if weights is not None:
            raise InputError(
                f"Expected --descriptor {asked} alone, which has weights of its own. Received: "
                f"--weights {weights} too; leave it out."
            )
        return preset_network(Path(asked), crops)
    from frameatlas.embedder.describe.keras_networks import application_name, application_network

    name = application_name(asked) if asked.isidentifier() else None
    if name is None:
        raise InputError(
            f"Expected a folder that keras_hub saved, xception, or a name of keras.applications. "
            f"Received: {asked}, which is none, and nothing is downloaded by its name; "
            f"{MAKE_PRESET}."
        )
    return application_network(name, weights, crops)


def open_network(network: Network, engine: str, opener: Opener) -> Descriptor:
    """Open a network: some seconds.

    Args:
        network: Which.
        engine: Who runs Xception.
        opener: Opens an engine by its name and weights file.
    """
    if network.name == XCEPTION:
        wished = {} if network.precision == "auto" else {"precision": network.precision}
        opened = opener(engine, network.source, **wished)
        return XceptionDescriptor(opened, network.digest, network.crops)
    if network.source is not None and network.source.is_dir():
        from frameatlas.embedder.describe.presets.network import PresetDescriptor

        return PresetDescriptor(network)
    from frameatlas.embedder.describe.keras_networks import ApplicationDescriptor

    return ApplicationDescriptor(network)


def engine_of(name: str, asked: str, precision: str = "auto") -> str:
    """The engine that runs a network: OpenVINO runs Xception only.

    Raises:
        InputError: OpenVINO was asked for with another network, or an engine without a precision.
    """
    if name == XCEPTION:
        return engine_choice(asked, precision)
    if asked == "openvino":
        raise InputError(
            f"Expected --engine tensorflow or auto with {name}. Received: openvino, which runs "
            "Xception only; leave the option out."
        )
    return "tensorflow"


def network_of_atlas(made: Made, asked: str | None, weights: Path | None) -> Network:
    """The network that an atlas was described with, to describe queries.

    Args:
        made: What the manifest says.
        asked: A preset's folder where the user gave one.
        weights: A file of weights where the user gave one.

    Raises:
        InputError: The atlas' vectors come from elsewhere, or nobody knows where its network is.
        WeightsError: What was given is another network.
    """
    if made.descriptor == VECTORS:
        raise InputError(
            "Expected a network to describe the query with. Received: an atlas of vectors from "
            "elsewhere; search with --frame, or with --text once the atlas has words."
        )
    if made.descriptor == XCEPTION:
        asked = None
    elif asked is None and weights is None:
        asked, weights = _remembered(made)
    elif asked is None:
        asked = made.descriptor
    # Queries are described as this machine does best, but for int8: floats are alike.
    precision = "int8" if made.precision == "int8" else "auto"
    network = find_network(asked, weights, made.crops, precision)
    if network.digest != made.weights:
        raise WeightsError(
            f"Expected the weights that the atlas was made with, {made.descriptor}'s with SHA-256 "
            f"{made.weights[:12]}…. Received: {network.name}'s, {network.digest[:12]}…; name their "
            "file with --weights, or the network's folder with --preset."
        )
    return network


def _remembered(made: Made) -> tuple[str, Path | None]:
    place = known_place(made.weights)
    if place is None:
        raise InputError(
            f"Expected to know where the atlas' network, {made.descriptor}, is. Received: nothing "
            "of it on this machine; name its folder with --preset, or its file with --weights."
        )
    return (str(place), None) if place.is_dir() else (made.descriptor, place)


def remember_place(network: Network) -> None:
    """Note in the user's cache where a network lies; where that cannot be written, do without."""
    if network.source is None:
        return
    with suppress(FrameatlasError, OSError):
        path = cache_folder() / KNOWN
        path.parent.mkdir(parents=True, exist_ok=True)
        known = {**_known(), network.digest: str(network.source.absolute())}
        write_text(path, json.dumps(known, indent=1) + "\n")


def known_place(digest: str) -> Path | None:
    """Where a network was when it was last used, if something is there still."""
    text = _known().get(digest)
    return Path(text) if text and Path(text).exists() else None


def _known() -> dict[str, str]:
    path = cache_folder() / KNOWN
    try:
        values = Fields.of_json(path.read_text(encoding="utf-8"), str(path)).values
        return {str(key): str(value) for key, value in values.items()}
    except (OSError, FrameatlasError, UnicodeDecodeError):
        return {}
