"""Where the browser keeps what it can make again: the user's cache folder, never the atlas."""

import os
import sys
import tempfile
from pathlib import Path


def cache_folder() -> Path:
    """A folder that can be written, by the system's custom; a temporary one where it cannot.

    Where nothing can be written at all, nothing will be kept.
    """
    wanted = _customary() / "frameatlas" / "browser"
    try:
        wanted.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=wanted):
            return wanted
    except OSError:
        try:
            return Path(tempfile.mkdtemp(prefix="frameatlas-"))
        except OSError:
            return wanted


def _customary() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
