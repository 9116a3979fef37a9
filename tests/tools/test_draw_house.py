"""The picture of the house shows the rooms and imports that there are."""

import re
from xml.etree import ElementTree

import pytest
from tools.draw_house import PICTURE, drawing
from tools.rooms import FLOORS, arrows


@pytest.fixture(scope="module")
def drawn():
    """The picture of this code: all its imports are read for it."""
    return drawing()


def test_the_picture_is_as_the_imports_are(drawn):
    assert PICTURE.read_text(encoding="utf-8") == drawn, "run python -m tools.draw_house"


def test_every_room_and_every_arrow_is_drawn_inside_the_picture(drawn):
    picture = ElementTree.fromstring(drawn)
    texts = [node.text for node in picture.iter("{http://www.w3.org/2000/svg}text")]
    for rooms in FLOORS.values():
        for room in (room for floor in rooms for room in floor):
            assert room in texts
    titles = [node.text for node in picture.iter("{http://www.w3.org/2000/svg}title")]
    assert sorted(titles[1:]) == sorted(f"{a} → {b}" for _, a, b in arrows())
    left, top, width, height = map(float, picture.attrib["viewBox"].split())
    for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", drawn):
        assert left <= float(x) <= left + width
        assert top <= float(y) <= top + height
