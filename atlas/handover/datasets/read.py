"""Labels that FiftyOne, CVAT or Label Studio exported: which program it was, the content says."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from frameatlas.errors import InputError
from frameatlas.handover.datasets.cvat import read_cvat
from frameatlas.handover.datasets.fiftyone import read_fiftyone
from frameatlas.handover.datasets.label_studio import read_label_studio
from frameatlas.handover.datasets.labels import Labelled

MOST_BYTES = 256 << 20
"""Of one file of labels: some million pictures."""

_NAMES = ("samples.json", "annotations.xml", "tasks.json")
_MOST_MEMBERS = 2_000_000


def holds_labels(path: Path) -> bool:
    """Whether a path is a folder or a file that labels may be read from, and no table."""
    return path.is_dir() or path.suffix.lower() in (".json", ".xml", ".zip")


def read_labels(path: Path) -> list[Labelled]:
    """Pictures and their labels, of an export of FiftyOne, CVAT or Label Studio.

    Args:
        path: The file; the ZIP that it came in; or the folder, as FiftyOne exports.

    Raises:
        InputError: It cannot be read, is larger than such files are, or none of these.
    """
    try:
        name, content = _content(path)
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise _wrong(path, f"{said[:200]}") from error
    if name.lower().endswith(".xml"):
        return list(read_cvat(content, str(path)))
    return list(_of_json(path, content))


def _content(path: Path) -> tuple[str, bytes]:
    """The file with the labels: its name and its bytes."""
    if path.is_dir():
        names = [name for name in _NAMES if (path / name).is_file()]
        if not names:
            raise _wrong(path, f"a folder without {', '.join(_NAMES)}")
        path = path / names[0]
    if path.suffix.lower() == ".zip":
        return _member(path)
    with path.open("rb") as file:
        return path.name, _limited(path, file.read(MOST_BYTES + 1))


def _member(path: Path) -> tuple[str, bytes]:
    """The labels in a ZIP; nothing of it is ever unpacked onto the disk."""
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if len(members) > _MOST_MEMBERS:
            raise _wrong(path, f"{len(members)} files in one ZIP")
        ends = {one.filename.replace("\\", "/").rpartition("/")[2]: one for one in members}
        found = next((ends[name] for name in _NAMES if name in ends), None)
        if found is None:
            listed = [one for name, one in ends.items() if name.endswith(".json")]
            found = listed[0] if len(listed) == 1 else None
        if found is None:
            raise _wrong(path, f"a ZIP without {', '.join(_NAMES)}")
        with archive.open(found) as file:
            return found.filename, _limited(path, file.read(MOST_BYTES + 1))


def _limited(path: Path, content: bytes) -> bytes:
    if len(content) > MOST_BYTES:
        raise _wrong(path, f"more than {MOST_BYTES >> 20} MB")
    return content


def _of_json(path: Path, content: bytes) -> Iterator[Labelled]:
    try:
        value: Any = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _wrong(path, f"no JSON ({str(error)[:100]})") from error
    if isinstance(value, dict) and isinstance(value.get("samples"), list):
        return read_fiftyone(value)
    if isinstance(value, list) and all(isinstance(task, dict) for task in value):
        return read_label_studio(value)
    raise _wrong(path, "a JSON of another kind")


def _wrong(path: Path, received: str) -> InputError:
    return InputError(
        f"Expected {path} as FiftyOne (samples.json), CVAT (annotations.xml) or Label Studio "
        f"(JSON) exports it. Received: {received}; export it once more."
    )
