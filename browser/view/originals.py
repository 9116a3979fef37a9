"""The videos themselves: where they are expected, and whether they are still the same."""

from pathlib import Path
from threading import Lock

from frameatlas.browser.view.frame_facts import source_number
from frameatlas.browser.view.open_map import OpenMap, display_name
from frameatlas.errors import SourceError
from frameatlas.store.content_digest import content_digest


class Originals:
    """Finds the file of a video; what was compared once is not read again while it is untouched."""

    def __init__(self) -> None:
        self._same: dict[tuple[str, int, int], bool] = {}
        self._lock = Lock()

    def path_of(self, opened: OpenMap, number: int) -> Path:
        """The file of a video by its number, as it was indexed.

        An atlas from elsewhere could name any file of this machine: only one with the very
        content that was indexed is ever sent.

        Raises:
            SourceError: It is not there any more, another file, or a folder of photos.
            InputError: There is no such video.
        """
        source = opened.sources[source_number(opened, number)]
        path = Path(source.path)
        if source.kind != "video":
            raise SourceError("Expected a video. Received: a folder of photos.")
        try:
            stat = path.stat()
        except (OSError, ValueError) as error:
            raise SourceError(
                f"Expected the video at {display_name(source.path)}. Received: no file there; if "
                "it was moved, run `frameatlas index` on its new folder."
            ) from error
        key = (source.path, stat.st_mtime_ns, stat.st_size)
        with self._lock:
            same = self._same.get(key)
        if same is None:
            same = content_digest(path) == source.digest
            with self._lock:
                self._same[key] = same
        if not same:
            raise SourceError(
                f"Expected {display_name(source.path)} as it was indexed. Received: another "
                "content; run `frameatlas index` on it again."
            )
        return path
