"""Heat maps and ways of players, over a frame of the video or over the plan of the court."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy.ndimage import gaussian_filter

from frameatlas.reid.statistics.movement import Stay
from frameatlas.reid.statistics.statistics import GameStatistics, PlayerStatistics

Pixels = NDArray[np.uint8]

LONGEST = 1280
"""Pixels of the longer side of a figure, at most."""

HEAT = np.array(
    [(40, 20, 90), (135, 35, 110), (215, 70, 60), (250, 150, 20), (255, 245, 160)], np.float64
)
"""From seldom to often: light and dark in one order, for eyes that see colours differently."""

MARGIN = 2.0
"""Metres around the court on its plan."""

_GRASS, _CHALK = (58, 102, 66), (228, 234, 228)
_CELL = 4
_SPREAD_HEIGHTS, _SPREAD_METRES = 0.35, 0.75


def picture_heat(player: PlayerStatistics, recording: int, background: Pixels) -> Pixels:
    """How long a player's feet were where in the picture of one camera.

    Args:
        player: The player.
        recording: The camera's recording.
        background: uint8 of shape (height, width, 3): a frame of it, RGB.

    Returns:
        uint8 of the background's shape, no longer than ``LONGEST``.
    """
    shown, scale = _fitted(background)
    stays = [stay for stay in player.stays if stay.recording == recording and len(stay.frame)]
    points = np.concatenate([np.zeros((0, 2)), *(stay.pixels for stay in stays)]) * scale
    tall = np.concatenate([np.zeros(0), *(stay.height for stay in stays)]) * scale
    spread = _SPREAD_HEIGHTS * float(np.median(tall)) if len(tall) else 1.0
    dim = np.asarray(Image.fromarray(shown).convert("L").convert("RGB"), np.float64) * 0.6 + 30
    return _overlaid(dim, points, max(spread, _CELL))


def plan_heat(found: GameStatistics, player: PlayerStatistics) -> Pixels:
    """How long a player was where on the court, on its plan; uint8 of shape (height, width, 3)."""
    plan = CourtPlan.around(found)
    rows = [plan.place(stay.metres) for stay in player.stays]
    points = np.concatenate([np.zeros((0, 2)), *rows])
    image = _overlaid(
        plan.paint(), points[np.isfinite(points).all(axis=1)], _SPREAD_METRES * plan.scale
    )
    return plan.with_lines(image)


def picture_path(player: PlayerStatistics, recording: int, background: Pixels) -> Pixels:
    """A player's way over the picture of one camera, from dark at the begin to light at the end."""
    shown, scale = _fitted(background)
    dim = np.asarray(Image.fromarray(shown).convert("L").convert("RGB"), np.float64) * 0.6 + 20
    stays = [stay for stay in player.stays if stay.recording == recording]
    return _drawn(dim.astype(np.uint8), [(stay, stay.pixels * scale) for stay in stays])


def plan_path(found: GameStatistics, player: PlayerStatistics) -> Pixels:
    """A player's way over the court's plan, from dark at the begin to light at the end."""
    plan = CourtPlan.around(found)
    shown = plan.with_lines(plan.paint().astype(np.uint8))
    return _drawn(shown, [(stay, plan.place(stay.metres)) for stay in player.stays])


class CourtPlan:
    """The plan of a court: its outline, the line across its middle, and what of it is seen.

    Args:
        low: Metres along and across of the plan's corner.
        high: Of the corner opposite.
        size: Of the court; (0, 0) where it is not known.
    """

    def __init__(
        self, low: NDArray[np.float64], high: NDArray[np.float64], size: tuple[float, float]
    ) -> None:
        self.low, self.size = low, size
        extent = np.maximum(high - low, 1.0)
        self.scale = LONGEST / float(extent.max())
        self.shape = tuple(int(v) for v in np.ceil(extent[::-1] * self.scale))

    @classmethod
    def around(cls, found: GameStatistics) -> "CourtPlan":
        """The court where its size is known, else what players and known points take up."""
        court = found.court
        size = court.size if court else (0.0, 0.0)
        if min(size) > 0:
            return cls(np.full(2, -MARGIN), np.array(size) + MARGIN, size)
        points = [stay.metres for player in found.players for stay in player.stays]
        views = [view.metres for views in (court.views.values() if court else ()) for view in views]
        known = np.concatenate([np.zeros((0, 2)), *points, *views])
        known = known[np.isfinite(known).all(axis=1)]
        low, high = np.percentile(known, (1, 99), axis=0) if len(known) else np.zeros((2, 2))
        return cls(low - MARGIN, high + MARGIN, (0.0, 0.0))

    def place(self, metres: NDArray[np.float64]) -> NDArray[np.float64]:
        """Pixels of points on the court, (n, 2)."""
        return np.asarray((metres - self.low) * self.scale, np.float64)

    def paint(self) -> NDArray[np.float64]:
        """The bare ground, float64 of shape (height, width, 3)."""
        return np.full((*self.shape, 3), _GRASS, np.float64)

    def with_lines(self, image: Pixels) -> Pixels:
        """The same picture with the lines of the court and a scale."""
        drawn = Image.fromarray(image)
        draw = ImageDraw.Draw(drawn)
        if min(self.size) > 0:
            corners = self.place(np.array([(0.0, 0.0), self.size]))
            draw.rectangle([tuple(corner) for corner in corners], outline=_CHALK, width=2)
            middle = self.place(np.array([(self.size[0] / 2, 0), (self.size[0] / 2, self.size[1])]))
            draw.line([tuple(point) for point in middle], fill=_CHALK, width=2)
        left, low = 12, image.shape[0] - 12
        draw.line([(left, low), (left + 5 * self.scale, low)], fill=_CHALK, width=3)
        draw.text((left, low - 20), "5 m", fill=_CHALK, font_size=14)
        return np.asarray(drawn, np.uint8)


def _fitted(background: Pixels) -> tuple[Pixels, float]:
    """A background no longer than ``LONGEST``, and how much smaller it is."""
    scale = min(1.0, LONGEST / max(background.shape[:2]))
    if scale == 1.0:
        return background, 1.0
    width, height = (max(1, round(side * scale)) for side in background.shape[1::-1])
    small = Image.fromarray(background).resize((width, height), Image.Resampling.LANCZOS)
    return np.asarray(small, np.uint8), scale


def _overlaid(ground: NDArray[np.float64], points: NDArray[np.float64], spread: float) -> Pixels:
    """Points as heat over a ground; ``spread`` is the deviation of each in pixels."""
    height, width = ground.shape[:2]
    rows, columns = -(-height // _CELL), -(-width // _CELL)
    cells = np.floor(points / _CELL).astype(np.int64)
    inside = ((cells >= 0) & (cells < (columns, rows))).all(axis=1)
    density = np.zeros((rows, columns))
    np.add.at(density, (cells[inside, 1], cells[inside, 0]), 1.0)
    density = gaussian_filter(density, spread / _CELL, mode="constant")
    most = density.max()
    if most <= 0:
        return ground.astype(np.uint8)
    share = np.asarray(
        Image.fromarray((density / most).astype(np.float32)).resize(
            (columns * _CELL, rows * _CELL), Image.Resampling.BILINEAR
        )
    )[:height, :width]
    at = np.linspace(0, 1, len(HEAT))
    colour = np.stack([np.interp(share, at, HEAT[:, k]) for k in range(3)], axis=2)
    opacity = np.clip(share * 4, 0, 0.85)[..., None]
    return np.asarray(np.clip(ground * (1 - opacity) + colour * opacity, 0, 255), np.uint8)


_FIRST_OF_A_WAY = 0.35
"""Share of the colours of heat at which a way begins: darker ones are not seen on the ground."""


def _drawn(shown: Pixels, ways: Sequence[tuple[Stay, NDArray[np.float64]]]) -> Pixels:
    image = Image.fromarray(shown)
    draw = ImageDraw.Draw(image)
    number = max(1, sum(len(stay.frame) for stay, _ in ways))
    at, done = np.linspace(0, 1, len(HEAT)), 0
    for stay, way in ways:
        for k in range(len(way) - 1):
            if np.isfinite(way[k : k + 2]).all():
                share = _FIRST_OF_A_WAY + (1 - _FIRST_OF_A_WAY) * (done + k) / number
                colour = tuple(int(np.interp(share, at, HEAT[:, c])) for c in range(3))
                draw.line([tuple(way[k]), tuple(way[k + 1])], fill=colour, width=2)
        done += len(stay.frame)
    return np.asarray(image, np.uint8)
