"""Drawn people on small pictures, with cameras, attributes and masks: truth without anybody's face.

Whoever trains, adapts or masks is tried on them first. Nothing here is a picture of anybody.
"""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from frameatlas.reid.learn.market_attributes import CLASSES
from frameatlas.reid.learn.sets.crop_store import CropStore
from frameatlas.reid.learn.sets.people_set import PeopleSet, people_set
from frameatlas.reid.learn.sets.protocol import PROTOCOLS
from frameatlas.reid.synthetic.figure import Pose, draw_figure
from frameatlas.reid.synthetic.people import HAIRS, SHOES, SKINS, STYLES, Colour, Person

COLOURS: tuple[Colour, ...] = (
    (25, 25, 28),
    (40, 70, 190),
    (120, 75, 40),
    (125, 125, 128),
    (45, 140, 60),
    (230, 120, 170),
    (235, 235, 230),
    (235, 200, 50),
)
SIZE = (64, 32)
OCCLUDED = 0.15
"""Share of pictures with a bar across."""


@dataclass(frozen=True)
class DrawnOptions:
    """What to draw.

    Attributes:
        people: How many.
        cameras: Each with a light and a background of its own.
        pictures: Of each person and camera.
        first: Number of the first person: other people are other numbers.
        cast: How far apart the cameras' lights are.
        seed: Decides everything.
        train: Whether these are people to learn from; else they are asked for and searched.
        size: Height and width of a picture.
    """

    people: int = 20
    cameras: int = 3
    pictures: int = 4
    first: int = 1
    cast: float = 0.35
    seed: int = 0
    train: bool = True
    size: tuple[int, int] = SIZE


@dataclass(frozen=True, eq=False)
class Drawn:
    """Drawn pictures.

    Attributes:
        people: Who is on them.
        pixels: uint8 of shape (n, h, w, 3).
        masks: bool of shape (n, h, w): where the person is.
    """

    people: PeopleSet
    pixels: NDArray[np.uint8]
    masks: NDArray[np.bool_]

    def store(self) -> CropStore:
        """As a training takes them."""
        names = tuple(str(path) for path in self.people.paths)
        return CropStore(self.people, self.pixels, names, ())

    def masked(self, masks: NDArray[np.bool_] | None = None) -> "Drawn":
        """The same pictures with black around the person."""
        seen = (self.masks if masks is None else masks)[..., None]
        return Drawn(self.people, np.where(seen, self.pixels, 0).astype(np.uint8), self.masks)

    def write(self, folder: Path) -> None:
        """One folder for each person, and in it one for each camera."""
        for path, pixels in zip(self.people.paths, self.pixels, strict=True):
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).save(place)


def draw_people(options: DrawnOptions) -> Drawn:
    """Draw everybody as every camera sees them."""
    # People and cameras are drawn apart: the same person walks before other cameras.
    who = np.random.default_rng([options.seed, 1, options.first])
    lights = np.random.default_rng([options.seed, 2])
    random = np.random.default_rng([options.seed, 3, options.first])
    cameras = [_Camera(options.cast, lights, options.size) for _ in range(options.cameras)]
    pixels, masks, columns, classes = [], [], [], []
    for number in range(options.people):
        person, worn = _person(options.first + number, who)
        for camera, light in enumerate(cameras):
            for _ in range(options.pictures):
                picture, mask = light.take(person, random)
                pixels.append(picture)
                masks.append(mask)
                columns.append((options.first + number, camera))
                classes.append(worn)
    paths = [
        Path(f"{person:05d}") / f"camera{camera}" / f"{place:06d}.png"
        for place, (person, camera) in enumerate(columns)
    ]
    everything = np.ones(len(paths), bool)
    parts = {part: everything == (part == "train") for part in ("train", "query", "gallery")}
    if not options.train:
        parts = {part: ~value for part, value in parts.items()}
    found = people_set(
        "drawn",
        "drawn people",
        paths,
        {"person": [p for p, _ in columns], "camera": [c for _, c in columns]},
        parts,
        PROTOCOLS["market"],
    )
    whole = PeopleSet(**{**vars(found), "attributes": np.array(classes, np.int64)})
    return Drawn(whole, np.stack(pixels), np.stack(masks))


def join_drawn(parts: list[Drawn]) -> Drawn:
    """Several as one: people to learn from and others to be scored with, by their own numbers."""
    sets = [part.people for part in parts]
    starts = np.cumsum([0, *(len(one) for one in sets[:-1])])

    def rows(part: str) -> NDArray[np.int64]:
        return np.concatenate([getattr(s, part) + b for s, b in zip(sets, starts, strict=True)])

    def column(key: str) -> NDArray[np.int64]:
        return np.concatenate([getattr(one, key) for one in sets])

    number = sum(len(one) for one in sets)
    whole = PeopleSet(
        "drawn",
        "drawn people",
        tuple(path for one in sets for path in one.paths),
        person=column("person"),
        camera=column("camera"),
        tracklet=np.arange(number, dtype=np.int64),
        action=column("action"),
        train=rows("train"),
        query=rows("query"),
        gallery=rows("gallery"),
        protocol=PROTOCOLS["market"],
        attributes=column("attributes"),
    )
    return Drawn(
        whole,
        np.concatenate([part.pixels for part in parts]),
        np.concatenate([part.masks for part in parts]),
    )


class _Camera:
    """A light, and a place that people walk in front of."""

    def __init__(self, cast: float, random: np.random.Generator, size: tuple[int, int]) -> None:
        self.gain = np.exp(cast * random.normal(size=3))
        self.offset = 40 * cast * random.normal(size=3)
        self.noise = random.uniform(2, 8)
        self.size = size
        self.ground = random.integers(60, 190, 3)

    def take(
        self, person: Person, random: np.random.Generator
    ) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
        height, width = self.size
        pose = Pose(
            random.uniform(-math.pi, math.pi), random.uniform(0, 2 * math.pi), random.random()
        )
        figure = Image.fromarray(draw_figure(person, pose, height))
        scale = random.uniform(0.86, 1.0)
        figure = figure.resize((max(2, round(scale * figure.width)), round(scale * height)))
        place = self._place(random)
        left = (width - figure.width) // 2 + int(random.integers(-2, 3))
        canvas = Image.new("RGBA", (width, height), (0, 0, 0, 0))
        canvas.paste(figure, (left, height - figure.height - int(random.integers(0, 3))))
        layer = np.asarray(canvas, np.float64)
        opaque = layer[..., 3:] / 255
        picture = layer[..., :3] * opaque + place * (1 - opaque)
        mask = opaque[..., 0] > 0.5
        if random.random() < OCCLUDED:
            top = int(random.integers(height // 3, height))
            low = min(height, top + height // 6)
            picture[top:low] = random.integers(0, 256, 3)
            mask[top:low] = False
        lit = picture * self.gain + self.offset + self.noise * random.normal(size=picture.shape)
        return lit.clip(0, 255).astype(np.uint8), mask

    def _place(self, random: np.random.Generator) -> NDArray[np.float64]:
        """The ground with clutter in it, a little out of focus."""
        height, width = self.size
        ground = np.broadcast_to(self.ground, (height, width, 3)).astype(np.uint8).copy()
        for _ in range(4):
            top, left = int(random.integers(0, height)), int(random.integers(0, width))
            high, wide = int(random.integers(4, height // 2)), int(random.integers(3, width // 2))
            ground[top : top + high, left : left + wide] = random.integers(20, 236, 3)
        blurred = Image.fromarray(ground).filter(ImageFilter.BoxBlur(1))
        return np.asarray(blurred, np.float64)


def _person(identity: int, random: np.random.Generator) -> tuple[Person, list[int]]:
    """Somebody, and the class of each of the 12 attributes as Market-1501 would tell it."""
    shirt, shorts, socks = (int(value) for value in random.integers(0, len(COLOURS), 3))
    skin, hair = int(random.integers(0, len(SKINS))), int(random.integers(0, len(HAIRS)))
    style, shoes = int(random.integers(0, len(STYLES))), int(random.integers(0, len(SHOES)))
    height, build = random.uniform(-1, 1, 2)

    def near(colour: Colour) -> Colour:
        red, green, blue = (int(np.clip(v + random.normal(0, 10), 0, 255)) for v in colour)
        return red, green, blue

    person = Person(
        identity=identity,
        team=0,
        number=None,
        shirt=near(COLOURS[shirt]),
        shorts=near(COLOURS[shorts]),
        socks=near(COLOURS[socks]),
        skin=SKINS[skin],
        hair=HAIRS[hair],
        shoes=SHOES[shoes],
        style=STYLES[style],
        height=1 + 0.07 * float(height),
        build=1 + 0.2 * float(build),
    )
    long_hair = STYLES[style] in ("long", "tail")
    worn = [0, int(long_hair), 1, 1, 1, 0, 0, 0, 0, 1 + shorts, 1 + shirt, min(3, skin)]
    assert all(value < most for value, most in zip(worn, CLASSES, strict=True))
    return person, worn
