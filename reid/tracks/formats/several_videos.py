"""Files of several videos: the one that is called as the user's, or a sentence that names them."""

import re
from collections.abc import Sequence
from typing import TypeVar

from frameatlas.errors import SourceError

Held = TypeVar("Held")


def same_name(name: str, video: str) -> bool:
    """Whether a path or name in a file is that of a video, which is given without its ending."""
    return video in (name, re.sub(r"\.\w{2,4}$", "", re.split(r"[/\\]", name)[-1]))


def of_video(held: Sequence[tuple[str, Sequence[Held]]], video: str, place: str) -> list[Held]:
    """What a file holds of one video.

    Args:
        held: Name of each video and what there is of it.
        video: Name of the user's, without its ending.
        place: The file, for messages; "" takes all.

    Raises:
        SourceError: It holds several, and not one of this name.
    """
    names = list(dict.fromkeys(name for name, _ in held))
    if place and len(names) > 1:
        ours = [name for name in names if video and same_name(name, video)]
        if len(ours) != 1:
            shown = ", ".join(name or "one without a name" for name in sorted(names)[:5])
            raise SourceError(
                f"Expected {place} to hold the tracks of {video or 'one video'}. Received: those "
                f"of {len(names)} videos ({shown}); name the video as the file does."
            )
        held = [pair for pair in held if pair[0] == ours[0]]
    return [one for _, some in held for one in some]
