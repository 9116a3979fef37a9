"""``frameatlas players``: films with names, and clips of players; reid draws, embedder encodes."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from frameatlas.cli.arguments import Stopped, stopping_on_interrupt
from frameatlas.cli.game.outputs import OutputOptions
from frameatlas.errors import InputError, InterruptedIndexError
from frameatlas.progress import Progress
from frameatlas.store.atomic import translate_os_errors

if TYPE_CHECKING:
    from frameatlas.cli.players_crops import FoundPlayers
    from frameatlas.reid.crops.recordings import Recording
    from frameatlas.reid.film.annotate import DrawnBoxes
    from frameatlas.reid.film.clips import Clip
    from frameatlas.reid.statistics.player_boxes import PlayerBoxes

CLIPS = "clips"
"""Folder of clips in the output."""


def make_films(
    done: "FoundPlayers", folder: Path, options: OutputOptions, progress: Progress
) -> list[Path]:
    """Make the films that are asked for.

    Args:
        done: Who is who.
        folder: The output; clips lie in ``clips`` there.
        options: Which films.
        progress: Told how many frames are done.

    Returns:
        The films.

    Raises:
        InputError: Nobody is called as a clip's player, or a film would write over its video.
        InterruptedIndexError: It was stopped; films that are finished stay.
    """
    if options.film is None and not options.clips:
        return []
    from frameatlas.reid.film.annotate import DrawnBoxes
    from frameatlas.reid.film.clips import players_named
    from frameatlas.reid.report.outputs import file_name
    from frameatlas.reid.statistics.player_boxes import player_boxes
    from frameatlas.reid.statistics.statistics import team_of

    found, recordings = done.identities, done.game.recordings
    chosen = players_named(options.clips, found.names)
    teams = tuple(team_of(found, player) for player in range(found.count))
    films: list[Path] = []
    with stopping_on_interrupt() as stopped:
        for number, boxes in enumerate(player_boxes(done.game, found)):
            recording = recordings[number]
            drawn = DrawnBoxes.of(boxes, found.names, teams)
            name = file_name(boxes.camera, number, len(recordings))
            if options.film is not None:
                place = options.film
                if len(recordings) > 1:
                    place = place.with_name(f"{place.stem}-{name}{place.suffix}")
                _write_film(place, recording, drawn, progress, stopped)
                films.append(place)
            if chosen:
                films += _write_clips(
                    folder / CLIPS, name, recording, boxes, drawn, chosen, progress, stopped
                )
    return films


def _write_film(
    place: Path,
    recording: "Recording",
    drawn: "DrawnBoxes",
    progress: Progress,
    stopped: Stopped,
) -> None:
    from frameatlas.embedder.decode.ffmpeg.film_writer import FilmWriter
    from frameatlas.reid.film.pictures import film_pictures

    video = recording.pictures.path
    if place.exists() and video.exists() and place.samefile(video):
        raise InputError(f"Expected --film to be another file than the video. Received: {place}.")
    progress.stage("drawing", recording.pictures.count or None, "frames")
    with FilmWriter(place, recording.pictures.rate) as film:
        for done, (_, picture) in enumerate(film_pictures(recording.pictures, drawn), 1):
            film.write(picture)
            progress.step(done)
            _stop(stopped)


def _write_clips(
    folder: Path,
    camera: str,
    recording: "Recording",
    boxes: "PlayerBoxes",
    drawn: "DrawnBoxes",
    chosen: list[int],
    progress: Progress,
    stopped: Stopped,
) -> Iterator[Path]:
    """All stays of some players, in one pass over the video."""
    from frameatlas.embedder.decode.ffmpeg.film_writer import FilmWriter
    from frameatlas.reid.film.clips import clips_of, frames_of, last_frame
    from frameatlas.reid.film.pictures import clip_pictures

    last = last_frame(boxes, recording.pictures.count)
    clips = [clip for player in chosen for clip in clips_of(boxes, player, last)]
    with translate_os_errors(folder):
        folder.mkdir(exist_ok=True)
    names = {
        clip: folder / f"{_safe(drawn.names[clip.player])}-{camera}-{clip.place:03d}.mp4"
        for clip in clips
    }
    progress.stage("clips", len(frames_of(clips)), "frames")
    done, before = 0, 0
    open_films: dict[Clip, tuple[ExitStack, FilmWriter]] = {}
    with ExitStack() as all_films:
        for clip, number, picture in clip_pictures(recording.pictures, drawn, clips):
            if clip not in open_films:
                stack = all_films.enter_context(ExitStack())
                film = stack.enter_context(FilmWriter(names[clip], recording.pictures.rate))
                open_films[clip] = (stack, film)
            stack, film = open_films[clip]
            film.write(picture)
            if number == clip.last:
                stack.close()
            done += number != before
            before = number
            progress.step(done)
            _stop(stopped)
    return iter(names[clip] for clip in clips if clip in open_films)


def _stop(stopped: Stopped) -> None:
    if stopped():
        raise InterruptedIndexError(
            "Stopped: the film is not finished, who is who is written. Give the same command again "
            "for the film."
        )


def _safe(name: str) -> str:
    return re.sub(r"[^\w-]+", "_", f"player-{name}")[:60]
