"""Films that are cut from one camera to another: each tracklet is given the camera of its shot."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from frameatlas.reid.crops.game import Game
from frameatlas.reid.crops.ground import ground_light
from frameatlas.reid.crops.shot_cameras import FilmShots, cameras_of_shots
from frameatlas.reid.tracks.shots import first_frames
from frameatlas.reid.tracks.tracklets import TrackletFeatures

Ends = tuple[NDArray[np.int64], NDArray[np.int64]]
"""First and last frames of tracklets."""

MOST_CROPS = 5
"""Crops of a tracklet whose ground is looked at."""


Light = Callable[[int], NDArray[np.float64]]
"""From a crop, by its row, to the light on its ground: float64 of shape (3,)."""


def with_cameras(game: Game, wanted: int | None = None) -> Game:
    """The game with a camera for each shot of its films, where a film is cut between several.

    Args:
        game: A game whose films count as one camera each.
        wanted: Number of cameras of each film; None finds it.
    """

    def light(crop: int) -> NDArray[np.float64]:
        frame = int(game.order[crop])
        left, top, width, height = (int(value) for value in game.atlas.boxes[frame])
        return ground_light(game.atlas.frames[frame], (left, top, width, height))

    names = [recording.tracks.camera for recording in game.recordings]
    crops, shots = tell_cameras(game.crops, names, light, wanted)
    return replace(game, crops=crops, shots=shots)


def tell_cameras(
    crops: TrackletFeatures, films: Sequence[str], light: Light, wanted: int | None = None
) -> tuple[TrackletFeatures, tuple[FilmShots, ...]]:
    """Give each tracklet the camera of its shot.

    A film whose camera has other films, too, is of that camera: its user says so.

    Args:
        crops: Crops of films that count as one camera each.
        films: The camera of each film.
        light: The light in which a crop was taken.
        wanted: Number of cameras of each film; None finds it.

    Returns:
        The crops with cameras, and the shots of each film that has several.
    """
    tracklets, sharing = crops.tracklets, Counter(films)
    first, last = tracklets.ends
    found = []
    for number, name in enumerate(films):
        if wanted != 1 and sharing[name] == 1:
            shots = _shots_of(crops, number, (first, last), light, wanted)
            found += [] if shots is None else [shots]
    several = {shots.recording: shots for shots in found if shots.camera.any()}
    if not several:
        return crops, tuple(found)
    camera, names = np.zeros(len(tracklets), np.int64), list[str]()
    for number, name in enumerate(films):
        own = tracklets.sequence == number
        if number in several:
            shots = several[number]
            shot = np.searchsorted(shots.first[1:], first[own], side="right")
            camera[own] = len(names) + shots.camera[shot]
            names += [f"{name} {place + 1}" for place in range(shots.cameras)]
        else:
            names += [] if name in names else [name]
            camera[own] = names.index(name)
    told = replace(tracklets, camera=camera, cameras=tuple(names))
    return replace(crops, tracklets=told), tuple(found)


def _shots_of(
    crops: TrackletFeatures, number: int, ends: Ends, light: Light, wanted: int | None
) -> FilmShots | None:
    """The shots of a film; None where there is only one."""
    sequence = crops.tracklets.sequence
    own, chosen = (np.flatnonzero(s == number) for s in (sequence, sequence[crops.tracklet]))
    if not len(chosen):
        return None
    first, last = ends[0][own], ends[1][own]
    cuts = first_frames(first, last)
    if not len(cuts):
        return None
    chosen = chosen[_some(crops.tracklet[chosen])]
    seen = np.stack([light(crop) for crop in chosen.tolist()])
    shot = np.searchsorted(cuts, first, side="right")
    place = np.searchsorted(own, crops.tracklet[chosen])
    camera = cameras_of_shots(seen, place, shot, wanted)
    return FilmShots(number, np.concatenate([[first.min()], cuts]), camera)


def _some(tracklet: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which crops are looked at, bool of shape (n,): a few of each tracklet, evenly spread."""
    _, begin, counts = np.unique(tracklet, return_index=True, return_counts=True)
    place = np.arange(len(tracklet)) - np.repeat(begin, counts)
    step = np.repeat(np.maximum(counts / MOST_CROPS, 1), counts)
    return np.asarray(np.floor((place + 1) / step) > np.floor(place / step))
