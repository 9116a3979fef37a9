"""What an index run has to read: one video, or up to 256 photos of one folder."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from frameatlas.embedder.decode.photos import PhotoFolder, read_photos
from frameatlas.embedder.decode.video import decode_video
from frameatlas.embedder.media.frame_sink import FrameSettings, FrameSink, Outcome
from frameatlas.embedder.media.probe import probe_video
from frameatlas.errors import SourceError
from frameatlas.progress import Stopped
from frameatlas.store.content_digest import content_digest
from frameatlas.store.manifest import Source

_NAMED = 3
"""Refused photos that a reason names before it only counts the others."""


class Task(Protocol):
    """One source that is to be read and described."""

    @property
    def id(self) -> str:
        """Id of the source, which names its folder."""

    @property
    def source(self) -> Source:
        """What is known of the source before it is read."""

    @property
    def label(self) -> str:
        """What to call it before the user."""

    def read(
        self, settings: FrameSettings, sink: FrameSink, stopped: Stopped
    ) -> tuple[Source, Outcome, list[str]]:
        """Read all frames into the sink.

        Returns:
            The source with what reading told of it, how it ended, and for photos the content
            digest of each frame's file.
        """


@dataclass(frozen=True)
class VideoTask:
    """A video that is to be read.

    Attributes:
        source: What is known of it.
        hwaccel: FFmpeg's hardware decoding: "none", "auto" or a method's name.
    """

    source: Source
    hwaccel: str = "none"

    @property
    def id(self) -> str:
        """Id of the source."""
        return self.source.id

    @property
    def label(self) -> str:
        """What to call it before the user."""
        return Path(self.source.path).name

    def read(
        self, settings: FrameSettings, sink: FrameSink, stopped: Stopped
    ) -> tuple[Source, Outcome, list[str]]:
        """Read all frames into the sink; see ``Task``."""
        path = Path(self.source.path)
        probe = probe_video(path)
        source = replace(
            self.source,
            width=probe.width,
            height=probe.height,
            codec=probe.codec,
            duration=probe.duration,
        )
        outcome = decode_video(path, probe, settings, sink, stopped=stopped, hwaccel=self.hwaccel)
        _refuse_changed(path, self.source.digest)
        return source, outcome, []


@dataclass(frozen=True)
class PhotosTask:
    """Photos of one folder that are to be read.

    Attributes:
        source: What is known of them.
        photos: The folder and the files.
        digests: Content digest of each file.
    """

    source: Source
    photos: PhotoFolder
    digests: tuple[str, ...]

    @property
    def id(self) -> str:
        """Id of the source."""
        return self.source.id

    @property
    def label(self) -> str:
        """What to call it before the user."""
        return f"{self.photos.path.name}/ ({len(self.photos.files)} photos)"

    def read(
        self, settings: FrameSettings, sink: FrameSink, stopped: Stopped
    ) -> tuple[Source, Outcome, list[str]]:
        """Read all photos into the sink; see ``Task``."""
        refused: dict[Path, str] = {}
        # Photos are quick to read again, and a source holds few.
        sink.restart()
        outcome = read_photos(
            self.photos, settings, sink, stopped=stopped, on_refused=refused.__setitem__
        )
        for path, digest in zip(self.photos.files, self.digests, strict=True):
            _refuse_changed(path, digest)
        kept = [
            digest
            for path, digest in zip(self.photos.files, self.digests, strict=True)
            if path not in refused
        ]
        if refused:
            outcome = Outcome("damaged", _explain_refused(refused))
        return self.source, outcome, kept


def _refuse_changed(path: Path, digest: str) -> None:
    """Refuse a file that is another than it was found to be: its frames would go by a wrong name.

    One that has gone meanwhile was read whole.
    """
    try:
        changed = content_digest(path) != digest
    except SourceError:
        return
    if changed:
        raise SourceError(f"{path.name} changed while it was read; index it again when it is done")


def _explain_refused(refused: dict[Path, str]) -> str:
    named = "; ".join(f"{p.name}: {reason}" for p, reason in list(refused.items())[:_NAMED])
    others = len(refused) - _NAMED
    return named + (f"; and {others} more photos" if others > 0 else "")
