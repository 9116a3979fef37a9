"""What a layout is asked for, as a value."""

from dataclasses import dataclass

from frameatlas.errors import InputError


@dataclass(frozen=True)
class LayoutSettings:
    """How frames are to be laid out.

    Attributes:
        name: Which layout; see ``frameatlas.embedder.layout.registry``.
        std: Standard deviation of the code, per axis. 0.3 leaves 0.1 % of a Gaussian outside
            tanh's range; 0.6, a uniform distribution's, pushes many points to the margin.
        seed: Decides first weights and batches.
        temporal: Weight of the temporal term; 0 leaves it out.
        rotate: Degrees by which the code is turned, anticlockwise, before it is stretched
            (``frameatlas.embedder.layout.rotation``).
        triplet: Weight of the triplet log-ratio.
    """

    name: str = "atlas"
    std: float = 0.3
    seed: int = 0
    temporal: float = 0.0
    rotate: float = 0.0
    triplet: float = 0.003

    def __post_init__(self) -> None:
        if not 0.05 <= self.std <= 0.9:
            raise InputError(
                "Expected the standard deviation of the code to be between 0.05 and 0.9. "
                f"Received: {self.std}. 0.3 suits most maps."
            )
        if not 0 <= self.seed < 2**31:
            raise InputError(
                f"Expected a seed between 0 and 2147483647. Received: {self.seed}. Try 0."
            )
        for name in ("temporal", "triplet"):
            if not 0 <= getattr(self, name) <= 1000:
                raise InputError(
                    f"Expected the weight of the {name} term to be between 0 and 1000. "
                    f"Received: {getattr(self, name)}. 0 leaves it out."
                )
