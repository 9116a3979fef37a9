"""One picture of a video at its exact time and full size, as a player shows it."""

from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation
from av.video.stream import VideoStream

from frameatlas.drawing.compose import Picture
from frameatlas.errors import SourceError
from frameatlas.safe_formats import safe_options

_HIGH_RANGE = (16, 18)
"""FFmpeg's numbers of the transfer curves PQ and HLG, which must be tone-mapped."""

_STEP_BACK = 10
"""Seconds by which a seek goes farther back where it landed too late."""


def video_picture(path: Path, moment: Fraction) -> Picture:
    """Take a picture again from its video.

    Args:
        path: The video.
        moment: Presentation time in seconds, exact.

    Returns:
        uint8 of shape (height, width, 3), RGB, upright, its pixels square.

    Raises:
        SourceError: It cannot be decoded there; the message says why.
    """
    try:
        with av.open(f"file:{path.absolute()}", options=safe_options()) as container:
            stream = choose_stream(container)
            stream.codec_context.thread_count = 1  # pictures are taken on several threads already
            frame = _frame_at(container, stream, moment)
            if stream.codec_context.color_trc in _HIGH_RANGE:
                raise SourceError("it is in HDR, which only the stored frames are mapped from")
            return _as_shown(frame, stream)
    except SourceError:
        raise
    except (av.FFmpegError, OSError, ValueError) as error:
        raise SourceError(f"it cannot be decoded at {float(moment):.3f} s ({error})") from error


def choose_stream(container: InputContainer) -> VideoStream:
    """The stream that a player shows: no cover art, the default one, else the largest."""
    still = Disposition.attached_pic | Disposition.timed_thumbnails
    streams = [s for s in container.streams.video if not s.disposition & still]
    if not streams:
        raise ValueError("no video in it")
    defaults = [s for s in streams if s.disposition & Disposition.default]
    return max(defaults or streams, key=lambda s: (s.width * s.height, -s.index))


def _frame_at(container: InputContainer, stream: VideoStream, moment: Fraction) -> VideoFrame:
    """The frame shown at a moment, whatever the container's index makes of a seek."""
    base = stream.time_base or Fraction(1, 1000)
    wanted = round(moment / base)
    for seconds in (0, _STEP_BACK, None):
        # Where a container cannot seek, decoding goes on from where it is: at first the beginning.
        with suppress(av.FFmpegError):
            if seconds is None:
                container.seek(0, backward=True)
            else:
                container.seek(wanted - round(seconds / base), stream=stream, backward=True)
        before = None
        for frame in _decode(container, stream):
            time = frame.pts if frame.pts is not None else frame.dts
            if time is None:
                continue
            if time >= wanted:
                if time == wanted or before is not None:
                    return _nearer(before, frame, wanted)
                break
            before = frame
        else:
            if before is not None:
                return before
    raise ValueError("no picture there")


def _decode(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    """Frames from here on; a damaged packet costs its own frame, as in FFmpeg."""
    for packet in container.demux(stream):
        with suppress(av.error.InvalidDataError):
            yield from packet.decode()


def _nearer(before: VideoFrame | None, after: VideoFrame, wanted: int) -> VideoFrame:
    if before is None or after.pts == wanted:
        return after
    return before if wanted - (before.pts or 0) < (after.pts or 0) - wanted else after


def _as_shown(frame: VideoFrame, stream: VideoStream) -> Picture:
    """RGB with square pixels, turned as the file says."""
    shape = stream.sample_aspect_ratio or Fraction(1)
    wide = max(1, round(frame.width * shape)) if shape > 1 else frame.width
    high = max(1, round(frame.height / shape)) if 0 < shape < 1 else frame.height
    image = frame.reformat(wide, high, "rgb24", interpolation=Interpolation.BICUBIC)
    turns = round(getattr(frame, "rotation", 0) / 90)
    return np.ascontiguousarray(np.rot90(image.to_ndarray(), turns))
