"""Whether all frames of a video came, how many seconds are missing, and what else to say of it."""

from typing import Protocol

import numpy as np

from frameatlas.embedder.decode.decode_plan import DecodePlan
from frameatlas.embedder.decode.key_gaps import GAP_SECONDS
from frameatlas.embedder.media.frame_sink import Outcome
from frameatlas.embedder.media.packet_times import PacketTimes
from frameatlas.embedder.media.probe import VideoProbe

_STREAMS = frozenset({"mpegts", "mpeg", "mpegvideo", "h264", "hevc", "flv"})
"""Formats that may be cut anywhere: a receiver begins where it is switched on."""

CLOCK_JUMP = 60.0
"""Seconds between two pictures of a stream that are no pause."""


class Ending(Protocol):
    """How a run of FFmpeg ended; see ``kept_frame.RunEnding``."""

    @property
    def damage(self) -> str:
        """Why frames may be missing; "" where nothing says so."""

    @property
    def damage_at_start(self) -> str:
        """The same of what came before the first picture only."""

    @property
    def gaps(self) -> bool:
        """Whether packets of a broadcast stream are missing in their numbering."""

    @property
    def rewinds(self) -> tuple[float, ...]:
        """Seconds at which the file's clock went back."""

    @property
    def unfilled(self) -> tuple[tuple[float, float], ...]:
        """Of key frames only: stretches without any frame, as seconds from and to."""


def measure_duration(probe: VideoProbe, times: PacketTimes | None) -> float | None:
    """The packets' word on how long the video is; the declared one where they have none."""
    if times is None or times.end is None or not times.complete or times.end <= probe.start:
        return probe.duration
    return times.end - probe.start


def judge(plan: DecodePlan, count: int, ending: Ending, times: PacketTimes | None) -> Outcome:
    """Judge whether all frames came.

    Args:
        plan: What was to be decoded.
        count: Frames that came.
        ending: What FFmpeg said.
        times: When frames are shown; None where that is not known.
    """
    duration = plan.probe.duration
    late = _late_start(plan, times)
    stream = plan.probe.container in _STREAMS
    damage = ending.damage or ("" if stream else ending.damage_at_start)
    missing, reason = _missing(plan, count, ending, times, damaged=bool(damage))
    if damage:
        at_start = f", {late:.1f} s of it at the beginning" if late else ""
        return Outcome("damaged", damage + at_start, missing + late, duration)
    if missing > max(1.0, 2 / plan.rule.fps):
        return Outcome("damaged", reason, missing + late, duration)
    if late and not stream:
        return Outcome("damaged", "its beginning cannot be decoded", late, duration)
    return Outcome("ok", _notes(plan, ending, times, late), duration=duration)


def _late_start(plan: DecodePlan, times: PacketTimes | None) -> float:
    """Seconds before the first picture for which there is data that gives none."""
    if times is None or times.first is None or plan.probe.container == "avi":
        return 0.0
    late = plan.probe.start - times.first
    return late if late > max(1.0, 1 / plan.rule.fps) else 0.0


def _notes(plan: DecodePlan, ending: Ending, times: PacketTimes | None, late: float) -> str:
    """What a user should know of a whole video, as clauses; "" where there is nothing."""
    notes = []
    if late:
        notes.append(f"no key frame for the first {late:.1f} s")
    if ending.rewinds:
        notes.append(
            f"its clock goes back {_times(len(ending.rewinds))}, first at "
            f"{ending.rewinds[0]:.1f} s: times go on from there"
        )
    jump = _jump(plan, times)
    if jump is not None:
        notes.append(f"its clock jumps ahead by {jump[1] / 3600:.1f} h at {jump[0]:.1f} s")
    elif ending.gaps and not ending.rewinds:
        notes.append("recordings joined, or packets left out, without a picture lost")
    return "; ".join(notes)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _jump(plan: DecodePlan, times: PacketTimes | None) -> tuple[float, float] | None:
    """Where a stream's clock jumps ahead, and by how many seconds; None where it does not."""
    if times is None or plan.probe.container not in _STREAMS or len(times.seconds) < 2:
        return None
    steps = np.diff(times.seconds)
    longest = int(steps.argmax())
    if steps[longest] < CLOCK_JUMP:
        return None
    return float(times.seconds[longest]), float(steps[longest])


def _unfilled(ending: Ending, times: PacketTimes) -> float:
    """Seconds between key frames that have data and gave no frame: what stands still has none."""
    total = 0.0
    for begin, end in ending.unfilled:
        within = (times.seconds > begin + GAP_SECONDS) & (times.seconds < end - 1e-6)
        total += end - begin - GAP_SECONDS if within.any() else 0.0
    return total


def _missing(
    plan: DecodePlan, count: int, ending: Ending, times: PacketTimes | None, *, damaged: bool
) -> tuple[float, str]:
    """Seconds without frames after the first one, and what that means if it is no rounding.

    The duration of the longest stream counts only where damage is known: sound may go on after
    the pictures of a healthy file.
    """
    fps, duration = plan.rule.fps, plan.probe.duration
    if times is None:
        # Slow and standing pictures give fewer frames too: without the packets' times, only a
        # complaint says that some are missing.
        return max(0.0, (duration or 0.0) - count / fps) if damaged else 0.0, ""
    after_start = times.seconds[times.seconds >= plan.rule.start - 1e-6]
    undecoded = max(0, len(plan.rule.kept(after_start)) - count - 1) / fps
    if plan.rule.keys:
        undecoded = _unfilled(ending, times)
    cut = 0.0
    declared = plan.probe.duration_of_stream or damaged
    if declared and duration is not None and times.end is not None:
        # A stream's own duration counts from where it begins, the others from the first picture.
        own = plan.probe.duration_of_stream
        begin = min(plan.probe.start, plan.probe.stream_start) if own else plan.probe.start
        cut = max(0.0, begin + duration - times.end)
    whole = undecoded + cut if duration is None else min(undecoded + cut, duration)
    if cut > undecoded:
        return whole, "the file is cut off: it ends before the time that it declares"
    return whole, "part of it could not be decoded"
