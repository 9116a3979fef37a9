"""How to train, as one frozen value; the published systems are presets of it."""

import math
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, get_args

from frameatlas.errors import FormatError, InputError
from frameatlas.reid.learn.contrastive_losses import Contrast
from frameatlas.reid.learn.networks.backbones import check_backbone
from frameatlas.reid.learn.networks.heads import Architecture, Head
from frameatlas.reid.learn.training.schedule import SCHEDULES

System = Literal["baseline", "unb", "trento", "siamese", "texas", "segment", "epfl"]
Precision = Literal["auto", "float32", "mixed"]
Fill = Literal["zero", "reid"]


@dataclass(frozen=True)
class TrainPlan:
    """How to train.

    Attributes:
        system: Which published system it belongs to.
        backbone: See ``networks.backbones``.
        head: See ``networks.heads``.
        height: Of pictures, in pixels.
        width: …
        people: P, people of a batch.
        pictures: K, pictures of each.
        epochs: …
        steps: Of an epoch; 0: as many as show about all pictures.
        rate: Largest step size of Adam.
        schedule: "steps" or "constant".
        weight_decay: Added to gradients times the weights (L2, as the field's code has it).
        id_weight: Of the classification of people.
        smoothing: Of its labels.
        triplet_weight: Of the batch-hard triplet loss.
        margin: Of the triplet or contrastive loss.
        centre_weight: Of the centre loss; its centres have an SGD of their own with rate 0.5.
        attribute_weight: Of each attribute.
        contrast: "ratio", "intra", "weighted" (of epfl) or "none", for the systems that have it.
        pull: λ, weight of the distances within a person where that is "weighted".
        push: γ, weight of the distances between people there.
        reconstruction_share: Of reconstruction in epfl's second phase; the rest is the contrast's.
        equal_share: Share of pairs that show one person (siamese).
        alpha: Weight of people's pixels (segment).
        flip: Share of pictures that are mirrored.
        pad: Pixels around a picture, out of which it is cut again.
        erase: Share of pictures with a rectangle erased.
        fill: What it is erased with: "zero", ImageNet's mean; or "reid", as the field's code.
        rotate: Degrees, at most.
        precision: "auto" is float16 on GPUs, float32 elsewhere.
        seed: Decides weights and batches.
    """

    system: System = "baseline"
    backbone: str = "xception"
    head: Head = "neck"
    height: int = 256
    width: int = 128
    people: int = 16
    pictures: int = 4
    epochs: int = 60
    steps: int = 0
    rate: float = 3.5e-4
    schedule: str = "steps"
    weight_decay: float = 5e-4
    id_weight: float = 1.0
    smoothing: float = 0.1
    triplet_weight: float = 1.0
    margin: float = 0.3
    centre_weight: float = 0.0
    attribute_weight: float = 0.0
    contrast: Contrast = "none"
    pull: float = 1.0
    push: float = 1.0
    reconstruction_share: float = 0.99
    equal_share: float = 0.1
    alpha: float = 3.0
    flip: float = 0.5
    pad: int = 10
    erase: float = 0.5
    fill: Fill = "zero"
    rotate: float = 0.0
    precision: Precision = "auto"
    seed: int = 0

    def __post_init__(self) -> None:
        check_backbone(self.backbone)
        for name, known in (("system", System), ("precision", Precision), ("fill", Fill)):
            if getattr(self, name) not in get_args(known):
                raise InputError(
                    f"Expected --{name} to be one of {', '.join(get_args(known))}. Received: "
                    f"{getattr(self, name)!r}."
                )
        known_contrasts = [
            c for c in get_args(Contrast) if c != "weighted" or self.system == "epfl"
        ]
        if self.schedule not in SCHEDULES or self.contrast not in known_contrasts:
            raise InputError(
                f"Expected a schedule of {', '.join(SCHEDULES)} and --contrast of "
                f"{', '.join(known_contrasts)}. Received: {self.schedule!r} and {self.contrast!r}."
            )
        for name, least, most in _LIMITS:
            value = getattr(self, name)
            if not (math.isfinite(value) and least <= value <= most):
                raise InputError(
                    f"Expected --{name.replace('_', '-')} between {least:g} and {most:g}. "
                    f"Received: {value:g}."
                )

    @property
    def architecture(self) -> Architecture:
        """The network that is trained."""
        return Architecture(self.backbone, self.head, self.height, self.width)

    @property
    def batch(self) -> int:
        """Pictures of a step."""
        return self.people * self.pictures

    def values(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)

    @classmethod
    def parse(cls, values: Any, place: str) -> "TrainPlan":
        """From JSON.

        Raises:
            FormatError: It says something else.
        """
        known = {field.name: field for field in fields(cls)}
        try:
            for name, value in values.items():
                default = known[name].default
                number = isinstance(default, float) and isinstance(value, int | float)
                if isinstance(value, bool) or not (number or isinstance(value, type(default))):
                    raise TypeError(f"{name} is {value!r:.60}")
            return cls(**values)
        except (TypeError, KeyError, AttributeError, ValueError) as error:
            raise FormatError(f"Expected {place} to be a plan. Received: {error}.") from error

    def differences(self, other: "TrainPlan") -> list[str]:
        """What another plan says otherwise: "rate: 0.001, not 0.00035"."""
        pairs = zip(self.values().items(), other.values().values(), strict=True)
        return [f"{name}: {now}, not {then}" for (name, then), now in pairs if now != then]


_LIMITS = (
    ("height", 16, 1024),
    ("width", 16, 1024),
    ("people", 2, 4096),
    ("pictures", 1, 1024),
    ("epochs", 1, 100_000),
    ("steps", 0, 1_000_000),
    ("rate", 1e-12, 100),
    ("weight_decay", 0, 10),
    ("id_weight", 0, 1000),
    ("smoothing", 0, 0.99),
    ("triplet_weight", 0, 1000),
    ("margin", 0, 1e6),
    ("centre_weight", 0, 1000),
    ("attribute_weight", 0, 1000),
    ("equal_share", 0, 1),
    ("pull", 0, 1000),
    ("push", 0, 1000),
    ("reconstruction_share", 0, 1),
    ("alpha", 0.001, 1000),
    ("flip", 0, 1),
    ("pad", 0, 256),
    ("erase", 0, 1),
    ("rotate", 0, 180),
    ("seed", 0, 2**31 - 1),
)

PRESETS: dict[str, TrainPlan] = {
    # Luo et al. 2019 without the centres: what every other row is compared with.
    "baseline": TrainPlan("baseline"),
    # Pereira & de Campos 2022; 0.005 is ten times Luo's weight of the centres, and published.
    "unb": TrainPlan("unb", "resnet50-ibn", epochs=90, centre_weight=0.005),
    # ID 1, attributes 1/12 each; erasing hurts attributes and was dropped there.
    "trento": TrainPlan(
        "trento",
        "resnet50",
        "reweighted",
        smoothing=0.0,
        triplet_weight=0.0,
        attribute_weight=1 / 12,
        erase=0.0,
        rotate=10.0,
        weight_decay=0.0,
        schedule="constant",
    ),
    # Hadsell's loss with the published margin, for distances that are not normalised.
    "siamese": TrainPlan(
        "siamese",
        "resnet101",
        "plain",
        epochs=50,
        rate=1e-3,
        schedule="constant",
        weight_decay=0.0,
        id_weight=0.0,
        triplet_weight=0.0,
        margin=100.0,
        erase=0.0,
    ),
    "texas": TrainPlan(
        "texas",
        "resnet18",
        "clustering",
        epochs=60,
        rate=1e-3,
        schedule="constant",
        weight_decay=0.0,
        id_weight=0.0,
        triplet_weight=0.0,
        contrast="ratio",
        erase=0.0,
    ),
    # Ballestrazzi: 40 epochs of reconstruction, then 100 with the ratio beside it.
    "epfl": TrainPlan(
        "epfl",
        "pixels",
        "codes-relu",
        28,
        28,
        people=16,
        pictures=32,
        epochs=140,
        rate=1e-3,
        schedule="constant",
        weight_decay=0.0,
        id_weight=0.0,
        triplet_weight=0.0,
        contrast="ratio",
        flip=0.0,
        pad=0,
        erase=0.0,
    ),
    "segment": TrainPlan(
        "segment",
        "resnet18",
        "mask",
        people=16,
        pictures=1,
        epochs=50,
        rate=1e-5,
        schedule="constant",
        id_weight=0.0,
        triplet_weight=0.0,
        erase=0.0,
    ),
}
"""The published systems, as they are read in ``docs/decisions/0031-learn-who-is-who.md``."""


def plan_of(system: str, **changes: Any) -> TrainPlan:
    """The preset of a system with what the user wants otherwise; None leaves it as it is.

    Raises:
        InputError: There is no such system, or a value that cannot be meant.
    """
    if system not in PRESETS:
        raise InputError(
            f"Expected --system to be one of {', '.join(PRESETS)}. Received: {system!r}."
        )
    return replace(PRESETS[system], **{k: v for k, v in changes.items() if v is not None})
