"""The pictures of annotated films, streamed: one is in memory at a time."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from frameatlas.reid.film.annotate import DrawnBoxes
from frameatlas.reid.film.clips import Clip, frames_of
from frameatlas.reid.tracks.frame_reader import Pictures

Frame = NDArray[np.uint8]

_ALL = range(1, 1_000_000_000)
"""Frames of any video: how many it has may be told wrongly."""


def film_pictures(pictures: Pictures, boxes: DrawnBoxes) -> Iterator[tuple[int, Frame]]:
    """Number and picture of every frame of a video, with its boxes drawn."""
    for picture in pictures.pictures(_ALL):
        yield picture.number, boxes.draw(picture.pixels, picture.number)


def clip_pictures(
    pictures: Pictures, boxes: DrawnBoxes, clips: Sequence[Clip]
) -> Iterator[tuple[Clip, int, Frame]]:
    """Clip, number and picture of all frames of some clips, by frame: the video is decoded once.

    Only the box of a clip's own player is drawn.
    """
    begins = sorted(clips, key=lambda clip: clip.first)
    for picture in pictures.pictures(frames_of(clips)):
        for clip in begins:
            if clip.first > picture.number:
                break
            if picture.number <= clip.last:
                yield (
                    clip,
                    picture.number,
                    boxes.draw(picture.pixels, picture.number, {clip.player}),
                )
