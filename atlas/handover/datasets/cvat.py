"""CVAT's XML (``CVAT for images 1.1``): tags of pictures written, whatever is labelled read.

https://docs.cvat.ai/docs/manual/advanced/xml_format/ describes it. What is read is a stranger's:
nothing that a document type declares is ever looked at, for there may be none.
"""

import json
from collections.abc import Iterator, Sequence
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from frameatlas.errors import InputError
from frameatlas.handover.datasets.labels import Labelled
from frameatlas.handover.datasets.samples import KEEP, Sample

_MOST_PICTURES = 5_000_000


def cvat_files(
    samples: Sequence[Sample], labels: Sequence[str], title: str
) -> Iterator[tuple[str, Iterator[str]]]:
    """The annotations, and the labels as CVAT's form for a new task takes them ("Raw").

    Args:
        samples: In their order.
        labels: The bins that there are.
        title: Of the task.
    """
    names = labels or (KEEP,)
    raw = [{"name": name, "type": "tag", "attributes": []} for name in names]
    yield "labels.json", iter([json.dumps(raw, indent=1, ensure_ascii=False) + "\n"])
    yield "annotations.xml", _annotations(samples, names, title)


def read_cvat(content: bytes, place: str) -> Iterator[Labelled]:
    """The labels of each picture of an annotation file.

    Args:
        content: The XML.
        place: Its name, for messages.

    Raises:
        InputError: It is no such XML, declares a document type, or is of a video task.
    """
    reader = _Reader(place)
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = reader.refuse
    parser.StartElementHandler = reader.begin
    parser.EndElementHandler = reader.end
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise _wrong(place, f"no XML ({error})") from error
    if not reader.rooted:
        raise _wrong(place, "an XML of another kind")
    yield from reader.found


def _annotations(samples: Sequence[Sample], names: Sequence[str], title: str) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n <version>1.1</version>\n'
    yield f" <meta><task><name>{_text(title)}</name><size>{len(samples)}</size>"
    yield "<mode>annotation</mode><overlap>0</overlap><labels>\n"
    for name in names:
        yield f"  <label><name>{_text(name)}</name><type>tag</type><attributes/></label>\n"
    yield " </labels></task></meta>\n"
    for number, one in enumerate(samples):
        width, height = one.size
        size = f'width="{width}" height="{height}"'
        yield f' <image id="{number}" name={quoteattr(one.name)} {size}>'
        for name in one.bins:
            yield f'<tag label={quoteattr(_plain(name))} source="manual"></tag>'
        yield "</image>\n"
    yield "</annotations>\n"


def _plain(text: str) -> str:
    return "".join(c for c in text if c >= " " and c not in "\ufffe\uffff")


def _text(text: str) -> str:
    return escape(_plain(text))


class _Reader:
    """Gathers the labels while the parser goes through a file."""

    def __init__(self, place: str) -> None:
        self.found: list[Labelled] = []
        self.rooted = False
        self._place = place
        self._depth = 0
        self._name: str | None = None
        self._labels: list[str] = []

    def refuse(self, *_: object) -> None:
        raise _wrong(self._place, "a document type, which CVAT never writes")

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth == 1:
            self.rooted = tag == "annotations"
        if self.rooted and self._depth == 2 and tag == "track":
            raise _wrong(self._place, "tracks of a video task; export it as CVAT for images 1.1")
        if self.rooted and self._depth == 2 and tag == "image":
            self._name, self._labels = attributes.get("name", ""), []
        elif self._name is not None and self._depth == 3 and "label" in attributes:
            self._labels.append(attributes["label"])

    def end(self, tag: str) -> None:
        if self._depth == 2 and tag == "image" and self._name is not None:
            if len(self.found) >= _MOST_PICTURES:
                raise _wrong(self._place, f"more than {_MOST_PICTURES} pictures")
            self.found.append(Labelled(self._name, tuple(self._labels)))
            self._name = None
        self._depth -= 1


def _wrong(place: str, received: str) -> InputError:
    return InputError(
        f"Expected {place} as CVAT for images 1.1 exports it. Received: {received}; export it once "
        "more."
    )
