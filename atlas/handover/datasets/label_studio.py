"""Label Studio's tasks: written with bins as predictions, and what was annotated read.

https://labelstud.io/guide/tasks and https://labelstud.io/guide/task_format describe them. Pictures
lie beside the tasks; Label Studio serves them as local files from the folder around the output.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote, unquote
from xml.sax.saxutils import quoteattr

from frameatlas.handover.datasets.labels import Labelled
from frameatlas.handover.datasets.samples import IMAGES, KEEP, Sample

_LOCAL = "/data/local-files/?d="
_CONTROL = "bins"
_OWN = frozenset(("id", "data", "annotator", "annotation_id", "created_at", "updated_at"))


def label_studio_files(
    samples: Sequence[Sample], labels: Sequence[str], folder: str
) -> Iterator[tuple[str, Iterator[str]]]:
    """The tasks, and the labelling interface as its settings take it.

    Args:
        samples: In their order.
        labels: The bins that there are.
        folder: Name of the output: addresses of pictures begin with it.
    """
    lines = [f"  <Choice value={quoteattr(name)}/>" for name in labels or (KEEP,)]
    view = ["<View>", ' <Image name="image" value="$image"/>']
    view.append(f' <Choices name="{_CONTROL}" toName="image" choice="multiple">')
    yield "labels.xml", iter(["\n".join([*view, *lines, " </Choices>", "</View>"]) + "\n"])
    yield "tasks.json", _tasks(samples, folder)


def read_label_studio(tasks: Sequence[Any]) -> Iterator[Labelled]:
    """What an export says of its tasks: JSON, or JSON-MIN.

    Of a task's annotations those that were not cancelled count; predictions do not: somebody has to
    have agreed to them.
    """
    for task in tasks:
        if not isinstance(task, dict):
            continue
        data = task.get("data")
        values = data if isinstance(data, dict) else task
        source, pts = values.get("source"), values.get("pts")
        known = (source, pts) if isinstance(source, str) and type(pts) is int else None
        names = _annotated(task) if isinstance(data, dict) else _of_least(task)
        yield Labelled(_address(values), tuple(names), known)


def _tasks(samples: Sequence[Sample], folder: str) -> Iterator[str]:
    yield "["
    for number, one in enumerate(samples):
        data = {
            "image": _LOCAL + quote(f"{folder}/{IMAGES}/{one.name}"),
            "name": PurePath(one.path).name,
            "seconds": one.seconds,
            "frame": one.frame,
            "source": one.source,
            "pts": one.pts,
        }
        task: dict[str, Any] = {"data": data}
        if one.bins:
            result = {
                "from_name": _CONTROL,
                "to_name": "image",
                "type": "choices",
                "value": {"choices": list(one.bins)},
            }
            task["predictions"] = [{"model_version": "frameatlas", "result": [result]}]
        yield (",\n" if number else "\n") + json.dumps(task)
    yield "\n]\n"


def _annotated(task: Mapping[str, Any]) -> list[str]:
    found: list[str] = []
    annotations = task.get("annotations", task.get("completions"))
    for one in annotations if isinstance(annotations, list) else []:
        if isinstance(one, dict) and not one.get("was_cancelled"):
            results = one.get("result")
            for result in results if isinstance(results, list) else []:
                value = result.get("value") if isinstance(result, dict) else None
                found += _texts(value)
    return found


def _of_least(task: Mapping[str, Any]) -> list[str]:
    """Labels of JSON-MIN: a choice is a text, several an object, regions a list of objects."""
    found: list[str] = []
    for name, value in task.items():
        if name in _OWN:
            continue
        if name == _CONTROL and isinstance(value, str):
            found.append(value)
        for one in value if isinstance(value, list) else [value]:
            found += _texts(one)
    return found


def _texts(value: Any) -> list[str]:
    """The labels in a result's value: of choices, rectanglelabels, taxonomy and the like."""
    found: list[str] = []
    for name, listed in value.items() if isinstance(value, dict) else ():
        if isinstance(listed, list) and (name == "choices" or name.endswith("labels")):
            found += [one for one in listed if isinstance(one, str)]
    return found


def _address(values: Mapping[str, Any]) -> str:
    """Where a task's picture is: the first address or path that it holds."""
    for name in ("image", *values):
        value = values.get(name)
        if isinstance(value, str) and value.lower().endswith((".jpg", ".jpeg", ".png", ".webp")):
            return unquote(value.removeprefix(_LOCAL))
    return ""
