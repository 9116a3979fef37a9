"""Files that are refused, recognised by content, whatever their name, so that people are told why.

What keeps a playlist from being followed is ``frameatlas.safe_formats``.
"""

import re
from pathlib import Path

_PLAYLISTS: tuple[tuple[re.Pattern[bytes], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), name)
    for pattern, name in (
        (rb"#EXTM3U", "HLS or M3U"),
        (rb"ffconcat version", "ffconcat"),
        (rb"(<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*+)*+<MPD[\s>]", "DASH"),
        (rb"(<\?xml[^>]*>\s*)?<SmoothStreamingMedia", "Smooth Streaming"),
        (rb"(<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*+)*+<\w*:?(AssetMap|CompositionPlaylist)", "IMF"),
        (rb"(<\?xml[^>]*>\s*)?<smil[\s>]", "SMIL"),
        (rb"(<\?xml[^>]*>\s*)?<(playlist|asx)[\s>]", "XSPF or ASX"),
        (rb"\[playlist\]", "PLS"),
        (rb"\[Reference\]", "ASX"),
        (rb"v=0\r?\n", "SDP"),
        (rb"(rtsp|rtmp|https?|mms)://\S+\s*$", "a web address"),
        (rb"file\s+\S+\s*(\n|$)", "concat"),
    )
)

_ENCRYPTED = re.compile(
    rb"encv|enca|sinf....frma|pssh|tenc"  # MP4: Common Encryption
    rb"|\x50\x35[\x80-\xff\x40-\x7f].{0,16}\x47\xe1",  # Matroska: ContentEncryption, ContentEncAlgo
    re.DOTALL,
)


def playlist_reason(path: Path) -> str | None:
    """Return why a file is refused when it is a playlist by its content, else None."""
    head = _head(path, 4096).lstrip(b"\xef\xbb\xbf \t\r\n")
    for pattern, name in _PLAYLISTS:
        if pattern.match(head):
            return (
                f"a playlist ({name}), which frameatlas never follows: "
                "give it the media files themselves"
            )
    return None


def looks_encrypted(path: Path) -> bool:
    """Whether the head of a file carries the marks of encrypted (DRM) media."""
    return _ENCRYPTED.search(_head(path, 65536)) is not None


def is_text(path: Path) -> bool:
    """Whether the file begins like text, for a better sentence about why it is refused."""
    head = _head(path, 1024)
    if not head or b"\0" in head:
        return False
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4
    return True


def _head(path: Path, count: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(count)
    except OSError:
        return b""
