"""What the user asks of an index run or a new layout; what was done is in the manifest."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from frameatlas.errors import InputError

ENGINES = ("auto", "tensorflow", "openvino")
LAYOUTS = ("atlas", "article")
PRECISIONS = ("auto", "float32", "bfloat16", "int8")
PRECISIONS_OF_PLAYERS = PRECISIONS[:3]
"""Of crops of people, for which int8's ranges are not measured."""

SAMPLES = ("all", "key", "auto")
SPREADS = ("time", "variety")
STORES = ("raw", "jpeg")


@dataclass(frozen=True)
class LayoutOptions:
    """How the map is to be composed.

    Attributes:
        name: The layout: "atlas" (keeps neighbours) or "article" (the published autoencoder).
        std: Standard deviation of the code that the regulariser aims at, per axis. 0.3 leaves 0.1 %
            of a Gaussian outside tanh's range; 0.6, a uniform distribution's, pushes many points to
            the margin.
        seed: Seed of everything random.
        rotate: Degrees by which the code is turned before it is stretched.
        temporal: Weight of the temporal term; 0 leaves it out.
        triplet: Weight of the triplet log-ratio.
        spread: What area tells: "time", every frame counts the same; or "variety", runs of nearly
            the same frames count by the root of their length.
    """

    name: str = "atlas"
    std: float = 0.3
    seed: int = 0
    rotate: float = 0.0
    temporal: float = 0.0
    triplet: float = 0.003
    spread: str = "variety"

    def __post_init__(self) -> None:
        if self.name not in LAYOUTS:
            raise InputError(
                f"Expected --layout to be one of {', '.join(LAYOUTS)}. Received: {self.name}."
            )
        if self.spread not in SPREADS:
            raise InputError(
                f"Expected --spread to be one of {', '.join(SPREADS)}. Received: {self.spread}."
            )
        check_within("--std", self.std, 0.05, 0.9, "0.3 is the published width, 0.6 a wide one")
        check_within("--seed", self.seed, 0, 2**31 - 1, "any whole number draws another map")
        check_within("--rotate", self.rotate, -360, 360, "give degrees")
        check_within("--temporal", self.temporal, 0, 1000, "0 leaves the term out")
        check_within("the triplet term's weight", self.triplet, 0, 1000, "0 leaves the term out")


@dataclass(frozen=True)
class IndexOptions:
    """What one index run is to do.

    Attributes:
        fps: Frames to keep of each second of video; None takes the atlas' own, or 3.
        height: Short side of a frame in pixels; None takes the atlas' own, or 300.
        layout: How the map is to be composed, when one is drawn.
        engine: "auto", "tensorflow" or "openvino".
        precision: Numbers that Xception computes with: "auto" (what the machine is good at),
            "float32", "bfloat16" or "int8"; None takes the atlas' own, or "auto".
        weights: Another weights file for the network; None takes Xception's packaged one.
        descriptor: The network: "xception", a name of ``keras.applications``, or a folder that
            keras_hub saved; None takes the atlas' own, or Xception.
        crops: Squares of each frame that the network looks at, 1 or 2; None takes the atlas' own,
            or 2.
        vectors: A file of vectors that take the place of a network's.
        jobs: Videos decoded at the same time; None chooses by the machine.
        hwaccel: FFmpeg's hardware decoding: "none", a method's name, or "auto": the fastest method
            that shows the first video as the processor does, if it is faster than that.
        refit: Draw a new map even if there is one.
        prune: Forget sources whose files are gone.
        force: Go on although the disk looks too small.
        scheduler: Address of a Dask scheduler whose workers read and describe; None for none.
        workers: Processes of this machine that read and describe; None for this one alone.
        low_memory: Decode one video and describe one crop at a time, and keep no memory for later.
        exclude: Patterns of files and folders that are passed over, kept in the atlas.
        sample: Which frames of new videos are looked at: "all", "key" frames only, or
            "auto": key frames where all would take more than eight hours.
        worker_timeout: Seconds after which a run ends whose scheduler has lost all its workers.
        store: How frames are stored: "raw", byte for byte, or as "jpeg", at a tenth of the bytes;
            None takes the atlas' own, or "raw".
    """

    fps: float | None = None
    height: int | None = None
    layout: LayoutOptions = field(default_factory=LayoutOptions)
    engine: str = "auto"
    precision: str | None = None
    weights: Path | None = None
    descriptor: str | None = None
    crops: int | None = None
    vectors: Path | None = None
    jobs: int | None = None
    hwaccel: str = "none"
    refit: bool = False
    prune: bool = False
    force: bool = False
    scheduler: str | None = None
    workers: int | None = None
    exclude: tuple[str, ...] = ()
    low_memory: bool = False
    worker_timeout: float = 1800.0
    sample: str = "all"
    store: str | None = None

    def __post_init__(self) -> None:
        if self.fps is not None:
            check_within("--fps", self.fps, 0.001, 1000, "3 frames a second is the published rate")
        if self.height is not None:
            check_within("--height", self.height, 16, 4320, "300 pixels is the published height")
        if self.engine not in ENGINES:
            raise InputError(
                f"Expected --engine to be one of {', '.join(ENGINES)}. Received: {self.engine}."
            )
        if self.precision is not None:
            check_one_of("--precision", self.precision, PRECISIONS)
        if self.crops is not None:
            check_within(
                "--crops", self.crops, 1, 2, "2 looks at both ends of a frame, 1 at its middle"
            )
        if self.vectors is not None:
            _refuse_beside_vectors(self)
        if self.jobs is not None:
            check_within("--jobs", self.jobs, 1, 256, "one for each core is plenty")
        if self.low_memory:
            _refuse_beside_low_memory(self)
        check_one_of("--sample", self.sample, SAMPLES)
        if self.store is not None:
            check_one_of("--store", self.store, STORES)
        check_within("--worker-timeout", self.worker_timeout, 1, 10**7, "1800 is half an hour")
        if self.workers is not None:
            check_within("--workers", self.workers, 1, 256, "one for every four cores is plenty")
            if self.scheduler is not None:
                raise InputError(
                    "Expected --workers or --scheduler. Received: both. Workers of a scheduler are "
                    "started with `dask worker`; leave --workers out."
                )


def _refuse_beside_vectors(options: IndexOptions) -> None:
    others = {
        "--descriptor": options.descriptor,
        "--weights": options.weights,
        "--crops": options.crops,
        "--precision": options.precision,
        "--workers": options.workers,
        "--scheduler": options.scheduler,
    }
    given = [name for name, value in others.items() if value is not None]
    if given:
        raise InputError(
            f"Expected --vectors without a network and without workers. Received: {given[0]} too; "
            "leave it out."
        )


def _refuse_beside_low_memory(options: IndexOptions) -> None:
    others = {
        "--jobs": options.jobs,
        "--workers": options.workers,
        "--scheduler": options.scheduler,
    }
    given = [name for name, value in others.items() if value not in (None, 1)]
    if given:
        raise InputError(
            f"Expected --low-memory without {given[0]}. Received: both; one process does one thing "
            "at a time to need little memory, so leave one of them out."
        )


def check_within(option: str, value: float, least: float, most: float, remedy: str) -> None:
    """Refuse a number out of its range, and what is no number.

    Args:
        option: As the user writes it.
        value: What was given.
        least: The smallest that can be meant.
        most: The largest.
        remedy: What to do instead; without a full stop.

    Raises:
        InputError: One sentence with all of it.
    """
    if not (math.isfinite(value) and least <= value <= most):
        raise InputError(
            f"Expected {option} between {least:g} and {most:g}. Received: {value:g}; {remedy}."
        )


def check_one_of(option: str, value: str, choices: Sequence[str]) -> None:
    """Refuse a word that is none of some; InputError."""
    if value not in choices:
        raise InputError(f"Expected {option} to be {' or '.join(choices)}. Received: {value!r}.")
