"""Which videos web browsers play as they are, and under which media type."""

from pathlib import Path

from frameatlas.store.manifest import Source

_CONTAINERS = {
    ".mp4": ("video/mp4", {"h264", "av1", "vp9"}),
    ".m4v": ("video/mp4", {"h264", "av1"}),
    # Browsers take QuickTime's files for the MP4 that they nearly are, under MP4's type alone.
    ".mov": ("video/mp4", {"h264"}),
    ".webm": ("video/webm", {"vp8", "vp9", "av1"}),
    ".ogv": ("video/ogg", {"theora", "vp8"}),
}


def media_type(source: Source) -> str | None:
    """The media type of a video that browsers play as it is, else None."""
    kind, codecs = _CONTAINERS.get(Path(source.path).suffix.lower(), ("", set()))
    return kind if source.kind == "video" and source.codec in codecs else None


def playable(source: Source) -> str | None:
    """How a source is played: "original", "clip" after transcoding, or None for photos."""
    if source.kind != "video":
        return None
    return "original" if media_type(source) else "clip"
