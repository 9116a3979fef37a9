"""Headings and what stands under them, read from YAML with lines, and nothing else of YAML.

PyYAML reads; every scalar stays the text that was written (``no``, ``1_0``). Anchors, tags, merged
keys, repeated headings and deep nesting are refused, not interpreted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from frameatlas.errors import InputError

if TYPE_CHECKING:
    import yaml

_DEEPEST = 4
"""Collections within collections: a file, its headings, their lists, and one to refuse by name."""


@dataclass(frozen=True)
class Entry:
    """What stands under a heading: a list, a pair or a single text.

    Attributes:
        kind: "list", "pair", "text", or "other" for what is none of them.
        values: The items; or a key and its value.
        start: Line and column of the first character that belongs to it, from 0.
        stop: Line and column behind the last one.
    """

    kind: str
    values: tuple[str, ...]
    start: tuple[int, int]
    stop: tuple[int, int]


@dataclass(frozen=True)
class Section:
    """A heading with its entries.

    Attributes:
        kind: "list", "pairs", or "nothing".
        entries: In the order of the file.
        line: The heading's line, from 0.
        stop: Line and column behind all.
    """

    kind: str
    entries: tuple[Entry, ...]
    line: int
    stop: tuple[int, int]


class Place:
    """A text that a person wrote, and what to say of a line of it that cannot be meant."""

    def __init__(self, text: str, name: str) -> None:
        self.text, self.name = text, name

    def wrong(self, line: int, expected: str) -> InputError:
        """What to say of a line, counted from 0."""
        lines = self.text.splitlines()
        shown = lines[line].strip()[:60] if line < len(lines) else ""
        return InputError(
            f"Expected {self.name}, line {line + 1}, to be {expected}. Received: {shown!r}; mend "
            "that line."
        )


def read_sections(place: Place, headings: tuple[str, ...]) -> dict[str, Section]:
    """All headings of a text.

    Raises:
        InputError: It is no YAML, or uses more of YAML than lists and pairs; with the line.
    """
    import yaml

    try:
        _refuse_the_rest(place)
        root = yaml.compose(place.text, Loader=yaml.BaseLoader)
    except InputError:
        raise
    except yaml.reader.ReaderError as error:
        line = place.text.count("\n", 0, error.position)
        raise place.wrong(line, "text without control characters") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line if mark else 0
        why = error.problem or "unreadable"
        raise place.wrong(line, f"YAML ({' '.join(why.split())})") from error
    except ValueError as error:  # an escape of a character that there is not
        raise place.wrong(0, "YAML without impossible escapes") from error
    listed = "one of " + ", ".join(f"{name}:" for name in headings)
    if root is None or (isinstance(root, yaml.ScalarNode) and not root.value):
        return {}
    if not isinstance(root, yaml.MappingNode):
        raise place.wrong(root.start_mark.line, listed)
    found: dict[str, Section] = {}
    for key, value in root.value:
        line = key.start_mark.line
        if not isinstance(key, yaml.ScalarNode) or key.value not in headings:
            raise place.wrong(line, listed)
        if key.value in found:
            raise place.wrong(line, f"the only {key.value}: of the file")
        found[key.value] = _section(place, key, value)
    return found


def _refuse_the_rest(place: Place) -> None:
    """Refuse what no file of headings, lists and pairs needs, before anything is built of it."""
    import yaml

    depth = documents = 0
    for event in yaml.parse(place.text, Loader=yaml.BaseLoader):
        line = event.start_mark.line
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1 and event.explicit:
                raise place.wrong(line, "in one document, without ---")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise place.wrong(line, "without YAML's & and *")
        if getattr(event, "tag", None):
            raise place.wrong(line, "without YAML's tags (!)")
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise place.wrong(line, "a list or a pair, not lists within lists")


def _section(place: Place, key: "yaml.Node", value: "yaml.Node") -> Section:
    line, stop = key.start_mark.line, _stop(value)
    if value.id == "scalar":
        if value.value or value.style:
            raise place.wrong(line, "a heading with what belongs to it on the lines below")
        return Section("nothing", (), line, _place(key.end_mark))
    if value.id == "sequence":
        return Section("list", tuple(map(_item, value.value)), line, stop)
    return Section("pairs", tuple(_pairs(value)), line, stop)


def _item(node: "yaml.Node") -> Entry:
    if node.id == "scalar":
        return Entry("text", (node.value,), _place(node.start_mark), _stop(node))
    inner = node.value if node.id == "sequence" else []
    flat = bool(inner) and all(one.id == "scalar" for one in inner)
    values = tuple(one.value for one in inner) if flat else ()
    return Entry("list" if flat else "other", values, _place(node.start_mark), _stop(node))


def _pairs(node: "yaml.MappingNode") -> Iterator[Entry]:
    for key, value in node.value:
        both = key.id == "scalar" and value.id == "scalar"
        values = (key.value, value.value) if both else ()
        yield Entry("pair" if both else "other", values, _place(key.start_mark), _stop(value))


def _place(mark: "yaml.Mark") -> tuple[int, int]:
    return mark.line, mark.column


def _stop(node: "yaml.Node") -> tuple[int, int]:
    """Behind the last character: where a block ends YAML gives the place of what follows it."""
    while node.id != "scalar" and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return _place(node.end_mark)
