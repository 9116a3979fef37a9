"""What stands on a backbone: how features become a description, and logits while it learns."""

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, get_args

from frameatlas.errors import FormatError
from frameatlas.reid.learn.clustering_autoencoder import build_clustering_encoder
from frameatlas.reid.learn.market_attributes import CLASSES
from frameatlas.reid.learn.networks.backbones import build_backbone, check_backbone
from frameatlas.reid.learn.networks.layers import LayerMaker
from frameatlas.reid.learn.networks.maps import clustering_features, mask_logits

Head = Literal[
    "neck",
    "plain",
    "unit",
    "attributes",
    "reweighted",
    "clustering",
    "mask",
    "codes-relu",
    "codes-sigmoid",
    "codes-tanh",
    "codes-fixed-variance",
]
"""BNNeck; the pooled features; those of length 1; with attributes beside them, re-weighted or not;
Texas A&M's clustering network on the maps, and its mask of the person, which describes nobody;
EPFL's codes by the activation of the latent."""

CODES = "codes-"

CODE_WIDTHS = (500, 64, 10)
"""EPFL's layers from a picture to its code."""

HIDDEN = 512
"""Width of Trento's bottleneck."""

CLASSIFIER_SPREAD = 0.001
"""Deviation of a classifier's first weights (Luo et al. 2019)."""


@dataclass(frozen=True)
class Architecture:
    """What a network is, as a descriptor's card says it.

    Attributes:
        backbone: See ``backbones``.
        head: See ``Head``.
        height: Of its pictures, in pixels.
        width: …
    """

    backbone: str = "xception"
    head: Head = "neck"
    height: int = 256
    width: int = 128

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        return self.height, self.width

    def values(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)

    @classmethod
    def parse(cls, values: Any, place: str) -> "Architecture":
        """From JSON.

        Raises:
            FormatError: It says something else.
        """
        try:
            found = cls(**values)
            check_backbone(found.backbone)
            sound = found.head in get_args(Head) and all(
                isinstance(v, int) and not isinstance(v, bool) and 16 <= v <= 1024
                for v in found.size
            )
        except (TypeError, ValueError) as error:
            raise FormatError(f"Expected {place} to name a network. Received: {error}.") from error
        if not sound:
            raise FormatError(f"Expected {place} to name a network. Received: {values!r:.100}.")
        return found


@dataclass(frozen=True)
class Network:
    """A network that learns.

    Attributes:
        architecture: What it is.
        embed: ``keras.Model``: pictures (n, h, w, 3), 0 to 255, to a dict: "pooled" (n, d), what
            metric losses see; "described" (n, k), the description; "attributes", a list of 12
            logits, where the head has them.
        classify: ``keras.Model`` from descriptions to logits of people; None where nothing is
            classified. It is thrown away when the descriptor is saved.
        cluster: ``keras.Model`` from maps (or, of codes, from features) to the description, where
            the head is "clustering" or one of codes; its layers are those of ``embed``.
    """

    architecture: Architecture
    embed: Any
    classify: Any = None
    cluster: Any = None

    def variables(self) -> list[Any]:
        """All trainable variables."""
        own = list(self.embed.trainable_variables)
        return own + (list(self.classify.trainable_variables) if self.classify else [])

    def with_people(self, people: int, seed: int) -> "Network":
        """The same network with a new classifier."""
        return replace(self, classify=build_classifier(self.embed, people, seed))


def build_network(
    architecture: Architecture, people: int = 0, *, seed: int = 0, precision: str = "float32"
) -> Network:
    """A network with fresh weights.

    Args:
        architecture: What to build.
        people: Classes of the classifier; 0 makes none.
        seed: Decides the weights.
        precision: Keras' policy of the backbone; heads are float32.
    """
    import keras

    on_maps = architecture.head in ("clustering", "mask")
    backbone = build_backbone(
        architecture.backbone,
        architecture.size,
        seed=seed,
        precision=precision,
        pooled=not on_maps,
        dilated=architecture.head == "mask",
    )
    make = LayerMaker(seed + 7919)
    if architecture.head == "mask":
        outputs = {"mask": mask_logits(backbone.output, architecture.size, make)}
        return Network(architecture, keras.Model(backbone.input, outputs, name="embed"))
    if architecture.head == "clustering":
        return _clustering(architecture, backbone, make)
    if architecture.head.startswith(CODES):
        return _codes(architecture, backbone, seed)
    pooled = backbone.output
    outputs = {"pooled": pooled}
    if architecture.head in ("attributes", "reweighted"):
        outputs |= _with_attributes(pooled, architecture.head == "reweighted", make)
    elif architecture.head == "neck":
        outputs["described"] = _neck(pooled, "neck")
    elif architecture.head == "unit":
        outputs["described"] = keras.layers.UnitNormalization(name="unit", dtype="float32")(pooled)
    else:
        outputs["described"] = pooled
    embed = keras.Model(backbone.input, outputs, name="embed")
    return Network(architecture, embed, build_classifier(embed, people, seed) if people else None)


def _clustering(architecture: Architecture, backbone: Any, make: LayerMaker) -> Network:
    import keras

    features = clustering_features(backbone.output, make)
    outputs = {"maps": backbone.output, "pooled": features, "described": features}
    embed = keras.Model(backbone.input, outputs, name="embed")
    return Network(architecture, embed, cluster=keras.Model(backbone.output, features))


def _codes(architecture: Architecture, backbone: Any, seed: int) -> Network:
    """An encoder on pixels, or on features of which each picture's have mean 0 and deviation 1."""
    import keras

    features = backbone.output
    if architecture.backbone != "pixels":
        features = keras.layers.LayerNormalization(
            center=False, scale=False, epsilon=1e-6, name="standardised", dtype="float32"
        )(features)
    latent: Any = architecture.head.removeprefix(CODES)
    encoder = build_clustering_encoder(features.shape[-1], CODE_WIDTHS, latent, seed)
    code = encoder(features)
    outputs = {"maps": features, "pooled": code, "described": code}
    return Network(
        architecture, keras.Model(backbone.input, outputs, name="embed"), cluster=encoder
    )


def build_classifier(embed: Any, people: int, seed: int) -> Any:
    """Descriptions to logits of people: no bias, small first weights."""
    import keras

    width = embed.output["described"].shape[-1]
    inputs = keras.Input((width,), name="described")
    logits = LayerMaker(seed + 104_729).dense(
        inputs, people, "people", bias=False, spread=CLASSIFIER_SPREAD
    )
    return keras.Model(inputs, logits, name="classify")


def _neck(x: Any, name: str) -> Any:
    """BNNeck (Luo et al. 2019): batch normalisation without shift between both losses."""
    import keras

    return keras.layers.BatchNormalization(
        center=False, momentum=0.9, epsilon=1e-5, name=name, dtype="float32"
    )(x)


def _with_attributes(pooled: Any, reweighted: bool, make: LayerMaker) -> dict[str, Any]:
    """Trento's head: 512 numbers, 12 classifiers on them, and their 41 probabilities beside them.

    ã are the probabilities of all classifiers, c = σ(V ã + b), a = c ⊙ ã; the description is
    [h ; a], 553 numbers.
    """
    import keras

    hidden = make.dense(pooled, HIDDEN, "bottleneck")
    hidden = keras.layers.BatchNormalization(
        momentum=0.9, epsilon=1e-5, name="bottleneck_bn", dtype="float32"
    )(hidden)
    hidden = make.relu(hidden, "bottleneck_relu")
    logits = [make.dense(hidden, width, f"attribute{n}") for n, width in enumerate(CLASSES)]
    shares = keras.layers.Concatenate(name="shares", dtype="float32")(
        [
            keras.layers.Softmax(name=f"share{n}", dtype="float32")(one)
            for n, one in enumerate(logits)
        ]
    )
    weighted = shares
    if reweighted:
        weight = make.dense(shares, sum(CLASSES), "reweighting")
        weight = keras.layers.Activation("sigmoid", name="weights", dtype="float32")(weight)
        weighted = keras.layers.Multiply(name="reweighted", dtype="float32")([weight, shares])
    described = keras.layers.Concatenate(name="described", dtype="float32")([hidden, weighted])
    return {"described": described, "attributes": logits, "shares": shares}
