"""CVAT for video, and CVAT for images: ``annotations.xml``."""

from collections.abc import Mapping
from dataclasses import replace
from xml.etree import ElementTree

from frameatlas.errors import SourceError
from frameatlas.reid.tracks.formats.table import BadLine, Person, TableBuilder, TrackTable

_SHAPES = ("polygon", "polyline", "points", "ellipse", "mask", "skeleton", "cuboid")
_NUMBER_NAMES = ("number", "jersey", "jersey_number", "jerseynumber", "shirt", "shirt_number")


def read_cvat_xml(text: str, place: str) -> TrackTable:
    """The boxes of CVAT's XML: those of tracks, else those of single images, which have no ids.

    Args:
        text: The file.
        place: Its path, for messages.

    Raises:
        SourceError: It is no such file.
    """
    root = _parsed(text, place)
    if root.tag != "annotations":
        raise SourceError(
            f"Expected CVAT's annotations in {place}. Received: XML of <{root.tag:.40}>; export "
            "the task as CVAT for video, or as MOT 1.1."
        )
    tracks = root.findall("track")
    table = _of_tracks(tracks) if tracks else _of_images(root.findall("image"))
    return replace(table, size=_size(root))


def _parsed(text: str, place: str) -> ElementTree.Element:
    if "<!DOCTYPE" in text[:4096] or "<!ENTITY" in text:
        raise SourceError(
            f"Expected CVAT's annotations in {place}. Received: XML that defines entities of its "
            "own; export it from CVAT again."
        )
    try:
        return ElementTree.fromstring(text)  # noqa: S314 - no entity is left in it
    except ElementTree.ParseError as error:
        raise SourceError(
            f"Expected CVAT's annotations in {place}. Received: XML that breaks off ({error}); "
            "export it again."
        ) from error


def _of_tracks(tracks: list[ElementTree.Element]) -> TrackTable:
    builder = TableBuilder("CVAT for video")
    people = {}
    for order, track in enumerate(tracks):
        number = _whole(track.get("id"), order)
        label = track.get("label", "")
        for box in track.findall("box"):
            if box.get("outside") == "1":
                continue
            _add(builder, box.attrib, _whole(box.get("frame"), -1), number, label)
        shapes = [shape.tag for shape in track if shape.tag in _SHAPES]
        if shapes:
            builder.bad.append(
                BadLine(0, f"track {number} has {len(shapes)} × {shapes[0]}, which is no box")
            )
        people[number] = _person(track)
    known = {number: person for number, person in people.items() if person != Person()}
    return builder.built(first=0, named=True, people=known)


def _of_images(images: list[ElementTree.Element]) -> TrackTable:
    builder = TableBuilder("CVAT for images")
    for order, image in enumerate(images):
        for box in image.findall("box"):
            label = box.get("label", "")
            _add(builder, box.attrib, _whole(image.get("id"), order), -1, label)
    return builder.built(first=0, named=True)


def _add(
    builder: TableBuilder, values: Mapping[str, str], frame: int, track: int, label: str
) -> None:
    try:
        x1, y1, x2, y2 = (float(values[name]) for name in ("xtl", "ytl", "xbr", "ybr"))
    except (KeyError, ValueError):
        builder.bad.append(BadLine(0, f"a box of frame {frame} without its corners"))
        return
    builder.add(frame, track, (x1, y1, x2 - x1, y2 - y1), label=label)


def _person(track: ElementTree.Element) -> Person:
    """Team and number, where the task has such attributes."""
    values = {
        (a.get("name") or "").lower().replace(" ", "_"): (a.text or "").strip()
        for a in track.iter("attribute")
    }
    number = next((values[name] for name in _NUMBER_NAMES if values.get(name)), "")
    return Person("", values.get("team", ""), number)


def _size(root: ElementTree.Element) -> tuple[int, int]:
    for path in ("meta/task/original_size", "meta/job/original_size", "meta/original_size"):
        found = root.find(path)
        if found is not None:
            width, height = found.findtext("width", "0"), found.findtext("height", "0")
            return _whole(width, 0), _whole(height, 0)
    return 0, 0


def _whole(text: str | None, otherwise: int) -> int:
    try:
        return int(text or "")
    except ValueError:
        return otherwise
