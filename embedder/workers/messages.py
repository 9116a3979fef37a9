"""What the indexer and a worker say to one another: orders and reports, as JSON.

Only text crosses between them, and the pieces of finished folders (``cluster_return``): nothing of
ours has to be unpickled, and what arrives is parsed like a stored file.
"""

import json
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from frameatlas import errors
from frameatlas.embedder.decode.photos import PhotoFolder
from frameatlas.embedder.sources.tasks import PhotosTask, Task, VideoTask
from frameatlas.errors import ClusterError, FrameatlasError, InputError
from frameatlas.store.json_fields import Fields
from frameatlas.store.manifest import Made, Source


def our_version() -> str:
    """The release of frameatlas in this process."""
    return version("frameatlas")


@dataclass(frozen=True)
class Order:
    """One source that a worker is to read and describe.

    Attributes:
        version: The indexer's release of frameatlas.
        made: How frames and features are made.
        key: What must agree for an interrupted run's work to be taken over.
        weights: The weights file, where it is not the packaged one.
        output: The atlas' folder, as the indexer sees it.
        token: Name of a file in that folder, and its content: who reads it shares the folder.
        topic: Where the worker tells how far it is.
        task: The source, as ``task_values`` gives it.
    """

    version: str
    made: Made
    key: str
    weights: str | None
    output: str
    token: tuple[str, str]
    topic: str
    task: dict[str, Any]

    def to_json(self) -> str:
        """The text that is sent."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Order":
        """Parse what an indexer of the same release sent.

        Raises:
            ClusterError: It is of another release, whose orders may be written in another way.
        """
        fields = Fields.of_json(text, "the order")
        sent = fields.text("version")
        if sent != our_version():
            raise ClusterError(
                f"Expected frameatlas {sent} on every worker, as on the indexer. Received: "
                f"{our_version()}; install the same release on all machines."
            )
        name, content = (str(part) for part in fields.values["token"])
        return cls(
            sent,
            Made.parse(fields.object("made")),
            fields.text("key"),
            fields.text("weights") if fields.values["weights"] is not None else None,
            fields.text("output"),
            (name, content),
            fields.text("topic"),
            fields.object("task").values,
        )


def task_values(task: Task) -> dict[str, Any]:
    """A task as values that JSON can hold.

    Raises:
        InputError: It is a task that only this process can do.
    """
    if isinstance(task, VideoTask):
        return {"kind": "video", "source": asdict(task.source), "hwaccel": task.hwaccel}
    if isinstance(task, PhotosTask):
        return {
            "kind": "photos",
            "source": asdict(task.source),
            "folder": str(task.photos.path),
            "files": [str(path) for path in task.photos.files],
            "digests": list(task.digests),
        }
    raise InputError(
        f"Expected videos or photos for --scheduler or --workers. Received: {task.label}, whose "
        "frames this process makes; leave the option out."
    )


def task_of(values: dict[str, Any]) -> VideoTask | PhotosTask:
    """The task that ``task_values`` wrote down."""
    fields = Fields(values, "the order, task")
    source = Source.parse(fields.object("source"))
    if fields.choice("kind", ("video", "photos")) == "video":
        return VideoTask(source, fields.text("hwaccel"))
    files = tuple(Path(str(path)) for path in values["files"])
    digests = tuple(str(digest) for digest in values["digests"])
    return PhotosTask(source, PhotoFolder(Path(fields.text("folder")), files), digests)


@dataclass(frozen=True)
class Report:
    """What became of an order.

    Attributes:
        worker: The worker's address.
        source: The record of the source; None where the order was refused.
        folder: Where the finished folder lies on the worker; "" where it is in its place.
        engine: The engine's library, version, device and precision; "" where it was not needed.
        refusal: Name of the error class, and its sentence; "" where there is none.
        unseen: Whether the refusal is that the worker does not see the source's file.
    """

    worker: str
    source: Source | None = None
    folder: str = ""
    engine: str = ""
    refusal: tuple[str, str] = ("", "")
    unseen: bool = False

    def to_json(self) -> str:
        """The text that is sent back."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Report":
        """Parse what a worker sent back."""
        fields = Fields.of_json(text, "a worker's report")
        held = fields.values.get("source")
        kind, sentence = (str(part) for part in fields.values["refusal"])
        return cls(
            fields.text("worker"),
            Source.parse(fields.object("source")) if held is not None else None,
            fields.text("folder"),
            fields.text("engine"),
            (kind, sentence),
            bool(fields.values.get("unseen")),
        )

    def error(self) -> FrameatlasError:
        """The refusal as the error that it was on the worker."""
        kind, sentence = self.refusal
        found = getattr(errors, kind, ClusterError)
        known = isinstance(found, type) and issubclass(found, FrameatlasError)
        return (found if known else ClusterError)(f"{sentence} (Said by worker {self.worker}.)")
