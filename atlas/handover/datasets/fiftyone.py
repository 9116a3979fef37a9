"""FiftyOne's own datasets on disk (``FiftyOneDataset``): written, and their labels read.

https://docs.voxel51.com/user_guide/export_datasets.html describes the folder: ``metadata.json``,
the dataset's document, and ``samples.json``. They are MongoDB's extended JSON. The version that we
state is 1.0.0: FiftyOne brings what is older than itself up to date when it loads it.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from frameatlas.columns.frame_column import FrameColumn
from frameatlas.handover.datasets.labels import Labelled, label_text
from frameatlas.handover.datasets.samples import IMAGES, Sample

_FIELDS = "fiftyone.core.fields."
_KINDS = {
    "whole": "IntField",
    "number": "FloatField",
    "date": "DateTimeField",
    "text": "StringField",
    "texts": "ListField",
}
_TAKEN = frozenset(
    ("id", "filepath", "tags", "metadata", "created_at", "last_modified_at", "frames", "groups")
    + ("media_type", "media_reference", "sample_id", "dataset_id", "in_db", "field_names")
)
_LEFT_OUT = frozenset(("bins", "frame", "path"))
"""Columns that are said otherwise: as tags, as ``atlas_frame``, as ``original``."""

_DEEPEST = 6


def fiftyone_files(
    samples: Sequence[Sample], columns: Sequence[FrameColumn], title: str
) -> Iterator[tuple[str, Iterator[str]]]:
    """The files of a dataset, each as its name and its text in parts.

    Bins are tags, columns are fields of their names.

    Args:
        samples: In their order.
        columns: Of all frames of the atlas.
        title: Of the dataset.
    """
    shown = {_field_name(c.name): c for c in columns if c.name not in _LEFT_OUT}
    yield "metadata.json", iter([json.dumps(_dataset(shown, title), indent=1) + "\n"])
    yield "samples.json", _samples(samples, shown)


def read_fiftyone(content: Mapping[str, Any]) -> Iterator[Labelled]:
    """What ``samples.json`` says of its samples: tags, and the labels of whatever fields."""
    samples = content.get("samples")
    for one in samples if isinstance(samples, list) else []:
        if not isinstance(one, dict):
            continue
        tags = one.get("tags")
        names = [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
        for field, value in one.items():
            if field not in ("tags", "metadata"):
                names += _labels(value, 0)
        source, pts = one.get("source"), one.get("pts")
        known = (source, pts) if isinstance(source, str) and type(pts) is int else None
        yield Labelled(str(one.get("filepath", "")), tuple(names), known)


def _samples(samples: Sequence[Sample], shown: Mapping[str, FrameColumn]) -> Iterator[str]:
    yield '{"samples": ['
    for number, one in enumerate(samples):
        values = {name: _value(column, one.frame) for name, column in shown.items()}
        width, height = one.size
        written = {
            "filepath": f"{IMAGES}/{one.name}",
            "tags": list(one.bins),
            "metadata": {"_cls": "ImageMetadata", "width": width, "height": height},
            "_media_type": "image",
            "_rand": one.frame * 0.6180339887498949 % 1.0,
            "atlas_frame": one.frame,
            "original": one.path,
            **values,
            "source": one.source,
            "pts": one.pts,
        }
        yield (",\n" if number else "\n") + json.dumps(written)
    yield "\n]}\n"


def _value(column: FrameColumn, frame: int) -> Any:
    value = column.at(frame)
    if column.kind == "date" and value is not None:
        return {"$date": f"{value}Z" if "." in str(value) else f"{value}.000Z"}
    return list(value) if isinstance(value, tuple) else value


def _field_name(name: str) -> str:
    """A column's name as a field may be called: no dots, spaces, dollars; none of its own."""
    plain = re.sub(r"\W+", "_", name).strip("_") or "column"
    taken = plain.casefold() in _TAKEN or plain[0].isdigit()
    return f"column_{plain}" if taken else plain


def _dataset(shown: Mapping[str, FrameColumn], title: str) -> dict[str, Any]:
    own = {"atlas_frame": "whole", "original": "text", "source": "text", "pts": "whole"}
    kinds = own | {name: column.kind for name, column in shown.items()}
    sizes = [_field(name, "IntField") for name in ("size_bytes", "width", "height", "num_channels")]
    metadata = _field("metadata", "EmbeddedDocumentField") | {
        "embedded_doc_type": "fiftyone.core.metadata.ImageMetadata",
        "fields": [*sizes, _field("mime_type", "StringField")],
    }
    first = [
        _field("id", "ObjectIdField") | {"db_field": "_id"},
        _field("filepath", "StringField"),
        _field("tags", "ListField"),
        metadata,
        _field("created_at", "DateTimeField") | {"read_only": True},
        _field("last_modified_at", "DateTimeField") | {"read_only": True},
    ]
    fields = [*first, *(_field(name, _KINDS[kind]) for name, kind in kinds.items())]
    return {
        "name": title,
        "version": "1.0.0",
        "media_type": "image",
        "persistent": False,
        **{name: {} for name in ("group_media_types", "info", "classes", "mask_targets")},
        **{name: {} for name in ("skeletons", "app_config")},
        **{name: [] for name in ("tags", "default_classes", "saved_views", "workspaces")},
        "default_mask_targets": {},
        "sample_fields": fields,
        "frame_fields": [],
    }


def _field(name: str, kind: str) -> dict[str, Any]:
    return {
        "name": name,
        "ftype": _FIELDS + kind,
        "embedded_doc_type": None,
        "subfield": f"{_FIELDS}StringField" if kind == "ListField" else None,
        "fields": [],
        "db_field": name,
        "description": None,
        "info": None,
        "read_only": False,
    }


def _labels(value: Any, depth: int) -> list[str]:
    """The labels in a field's value: of a classification, of each detection, and so on."""
    if depth > _DEEPEST or not isinstance(value, dict) or "_cls" not in value:
        return []
    found = [text] if (text := label_text(value.get("label"))) else []
    for inner in value.values():
        for one in inner if isinstance(inner, list) else []:
            found += _labels(one, depth + 1)
    return found
