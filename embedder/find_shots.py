"""Shots of an atlas that has none: its videos are decoded once more, and nothing is described."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from frameatlas.atlas import Atlas, open_atlas
from frameatlas.embedder.decode.decode_command import sketch_command
from frameatlas.embedder.decode.decode_plan import DecodePlan
from frameatlas.embedder.decode.ffmpeg.log import FFmpegReport, damage_of_status, refuse_full_disk
from frameatlas.embedder.decode.ffmpeg.process import VideoProcess
from frameatlas.embedder.decode.ffmpeg.program import find_ffmpeg
from frameatlas.embedder.decode.frame_selection import KeepRule
from frameatlas.embedder.media.bounded_look import probe_within_limits
from frameatlas.embedder.shots.find_shots import keep_shots
from frameatlas.embedder.shots.sketches import SketchFiles
from frameatlas.errors import DamagedAtlasError, InterruptedIndexError, SourceError
from frameatlas.progress import Progress, Stopped
from frameatlas.store.atomic import translate_os_errors
from frameatlas.store.content_digest import content_digest
from frameatlas.store.lock import lock_atlas
from frameatlas.store.manifest import Source
from frameatlas.store.shot_table import ShotTable, read_shots


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
        again: Find them of all videos, where they are known too. Damaged ones are not known.
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
        wanted = [s for s in videos if again or _state(_place(atlas, s)) != "known"]
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


def mend_shots(folder: Path, progress: Progress, stopped: Stopped) -> None:
    """Find shots anew whose file is damaged, and say how to find those that nobody looked for.

    The first are few, and their videos were decoded once for them; the second may be hours of
    video, which nobody asked to have decoded again.

    Args:
        folder: The atlas.
        progress: Is told what is found anew.
        stopped: Looked at often; once it gives True, the run stops.
    """
    atlas = open_atlas(folder)
    videos = [s for s in atlas.manifest.sources if s.kind == "video" and s.frames]
    states = [_state(_place(atlas, source)) for source in videos]
    for source, state in zip(videos, states, strict=True):
        if state != "damaged":
            continue
        try:
            with lock_atlas(folder):
                _refuse_another(source)
                sketch_video(Path(source.path), _place(atlas, source), stopped)
            progress.note(f"{source.path}: its stored shots were damaged and are found anew.")
        except SourceError as error:
            progress.note(f"{source.path}: its stored shots are damaged, and {error}.")
    if unknown := states.count("unknown"):
        progress.note(
            f"The shots of {unknown} of {len(videos)} videos are not known: `frameatlas shots "
            f"{folder}` finds them, without describing anything again."
        )


def _state(place: Path) -> str:
    """Whether the shots of a source are "known", "unknown" or "damaged"."""
    try:
        return "unknown" if read_shots(place) is None else "known"
    except DamagedAtlasError:
        return "damaged"


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
        base = probe_within_limits(path, stopped=stopped).time_base
        sketches = SketchFiles(Path(beside), base)
        _decode(path, sketches, stopped)
        table = keep_shots(sketches, place)
    if table is None:
        raise SourceError("none of its pictures could be decoded")
    return table


def _decode(path: Path, sketches: SketchFiles, stopped: Stopped) -> None:
    probe = probe_within_limits(path, stopped=stopped)
    rule = KeepRule(1.0, probe.start, probe.time_base)
    plan = DecodePlan(path, probe, rule, 2, 2, sketches=sketches.begin("default"))
    report = FFmpegReport(probe.time_base)
    command = sketch_command(find_ffmpeg(), plan)
    with VideoProcess(command, report.add, stopped=stopped) as process:
        process.read_into(memoryview(bytearray(1)))
        status = process.wait()
    ended = damage_of_status(status) if status else ""
    refuse_full_disk(report.damage or ended, sketches.folder)


def _refuse_another(source: Source) -> None:
    if content_digest(Path(source.path)) != source.digest:
        raise SourceError("it is another file than was indexed")


def _place(atlas: Atlas, source: Source) -> Path:
    return atlas.folder / "sources" / source.id
