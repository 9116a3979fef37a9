"""The manifest, ``atlas.json``: what an atlas holds and how it was made, as one frozen value.

``Manifest.from_json`` gives a fully valid value or raises ``FormatError`` naming file and field;
``to_json`` is its inverse. What a user *asks for* is another value (``frameatlas.options``).
"""

import json
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from frameatlas.errors import FormatError, NewerFormatError
from frameatlas.plurals import count_of
from frameatlas.store.digests import text_digest
from frameatlas.store.json_fields import Fields
from frameatlas.store.pictures.picture_file import PICTURE_FILES
from frameatlas.store.stored_file import StoredFile, parse_files
from frameatlas.store.words_record import WordsRecord

FORMAT = 2
"""Newest version of the stored format; raised when an older frameatlas could misread an atlas.

An atlas of raw frames whose features are Xception's is still written as version 1: see
``Manifest.format``."""

MOST_FRAMES = 1_000_000_000
"""Frames that an atlas may have: eleven years of video. More could ask for any memory."""

STATUSES = ("ok", "damaged", "failed")
KINDS = ("video", "photos")
SAMPLES = ("all", "key")
PRECISIONS = ("auto", "float32", "bfloat16", "int8")


@dataclass(frozen=True)
class Made:
    """How an atlas' frames and features were made; the same for all its sources.

    Attributes:
        fps: Frames kept of each second of video.
        height: Short side of a frame in pixels.
        weights: SHA-256 of the network's weights file.
        engine: Name of the engine that described the newest source.
        dimension: Numbers that describe one frame.
        descriptor: Name of the network: "xception", another, or "vectors" that came from elsewhere.
        crops: Squares of each frame that it looked at.
        store: How frames are stored: "raw", or as "jpeg".
        precision: Numbers that the newest source was described with, where somebody asked for
            some: "float32", "bfloat16" or "int8"; else "auto".
    """

    fps: float
    height: int
    weights: str
    engine: str
    dimension: int = 4096
    descriptor: str = "xception"
    crops: int = 2
    store: str = "raw"
    precision: str = "auto"

    @property
    def picture_file(self) -> str:
        """Name of the file that holds a source's frames."""
        return PICTURE_FILES[self.store]

    def to_values(self) -> dict[str, Any]:
        """The values of a JSON object; without what older atlases do not say, where it is usual."""
        values = asdict(self)
        if self.store == "raw":
            del values["store"]
        if self.precision == "auto":
            del values["precision"]
        return values

    @classmethod
    def parse(cls, fields: Fields) -> "Made":
        """The value of a JSON object."""
        return cls(
            fields.positive("fps"),
            fields.integer("height", least=1),
            fields.text("weights"),
            fields.text("engine"),
            fields.integer("dimension", least=1),
            fields.text("descriptor") if "descriptor" in fields.values else "xception",
            fields.integer("crops", least=1) if "crops" in fields.values else 2,
            fields.choice("store", tuple(PICTURE_FILES)) if "store" in fields.values else "raw",
            fields.choice("precision", PRECISIONS) if "precision" in fields.values else "auto",
        )


@dataclass(frozen=True)
class Source:
    """One video, or up to some hundred photos of one folder.

    Attributes:
        id: Names its folder under ``sources/``; made of the content, not of the path.
        path: Absolute path where it was last seen; for photos their folder.
        kind: "video" or "photos".
        status: "ok", "damaged" (some frames are missing) or "failed" (it gave none).
        reason: Why it is damaged or failed, or what was left out; "" where all is well.
        digest: Content digest that recognises it after it was renamed or moved.
        frames: Number of frames.
        seconds_missing: Seconds that gave no frames.
        duration: Seconds of video, where known.
        width: Width as displayed, in pixels; 0 where unknown.
        height: Height as displayed, in pixels; 0 where unknown.
        codec: Codec's name as FFmpeg gives it; "" for photos.
        files: Its stored files by name.
        sample: "all", or "key" where only a video's key frames were looked at.
        repeated: Frames that show what the one before showed, and were not described again.
    """

    id: str
    path: str
    kind: str
    status: str
    reason: str
    digest: str
    frames: int = 0
    seconds_missing: float = 0.0
    duration: float | None = None
    width: int = 0
    height: int = 0
    codec: str = ""
    files: dict[str, StoredFile] = field(default_factory=dict)
    sample: str = "all"
    repeated: int = 0

    def to_values(self) -> dict[str, Any]:
        """The values of a JSON object; without what older atlases do not say, where it is usual."""
        values = asdict(self)
        if self.sample == "all":
            del values["sample"]
        if not self.repeated:
            del values["repeated"]
        return values

    @classmethod
    def parse(cls, fields: Fields) -> "Source":
        """The value of a JSON object."""
        return cls(
            id=fields.name("id"),
            path=fields.text("path"),
            kind=fields.choice("kind", KINDS),
            status=fields.choice("status", STATUSES),
            reason=fields.text("reason"),
            digest=fields.text("digest"),
            frames=fields.integer("frames", least=0),
            seconds_missing=fields.positive("seconds_missing", zero=True),
            duration=fields.optional_number("duration"),
            width=fields.integer("width", least=0),
            height=fields.integer("height", least=0),
            codec=fields.text("codec"),
            files=parse_files(fields),
            sample=fields.choice("sample", SAMPLES) if "sample" in fields.values else "all",
            repeated=fields.integer("repeated", least=0) if "repeated" in fields.values else 0,
        )


@dataclass(frozen=True)
class MapRecord:
    """The current map: a folder under ``maps/``.

    Attributes:
        id: Names the folder; made of the coordinates, so equal ids are equal maps.
        frames: Frames on it: those of the first ``sources`` sources.
        sources: Number of sources on it.
        files: Its stored files by name.
    """

    id: str
    frames: int
    sources: int
    files: dict[str, StoredFile] = field(default_factory=dict)

    @classmethod
    def parse(cls, fields: Fields) -> "MapRecord":
        """The value of a JSON object."""
        return cls(
            fields.name("id"),
            fields.integer("frames", least=0),
            fields.integer("sources", least=0),
            parse_files(fields),
        )


@dataclass(frozen=True)
class Manifest:
    """Everything that ``atlas.json`` says.

    Attributes:
        made: How frames and features were made.
        sources: In the order of their frames; failed ones have none.
        map: The current map, or None before the first one is drawn.
        versions: Versions of the libraries that last wrote to the atlas.
        exclude: Patterns of files that runs pass over.
        words: What is known of vectors that share a space with text, where there are some.
    """

    made: Made
    sources: tuple[Source, ...] = ()
    map: MapRecord | None = None
    versions: dict[str, str] = field(default_factory=dict)
    exclude: tuple[str, ...] = ()
    words: WordsRecord | None = None

    @property
    def frames(self) -> int:
        """Number of frames of all sources."""
        return sum(source.frames for source in self.sources)

    def with_sources(self, sources: tuple[Source, ...]) -> "Manifest":
        """The same, holding other sources."""
        return replace(self, sources=sources)

    @property
    def format(self) -> int:
        """Version of the stored format that this atlas needs.

        2 where not Xception describes, or frames are stored as JPEG.
        """
        made = self.made
        return 1 if (made.descriptor, made.crops, made.store) == ("xception", 2, "raw") else 2

    def to_json(self) -> str:
        """The text of ``atlas.json``, with a checksum of its own content."""
        content = {"format": self.format, **asdict(self)}
        content["made"] = self.made.to_values()
        content["sources"] = [source.to_values() for source in self.sources]
        if self.words is None:
            del content["words"]
        if not self.exclude:
            del content["exclude"]
        return json.dumps({**content, "checksum": _checksum(content)}, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str, file: str = "atlas.json") -> "Manifest":
        """Parse the text of ``atlas.json``.

        Args:
            text: The file's content.
            file: Its name, for messages.

        Raises:
            NewerFormatError: A later frameatlas wrote it.
            FormatError: It is not a manifest; the message names the field.
        """
        fields = Fields.of_json(text, file)
        version = fields.integer("format", least=1)
        if version > FORMAT:
            raise NewerFormatError(
                f"Expected {file} of format {FORMAT} or older. Received: format {version}, written "
                "by a later frameatlas: upgrade frameatlas to read this atlas."
            )
        content = {key: value for key, value in fields.values.items() if key != "checksum"}
        if fields.text("checksum") != _checksum(content):
            raise FormatError(
                f"Expected {file} to match its own checksum. Received: a file that was changed or "
                "damaged; `frameatlas index` on the same videos mends it."
            )
        manifest = cls(
            made=Made.parse(fields.object("made")),
            sources=tuple(Source.parse(entry) for entry in fields.objects("sources")),
            map=MapRecord.parse(fields.object("map")) if fields.values.get("map") else None,
            versions={k: str(v) for k, v in fields.object("versions").values.items()},
            words=WordsRecord.parse(fields.object("words")) if fields.values.get("words") else None,
            exclude=tuple(fields.texts("exclude")) if "exclude" in fields.values else (),
        )
        manifest.refuse_contradictions(file)
        return manifest

    def refuse_contradictions(self, file: str) -> None:
        """Raise FormatError where fields that are each valid cannot all be true."""
        if self.frames > MOST_FRAMES:
            raise FormatError(
                f"Expected {file}, sources, to have at most {MOST_FRAMES} frames. Received: "
                f"{self.frames}."
            )
        record = self.map
        if record is not None:
            on_map = sum(source.frames for source in self.sources[: record.sources])
            if record.sources > len(self.sources) or record.frames != on_map:
                raise FormatError(
                    f"Expected {file}, map, to cover its sources' {on_map} frames. Received: "
                    f"{count_of(record.frames, 'frame')} of {count_of(record.sources, 'source')}."
                )
        ids = [source.id for source in self.sources]
        if len(set(ids)) != len(ids):
            raise FormatError(f"Expected {file}, sources, to have an id each. Received: one twice.")


def _checksum(content: dict[str, Any]) -> str:
    return text_digest(json.dumps(content, sort_keys=True, separators=(",", ":")))
