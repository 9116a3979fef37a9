"""The picture of the house shows the rooms and imports that there are."""

import re
from xml.etree import ElementTree

from tools.draw_house import PICTURE, drawing
from tools.rooms import FLOORS, arrows


def test_the_picture_is_as_the_imports_are():
    assert PICTURE.read_text(encoding="utf-8") == drawing(), "run python -m tools.draw_house"


def test_every_room_and_every_arrow_is_drawn_inside_the_picture():
    picture = ElementTree.fromstring(drawing())
    texts = [node.text for node in picture.iter("{http://www.w3.org/2000/svg}text")]
    for rooms in FLOORS.values():
        for room in (room for floor in rooms for room in floor):
            assert room in texts
    titles = [node.text for node in picture.iter("{http://www.w3.org/2000/svg}title")]
    assert sorted(titles[1:]) == sorted(f"{a} → {b}" for _, a, b in arrows())
    left, top, width, height = map(float, picture.attrib["viewBox"].split())
    for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", drawing()):
        assert left <= float(x) <= left + width
        assert top <= float(y) <= top + height
