"""Charts of a game: who is on when, and who is seen together with whom."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from frameatlas.clock import clock
from frameatlas.reid.statistics.statistics import GameStatistics
from frameatlas.reid.statistics.tables import seconds_of
from frameatlas.reid.statistics.team_colours import team_colour

Pixels = NDArray[np.uint8]

PAPER, INK, SOFT, FAINT = (255, 255, 255), (25, 25, 25), (110, 110, 110), (232, 232, 232)
LONGEST_NAME = 24
"""Letters of a name that a chart shows."""

_ROW, _TOP, _WIDTH = 26, 44, 1100
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)


def timeline(found: GameStatistics) -> Pixels:
    """Who is on when: a row a player, a bar a stay, in the colour of the team.

    Several cameras stand below one another, each with its own time.
    """
    parts = [_camera_timeline(found, number) for number in range(len(found.boxes))]
    return np.concatenate(parts, axis=0)


def _room_for_names(found: GameStatistics, font_size: int) -> int:
    """Pixels that the longest of the players' names takes, with what is left around it."""
    draw = ImageDraw.Draw(Image.new("RGB", (1, 1)))
    names = (_short(player.name) for player in found.players)
    widths = (draw.textlength(name, font_size=font_size) for name in names)
    return round(max(widths, default=0)) + 34


def _camera_timeline(found: GameStatistics, recording: int) -> Pixels:
    left = _room_for_names(found, 14)
    boxes = found.boxes[recording]
    length = max(float(boxes.frame.max(initial=1)) / boxes.rate, 1e-3)
    height = _TOP + _ROW * len(found.players) + 34
    image = Image.new("RGB", (left + _WIDTH + 40, height), PAPER)
    draw = ImageDraw.Draw(image)
    draw.text((12, 12), f"Who is on when: {_short(boxes.camera)}", fill=INK, font_size=17)
    low = _TOP + _ROW * len(found.players)
    step = next((s for s in _STEPS if length / s <= 12), 3600)
    for mark in np.arange(0, length + 1e-9, step):
        x = left + _WIDTH * mark / length
        draw.line([(x, _TOP - 4), (x, low)], fill=FAINT)
        draw.text((x, low + 6), clock(float(mark)), fill=SOFT, font_size=13, anchor="ma")
    for place, player in enumerate(found.players):
        y = _TOP + _ROW * place
        place_of_name = (left - 12, y + _ROW / 2)
        draw.text(place_of_name, _short(player.name), fill=INK, font_size=14, anchor="rm")
        draw.line([(left, y + _ROW), (left + _WIDTH, y + _ROW)], fill=FAINT)
        for stay in player.stays:
            if stay.recording == recording:
                begin, end = (left + _WIDTH * t / length for t in seconds_of(found, stay))
                bar = [(begin, y + 5), (max(end, begin + 1), y + _ROW - 5)]
                draw.rectangle(bar, fill=team_colour(player.team))
    return np.asarray(image, np.uint8)


def together_chart(found: GameStatistics) -> Pixels:
    """How long every two players are in one picture: dark squares for long."""
    number = len(found.players)
    cell = 34 if number <= 40 else 14
    left = _room_for_names(found, 13)
    top = left + 34  # below the title, which may be longer than all columns
    width = max(left + cell * number + 30, 230)
    image = Image.new("RGB", (width, top + cell * number + 30), PAPER)
    draw = ImageDraw.Draw(image)
    draw.text((12, 12), "Seconds in one picture", fill=INK, font_size=17)
    most = max(float(np.triu(found.together, 1).max(initial=0)), 1e-9)
    for a, player in enumerate(found.players):
        middle = top + cell * (a + 0.5)
        draw.text((left - 10, middle), _short(player.name), fill=INK, font_size=13, anchor="rm")
        _write_upright(image, (left + cell * (a + 0.5), top - 10), _short(player.name))
        for b in range(number):
            corner = (left + cell * b, top + cell * a)
            _paint_cell(draw, corner, cell, None if a == b else found.together[a, b], most)
    return np.asarray(image, np.uint8)


def _paint_cell(
    draw: ImageDraw.ImageDraw,
    corner: tuple[int, int],
    cell: int,
    seconds: float | None,
    most: float,
) -> None:
    x, y = corner
    if seconds is None:
        draw.rectangle([(x, y), (x + cell - 2, y + cell - 2)], fill=FAINT)
        return
    share = seconds / most
    colour = tuple(int(250 - share * (250 - dark)) for dark in (22, 82, 130))
    draw.rectangle([(x, y), (x + cell - 2, y + cell - 2)], fill=colour)
    if cell >= 30:
        ink = PAPER if share > 0.5 else INK
        middle = (x + cell / 2 - 1, y + cell / 2 - 1)
        draw.text(middle, f"{seconds:.0f}", fill=ink, font_size=11, anchor="mm")


def _write_upright(image: Image.Image, place: tuple[float, float], text: str) -> None:
    """A name that reads upwards, its end at a place."""
    width = max(1, round(ImageDraw.Draw(image).textlength(text, font_size=13)))
    strip = Image.new("RGB", (width, 18), PAPER)
    ImageDraw.Draw(strip).text((0, 9), text, fill=INK, font_size=13, anchor="lm")
    turned = strip.rotate(90, expand=True)
    image.paste(turned, (round(place[0] - 9), round(place[1] - turned.height)))


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
