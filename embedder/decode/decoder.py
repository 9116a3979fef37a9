"""Runs FFmpeg for one video, from its beginning or where an interrupted run ended."""

import math
from collections.abc import Generator
from contextlib import closing
from dataclasses import replace

import numpy as np

from frameatlas.embedder.decode.completeness import measure_duration
from frameatlas.embedder.decode.decode_command import decode_command
from frameatlas.embedder.decode.decode_plan import DecodePlan
from frameatlas.embedder.decode.ffmpeg.log import FFmpegReport, FrameNote, damage_of_status
from frameatlas.embedder.decode.ffmpeg.process import VideoProcess
from frameatlas.embedder.decode.ffmpeg.program import find_ffmpeg
from frameatlas.embedder.decode.kept_frame import KeptFrame, RunEnding, kept_frame, risen
from frameatlas.embedder.decode.key_gaps import GapFiller
from frameatlas.embedder.decode.rising_clock import RisingClock
from frameatlas.embedder.media.alpha import flatten_on_white
from frameatlas.embedder.media.frame_sink import FrameSink, is_stored
from frameatlas.embedder.media.packet_times import PacketTimes
from frameatlas.embedder.shots.sketches import SketchFiles
from frameatlas.progress import Stopped

COMPARED_FRAMES = 3
"""Stored frames that must come out again, the very same, before a run is continued."""

SEEK_MARGIN = 2.0
"""Seconds before the compared frames from which decoding begins anew (at a key frame)."""


class Decoder:
    """Runs FFmpeg for one video, once or, where a continuation fails, twice."""

    def __init__(
        self,
        plan: DecodePlan,
        sink: FrameSink,
        stopped: Stopped,
        stall_seconds: float,
        sketches: SketchFiles | None,
        times: PacketTimes | None,
    ) -> None:
        self._times = np.zeros(0) if times is None else times.seconds
        self._plan = plan
        self._sketches = sketches
        self._duration = measure_duration(plan.probe, times)
        self._sink = sink
        self._stopped = stopped
        self._stall_seconds = stall_seconds
        self._ending = RunEnding()
        self._last: float | None = None

    def decode_all(self) -> RunEnding:
        """Decode from the beginning."""
        self._last, self._ending = None, RunEnding()
        if self._sketches is not None:
            self._sketches.clear()
        with closing(self._frames(self._plan)) as frames:
            self._store(frames)
        return self._ending

    def go_on(self) -> RunEnding | None:
        """Continue what the sink holds; None, and an empty sink, where that cannot be trusted."""
        compared = min(COMPARED_FRAMES, self._sink.count)
        known = [
            (index, self._sink.stored(index)[1])
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
            for index, pts in known:
                frame = next(fresh, None)
                same = frame is not None and frame.pts == pts
                if frame is None or not same or not is_stored(self._sink, index, frame.pixels):
                    self._sink.restart()
                    return None
            self._last = known[-1][1] * base
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
        rule = self._plan.rule
        stub = not rule.keys and rule.is_stub(held.seconds, self._duration)
        if not stub or self._last is None:
            self._append(held)

    def _append(self, frame: KeptFrame) -> None:
        self._sink.append(memoryview(frame.pixels), frame.pts, frame.box)
        self._last = frame.seconds

    def _frames(self, plan: DecodePlan) -> Generator[KeptFrame, None, None]:
        """All frames that are kept, in a clock that only rises."""
        clock = RisingClock(plan.rule)
        with closing(self._raw_frames(plan)) as raw:
            filler = GapFiller(plan, self._raw_frames, self._end, self._times)
            for frame in filler.filled(raw) if plan.rule.keys else raw:
                yield risen(frame, clock)
            self._ending = replace(
                self._ending,
                unfilled=tuple(filler.unfilled),
                key_frames=filler.key_frames if plan.seek is None else None,
            )
        self._ending = replace(self._ending, rewinds=tuple(clock.rewinds))

    @property
    def _end(self) -> float | None:
        """Seconds at which the last frame ends, None where that is not known."""
        return None if self._duration is None else self._plan.probe.start + self._duration

    def _raw_frames(self, plan: DecodePlan) -> Generator[KeptFrame, None, None]:
        """Run FFmpeg and yield the frames that the plan's rule keeps, at the file's own times."""
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
                    yield frame
            # What gives bytes without times is no FFmpeg, and not waited for.
            status = 0 if process.rest and note is None else process.wait()
        damage = _damage(process, report, status)
        start = "" if damage else report.damage_at_start
        before = self._ending
        self._ending = replace(
            before,
            damage=before.damage or damage,
            damage_at_start=before.damage_at_start or start,
            gaps=before.gaps or report.gaps,
        )


def _first_from(
    frames: Generator[KeptFrame, None, None], pts: int
) -> Generator[KeptFrame, None, None]:
    """Leave out what comes before a time: it is stored, or in no interval's place."""
    for frame in frames:
        if frame.pts >= pts:
            yield frame
            break
    yield from frames


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
