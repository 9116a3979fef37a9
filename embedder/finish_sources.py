"""What an index run reads beside frames: dates, cameras, subtitles; and shots that are damaged."""

from pathlib import Path

from frameatlas.embedder.find_shots import mend_shots
from frameatlas.embedder.read_metadata import read_missing_metadata
from frameatlas.errors import FrameatlasError, InterruptedIndexError
from frameatlas.progress import Progress, Stopped


def finish_sources(folder: Path, progress: Progress, stopped: Stopped) -> None:
    """Read what originals say beside their pictures; a run whose frames are whole has not failed.

    Args:
        folder: The atlas, whose manifest is written.
        progress: Is told what is read, and what could not be.
        stopped: Looked at often; once it gives True, the run stops and keeps its work.

    Raises:
        InterruptedIndexError: ``stopped`` gave True; the next run goes on.
    """
    for read, what in ((_metadata, "Dates and cameras"), (_shots, "Shots")):
        try:
            read(folder, progress, stopped)
        except InterruptedIndexError:
            raise
        except FrameatlasError as error:
            progress.note(f"{what} are left out: {error}")


def _metadata(folder: Path, progress: Progress, stopped: Stopped) -> None:
    read_missing_metadata(folder, progress, careful=False, stopped=stopped)


def _shots(folder: Path, progress: Progress, stopped: Stopped) -> None:
    mend_shots(folder, progress, stopped)
