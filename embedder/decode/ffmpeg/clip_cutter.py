"""A part of a video as a small file that every web browser plays."""

import errno
import os
import subprocess
from pathlib import Path

from frameatlas.embedder.decode.ffmpeg.encoders import best_encoder
from frameatlas.embedder.decode.ffmpeg.program import find_ffmpeg
from frameatlas.embedder.media.unsupported_files import playlist_reason
from frameatlas.errors import SourceError, SpaceError
from frameatlas.safe_formats import LARGEST_PICTURE, allowed_formats

LONGEST = 30.0
"""Seconds of a clip at most."""

HEIGHT = 540
"""Pixels down of a clip at most: whoever asks for it waits for it."""

TIME_LIMIT = 90.0
"""Seconds after which FFmpeg is given up."""

MOST_BYTES = 60_000_000
"""Of a clip: FFmpeg ends it there."""

_AAC = ["-c:a", "aac", "-b:a", "128k", "-ac", "2"]
_OPUS = ["-c:a", "libopus", "-b:a", "96k", "-ac", "2"]
_MP4 = ["-movflags", "+faststart", "-f", "mp4"]
_WEBM = ["-deadline", "realtime", "-cpu-used", "8", "-b:v", "2500k", "-f", "webm"]

KINDS = {
    "libx264": ["-preset", "superfast", "-crf", "24", "-pix_fmt", "yuv420p", *_AAC, *_MP4],
    "libopenh264": ["-b:v", "2500k", "-pix_fmt", "yuv420p", *_AAC, *_MP4],
    "libvpx": [*_OPUS, "-pix_fmt", "yuv420p", *_WEBM],
    "libvpx-vp9": [*_OPUS, "-pix_fmt", "yuv420p", "-row-mt", "1", *_WEBM],
}
"""Encoders of pictures from the best on, and what goes with each."""


def cut_clip(source: Path, start: float, seconds: float, output: Path) -> None:
    """Transcode a part of a video.

    Args:
        source: The video: a local file of an allowed format.
        start: Where to begin, in seconds of the video's own time, as the atlas stores it.
        seconds: How long, at most ``LONGEST``.
        output: The file to write: MP4 with H.264, or WebM, as the FFmpeg that is there can.

    Raises:
        SourceError: The video gives no clip there, or not in time.
        SpaceError: The disk of the output is full.
        MissingExtraError: There is no FFmpeg, or none that encodes for browsers.
    """
    reason = playlist_reason(source)
    if reason:
        raise SourceError(f"Expected a video to play. Received: {reason}.")
    command = clip_command(source, max(0.0, start), min(seconds, LONGEST), output)
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=TIME_LIMIT,
            check=False,
            start_new_session=True,  # Ctrl-C in the terminal is for the server
        )
    except subprocess.TimeoutExpired as error:
        raise SourceError(
            f"Expected a clip within {TIME_LIMIT:.0f} s. Received: none; the video is slow to read."
        ) from error
    refuse_full_disk(done.stderr, output)
    if done.returncode or not output.exists() or output.stat().st_size < 500:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        last = said[-1][:200] if said else "nothing at that time"
        raise SourceError(f"Expected a clip of {source.name}. Received: {last}.")


def refuse_full_disk(stderr: bytes, output: Path) -> None:
    """FFmpeg says so in the system's words; old ones end well with half a clip.

    Raises:
        SpaceError: It said so.
    """
    if any(os.strerror(number).encode() in stderr for number in (errno.ENOSPC, errno.EDQUOT)):
        raise SpaceError(
            f"Expected room on the disk of {output.parent} for a film. Received: none is left. "
            "Free some space, then try again."
        )


def clip_command(source: Path, start: float, seconds: float, output: Path) -> list[str]:
    """FFmpeg's command line; the file is named by ``file:``, so that no name is an address."""
    program = find_ffmpeg().path
    encoder = best_encoder(program, KINDS)
    scale = f"scale=w=-2:h='min({HEIGHT},trunc(ih/2)*2)':flags=bicubic,setsar=1"
    return [
        *[program, "-nostdin", "-hide_banner", "-loglevel", "error", "-y"],
        *["-protocol_whitelist", "file,pipe", "-format_whitelist", allowed_formats()],
        *["-max_pixels", str(LARGEST_PICTURE)],
        *[
            "-seek_timestamp",
            "1",
            "-ss",
            f"{start:.3f}",
            "-i",
            f"file:{source.absolute()}",
            "-t",
            f"{seconds:.3f}",
        ],
        *["-map", "0:v:0", "-map", "0:a:0?", "-sn", "-dn", "-map_metadata", "-1"],
        *["-vf", scale, "-threads", "2", "-fs", str(MOST_BYTES)],
        *["-c:v", encoder, *KINDS[encoder], f"file:{output.absolute()}"],
    ]
