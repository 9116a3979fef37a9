"""A synthetic game as files: what trackers and their scoring programs read, and the truth."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from frameatlas.errors import InputError
from frameatlas.reid.evaluate.tracker_errors import Breakage, break_tracks
from frameatlas.reid.synthetic.game import SIZE, Seen, SyntheticGame
from frameatlas.reid.synthetic.motion import RATE
from frameatlas.reid.tracks.mot import Tracks, write_mot
from frameatlas.store.atomic import translate_os_errors, write_text

Encode = Callable[[Path, Iterator[NDArray[np.uint8]], int], None]
"""Writes pictures, uint8 (height, width, 3), at so many a second, as a video at a path."""


def write_game(
    game: SyntheticGame, folder: Path, how: Breakage, encode: Encode | None = None
) -> tuple[Path, ...]:
    """Write what both cameras filmed, the tracks of a made-up tracker, and the truth.

    For each camera a folder ``camera-a`` as the MOT challenge has them: ``seqinfo.ini``, ``img1/``
    with a picture a frame or, where ``encode`` is given, ``video.mp4`` in its place, ``gt/gt.txt``
    (true boxes and identities), ``tracks.txt`` (broken), ``truth.csv`` (the person whom most boxes
    of each tracklet show). Beside them ``people.csv`` says who the people are.

    Args:
        game: The game.
        folder: A new or empty folder.
        how: How badly the tracker does.
        encode: What writes a video; None writes an image a frame.

    Returns:
        The folder of each camera.

    Raises:
        InputError: The folder holds something already.
    """
    with translate_os_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise InputError(f"Expected an empty folder for the game. Received: {folder}.")
    write_text(folder / "people.csv", _people(game))
    places = []
    for camera in game.cameras:
        place = folder / camera.name
        with translate_os_errors(place):
            place.mkdir()
        _write_truth(place, game.seen(camera), how)
        write_text(place / "seqinfo.ini", _sequence(camera.name, game.frames))
        pictures = game.pictures(camera)
        if encode is None:
            _write_images(place / "img1", pictures)
        else:
            encode(place / "video.mp4", pictures, RATE)
        places.append(place)
    return tuple(places)


def _write_truth(place: Path, seen: Seen, how: Breakage) -> None:
    broken = break_tracks(seen.boxes, how)
    write_mot(place / "tracks.txt", broken.tracks, broken.tracks.track)
    write_text(place / "truth.csv", _truth(broken.tracks, broken.identity))
    with translate_os_errors(place):
        (place / "gt").mkdir()
    write_text(place / "gt" / "gt.txt", _ground_truth(seen.boxes))


def _people(game: SyntheticGame) -> str:
    rows = [f"{p.identity},{p.team},{p.number or ''},{p.style}" for p in game.people]
    return "\n".join(["identity,team,number,hair", *rows, ""])


def _ground_truth(boxes: Tracks) -> str:
    """Nine columns: the last are flag, class and visibility."""
    rows = zip(boxes.frame, boxes.track, boxes.box, boxes.confidence, strict=True)
    return "".join(
        f"{frame},{person},{','.join(f'{value:.2f}' for value in box)},1,1,{seen:.3f}\n"
        for frame, person, box, seen in rows
    )


def _truth(tracks: Tracks, identity: NDArray[np.int64]) -> str:
    lines = ["tracklet,identity,first_frame,last_frame"]
    for number in np.unique(tracks.track):
        rows = tracks.track == number
        people, counts = np.unique(identity[rows], return_counts=True)
        frames = tracks.frame[rows]
        lines.append(f"{number},{people[counts.argmax()]},{frames.min()},{frames.max()}")
    return "\n".join([*lines, ""])


def _sequence(name: str, frames: int) -> str:
    return (
        f"[Sequence]\nname={name}\nimDir=img1\nframeRate={RATE}\nseqLength={frames}\n"
        f"imWidth={SIZE[0]}\nimHeight={SIZE[1]}\nimExt=.jpg\n"
    )


def _write_images(folder: Path, pictures: Iterator[NDArray[np.uint8]]) -> None:
    with translate_os_errors(folder):
        folder.mkdir()
        for number, picture in enumerate(pictures, start=1):
            Image.fromarray(picture).save(folder / f"{number:06d}.jpg", quality=92)
