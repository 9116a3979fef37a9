"""Drawing one made-up player: a figure of a few limbs, seen from any side, in any step."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from frameatlas.reid.synthetic.people import Colour, Person

FINER = 3
"""Drawn so many times larger, then made smaller, for soft edges."""

SHAPE = 0.62
"""Width of the drawing over its height; arms and stride fit in."""

SEGMENTS = {
    0: "abcdef",
    1: "bc",
    2: "abged",
    3: "abgcd",
    4: "fgbc",
    5: "afgcd",
    6: "afgedc",
    7: "abc",
    8: "abcdefg",
    9: "abcdfg",
}
"""Strokes of each digit, as on a pocket calculator: no font, so the same picture everywhere."""

STROKES = {
    "a": ((0, 0), (1, 0)),
    "b": ((1, 0), (1, 1)),
    "c": ((1, 1), (1, 2)),
    "d": ((0, 2), (1, 2)),
    "e": ((0, 1), (0, 2)),
    "f": ((0, 0), (0, 1)),
    "g": ((0, 1), (1, 1)),
}


@dataclass(frozen=True)
class Pose:
    """How a player stands in one frame.

    Attributes:
        facing: Radians; 0 towards the camera, π/2 to the right, π away from it.
        step: Radians; where in the stride.
        speed: 0 standing to 1 running.
    """

    facing: float
    step: float
    speed: float


def draw_figure(person: Person, pose: Pose, height: int) -> NDArray[np.uint8]:
    """The player on nothing.

    Returns:
        uint8 of shape (height, width, 4), RGB and opacity; the feet stand on the lower edge.
    """
    width = max(2, round(SHAPE * height))
    size = (FINER * width, FINER * height)
    image = Image.new("RGBA", size, (0, 0, 0, 0))
    _Sketch(ImageDraw.Draw(image), size, person, pose).draw()
    return np.asarray(image.resize((width, height), Image.Resampling.BOX))


class _Sketch:
    """The limbs in the order in which they hide each other; lengths in heights of the figure."""

    def __init__(
        self, pen: ImageDraw.ImageDraw, size: tuple[int, int], person: Person, pose: Pose
    ) -> None:
        self.pen, self.person, self.pose = pen, person, pose
        self.middle, self.unit = size[0] / 2, float(size[1])
        self.side = math.sin(pose.facing)
        self.front = math.cos(pose.facing)
        self.broad = 0.5 + 0.5 * abs(self.front)  # a body seen from the side is half as broad
        self.stride = math.sin(pose.step) * pose.speed

    def draw(self) -> None:
        self._arm(-1)
        self._leg(-1)
        self._leg(1)
        self._shorts()
        if self.person.style in ("long", "tail") and self.front > 0:
            self._hair_behind()
        self._torso()
        self._arm(1)
        self._head()
        if self.person.style in ("long", "tail") and self.front <= 0:
            self._hair_behind()

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return self.middle + x * self.unit, y * self.unit

    def _limb(self, points: list[tuple[float, float]], thick: float, colour: Colour) -> None:
        width = max(1, round(thick * self.unit))
        places = [self._at(*point) for point in points]
        self.pen.line(places, fill=colour, width=width, joint="curve")
        for x, y in places:
            r = width / 2
            self.pen.ellipse((x - r, y - r, x + r, y + r), fill=colour)

    def _leg(self, which: int) -> None:
        person, swing = self.person, which * self.stride
        hip = 0.055 * which * self.broad * person.build
        reach = 0.13 * swing * abs(self.side) + 0.02 * which * abs(self.front)
        lift = 0.06 * max(0.0, swing) * (0.4 + 0.6 * abs(self.front))
        knee = (hip + 0.7 * reach + 0.03 * self.side * abs(swing), 0.72 - 0.5 * lift)
        foot = (hip + reach, 0.955 - lift)
        self._limb([(hip, 0.53), knee], 0.075 * person.build, person.skin)
        self._limb([knee, foot], 0.062 * person.build, person.socks)
        toe = (foot[0] + 0.055 * self.side, foot[1] + 0.015)
        self._limb([(foot[0], foot[1] + 0.012), toe], 0.05, person.shoes)

    def _shorts(self) -> None:
        wide = 0.12 * self.broad * self.person.build
        spread = 0.03 * abs(self.stride) * abs(self.side)
        corners = [(-wide, 0.47), (wide, 0.47), (wide + spread, 0.62), (-wide - spread, 0.62)]
        self.pen.polygon([self._at(*c) for c in corners], fill=self.person.shorts)

    def _torso(self) -> None:
        person = self.person
        top, low = 0.15 * self.broad * person.build, 0.115 * self.broad * person.build
        corners = [(-top, 0.205), (-0.4 * top, 0.175), (0.4 * top, 0.175), (top, 0.205)]
        corners += [(low, 0.49), (-low, 0.49)]
        self.pen.polygon([self._at(*c) for c in corners], fill=person.shirt)
        shade = tuple(int(0.8 * value) for value in person.shirt)
        edge = [(0.62 * top, 0.21), (top, 0.21), (low, 0.49), (0.62 * low, 0.49)]
        self.pen.polygon([self._at(*c) for c in edge], fill=shade)
        if person.number is not None and abs(self.front) > 0.35:
            away = self.front < 0
            self._number(person.number, 0.25 if away else 0.27, 0.16 if away else 0.08)

    def _number(self, number: int, top: float, high: float) -> None:
        ink = (250, 250, 250) if sum(self.person.shirt) < 450 else (20, 20, 20)
        digits = [int(digit) for digit in str(number)]
        wide, gap = 0.32 * high * abs(self.front), 0.2 * high * abs(self.front)
        start = -(len(digits) * wide + (len(digits) - 1) * gap) / 2
        thick = max(1, round(0.17 * high * self.unit))
        for place, digit in enumerate(digits):
            left = start + place * (wide + gap)
            for stroke in SEGMENTS[digit]:
                ends = [self._at(left + x * wide, top + y * high / 2) for x, y in STROKES[stroke]]
                self.pen.line(ends, fill=ink, width=thick)

    def _arm(self, which: int) -> None:
        person = self.person
        shoulder = (0.145 * which * self.broad * person.build, 0.225)
        swing = -which * self.stride
        out = 0.05 * which * abs(self.front)
        elbow = (shoulder[0] + out + 0.07 * swing * self.side, 0.34)
        hand = (elbow[0] + 0.11 * swing * self.side + 0.3 * out, 0.46 - 0.05 * abs(swing))
        self._limb([shoulder, elbow, hand], 0.045 * person.build, person.skin)
        middle = ((shoulder[0] + elbow[0]) / 2, (shoulder[1] + elbow[1]) / 2 + 0.012)
        self._limb([shoulder, middle], 0.062 * person.build, person.shirt)

    def _head(self) -> None:
        person, turn = self.person, 0.012 * self.side
        self._limb([(0, 0.15), (0, 0.185)], 0.05, person.skin)
        self._oval((turn, 0.095), 0.056, 0.072, person.skin)
        if person.style == "bald":
            return
        away = self.front < -0.3
        high = 0.03 if person.style == "tall" else 0.0
        depth = 0.055 if away else 0.032
        box = (-0.062 + turn, 0.016 - high, 0.062 + turn, 0.016 + 2 * depth + 0.04)
        left, top = self._at(box[0], box[1])
        right, low = self._at(box[2], box[3])
        start, end = (180, 360) if not away else (150, 390)
        self.pen.pieslice((left, top, right, low), start, end, fill=person.hair)
        if away:
            self._oval((turn, 0.085), 0.06, 0.062, person.hair)
        elif abs(self.side) > 0.4:
            self._oval((turn - 0.03 * np.sign(self.side), 0.085), 0.035, 0.055, person.hair)

    def _hair_behind(self) -> None:
        back = -0.05 * self.side
        if self.person.style == "long":
            self._oval((back, 0.13), 0.065, 0.085, self.person.hair)
        else:
            self._limb([(back, 0.08), (1.6 * back, 0.2)], 0.035, self.person.hair)

    def _oval(self, middle: tuple[float, float], wide: float, high: float, colour: Colour) -> None:
        left, top = self._at(middle[0] - wide, middle[1] - high)
        right, low = self._at(middle[0] + wide, middle[1] + high)
        self.pen.ellipse((left, top, right, low), fill=colour)
