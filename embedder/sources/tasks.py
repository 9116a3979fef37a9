"""What an index run has to read: one video, or up to 256 photos of one folder."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from frameatlas.embedder.decode.animation import is_animation, look_at_animation, read_animation
from frameatlas.embedder.decode.photos import PhotoFolder, explain_refused, read_photos
from frameatlas.embedder.decode.video import decode_video
from frameatlas.embedder.media.bounded_look import probe_within_limits
from frameatlas.embedder.media.frame_sink import FolderSink, FrameSettings, FrameSink, Outcome
from frameatlas.embedder.shots.find_shots import keep_shots
from frameatlas.embedder.shots.sampled_shots import keep_sampled_shots
from frameatlas.embedder.shots.sketches import SketchFiles
from frameatlas.errors import SourceError
from frameatlas.photos.taken import taken_at
from frameatlas.plurals import count_of
from frameatlas.progress import Stopped
from frameatlas.store.content_digest import content_digest, has_grown
from frameatlas.store.manifest import Source
from frameatlas.store.notes.photo_notes import PhotoNotes, write_photo_notes


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
        bytes: Size of the file when its digest was taken; 0 where it is not known.
    """

    source: Source
    hwaccel: str = "none"
    bytes: int = 0

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
        if is_animation(path):
            return self._read_animation(path, settings, sink, stopped)
        probe = probe_within_limits(path, stopped=stopped)
        source = replace(
            self.source,
            width=probe.width,
            height=probe.height,
            codec=probe.codec,
            duration=probe.duration,
        )
        files = SketchFiles(sink.folder, probe.time_base) if isinstance(sink, FolderSink) else None
        outcome = decode_video(
            path,
            probe,
            settings,
            sink,
            stopped=stopped,
            hwaccel=self.hwaccel,
            sketches=files,
            sample=self.source.sample,
        )
        if files is not None and outcome.sample == "key":
            keep_sampled_shots(files.folder, probe.time_base, map(sink.stored, range(sink.count)))
        elif files is not None:
            keep_shots(files)
        return replace(source, sample=outcome.sample), self._judged(path, outcome), []

    def _read_animation(
        self, path: Path, settings: FrameSettings, sink: FrameSink, stopped: Stopped
    ) -> tuple[Source, Outcome, list[str]]:
        head = look_at_animation(path)
        source = replace(
            self.source, width=head.width, height=head.height, codec=head.codec, sample="all"
        )
        outcome = read_animation(path, settings, sink, stopped=stopped)
        return source, self._judged(path, outcome), []

    def _judged(self, path: Path, outcome: Outcome) -> Outcome:
        """The outcome, with a note where the file grew meanwhile.

        Raises:
            SourceError: It is another file now.
        """
        if not self.bytes or not has_grown(path, self.bytes, self.source.digest):
            _refuse_changed(path, self.source.digest)
            return outcome
        growing = "it was still growing: the next run reads the rest"
        reason = f"{outcome.reason}; {growing}" if outcome.reason else growing
        return replace(outcome, reason=reason)


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
        return f"{self.photos.path.name}/ ({count_of(len(self.photos.files), 'photo')})"

    def read(
        self, settings: FrameSettings, sink: FrameSink, stopped: Stopped
    ) -> tuple[Source, Outcome, list[str]]:
        """Read all photos into the sink; see ``Task``."""
        refused: dict[Path, str] = {}
        # Photos are quick to read again, and a source holds few.
        sink.restart()
        kept: list[Path] = []
        outcome = read_photos(
            self.photos,
            settings,
            sink,
            stopped=stopped,
            on_refused=refused.__setitem__,
            on_kept=kept.append,
        )
        digests = dict(zip(self.photos.files, self.digests, strict=True))
        for path, digest in digests.items():
            _refuse_changed(path, digest)
        if refused:
            outcome = Outcome("damaged", explain_refused(refused))
        if isinstance(sink, FolderSink):
            unread = {digests[path]: reason for path, reason in refused.items()}
            taken = tuple(taken_at(path) for path in kept)
            write_photo_notes(sink.folder, PhotoNotes(taken, unread))
        return self.source, outcome, [digests[path] for path in kept]


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
