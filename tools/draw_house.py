"""Draws docs/images/house.svg: the rooms, floor by floor, and who imports whom.

    python -m tools.draw_house

It is made from the imports (``tools/rooms.py``), and a test compares it with them.
"""

from html import escape
from pathlib import Path

from tools.rooms import FLOORS, ROOT, arrows

PICTURE = ROOT / "docs" / "images" / "house.svg"

WAY = (
    ("embedder", "videos, photos → frames → features → components → code → coordinates"),
    ("atlas", "what they become on disk, opened read-only; the command line"),
    ("browser", "the map as a page"),
    ("poster", "the map as a picture"),
    ("reid", "boxes of people → one identity each"),
)
"""The wings in the order of the data, each with what it is about."""

WIDTH, PANEL, GAP = 1180, 560, 28
ROOM_HEIGHT, FLOOR_HEIGHT, HEAD = 26, 50, 58
INK, PALE, LINE = "#1d2733", "#eef2f6", "#b5c0cc"
COLOURS = {
    "embedder": "#2f6f9f",
    "atlas": "#44546a",
    "browser": "#8a5a9e",
    "poster": "#b4632a",
    "reid": "#3d7f5b",
}

Place = tuple[float, float, float]
"""Left, top and width of a room's box."""


def drawing(root: Path = ROOT) -> str:
    """The picture as SVG text."""
    found = arrows(root)
    columns: list[list[str]] = [[], []]
    tops = [0.0, 0.0]
    for wing, about in WAY:
        column = 0 if wing in ("embedder", "reid") else 1
        height = HEAD + FLOOR_HEIGHT * len(FLOORS[wing]) + 10
        left = column * (PANEL + WIDTH - 2 * PANEL)
        pairs = [(a, b) for name, a, b in found if name == wing]
        columns[column].append(_panel(wing, about, pairs, (left, tops[column], height)))
        tops[column] += height + GAP
    below = max(tops) - GAP
    style = f"font-family='Helvetica, Arial, sans-serif' fill='{INK}'"
    title = "<title>The rooms of each wing; lines lead down to what a room imports</title>"
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='-8 -8 {WIDTH + 16} {below + 16:g}' "
        f"{style} role='img'>{title}\n"
        f"<rect x='-8' y='-8' width='{WIDTH + 16}' height='{below + 16:g}' fill='white'/>\n"
        + "\n".join(text for column in columns for text in column)
        + "\n</svg>\n"
    )


def _panel(
    wing: str, about: str, pairs: list[tuple[str, str]], box: tuple[float, float, float]
) -> str:
    """One wing: its floors, the ground floor at the bottom, and a line for each import."""
    left, top, height = box
    places = _places(wing, left, top)
    colour = COLOURS[wing]
    parts = [
        f"<rect x='{left:g}' y='{top:g}' width='{PANEL}' height='{height:g}' rx='8' "
        f"fill='{PALE}'/>",
        f"<text x='{left + 14:g}' y='{top + 24:g}' font-size='17' font-weight='bold' "
        f"fill='{colour}'>{wing}/</text>",
        f"<text x='{left + 14:g}' y='{top + 42:g}' font-size='12'>{escape(about)}</text>",
    ]
    for room, other in sorted(pairs):
        x, y, width = places[room]
        to_x, to_y, to_width = places[other]
        parts.append(
            f"<path d='M{x + width / 2:.1f} {y + ROOM_HEIGHT:g}"
            f"L{to_x + to_width / 2:.1f} {to_y:g}' "
            f"stroke='{LINE}' fill='none'><title>{room} → {other}</title></path>"
        )
    for room, (x, y, width) in places.items():
        parts.append(
            f"<rect x='{x:.1f}' y='{y:g}' width='{width:.1f}' height='{ROOM_HEIGHT}' rx='5' "
            f"fill='white' stroke='{colour}'/><text x='{x + width / 2:.1f}' y='{y + 17:g}' "
            f"font-size='12.5' text-anchor='middle'>{room}</text>"
        )
    return "\n".join(parts)


def _places(wing: str, left: float, top: float) -> dict[str, Place]:
    """Where each room of a wing lies, spread evenly over its floor."""
    places = {}
    floors = FLOORS[wing]
    for number, rooms in enumerate(floors):
        y = top + HEAD + FLOOR_HEIGHT * (len(floors) - 1 - number)
        share = (PANEL - 20) / len(rooms)
        for place, room in enumerate(rooms):
            width = min(share - 8, 12 + 7.6 * len(room))
            middle = left + 10 + share * (place + 0.5)
            places[room] = (middle - width / 2, y, width)
    return places


def main() -> None:
    """Write the picture."""
    PICTURE.write_text(drawing(), encoding="utf-8")
    print(PICTURE.relative_to(ROOT))


if __name__ == "__main__":
    main()
