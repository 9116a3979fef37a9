"""Short clips of the videos for a static site, each a few seconds: what Play plays there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from frameatlas.atlas import Atlas
from frameatlas.browser.export.site_folder import write_file
from frameatlas.browser.view.clips import media_type_of
from frameatlas.browser.view.wing_tools import CutClip
from frameatlas.errors import InterruptedIndexError, SourceError
from frameatlas.progress import Progress
from frameatlas.store.atomic import remove_folder, translate_os_errors

SECONDS = 6
"""Length of a clip; clip number n of a video begins at n times so many seconds."""

_ENDINGS = {"video/mp4": ".mp4", "video/webm": ".webm"}


@dataclass
class SiteClips:
    """The clips of a site.

    Attributes:
        ending: Of their files; "" where there are none.
        there: For each source that has some, its runs of clips: first and last number.
        notes: What the user should know.
    """

    ending: str = ""
    there: dict[int, list[list[int]]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def values(self) -> dict[str, object] | None:
        """What the page is told; None where there are no clips."""
        if not self.there:
            return None
        return {"seconds": SECONDS, "ending": self.ending, "there": self.there}


def write_clips(
    atlas: Atlas,
    folder: Path,
    cut: CutClip,
    room: int,
    progress: Progress,
    stopped: Callable[[], bool],
) -> SiteClips:
    """Write the clips of all videos that are where they were; those that are there stay.

    Args:
        atlas: The atlas.
        folder: ``clips`` of the site.
        cut: Cuts one.
        room: Bytes that they may take.
        progress: Told of every clip.
        stopped: Gives True once the user wants to stop.
    """
    wanted = [(n, list(_numbers(atlas, n))) for n in range(len(atlas.sources))]
    progress.stage("Clips", sum(len(numbers) for _, numbers in wanted), "clips")
    found, done, used = SiteClips(), 0, 0
    for number, clips in wanted:
        made: list[int] = []
        for clip in clips:
            if stopped():
                raise InterruptedIndexError(
                    f"Stopped. What is done is kept in {folder.parent}: give the same command "
                    "again to go on."
                )
            if used > room:
                found.notes.append("Not all videos have clips: the site would exceed --max-bytes.")
                return found
            path = _clip(atlas, number, clip, folder, cut, found)
            done += 1
            progress.step(done, Path(atlas.sources[number].path).name)
            if path is None:
                break
            made.append(clip)
            used += path.stat().st_size
            found.there[number] = _runs(made)
    return found


def _numbers(atlas: Atlas, number: int) -> Iterator[int]:
    """Numbers of the clips that a video's frames lie in."""
    if atlas.sources[number].kind != "photos":
        own = atlas.range_of(number)
        seconds = atlas.seconds[own.start : own.stop]
        yield from np.unique(np.maximum(seconds, 0) // SECONDS).astype(int).tolist()


def _clip(
    atlas: Atlas, number: int, clip: int, folder: Path, cut: CutClip, found: SiteClips
) -> Path | None:
    """One clip's file, which may be there already; None where the video gives none."""
    source = atlas.sources[number]
    place = folder / str(number)
    for ending in _ENDINGS.values():
        if (kept := place / f"{clip}{ending}").is_file():
            found.ending = found.ending or ending
            return kept
    with translate_os_errors(place):
        place.mkdir(parents=True, exist_ok=True)
    beside = place / f".{clip}.part"
    try:
        cut(Path(source.path), float(clip * SECONDS), float(SECONDS), beside)
        ending = _ENDINGS[media_type_of(beside)]
        write_file(place / f"{clip}{ending}", beside.read_bytes())
        found.ending = found.ending or ending
        return place / f"{clip}{ending}"
    except SourceError as error:
        found.notes.append(f"{Path(source.path).name} has no clips: {error}")
        return None
    finally:
        beside.unlink(missing_ok=True)


def _runs(numbers: list[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return runs


def drop_clips(folder: Path) -> None:
    """Remove the clips of an earlier export."""
    with translate_os_errors(folder):
        remove_folder(folder)
