"""One row a shot: which frames of a search stand for others, and the span that they stand for."""

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.errors import DamagedAtlasError
from frameatlas.safe_text import say
from frameatlas.shots import Shots

SPAN_OF_SHOT = "shot, from – to"
"""The column of a table that says when a shot begins and ends."""


def groups_of_shots(atlas: Atlas, asked: bool | None) -> NDArray[np.int64] | None:
    """The ``groups`` of a search that gives one row a shot; None for every frame.

    Args:
        atlas: The atlas.
        asked: Whether one row a shot was asked for; None where shots are known.

    Raises:
        DamagedAtlasError: They were asked for, and cannot be read.
    """
    if asked is False:
        return None
    shots = Shots(atlas)
    try:
        if shots.known:
            if asked is None:
                say("One row a shot, of its best frame; --every-frame lists them all.", err=True)
            return shots.groups
    except DamagedAtlasError as error:
        if asked:
            raise
        say(f"{error} Every frame is listed.", err=True)
        return None
    if asked:
        say(
            "No shots are known, so every frame is listed; `frameatlas shots` finds them.", err=True
        )
    return None


def span_of_shot(shots: Shots, frame: int) -> tuple[float, float] | None:
    """Seconds at which the shot of a frame begins and the next one begins; None for a photo."""
    shot = shots.shot_of(frame)
    return None if shot is None else (shot.begin, shot.until)
