"""Videos become frames: FFmpeg's kept frames go, in order and with their own times, to a sink."""

import math
from collections.abc import Generator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.decode.completeness import judge, measure_duration
from frameatlas.embedder.decode.decode_command import decode_command
from frameatlas.embedder.decode.decode_plan import DecodePlan, plan_size
from frameatlas.embedder.decode.ffmpeg import find_ffmpeg
from frameatlas.embedder.decode.ffmpeg_log import (
    FFmpegReport,
    FrameNote,
    damage_of_status,
    refuse_full_disk,
)
from frameatlas.embedder.decode.ffmpeg_process import STALL_SECONDS, VideoProcess
from frameatlas.embedder.decode.filters import can_keep_alpha
from frameatlas.embedder.decode.frame_selection import KeepRule, standing_frames
from frameatlas.embedder.decode.kept_frame import KeptFrame, RunEnding, kept_frame, risen
from frameatlas.embedder.decode.rising_clock import RisingClock
from frameatlas.embedder.decode.silent_damage import silent_damage
from frameatlas.embedder.media.alpha import flatten_on_white
from frameatlas.embedder.media.bounded_look import scan_within_limits
from frameatlas.embedder.media.frame_sink import FrameSettings, FrameSink, Outcome
from frameatlas.embedder.media.packet_times import LARGEST_SCAN, PacketTimes
from frameatlas.embedder.media.probe import VideoProbe
from frameatlas.embedder.shots.sketches import SketchFiles
from frameatlas.errors import SourceError
from frameatlas.progress import Stopped

COMPARED_FRAMES = 3
"""Stored frames that must come out again, byte for byte, before a run is continued."""

SEEK_MARGIN = 2.0
"""Seconds before the compared frames from which decoding begins anew (at a key frame)."""


def decode_video(
    path: Path,
    probe: VideoProbe,
    settings: FrameSettings,
    sink: FrameSink,
    *,
    stopped: Stopped,
    hwaccel: str = "none",
    stall_seconds: float = STALL_SECONDS,
    sketches: SketchFiles | None = None,
) -> Outcome:
    """Decode a video into a sink, or go on where an interrupted run ended.

    Args:
        path: The video.
        probe: What it holds.
        settings: Frames a second and height.
        sink: Gets the frames; where it already holds some, they are verified and continued.
        stopped: True once the user wants the run to stop.
        hwaccel: FFmpeg's option of that name, "auto" for what the machine has.
        stall_seconds: Seconds without progress after which the video is given up.
        sketches: Get a small picture of every decoded frame, from which shots are found.

    Returns:
        Whether all frames came, and what is missing.

    Raises:
        SourceError: Not one frame came; the message says why.
        InterruptedIndexError: The user stopped the run; what came is in the sink.
    """
    times = _scan(path, probe, stopped)
    if probe.duration is None:
        probe = replace(probe, duration=measure_duration(probe, times))
    plan = _plan(path, probe, settings, times, hwaccel)
    if times is not None and _reference_frames_suffice(plan, times):
        plan = replace(plan, skip_frame="noref")
        times = replace(times, seconds=times.reference)
    sink.begin(plan.width, plan.height, probe.time_base)
    duration = measure_duration(probe, times)
    ending = _decode(plan, sink, stopped, stall_seconds, duration, sketches)
    if ending.damage and hwaccel != "none":
        # Drivers fail in ways of their own: only the processor's word on damage counts.
        sink.restart()
        plan = replace(plan, hwaccel="none")
        ending = _decode(plan, sink, stopped, stall_seconds, duration, sketches)
    if not sink.count:
        damage = ending.damage or ending.damage_at_start
        raise SourceError(f"none of its pictures could be decoded: {damage}".rstrip(": "))
    if not ending.damage:
        ending = replace(ending, damage=silent_damage(path, probe, ending))
    return judge(plan, sink.count, ending, times)


def _plan(
    path: Path, probe: VideoProbe, settings: FrameSettings, times: PacketTimes | None, hwaccel: str
) -> DecodePlan:
    """How the video is decoded: which frames are kept, and at which size."""
    width, height = plan_size(probe, settings.height)
    rule = KeepRule(settings.fps, _first_time(probe, times), probe.time_base)
    rule = replace(rule, standing=standing_frames(rule, times.seconds) if times else ())
    return DecodePlan(
        path,
        probe,
        rule,
        width,
        height,
        hwaccel=hwaccel,
        aspects=times.aspects if times else (),
        alpha=can_keep_alpha(find_ffmpeg(), probe),
    )


def _decode(
    plan: DecodePlan,
    sink: FrameSink,
    stopped: Stopped,
    stall_seconds: float,
    duration: float | None,
    sketches: SketchFiles | None,
) -> RunEnding:
    """Go on where a run was interrupted; from the beginning where there is nothing to trust."""
    decoder = _Decoder(plan, sink, stopped, stall_seconds, duration, sketches)
    ending = decoder.go_on() if sink.count else None
    ending = decoder.decode_all() if ending is None else ending
    if sketches is not None:
        refuse_full_disk(ending.damage, sketches.folder)
    if sketches is not None and ending.rewinds:
        sketches.clear()  # their times are those of a clock that went back
    return ending


def _scan(path: Path, probe: VideoProbe, stopped: Stopped) -> PacketTimes | None:
    if probe.bytes > LARGEST_SCAN and probe.duration is not None:
        return None
    return scan_within_limits(path, probe, stopped=stopped)


def _first_time(probe: VideoProbe, times: PacketTimes | None) -> float:
    """Seconds at which intervals begin: the first frame's time as FFmpeg will have it.

    AVI stores no presentation times: FFmpeg counts frames, PyAV guesses one or two later.
    """
    if probe.container != "avi" or times is None or times.first_decoded is None:
        return probe.start
    return min(probe.start, times.first_decoded)


def _reference_frames_suffice(plan: DecodePlan, times: PacketTimes) -> bool:
    """Whether leaving out the other frames loses no interval and shifts none by half of it.

    Frames that stand still might be among them, and fields are told apart by no packet.
    """
    rule = plan.rule
    if rule.standing or plan.probe.interlaced or len(times.reference) in (0, len(times.seconds)):
        return False
    every, reference = rule.kept(times.seconds), rule.kept(times.reference)
    if [rule.interval(t) for t in every] != [rule.interval(t) for t in reference]:
        return False
    return all(b - a < 0.5 / rule.fps for a, b in zip(every, reference, strict=True))


class _Decoder:
    """Runs FFmpeg for one video, once or, where a continuation fails, twice."""

    def __init__(
        self,
        plan: DecodePlan,
        sink: FrameSink,
        stopped: Stopped,
        stall_seconds: float,
        duration: float | None,
        sketches: SketchFiles | None,
    ) -> None:
        self._plan = plan
        self._sketches = sketches
        self._duration = duration
        self._sink = sink
        self._stopped = stopped
        self._stall_seconds = stall_seconds
        self._ending = RunEnding()
        self.last: float | None = None

    def decode_all(self) -> RunEnding:
        """Decode from the beginning."""
        self.last = None
        if self._sketches is not None:
            self._sketches.clear()
        with closing(self._frames(self._plan)) as frames:
            self._store(frames)
        return self._ending

    def go_on(self) -> RunEnding | None:
        """Continue what the sink holds; None, and an empty sink, where that cannot be trusted."""
        compared = min(COMPARED_FRAMES, self._sink.count)
        known = [
            self._sink.stored(index)
            for index in range(self._sink.count - compared, self._sink.count)
        ]
        base = float(self._plan.probe.time_base)
        # Where an earlier run left no sketches, all is decoded again, though not described.
        until = self._sketches.until() if self._sketches else math.inf
        seek = min(known[0][1], until) * base - SEEK_MARGIN
        beginning = seek <= self._plan.probe.start
        frames = self._frames(self._plan if beginning else replace(self._plan, seek=seek))
        with closing(frames):
            fresh = _first_from(frames, known[0][1])
            for pixels, pts in known:
                frame = next(fresh, None)
                if frame is None or frame.pts != pts or not _equal(frame.pixels, pixels):
                    self._sink.restart()
                    return None
            self.last = known[-1][1] * base
            self._store(fresh)
        return self._ending

    def _store(self, frames: Generator[KeptFrame, None, None]) -> None:
        """Append frames, one behind, so that a stub at the end can be left out."""
        held: KeptFrame | None = None
        for frame in frames:
            if held is not None:
                self._append(held)
            held = frame
        if held is None:
            return
        stub = self._plan.rule.is_stub(held.seconds, self._duration)
        if not stub or self.last is None:
            self._append(held)

    def _append(self, frame: KeptFrame) -> None:
        self._sink.append(memoryview(frame.pixels), frame.pts, frame.box)
        self.last = frame.seconds

    def _frames(self, plan: DecodePlan) -> Generator[KeptFrame, None, None]:
        """Run FFmpeg and yield the frames that the rule keeps."""
        if self._sketches is not None:
            plan = replace(plan, sketches=self._sketches.begin(plan.skip_frame))
        report = FFmpegReport(plan.probe.time_base)
        command = decode_command(find_ffmpeg(), plan)
        # Two buffers in turn: one is held back while the next is read.
        buffers = (bytearray(plan.frame_bytes), bytearray(plan.frame_bytes))
        raw = bytearray(plan.raw_bytes) if plan.alpha else None
        process = VideoProcess(
            command, report.add, stopped=self._stopped, stall_seconds=self._stall_seconds
        )
        with process:
            previous: float | None = None
            turn = 0
            note: FrameNote | None = None
            clock = RisingClock(plan.rule)
            while process.read_into(memoryview(buffers[turn] if raw is None else raw)):
                note = report.frame_note(lambda: process.said_all)
                if note is None:
                    process.rest = plan.frame_bytes
                    break
                if raw is not None:
                    flatten_on_white(raw, buffers[turn])
                frame = kept_frame(plan, note, buffers[turn], previous)
                if plan.rule.keeps(frame.seconds, previous):
                    previous = frame.seconds
                    turn = 1 - turn
                    yield risen(frame, clock)
            # What gives bytes without times is no FFmpeg, and not waited for.
            status = 0 if process.rest and note is None else process.wait()
        damage = _damage(process, report, status)
        start = "" if damage else report.damage_at_start
        self._ending = RunEnding(damage, start, report.gaps, tuple(clock.rewinds))


def _first_from(
    frames: Generator[KeptFrame, None, None], pts: int
) -> Generator[KeptFrame, None, None]:
    """Leave out what comes before a time: it is stored, or in no interval's place."""
    for frame in frames:
        if frame.pts >= pts:
            yield frame
            break
    yield from frames


def _equal(pixels: bytearray, stored: NDArray[np.uint8]) -> bool:
    return np.array_equal(np.frombuffer(pixels, np.uint8), stored.reshape(-1))


def _damage(process: VideoProcess, report: FFmpegReport, status: int) -> str:
    if process.stalled:
        return "FFmpeg made no progress and was given up"
    if report.damage:
        return report.damage
    if status:
        return damage_of_status(status)
    if process.rest:
        return "FFmpeg put out bytes that are no picture"
    return ""
