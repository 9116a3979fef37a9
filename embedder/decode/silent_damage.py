"""Lost pictures of which FFmpeg says nothing, or the same as of what is no loss."""

from pathlib import Path

from frameatlas.embedder.decode.completeness import Ending
from frameatlas.embedder.media.probe import VideoProbe
from frameatlas.embedder.media.transport_stream import has_lost_packets

_FRAGMENTS = (b"moof", b"mdat")
"""Boxes of an MP4 that hold pictures, or tell where they are (ISO/IEC 14496-12)."""

_MOST_BOXES = 1_000_000


def silent_damage(path: Path, probe: VideoProbe, ending: Ending) -> str:
    """Why pictures are missing, one clause; "" where nothing says so.

    Args:
        path: The video.
        probe: What it is.
        ending: How FFmpeg ended, without a complaint.
    """
    if probe.container.startswith("mov,") and _ends_within_box(path):
        return "the file is cut off: its last fragment is not whole"
    if not ending.gaps:
        return ""
    lost = probe.container != "mpegts" or has_lost_packets(
        path, probe.stream_id, joined=bool(ending.rewinds)
    )
    return "part of the data is lost" if lost else ""


def _ends_within_box(path: Path) -> bool:
    """Whether an MP4 ends before a box of pictures does, as where a recorder lost its power."""
    try:
        left = path.stat().st_size
        with path.open("rb") as file:
            for _ in range(_MOST_BOXES):
                head = file.read(16)
                size, kind = int.from_bytes(head[:4], "big"), head[4:8]
                if size == 1:
                    size = int.from_bytes(head[8:16], "big")
                if size < 8 or len(head) < 8:  # to the end of the file, or nothing more
                    return False
                if size > left:
                    return kind in _FRAGMENTS
                left -= size
                file.seek(size - len(head), 1)
    except (OSError, OverflowError, ValueError):
        return False
    return False
