"""Shots of an atlas that has none: its videos are decoded once more, and nothing is described."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from frameatlas.atlas import Atlas, open_atlas
from frameatlas.embedder.decode.ffmpeg import (
    FPS_MODE_SINCE,
    GLOBAL_OPTIONS,
    DecodePlan,
    find_ffmpeg,
    input_options,
)
from frameatlas.embedder.decode.ffmpeg_log import FULL, FFmpegReport
from frameatlas.embedder.decode.ffmpeg_process import VideoProcess
from frameatlas.embedder.decode.frame_selection import KeepRule
from frameatlas.embedder.media.probe import probe_video
from frameatlas.embedder.shots.find_shots import keep_shots
from frameatlas.embedder.shots.sketches import SketchFiles, sketch_output
from frameatlas.errors import InterruptedIndexError, SourceError
from frameatlas.progress import Progress, Stopped
from frameatlas.store.atomic import full_disk, translate_os_errors
from frameatlas.store.content_digest import content_digest
from frameatlas.store.lock import lock_atlas
from frameatlas.store.manifest import Source
from frameatlas.store.shot_table import SHOTS_FILE, ShotTable


@dataclass(frozen=True)
class FoundShots:
    """What ``find_missing_shots`` did.

    Attributes:
        found: How many videos' shots were found.
        known: How many were known before.
        failed: Paths of videos that could not be read, and why.
    """

    found: int
    known: int
    failed: dict[str, str]


def find_missing_shots(
    folder: Path,
    progress: Progress,
    *,
    again: bool = False,
    stopped: Stopped = lambda: False,
) -> FoundShots:
    """Find the shots of all videos of an atlas whose shots are not known.

    Args:
        folder: The atlas.
        progress: Is told which video is read.
        again: Find them of all videos, where they are known too.
        stopped: Looked at often; once it gives True, the run stops and keeps its work.

    Raises:
        NoAtlasError: There is no atlas.
        LockedError: Another process is writing it.
        SpaceError: The disk is full.
        InterruptedIndexError: ``stopped`` gave True.
    """
    folder = folder.absolute()
    atlas = open_atlas(folder)
    failed: dict[str, str] = {}
    with lock_atlas(folder):
        videos = [s for s in atlas.manifest.sources if s.kind == "video" and s.frames]
        wanted = [s for s in videos if again or not _place(atlas, s, SHOTS_FILE).is_file()]
        progress.stage("finding shots", len(wanted), "videos")
        for number, source in enumerate(wanted):
            progress.step(number, Path(source.path).name)
            if stopped():
                raise InterruptedIndexError("The run was stopped; shots that were found are kept.")
            try:
                _refuse_another(source)
                sketch_video(Path(source.path), _place(atlas, source), stopped)
            except SourceError as error:
                failed[source.path] = str(error)
        progress.step(len(wanted))
    return FoundShots(len(wanted) - len(failed), len(videos) - len(wanted), failed)


def sketch_video(path: Path, place: Path, stopped: Stopped) -> ShotTable | None:
    """Decode a video, find its shots, and store them in a folder.

    Args:
        path: The video.
        place: Gets ``shots.h5``.
        stopped: Looked at often; once it gives True, the run stops.

    Raises:
        SourceError: Nothing could be decoded.
    """
    with translate_os_errors(place), TemporaryDirectory(prefix=".shots-", dir=place) as beside:
        sketches = SketchFiles(Path(beside), probe_video(path).time_base)
        _decode(path, sketches, stopped)
        table = keep_shots(sketches, place)
    if table is None:
        raise SourceError("none of its pictures could be decoded")
    return table


def _decode(path: Path, sketches: SketchFiles, stopped: Stopped) -> None:
    import ffmpeg

    probe = probe_video(path)
    plan = DecodePlan(path, probe, KeepRule(1.0, probe.start, probe.time_base), 2, 2)
    program = find_ffmpeg()
    mode = "fps_mode" if program.libavformat >= FPS_MODE_SINCE else "vsync"
    frames = ffmpeg.input(f"file:{path.absolute()}", **input_options(plan))[str(probe.stream)]
    target = sketches.begin("default")
    assert target is not None
    output = sketch_output(frames, target, probe.time_base, mode).global_args(*GLOBAL_OPTIONS)
    report = FFmpegReport(probe.time_base)
    command = ffmpeg.compile(output, cmd=program.path)
    with VideoProcess(command, report.add, stopped=stopped) as process:
        process.read_into(memoryview(bytearray(1)))
        process.wait()
    if report.damage == FULL:
        raise full_disk(sketches.folder)


def _refuse_another(source: Source) -> None:
    if content_digest(Path(source.path)) != source.digest:
        raise SourceError("it is another file than was indexed")


def _place(atlas: Atlas, source: Source, name: str = "") -> Path:
    return atlas.folder / "sources" / source.id / name
