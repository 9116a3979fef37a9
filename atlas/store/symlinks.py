"""Links and devices inside an atlas: it has none of its own, so none is followed.

By a link, an atlas from elsewhere could have any file of this machine read, or written over by the
next run. The atlas' folder itself may be a link: the user has made that one.
"""

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from frameatlas.errors import DamagedAtlasError


def refuse_links(paths: Iterable[Path]) -> None:
    """Refuse paths that are neither files nor folders themselves; those that are missing pass.

    Raises:
        DamagedAtlasError: One is a link, a pipe or a device.
    """
    for path in paths:
        try:
            mode = os.lstat(path).st_mode
        except (OSError, ValueError):
            continue
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            kind = "a link" if stat.S_ISLNK(mode) else "a device or a pipe"
            raise DamagedAtlasError(
                f"Expected an atlas to hold its own files. Received: {path}, {kind}, which could "
                "lead to any file of this machine; put what it leads to in its place. An atlas on "
                "another disk is linked to as a whole."
            )


def refuse_links_below(folder: Path) -> None:
    """Refuse a folder that holds, at any depth, what ``refuse_links`` refuses."""
    for place, folders, files in os.walk(folder):
        refuse_links(Path(place, name) for name in (*folders, *files))
