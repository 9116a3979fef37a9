"""Whether all frames of a video came, and how many seconds are missing."""

from frameatlas.embedder.decode.ffmpeg import DecodePlan
from frameatlas.embedder.media.frame_sink import Outcome
from frameatlas.embedder.media.packet_times import PacketTimes
from frameatlas.embedder.media.probe import VideoProbe


def measure_duration(probe: VideoProbe, times: PacketTimes | None) -> float | None:
    """The packets' word on how long the video is; the declared one where they have none."""
    if times is None or times.end is None or not times.complete or times.end <= probe.start:
        return probe.duration
    return times.end - probe.start


def judge(plan: DecodePlan, count: int, damage: str, times: PacketTimes | None) -> Outcome:
    """Judge whether all frames came."""
    duration = plan.probe.duration
    missing, reason = _missing(plan, count, times, damaged=bool(damage))
    if damage:
        return Outcome("damaged", damage, missing, duration)
    if missing > max(1.0, 2 / plan.rule.fps):
        return Outcome("damaged", reason, missing, duration)
    return Outcome("ok", duration=duration)


def _missing(
    plan: DecodePlan, count: int, times: PacketTimes | None, *, damaged: bool
) -> tuple[float, str]:
    """Seconds without frames, and what that means if it is not a rounding of times.

    The duration of the longest stream counts only where damage is known: sound may go on after
    the pictures of a healthy file.
    """
    fps, duration = plan.rule.fps, plan.probe.duration
    if times is None:
        # Slow and standing pictures give fewer frames too: without the packets' times, only a
        # complaint says that some are missing.
        return max(0.0, (duration or 0.0) - count / fps) if damaged else 0.0, ""
    undecoded = max(0, len(plan.rule.kept(times.seconds)) - count - 1) / fps
    cut = 0.0
    declared = plan.probe.duration_of_stream or damaged
    if declared and duration is not None and times.end is not None:
        cut = max(0.0, plan.probe.start + duration - times.end)
    whole = undecoded + cut if duration is None else min(undecoded + cut, duration)
    if cut > undecoded:
        return whole, "the file is cut off: it ends before the time that it declares"
    return whole, "part of it could not be decoded"
