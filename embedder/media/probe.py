"""What a file holds, found out by PyAV before FFmpeg decodes it."""

import itertools
import math
import time
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from frameatlas.embedder.media.alpha import has_alpha
from frameatlas.embedder.media.frame_size import displayed_size
from frameatlas.embedder.media.open_media import open_media
from frameatlas.embedder.media.unsupported_files import looks_encrypted
from frameatlas.errors import SourceError

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

FIRST_FRAME_PACKETS = 2000
FIRST_FRAME_SECONDS = 20.0
"""How long a first frame is looked for: a damaged beginning must not take the rest with it."""

SANE_SECONDS = 1e9
"""Thirty years: a start or a duration beyond it is a damaged number."""

_TRANSFERS = {16: "pq", 18: "hlg"}
"""ITU-T H.273 transfer characteristics of high dynamic range."""


@dataclass(frozen=True)
class VideoProbe:
    """A video as its container and its first frame describe it.

    Attributes:
        stream: Index of the video stream among all streams of the file.
        container: FFmpeg's name of the format, for example "mov,mp4,m4a,3gp,3g2,mj2".
        codec: FFmpeg's name of the codec.
        width: Pixels across as displayed: sample aspect ratio and rotation applied.
        height: Pixels down as displayed.
        coded_width: Pixels across as stored.
        coded_height: Pixels down as stored.
        sample_aspect: Width of a stored pixel divided by its height.
        rotation: Degrees counter-clockwise by which a player turns the picture.
        duration: Seconds from the first to the end of the last frame, None where unknown.
        duration_of_stream: Whether the duration is the video's own, not that of the longest
            stream in the file.
        time_base: Seconds per unit of presentation time.
        start_pts: Presentation time of the first frame that can be decoded.
        stream_start: Seconds at which the stream itself says that it begins.
        container_start: Seconds at which the file's earliest stream begins.
        average_rate: Frames per second on average, None where unknown.
        pixel_format: FFmpeg's name of the stored pixels' format, "" where unknown.
        transfer: "pq" or "hlg" for high dynamic range, else "".
        colour_space: ITU-T H.273 matrix coefficients; 2 is unspecified.
        interlaced: Whether the first frame is marked as interlaced.
        frames: Number of frames that the container declares, 0 where it does not.
        bytes: Size of the file.
        alpha: Whether parts of the pictures may be transparent.
        stream_id: The container's own number of the stream; in a transport stream its PID.
    """

    stream: int
    container: str
    codec: str
    width: int
    height: int
    coded_width: int
    coded_height: int
    sample_aspect: Fraction
    rotation: int
    duration: float | None
    duration_of_stream: bool
    time_base: Fraction
    start_pts: int
    container_start: float
    average_rate: Fraction | None
    pixel_format: str
    transfer: str
    colour_space: int
    interlaced: bool
    frames: int
    bytes: int
    stream_start: float = 0.0
    alpha: bool = False
    stream_id: int = 0

    @property
    def start(self) -> float:
        """Seconds of the first frame in the file's own time."""
        return self.start_pts * float(self.time_base)


def probe_video(path: Path) -> VideoProbe:
    """Find out what a video file holds.

    Raises:
        SourceError: It holds no video that can be shown; the message says why.
    """
    with open_media(path) as container:
        stream = _choose_stream(container, path)
        first = _first_frame(container, stream)
        return _describe(container, stream, first, path)


def _choose_stream(container: "InputContainer", path: Path) -> "VideoStream":
    """The stream that a player would show: no cover art, the default one, else the largest."""
    from av.stream import Disposition

    still = Disposition.attached_pic | Disposition.timed_thumbnails
    streams = [s for s in container.streams.video if not s.disposition & still]
    if not streams:
        raise SourceError(_no_video_reason(container, path))
    # PyAV's types leave out that there is no context where no decoder is known.
    streams = [s for s in streams if _has_decoder(s)]
    if not streams:
        raise SourceError("FFmpeg has no decoder for its video")
    defaults = [s for s in streams if s.disposition & Disposition.default]
    return max(defaults or streams, key=lambda s: (_area(s), -s.index))


def _has_decoder(stream: Any) -> bool:
    return stream.codec_context is not None


def _area(stream: "VideoStream") -> int:
    return stream.codec_context.width * stream.codec_context.height


def _no_video_reason(container: "InputContainer", path: Path) -> str:
    encrypted = ", and encrypted" if looks_encrypted(path) else ""
    if container.streams.video:
        return f"sound with a cover picture: no video stream{encrypted}"
    if container.streams.audio:
        return f"sound only: no video stream{encrypted}"
    if container.streams.subtitles:
        return "subtitles only: no video stream"
    return "no video stream"


def _first_frame(container: "InputContainer", stream: "VideoStream") -> "VideoFrame | None":
    """Decode until the first picture; None where PyAV cannot."""
    import av

    deadline = time.monotonic() + FIRST_FRAME_SECONDS
    stream.codec_context.thread_count = 1
    packets = container.demux(stream)
    try:
        for packet in itertools.islice(packets, FIRST_FRAME_PACKETS):
            try:
                for frame in packet.decode():
                    return frame
            except (av.error.FFmpegError, UnicodeError):
                pass
            if time.monotonic() > deadline:
                break
    except (av.error.FFmpegError, UnicodeError):
        pass
    return None


def _describe(
    container: "InputContainer",
    stream: "VideoStream",
    first: "VideoFrame | None",
    path: Path,
) -> VideoProbe:
    context = stream.codec_context
    width = first.width if first else context.width
    height = first.height if first else context.height
    if not first and looks_encrypted(path):
        raise SourceError("encrypted: it cannot be decoded without its key")
    if width < 1 or height < 1:
        raise SourceError("no picture can be decoded: the video's size is missing or damaged")
    aspect = stream.sample_aspect_ratio or context.sample_aspect_ratio or Fraction(1)
    aspect = aspect if Fraction(1, 100) < aspect < 100 else Fraction(1)
    rotation = round((first.rotation if first else 0) / 90) * 90 % 360
    shown = displayed_size(width, height, aspect, rotation)
    time_base = stream.time_base or Fraction(1, 1000)
    start = _start_pts(stream, first, time_base)
    container_start = (container.start_time or 0) / 1e6
    container_start = container_start if abs(container_start) < SANE_SECONDS else 0.0
    duration, own = _duration(container, stream, start * float(time_base), container_start)
    pixel_format = (first.format.name if first else context.pix_fmt) or ""
    transfer = int(first.color_trc if first else context.color_trc)
    colour_space = int(first.colorspace if first else context.colorspace)
    return VideoProbe(
        stream=stream.index,
        container=container.format.name,
        codec=context.codec.canonical_name,
        width=shown[0],
        height=shown[1],
        coded_width=width,
        coded_height=height,
        sample_aspect=aspect,
        rotation=rotation,
        duration=duration,
        duration_of_stream=own,
        time_base=time_base,
        start_pts=start,
        container_start=container_start,
        average_rate=stream.average_rate,
        pixel_format=pixel_format,
        transfer=_TRANSFERS.get(transfer, ""),
        colour_space=colour_space,
        interlaced=bool(first and first.interlaced_frame),
        frames=stream.frames,
        bytes=path.stat().st_size,
        stream_start=_stream_start(stream, start * float(time_base)),
        alpha=_has_alpha(stream, pixel_format),
        stream_id=stream.id,
    )


def _has_alpha(stream: "VideoStream", pixel_format: str) -> bool:
    context = stream.codec_context
    codec, extradata = context.codec.canonical_name, bytes(context.extradata or b"")
    return has_alpha(codec, pixel_format, stream.metadata, extradata)


def _stream_start(stream: "VideoStream", first: float) -> float:
    """Seconds at which the stream says that it begins: before ``first`` where it was cut there."""
    if stream.start_time is None or stream.time_base is None:
        return first
    declared = float(stream.start_time * stream.time_base)
    return declared if abs(declared) < SANE_SECONDS else first


def _start_pts(stream: "VideoStream", first: "VideoFrame | None", time_base: Fraction) -> int:
    """The first frame's time; the container's word where nothing was decoded and it is sane."""
    pts = first.pts if first and first.pts is not None else stream.start_time
    if pts is None or abs(pts * time_base) > SANE_SECONDS:
        return 0
    return pts


def _duration(
    container: "InputContainer", stream: "VideoStream", start: float, container_start: float
) -> tuple[float | None, bool]:
    """Seconds of video, and whether it is the stream itself that says so."""
    if stream.duration and stream.time_base:
        seconds = float(stream.duration * stream.time_base)
        if 0 < seconds < SANE_SECONDS:
            return seconds, True
    tag = _read_tagged_end(stream.metadata)
    if tag is not None and tag > start:
        return tag - start, True
    if container.duration and 0 < container.duration < SANE_SECONDS * 1e6:
        seconds = container.duration / 1e6 - max(0.0, start - container_start)
        return (seconds, False) if seconds > 0 else (None, False)
    return None, False


def _read_tagged_end(metadata: dict[str, str]) -> float | None:
    """Matroska's tag DURATION, "00:01:02.345000000": where the stream ends."""
    for key, value in metadata.items():
        if key.upper().split("-")[0] == "DURATION":
            try:
                hours, minutes, seconds = (float(part) for part in value.split(":"))
            except ValueError:
                return None
            end = hours * 3600 + minutes * 60 + seconds
            return end if math.isfinite(end) and end < SANE_SECONDS else None
    return None
