"""A list for FFmpeg's concat demuxer, which joins the cuts without any other program."""

import re
from collections.abc import Sequence

from frameatlas.errors import InputError
from frameatlas.handover.cuts import Cut


def ffconcat(cuts: Sequence[Cut], name: str = "cuts.ffconcat") -> str:
    """The list; times are the files' own.

    Args:
        cuts: In their order.
        name: Of the list's file, for the example in it.

    Raises:
        InputError: A file's name holds a line break, which such a list cannot say.
    """
    lines = ["ffconcat version 1.0"]
    lines.append(f"# ffmpeg -f concat -safe 0 -i {name} -c:v libx264 -c:a aac cut.mp4")
    for cut in cuts:
        start = cut.media.start
        lines.append(f"file {quote(str(cut.media.path))}")
        lines.append(f"inpoint {max(0.0, float(start + cut.begin)):.6f}")
        lines.append(f"outpoint {max(0.0, float(start + cut.end)):.6f}")
    return "\n".join(lines) + "\n"


def quote(path: str) -> str:
    """A file's name as FFmpeg's lists want it: nothing in it is read as anything else.

    Raises:
        InputError: It holds a line break or a null, or is no text.
    """
    shown = path.encode("utf-8", "replace").decode("utf-8")
    if shown != path or re.search(r"[\r\n\0]", path):
        raise InputError(
            "Expected a file name that a list for FFmpeg can hold. Received: "
            f"{shown!r}; rename the file and index it again."
        )
    return "'" + path.replace("'", "'\\''") + "'"
