"""Boxes and names of players, drawn into pictures in the colours of their teams."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from frameatlas.reid.statistics.player_boxes import PlayerBoxes
from frameatlas.reid.statistics.team_colours import UNKNOWN, Colour, team_colour
from frameatlas.safe_text import one_line

LONGEST_NAME = 24
"""Letters of a name that are drawn."""

_INK = (255, 255, 255)


@dataclass(frozen=True, eq=False)
class DrawnBoxes:
    """Boxes for every frame of a film, those between two of a tracker's too; by frame.

    Attributes:
        frame: int64 of shape (n,), ascending.
        player: int64 of shape (n,): -1 unassigned.
        box: float64 of shape (n, 4): left, top, width, height.
        names: Name of each player.
        colours: Colour of each player.
    """

    frame: NDArray[np.int64]
    player: NDArray[np.int64]
    box: NDArray[np.float64]
    names: tuple[str, ...]
    colours: tuple[Colour, ...]

    @classmethod
    def of(cls, boxes: PlayerBoxes, names: tuple[str, ...], teams: tuple[int, ...]) -> "DrawnBoxes":
        """The boxes of a recording.

        Args:
            boxes: The recording.
            names: Of the players.
            teams: Of the players: 1, 2, …; 0 where it is not known.
        """
        parts = list(_filled(boxes))
        frame = np.concatenate([np.zeros(0, np.int64), *(part[0] for part in parts)])
        order = np.argsort(frame, kind="stable")
        player = np.concatenate([np.zeros(0, np.int64), *(part[1] for part in parts)])
        box = np.concatenate([np.zeros((0, 4)), *(part[2] for part in parts)])
        colours = tuple(team_colour(team) for team in teams)
        return cls(frame[order], player[order], box[order], names, colours)

    def draw(
        self, pixels: NDArray[np.uint8], number: int, only: Collection[int] | None = None
    ) -> NDArray[np.uint8]:
        """A picture with the boxes of its frame.

        Args:
            pixels: uint8 of shape (height, width, 3), RGB.
            number: Of the frame, from 1.
            only: Players whose boxes are drawn; None: all.
        """
        first, stop = np.searchsorted(self.frame, (number, number + 1))
        rows = [n for n in range(first, stop) if only is None or int(self.player[n]) in only]
        if not rows:
            return pixels
        image = Image.fromarray(pixels)
        draw = ImageDraw.Draw(image)
        thick = max(1, round(pixels.shape[0] / 360))
        for row in sorted(rows, key=lambda n: (self.player[n] >= 0, self.box[n, 1])):
            self._draw_one(draw, row, thick)
        return np.asarray(image, np.uint8)

    def _draw_one(self, draw: ImageDraw.ImageDraw, row: int, thick: int) -> None:
        left, top, width, height = (float(value) for value in self.box[row])
        player = int(self.player[row])
        colour = self.colours[player] if player >= 0 else UNKNOWN
        corner = (left + max(width, 1.0), top + max(height, 1.0))
        draw.rectangle([(left, top), corner], outline=colour, width=thick if player >= 0 else 1)
        if player < 0:
            return
        size = 8 + 3 * thick
        text = one_line(self.names[player])[:LONGEST_NAME]
        room = draw.textbbox((left, top), text, font_size=size, anchor="lb")
        low = top if room[1] > 2 else top + size + 6
        draw.rectangle([(left, low - size - 5), (left + room[2] - room[0] + 6, low)], fill=colour)
        draw.text((left + 3, low - 2), text, fill=_INK, font_size=size, anchor="lb")


def _filled(
    boxes: PlayerBoxes,
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]]:
    """Frames, players and boxes of each segment, with those of short gaps between them."""
    starts = np.flatnonzero(np.diff(boxes.segment, prepend=-1))
    most = max(2 * boxes.step, round(boxes.rate / 3))
    for start, stop in zip(starts, [*starts[1:], len(boxes)], strict=True):
        frame, box = boxes.frame[start:stop], boxes.box[start:stop]
        every = np.arange(frame[0], frame[-1] + 1)
        after = np.minimum(np.searchsorted(frame, every), len(frame) - 1)
        gap = frame[after] - frame[np.maximum(after - 1, 0)]
        every = every[(frame[after] == every) | (gap <= most)]
        filled = np.column_stack([np.interp(every, frame, box[:, k]) for k in range(4)])
        yield every, np.full(len(every), boxes.player[start]), filled
