"""Made-up players: what each of them looks like. Nothing here is a picture of anybody."""

from dataclasses import dataclass

import numpy as np

Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""

SHIRTS: tuple[tuple[Colour, Colour, Colour], ...] = (
    ((200, 30, 40), (245, 245, 245), (200, 30, 40)),
    ((35, 70, 190), (30, 40, 110), (240, 240, 240)),
    ((240, 200, 30), (30, 30, 30), (240, 200, 30)),
)
"""Shirt, shorts and socks of the two teams, then of the referee."""

SKINS: tuple[Colour, ...] = ((244, 205, 178), (214, 164, 126), (158, 106, 72), (92, 60, 42))
HAIRS: tuple[Colour, ...] = (
    (34, 26, 22),
    (96, 58, 30),
    (206, 164, 92),
    (176, 74, 32),
    (150, 150, 150),
)
STYLES = ("short", "long", "bald", "tail", "tall")
SHOES: tuple[Colour, ...] = (
    (20, 20, 20),
    (245, 245, 245),
    (250, 90, 20),
    (60, 220, 90),
    (240, 60, 170),
    (40, 190, 230),
)


@dataclass(frozen=True)
class Person:
    """One made-up player.

    Attributes:
        identity: 1, 2, …
        team: 0 and 1 play, 2 is the referee.
        number: On the back, large, and on the chest, small; None for the referee.
        shirt: Colour, as the next ones.
        shorts: …
        socks: …
        skin: …
        hair: …
        shoes: …
        style: One of ``STYLES``.
        height: Height over that of the average player.
        build: Width over that of the average player.
    """

    identity: int
    team: int
    number: int | None
    shirt: Colour
    shorts: Colour
    socks: Colour
    skin: Colour
    hair: Colour
    shoes: Colour
    style: str
    height: float
    build: float


def make_people(per_team: int, variety: float, seed: int) -> tuple[Person, ...]:
    """Two teams and, where there are at least four a side, a referee.

    Args:
        per_team: Players of each team.
        variety: 1: looks are as different as they can be; towards 0 more and more players of a
            team look like the first of it, but for the number.
        seed: Decides the looks.
    """
    random = np.random.default_rng(seed)
    people = [
        _person(2 * i + team + 1, team, 2 + i, variety, random)
        for i in range(per_team)
        for team in (0, 1)
    ]
    if per_team >= 4:
        people.append(_person(len(people) + 1, 2, None, variety, random))
    return tuple(people)


def _person(
    identity: int, team: int, number: int | None, variety: float, random: np.random.Generator
) -> Person:
    shirt, shorts, socks = SHIRTS[team]
    # Everything is drawn for everybody, so that one wish does not move the draws of the next.
    skin, hair, style, shoes = (int(value) for value in random.integers(0, 60, 4))
    own = bool(random.random() < variety)
    order = (identity - 1) // 2
    height, build = random.uniform(-1, 1, 2)
    return Person(
        identity=identity,
        team=team,
        number=None if number is None else number * (1 if team else 3) % 99,
        shirt=shirt,
        shorts=shorts,
        socks=socks,
        skin=SKINS[(order + skin // 30) % len(SKINS) if own else 1],
        hair=HAIRS[hair % len(HAIRS) if own else 0],
        style=STYLES[(order + style // 40) % len(STYLES) if own else 0],
        shoes=SHOES[(2 * order + shoes // 30) % len(SHOES) if own else 0],
        height=1 + 0.07 * float(height) * variety,
        build=1 + 0.15 * float(build) * variety,
    )
