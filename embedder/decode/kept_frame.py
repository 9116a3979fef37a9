"""One kept frame of a video: its pixels, its time and its place; and how a run of FFmpeg ended."""

from dataclasses import dataclass, replace
from fractions import Fraction

from frameatlas.embedder.decode.decode_plan import DecodePlan
from frameatlas.embedder.decode.ffmpeg.log import FrameNote
from frameatlas.embedder.decode.rising_clock import RisingClock
from frameatlas.embedder.media.frame_sink import Box
from frameatlas.embedder.media.frame_size import centred_box
from frameatlas.embedder.media.probe import SANE_SECONDS


@dataclass
class KeptFrame:
    """One kept frame, held until the next one shows that it is not the last.

    Attributes:
        pixels: height × width × 3 bytes, RGB.
        pts: Presentation time in the probe's time base.
        seconds: The same in seconds.
        box: The part that is picture.
    """

    pixels: bytearray
    pts: int
    seconds: float
    box: Box


@dataclass
class RunEnding:
    """How a run of FFmpeg ended.

    Attributes:
        damage: Why frames may be missing; "" where nothing says so.
        damage_at_start: The same of what came before the first picture only.
        gaps: Whether packets of a broadcast stream are missing in their numbering.
        rewinds: Seconds, in the frames' rising time, at which the file's clock went back.
        unfilled: Of key frames only: stretches of more than ten seconds without any frame, as
            seconds from and to.
        key_frames: How many key frames came; None where not all were asked for.
    """

    damage: str = ""
    damage_at_start: str = ""
    gaps: bool = False
    rewinds: tuple[float, ...] = ()
    unfilled: tuple[tuple[float, float], ...] = ()
    key_frames: int | None = None


def kept_frame(
    plan: DecodePlan, note: FrameNote, pixels: bytearray, previous: float | None
) -> KeptFrame:
    """Give a frame its time in the probe's time base, and its box."""
    seconds = note.seconds
    if seconds is None or abs(seconds) > SANE_SECONDS:
        # No time, or a damaged one: the frame is then one interval after the last.
        seconds = plan.rule.start if previous is None else previous + 1 / plan.rule.fps
        pts = round(Fraction(seconds) / plan.probe.time_base)
    elif note.time_base == plan.probe.time_base:
        assert note.pts is not None
        pts = note.pts
    else:
        assert note.pts is not None
        pts = round(note.pts * note.time_base / plan.probe.time_base)
    box = centred_box(note.width, note.height, plan.width, plan.height)
    return KeptFrame(pixels, pts, seconds, box)


def risen(frame: KeptFrame, clock: RisingClock) -> KeptFrame:
    """The frame at its time in a clock that only rises."""
    shift = clock.shift_of(frame.seconds)
    if not shift:
        return frame
    return replace(frame, pts=frame.pts + clock.units(shift), seconds=frame.seconds + shift)
