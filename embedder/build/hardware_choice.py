"""By what the videos of a run are decoded: the processor, or hardware that was tried first."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from frameatlas.embedder.build.versions import library_versions
from frameatlas.embedder.decode.animation import is_animation
from frameatlas.embedder.decode.ffmpeg.program import find_ffmpeg
from frameatlas.embedder.decode.hardware import best_method, listed, methods_of, try_on
from frameatlas.embedder.media.frame_sink import FrameSettings
from frameatlas.embedder.sources.tasks import Task, VideoTask
from frameatlas.errors import InputError
from frameatlas.progress import Progress, Stopped

HARDWARE = "hwaccel"
"""Name in the manifest's versions of what decoded, where that was not the processor."""


def decoded_by(
    tasks: Sequence[Task], settings: FrameSettings, progress: Progress, stopped: Stopped
) -> list[Task]:
    """Tasks with their way of decoding: ``auto`` is tried on the first video.

    Args:
        tasks: What is to be read.
        settings: How it becomes frames.
        progress: Is told what hardware was found.
        stopped: True once the user wants the run to stop.

    Raises:
        InputError: FFmpeg does not know the method that is named.
        InterruptedIndexError: The user stopped the run.
    """
    asked = [task for task in tasks if isinstance(task, VideoTask) and task.hwaccel != "none"]
    if not asked:
        return list(tasks)
    wish = asked[0].hwaccel
    if wish == "auto":
        films = (Path(task.source.path) for task in asked)
        films_only = [film for film in films if not is_animation(film)]
        wish = _tried(films_only, settings, progress, stopped)
    else:
        _refuse_unknown(wish)
    return [replace(task, hwaccel=wish) if isinstance(task, VideoTask) else task for task in tasks]


def versions_of(tasks: Sequence[Task]) -> dict[str, str]:
    """Versions of what the tasks' frames are made with, as the manifest keeps them."""
    return library_versions() | hardware_of(tasks)


def hardware_of(tasks: Sequence[Task]) -> dict[str, str]:
    """What the manifest says of it beside the versions; nothing where the processor decodes."""
    used = {task.hwaccel for task in tasks if isinstance(task, VideoTask)} - {"none"}
    return {HARDWARE: ", ".join(sorted(used))} if used else {}


def _tried(
    films: Sequence[Path], settings: FrameSettings, progress: Progress, stopped: Stopped
) -> str:
    methods = methods_of(find_ffmpeg())
    if not films or not methods:
        return "none"
    method, times = best_method(methods, partial(try_on, films[0], settings, stopped))
    if method != "none":
        progress.note(
            f"--hwaccel auto decodes by {method}: {times:.1f} × as fast as the processor on "
            f"{films[0].name}, the same pictures within a level. What it fails on, the processor "
            "decodes."
        )
    return method


def _refuse_unknown(wish: str) -> None:
    known = listed(find_ffmpeg())
    if wish not in known:
        raise InputError(
            f"Expected --hwaccel to be none, auto, or what `ffmpeg -hwaccels` lists "
            f"({', '.join(known) or 'nothing'}). Received: {wish}."
        )
